// The attributes of one operator, owned: a C struct of <baton/attributes.h> with everything its
// pointers lead to.
#pragma once

#include <memory>

#include "core/schema/attributes.h"

namespace baton::tflite {

template <typename T>
concept AttributeStruct = requires {
  AttributeType<T>::member;
};

class AttributeSet {
 public:
  // No options table at all: the operator's field stays unset.
  AttributeSet() = default;
  // A deep copy of the struct, arrays and strings included.
  template <AttributeStruct T>
  AttributeSet(const T& attributes)  // NOLINT: implicit by design
      : AttributeSet(AttributeType<T>::layout(), &attributes) {}
  AttributeSet(const AttributeLayout& layout, const void* attributes);
  // The defaults of the format.
  explicit AttributeSet(const AttributeLayout& layout);

  bool empty() const { return layout_ == nullptr; }
  const AttributeLayout* layout() const { return layout_; }
  // The C struct; null if empty.
  const void* data() const { return storage_.get(); }
  // The C struct if it is a T, else null.
  template <AttributeStruct T>
  const T* get() const {
    return layout_ == &AttributeType<T>::layout() ? static_cast<const T*>(data()) : nullptr;
  }

 private:
  const AttributeLayout* layout_ = nullptr;
  // Never changed once made, so copies share it.
  std::shared_ptr<const void> storage_;
};

}  // namespace baton::tflite
