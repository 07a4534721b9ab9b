// Memory as kernels may see it: inputs with just the 64 bytes past the end that may be read, full
// of rubbish; outputs with bytes past the end that must stay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace baton::kernels {

template <typename T>
class Guarded {
 public:
  static constexpr size_t kSlack = 64;

  explicit Guarded(size_t count)
      : count_(count), bytes_(new unsigned char[count * sizeof(T) + kSlack]) {
    std::memset(bytes_.get(), kRubbish, count * sizeof(T) + kSlack);
  }
  explicit Guarded(const std::vector<T>& content) : Guarded(content.size()) {
    if (count_ != 0) std::memcpy(bytes_.get(), content.data(), count_ * sizeof(T));
  }

  T* data() { return reinterpret_cast<T*>(bytes_.get()); }
  size_t size() const { return count_; }
  T operator[](size_t i) const {
    T value;
    std::memcpy(&value, bytes_.get() + i * sizeof(T), sizeof(T));
    return value;
  }
  // Whether nothing was written past the end.
  bool intact() const {
    for (size_t i = 0; i < kSlack; ++i) {
      if (bytes_[count_ * sizeof(T) + i] != kRubbish) return false;
    }
    return true;
  }

 private:
  static constexpr unsigned char kRubbish = 0xff;  // NaN as a float

  size_t count_;
  std::unique_ptr<unsigned char[]> bytes_;
};

}  // namespace baton::kernels
