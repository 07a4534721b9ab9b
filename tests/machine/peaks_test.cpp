// Each kernel computes what plain loops compute, on every instruction set that this machine has.
#include "benchmarks/machine/peaks.h"

#include <gtest/gtest.h>

#include <bit>

#include "benchmarks/machine/isa.h"

namespace baton::benchmarks {
namespace {

// Whole numbers that any of the types holds exactly.
int value_of_a(size_t i) { return static_cast<int>(i * 29 % 64); }
int value_of_b(size_t i) { return static_cast<int>(i * 53 % 127) - 63; }

size_t element_size(Precision precision) {
  return precision == Precision::kFloat32 ? 4 : precision == Precision::kBfloat16 ? 2 : 1;
}

// Memory that is aligned for every kernel.
struct Block {
  alignas(64) unsigned char bytes[8192] = {};

  void put(Precision precision, size_t i, int value) {
    const auto number = static_cast<float>(value);
    if (precision == Precision::kFloat32) {
      std::memcpy(bytes + 4 * i, &number, 4);
    } else if (precision == Precision::kBfloat16) {
      const auto half = static_cast<uint16_t>(std::bit_cast<uint32_t>(number) >> 16);
      std::memcpy(bytes + 2 * i, &half, 2);
    } else {
      bytes[i] = static_cast<unsigned char>(value);
    }
  }
  int64_t sum(Precision precision, size_t i) const {
    if (precision == Precision::kInt8) {
      int32_t value = 0;
      std::memcpy(&value, bytes + 4 * i, 4);
      return value;
    }
    float value = 0;
    std::memcpy(&value, bytes + 4 * i, 4);
    return static_cast<int64_t>(value);
  }
};

// Where the operands of a product are in their vectors.
size_t index_in_a(const PeakKernel& k, size_t row, size_t column, size_t d) {
  switch (k.layout) {
    case SumLayout::kLanes:
      return column * k.depth + d;
    case SumLayout::kHalves:
      return d / 2 * 2 * k.columns + column * 2 + d % 2;
    default:
      return row * k.depth + d;
  }
}

size_t index_in_b(const PeakKernel& k, size_t column, size_t d) {
  if (k.layout == SumLayout::kTile) {
    const size_t group = 4 / element_size(k.precision);
    return (d / group * k.columns + column) * group + d % group;
  }
  return k.layout == SumLayout::kMatrix ? column * k.depth + d : index_in_a(k, 0, column, d);
}

TEST(Peaks, KernelsMultiplyAndAdd) {
  int run = 0;
  for (const PeakKernel& k : peak_kernels()) {
    if (!has_isa(machine_isa(), k.isa)) continue;
    ++run;
    ASSERT_LE(2 * k.a_elements() * element_size(k.precision), sizeof(Block)) << k.isa;
    ASSERT_LE(k.sum_count() * 4, sizeof(Block)) << k.isa;
    Block a, b;
    for (size_t i = 0; i < 2 * k.a_elements(); ++i) a.put(k.precision, i, value_of_a(i));
    for (size_t i = 0; i < k.b_elements(); ++i) b.put(k.precision, i, value_of_b(i));
    for (const uint64_t iterations : {0, 1, 2, 7}) {
      Block sums;
      k.run(a.bytes, b.bytes, sums.bytes, iterations);
      for (size_t i = 0; i < k.sum_count(); ++i) {
        const size_t column = i % k.columns, row = i / k.columns % k.rows;
        const size_t vector = i / k.columns / k.rows % 2;
        int64_t expected = 0;
        for (size_t d = 0; d < k.depth; ++d) {
          expected += value_of_a(vector * k.a_elements() + index_in_a(k, row, column, d)) *
                      value_of_b(index_in_b(k, column, d));
        }
        expected *= static_cast<int64_t>(iterations);
        ASSERT_EQ(sums.sum(k.precision, i), expected)
            << precision_name(k.precision) << " " << k.isa << ", sum " << i << " after "
            << iterations << " iterations";
      }
    }
  }
  EXPECT_GE(run, 1);
}

TEST(Peaks, EachAnswersForItsWork) {
  for (const PeakKernel& k : peak_kernels()) {
    EXPECT_EQ(k.multiply_adds_per_iteration(), k.sum_count() * k.depth) << k.isa;
    EXPECT_EQ(k.sums % 2, 0u) << k.isa;
  }
}

TEST(Peaks, ReadsEveryWordInEveryPass) {
  constexpr size_t kWords = 1024;
  std::vector<uint64_t> words(kWords);
  uint64_t expected = 0;
  for (size_t i = 0; i < kWords; ++i) {
    words[i] = (i + 1) * 0x9E3779B97F4A7C15u;
    expected ^= words[i];
  }
  const auto* data = reinterpret_cast<const std::byte*>(words.data());
  for (const ReadKernel& kernel : read_kernels()) {
    if (!has_isa(machine_isa(), kernel.isa)) continue;
    EXPECT_EQ(kernel.run(data, kWords * 8, 1), expected) << kernel.isa;
    EXPECT_EQ(kernel.run(data, kWords * 8, 2), 0u) << kernel.isa;
    EXPECT_EQ(kernel.run(data, kWords * 8, 3), expected) << kernel.isa;
  }
}

}  // namespace
}  // namespace baton::benchmarks
