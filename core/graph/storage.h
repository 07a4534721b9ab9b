// Memory behind a Graph's ABI structs: what the file does not hold in that form.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "baton/types.h"

namespace baton {

// Copies of constants at the alignment that delegates are promised.
class AlignedCopies {
 public:
  const void* acquire(std::span<const uint8_t> content);
  // True when this was the last use of the copy.
  bool release(std::span<const uint8_t> content);
  uint64_t bytes() const;

 private:
  struct AlignedDelete {
    AlignedDelete() : size(0) {}
    explicit AlignedDelete(size_t size) : size(size) {}
    void operator()(uint8_t* bytes) const;
    size_t size;
  };
  struct Copy {
    std::unique_ptr<uint8_t[], AlignedDelete> bytes;
    uint64_t uses = 0;
  };
  using Range = std::pair<const uint8_t*, size_t>;
  mutable std::mutex mutex_;
  std::map<Range, Copy> copies_;  // by the original
  uint64_t bytes_ = 0;
};

class GraphStorage {
 public:
  // Small arrays that live as long as the graph.
  template <typename T>
  T* array(size_t count) {
    static_assert(alignof(T) <= alignof(uint64_t));
    return static_cast<T*>(allocate(count * sizeof(T)));
  }
  template <typename T>
  const T* copy(std::span<const T> values) {
    T* copied = array<T>(values.size());
    if (!values.empty()) std::memcpy(copied, values.data(), values.size_bytes());
    return copied;
  }
  const baton_quantization* no_quantization() const { return &none_; }

  AlignedCopies copies;

 private:
  void* allocate(size_t bytes);

  std::vector<std::unique_ptr<uint64_t[]>> blocks_;
  size_t used_ = 0;  // words of the last block
  size_t room_ = 0;
  const baton_quantization none_{
      sizeof(baton_quantization), BATON_QUANTIZATION_NONE, 0, 0, nullptr, nullptr, 0, 0};
};

}  // namespace baton
