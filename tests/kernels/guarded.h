// Memory as kernels may see it: inputs with just the 64 bytes past the end that may be read, full
// of rubbish; outputs with bytes past the end that must stay.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace baton::kernels {

// What inputs have behind them: readable, and never part of a result.
constexpr size_t kSlackBytes = 64;

// `values`, then slack filled with `garbage`.
template <typename T>
std::vector<T> with_slack(std::vector<T> values, T garbage) {
  values.insert(values.end(), kSlackBytes / sizeof(T), garbage);
  values.shrink_to_fit();
  return values;
}

// Uninitialised bytes from a 64-byte aligned address on, the end where the size says.
class AlignedBytes {
 public:
  explicit AlignedBytes(size_t size) : data_(static_cast<std::byte*>(operator new(size, kAlign))) {}
  void* get() const { return data_.get(); }

 private:
  static constexpr std::align_val_t kAlign{64};
  struct Free {
    void operator()(std::byte* data) const { operator delete(data, kAlign); }
  };
  std::unique_ptr<std::byte, Free> data_;
};

template <typename T>
class Guarded {
 public:
  explicit Guarded(size_t count)
      : count_(count), bytes_(new unsigned char[count * sizeof(T) + kSlackBytes]) {
    std::memset(bytes_.get(), kRubbish, count * sizeof(T) + kSlackBytes);
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
    for (size_t i = 0; i < kSlackBytes; ++i) {
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
