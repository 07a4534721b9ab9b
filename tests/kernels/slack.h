// Buffers as the kernels' contract has them: inputs with exactly 64 readable bytes of rubbish past
// the end, outputs with bytes behind them that must stay as they are.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <type_traits>
#include <vector>

#include "delegates/kernels/kernel.h"

namespace baton::kernels {

inline constexpr size_t kSlackBytes = 64;

// On the heap, so that the address sanitizer sees what lies behind; one element off alignment.
template <typename T>
class Input {
 public:
  explicit Input(const std::vector<T>& values)
      : memory_(new std::byte[(values.size() + 1) * sizeof(T) + kSlackBytes]) {
    std::memset(memory_.get(), 0xff, (values.size() + 1) * sizeof(T) + kSlackBytes);  // NaN
    if (!values.empty()) std::memcpy(data(), values.data(), values.size() * sizeof(T));
  }
  T* data() const { return reinterpret_cast<T*>(memory_.get() + sizeof(T)); }

 private:
  std::unique_ptr<std::byte[]> memory_;
};

template <typename T>
class Output {
 public:
  explicit Output(size_t count)
      : count_(count), memory_(new std::byte[(count + 1) * sizeof(T) + kSlackBytes]) {
    std::memset(memory_.get(), 0xa5, (count + 1) * sizeof(T) + kSlackBytes);
  }
  T* data() const { return reinterpret_cast<T*>(memory_.get() + sizeof(T)); }
  T operator[](size_t i) const { return data()[i]; }
  void expect_untouched_around() const {
    const std::byte* bytes = memory_.get();
    for (size_t i = 0; i < sizeof(T); ++i) EXPECT_EQ(bytes[i], std::byte{0xa5}) << "before";
    for (size_t i = 0; i < kSlackBytes; ++i) {
      EXPECT_EQ(bytes[(count_ + 1) * sizeof(T) + i], std::byte{0xa5}) << "byte " << i << " after";
    }
  }

 private:
  size_t count_;
  std::unique_ptr<std::byte[]> memory_;
};

// Integers over the whole type, floats in [-4, 4].
template <typename T>
std::vector<T> random_values(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<T> values(count);
  for (T& value : values) {
    if constexpr (std::is_floating_point_v<T>) {
      value = static_cast<T>(random() % 8000001) / T{1000000} - T{4};
    } else {
      value = static_cast<T>(random() ^ (uint64_t{random()} << 32));
    }
  }
  return values;
}

// visit(kernel, function) for each row of the operation and types that this machine can run.
template <typename Function, typename Visit>
void for_each_row(const char* operation, const char* types, const Visit& visit) {
  size_t rows = 0;
  for (const Kernel& kernel : kernels()) {
    if (std::strcmp(kernel.operation, operation) != 0 || std::strcmp(kernel.types, types) != 0 ||
        !includes(best_level(), kernel.isa)) {
      continue;
    }
    SCOPED_TRACE(std::string(operation) + " " + types + " " + name_of(kernel.isa));
    const auto* function = std::get_if<Function>(&kernel.functions);
    ASSERT_NE(function, nullptr);
    visit(*function);
    ++rows;
  }
  EXPECT_GT(rows, 0u) << operation << " " << types;
}

}  // namespace baton::kernels
