// Memory for kernels to read and write, exactly as large as a caller has to make it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
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

}  // namespace baton::kernels
