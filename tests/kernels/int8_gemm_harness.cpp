#include "tests/kernels/int8_gemm_harness.h"

#include <baton/fixed_point.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

namespace baton::kernels {
namespace {

constexpr size_t kSlack = 64;
constexpr uint8_t kCanary = 0xa5;

int32_t lowest(bool is_unsigned) { return is_unsigned ? 0 : -128; }
int32_t as_int(uint8_t byte, bool is_unsigned) {
  return is_unsigned ? int32_t{byte} : int32_t{static_cast<int8_t>(byte)};
}
int32_t wrap(int64_t x) { return baton_wrap_int32(static_cast<uint32_t>(x)); }

// 64-byte aligned memory of exactly this size.
using Aligned = std::unique_ptr<uint8_t, decltype(&std::free)>;
Aligned aligned(size_t bytes) {
  const size_t rounded = std::max<size_t>(64, (bytes + 63) / 64 * 64);
  auto* memory = static_cast<uint8_t*>(std::aligned_alloc(64, rounded));
  std::memset(memory, kCanary, rounded);
  return {memory, &std::free};
}

// What a case computes, by plain loops.
struct Problem {
  const Int8GemmCase& test;
  std::mt19937 random;
  // One byte before them: the kernels must not count on more than the alignment of bytes.
  std::vector<uint8_t> input;  // [taps][rows][depth], then a row of zero points, then slack
  std::vector<uint8_t> weights;
  std::vector<uint8_t> residual;  // [rows][out_stride]
  std::vector<bool> outside;      // [taps][rows]: the row of zero points instead
  std::vector<int32_t> bias, multipliers, shifts;
  std::vector<double> scales;
  std::vector<float> float_bias, row_scales;
  std::vector<int32_t> row_zeros;
  int32_t input_zero, weights_zero, out_zero, low, high;
  float float_low, float_high;
  int64_t column_stride, tap_stride, depth_stride, out_stride;
  Int8Residual add;

  explicit Problem(const Int8GemmCase& of) : test(of), random(of.seed) {
    input_zero = test.row_zeros ? 0 : lowest(test.unsigned_input) + test.input_zero;
    weights_zero = lowest(test.unsigned_weights) + test.weights_zero;
    out_zero = lowest(test.unsigned_output) + test.out_zero;
    low = lowest(test.unsigned_output) + (test.narrow ? 31 : 0);
    high = lowest(test.unsigned_output) + (test.narrow ? 200 : 255);
    out_stride = static_cast<int64_t>(test.columns) + below(4);
    fill_input();
    fill_weights();
    fill_epilogue();
    if (test.residual) fill_residual();
  }

  int32_t below(uint32_t end) { return static_cast<int32_t>(random() % end); }

  uint8_t byte(Fill fill, bool is_unsigned) {
    const uint8_t low_end = is_unsigned ? 0 : 0x80;
    const auto high_end = static_cast<uint8_t>(low_end ^ 0xff);
    switch (fill) {
      case Fill::kLowest:
        return low_end;
      case Fill::kHighest:
        return high_end;
      case Fill::kEnds:
        return random() % 2 ? low_end : high_end;
      default:
        return static_cast<uint8_t>(random());
    }
  }

  void fill_input() {
    const size_t rows = test.taps * test.rows;
    input.resize(1 + (rows + 1) * test.depth + kSlack);
    for (size_t i = 0; i < rows * test.depth; ++i) {
      input[1 + i] = byte(test.input, test.unsigned_input);
    }
    std::fill_n(input.begin() + static_cast<ptrdiff_t>(1 + rows * test.depth), test.depth,
                static_cast<uint8_t>(input_zero));
    for (size_t i = 0; i < kSlack; ++i)
      input[input.size() - 1 - i] = static_cast<uint8_t>(random());
    outside.resize(rows);
    if (test.taps > 1 && !test.row_zeros) {
      for (size_t i = 0; i < rows; ++i) outside[i] = below(5) == 0;
    }
  }

  void fill_weights() {
    const auto columns = static_cast<int64_t>(test.columns);
    const auto depth = static_cast<int64_t>(test.depth);
    const auto taps = static_cast<int64_t>(test.taps);
    column_stride = test.transposed ? 1 : taps * depth;
    tap_stride = test.transposed ? columns * depth : depth;
    depth_stride = test.transposed ? columns : 1;
    weights.resize(1 + test.columns * test.taps * test.depth + kSlack);
    for (uint8_t& weight : weights) {
      do {
        weight = byte(test.weights, test.unsigned_weights);
      } while (random() % test.wide_one_in != 0 &&
               std::abs(as_int(weight, test.unsigned_weights) - weights_zero) > INT8_MAX);
    }
  }

  void fill_epilogue() {
    const size_t scale_count = test.one_scale ? 1 : test.columns;
    // Random products have a standard deviation of about 74 * 74.
    const double typical = 60 / (5476 * std::sqrt(static_cast<double>(test.taps * test.depth)));
    for (size_t n = 0; n < scale_count; ++n) {
      const double real = typical * (0.25 + 2 * std::uniform_real_distribution<>()(random));
      int32_t multiplier = 0, shift = 0;
      baton_quantize_multiplier(real, &multiplier, &shift);
      multipliers.push_back(test.multiplier.value_or(multiplier));
      shifts.push_back(test.shift.value_or(shift));
      scales.push_back(test.shift ? std::ldexp(multipliers.back(), *test.shift - 31) : real);
    }
    for (size_t n = 0; n < test.columns; ++n) {
      bias.push_back(test.bias == Biases::kEnds ? (below(2) ? INT32_MAX : -INT32_MAX)
                                                : below(20001) - 10000);
      float_bias.push_back(static_cast<float>(below(2001) - 1000) / 16);
    }
    for (size_t m = 0; m < test.rows; ++m) {
      row_scales.push_back(static_cast<float>(1 + below(1000)) / 300);
      row_zeros.push_back(below(256) - 128);
    }
    float_low = test.narrow ? -20.5f : -INFINITY;
    float_high = test.narrow ? 40.25f : INFINITY;
  }

  void fill_residual() {
    residual.resize(1 + test.rows * static_cast<size_t>(out_stride) + kSlack);
    for (uint8_t& value : residual) value = static_cast<uint8_t>(random());
    baton_add_multipliers factors;
    const auto scale = [&] { return 0.01f * static_cast<float>(1 + below(100)); };
    ASSERT_TRUE(baton_prepare_add(scale(), scale(), scale(), 20, &factors));
    const auto zero = [&] { return lowest(test.unsigned_output) + below(256); };
    add = {.left_shift = factors.left_shift,
           .zero0 = out_zero,
           .multiplier0 = factors.input_multiplier[0],
           .shift0 = factors.input_shift[0],
           .zero1 = zero(),
           .multiplier1 = factors.input_multiplier[1],
           .shift1 = factors.input_shift[1],
           .multiplier_sum = factors.output_multiplier,
           .shift_sum = factors.output_shift,
           .sum_zero = zero(),
           .low2 = lowest(test.unsigned_output) + (test.narrow ? 20 : 0),
           .high2 = lowest(test.unsigned_output) + (test.narrow ? 210 : 255)};
  }

  const uint8_t* row(size_t t, size_t m) const {
    const size_t index = t * test.rows + m;
    const size_t rows = test.taps * test.rows;
    return input.data() + 1 + (outside[index] ? rows : index) * test.depth;
  }

  int32_t sum(size_t m, size_t n) const {
    const int32_t zero = test.row_zeros ? row_zeros[m] : input_zero;
    int64_t sum = 0;
    for (size_t t = 0; t < test.taps; ++t) {
      const uint8_t* a = row(t, m);
      const uint8_t* w = weights.data() + 1 + static_cast<int64_t>(n) * column_stride +
                         static_cast<int64_t>(t) * tap_stride;
      for (size_t k = 0; k < test.depth; ++k) {
        const uint8_t weight = w[static_cast<int64_t>(k) * depth_stride];
        sum += int64_t{as_int(a[k], test.unsigned_input) - zero} *
               (as_int(weight, test.unsigned_weights) - weights_zero);
      }
    }
    return wrap(sum);
  }

  int32_t with_bias(int32_t sum, size_t n) const {
    return test.bias == Biases::kNone ? sum : baton_wrapping_add(sum, bias[n]);
  }

  float real_output(size_t m, size_t n) const {
    const size_t i = test.one_scale ? 0 : n;
    const float scale = row_scales[m] * static_cast<float>(scales[i]);
    const float product = static_cast<float>(sum(m, n)) * scale;
    const float value = product + (test.bias == Biases::kNone ? 0.0f : float_bias[n]);
    return std::min(std::max(value, float_low), float_high);
  }

  uint8_t byte_output(size_t m, size_t n) const {
    const size_t i = test.one_scale ? 0 : n;
    const int32_t x = with_bias(sum(m, n), n);
    const int32_t scaled =
        test.requantize == Requantize::kDouble
            ? baton_rescale_in_double(x, scales[i])
            : baton_multiply_by_quantized_multiplier(x, multipliers[i], shifts[i]);
    int32_t value = baton_clamp(baton_wrapping_add(scaled, out_zero), low, high);
    if (test.residual) value = added(value, residual_at(m, n));
    return static_cast<uint8_t>(value);
  }

  int32_t residual_at(size_t m, size_t n) const {
    return as_int(residual[1 + m * static_cast<size_t>(out_stride) + n], test.unsigned_output);
  }

  int32_t added(int32_t out, int32_t other) const {
    const int32_t x = baton_multiply_by_quantized_multiplier_smaller_than_one(
        wrap(int64_t{out - add.zero0} * (1 << add.left_shift)), add.multiplier0, add.shift0);
    const int32_t y = baton_multiply_by_quantized_multiplier_smaller_than_one(
        wrap(int64_t{other - add.zero1} * (1 << add.left_shift)), add.multiplier1, add.shift1);
    const int32_t both = baton_multiply_by_quantized_multiplier_smaller_than_one(
        baton_wrapping_add(x, y), add.multiplier_sum, add.shift_sum);
    return baton_clamp(baton_saturating_add(both, add.sum_zero), add.low2, add.high2);
  }

  size_t element_bytes() const {
    return test.requantize == Requantize::kFloat || test.requantize == Requantize::kSums ? 4 : 1;
  }

  void expect(size_t m, size_t n, uint8_t* out) const {
    if (test.requantize == Requantize::kFloat) {
      const float value = real_output(m, n);
      std::memcpy(out, &value, sizeof(value));
    } else if (test.requantize == Requantize::kSums) {
      const int32_t value = with_bias(sum(m, n), n);
      std::memcpy(out, &value, sizeof(value));
    } else {
      *out = byte_output(m, n);
    }
  }
};

Aligned packed_by(const Int8Gemm& gemm, const Problem& problem) {
  const Int8GemmCase& test = problem.test;
  const bool biased = test.bias != Biases::kNone;
  Int8GemmWeights weights;
  weights.data = problem.weights.data() + 1;
  weights.unsigned_weights = test.unsigned_weights;
  weights.weights_zero = problem.weights_zero;
  weights.unsigned_input = test.unsigned_input;
  weights.input_zero = problem.input_zero;
  weights.column_stride = problem.column_stride;
  weights.tap_stride = problem.tap_stride;
  weights.depth_stride = problem.depth_stride;
  weights.bias = biased ? problem.bias.data() : nullptr;
  weights.columns = test.columns;
  weights.taps = test.taps;
  weights.depth = test.depth;
  weights.requantize = test.requantize;
  weights.multipliers = problem.multipliers.data();
  weights.shifts = problem.shifts.data();
  weights.scales = problem.scales.data();
  weights.one_scale = test.one_scale;
  weights.float_bias = biased ? problem.float_bias.data() : nullptr;

  const size_t bytes = packed_bytes(gemm, test.columns, test.taps, test.depth);
  EXPECT_EQ(bytes % 64, 0u);
  Aligned packed = aligned(bytes);
  // In two calls, the second half first.
  const size_t panels = (test.columns + gemm.columns - 1) / gemm.columns;
  gemm.pack(weights, panels / 2, panels, packed.get());
  gemm.pack(weights, 0, panels / 2, packed.get());
  return packed;
}

struct Output {
  std::vector<uint8_t> bytes;
  size_t start;  // of row 0

  explicit Output(const Problem& problem) : start(problem.element_bytes() == 1 ? 1 : 0) {
    const Int8GemmCase& test = problem.test;
    const size_t elements =
        (test.rows - 1) * static_cast<size_t>(problem.out_stride) + test.columns;
    bytes.assign(start + elements * problem.element_bytes(), kCanary);
  }
};

void run_all(const Int8Gemm& gemm, const Problem& problem, Output* output) {
  const Int8GemmCase& test = problem.test;
  const Aligned packed = packed_by(gemm, problem);
  const Aligned scratch = aligned(gemm.scratch_bytes(test.taps, test.depth));
  const size_t panels = (test.columns + gemm.columns - 1) / gemm.columns;
  const size_t split = test.seed % 2 ? panels / 2 * gemm.columns : 0;
  std::vector<const void*> pointers(test.taps * gemm.rows);
  for (size_t m = 0; m < test.rows; m += gemm.rows) {
    Int8GemmTile tile;
    tile.rows = std::min(gemm.rows, test.rows - m);
    for (size_t t = 0; t < test.taps; ++t) {
      for (size_t i = 0; i < tile.rows; ++i) pointers[t * gemm.rows + i] = problem.row(t, m + i);
    }
    tile.a = pointers.data();
    tile.packed = packed.get();
    tile.taps = test.taps;
    tile.depth = test.depth;
    tile.requantize = test.requantize;
    tile.unsigned_input = test.unsigned_input;
    tile.unsigned_output = test.unsigned_output;
    tile.out_stride = problem.out_stride;
    tile.out_zero = problem.out_zero;
    tile.low = problem.low;
    tile.high = problem.high;
    tile.float_low = problem.float_low;
    tile.float_high = problem.float_high;
    tile.row_scales = problem.row_scales.data() + m;
    tile.row_zeros = test.row_zeros ? problem.row_zeros.data() + m : nullptr;
    tile.add = test.residual ? &problem.add : nullptr;
    tile.residual_stride = problem.out_stride;
    tile.scratch = scratch.get();
    const size_t ends[] = {split, test.columns};
    for (size_t column = 0; size_t end : ends) {
      if (end == column) continue;
      const size_t element = m * static_cast<size_t>(problem.out_stride) + column;
      tile.first_column = column;
      tile.columns = end - column;
      tile.out = output->bytes.data() + output->start + element * problem.element_bytes();
      tile.residual = test.residual ? problem.residual.data() + 1 + element : nullptr;
      gemm.run(tile);
      column = end;
    }
  }
}

}  // namespace

std::string describe(const Int8GemmCase& test) {
  const auto sign = [](bool is_unsigned) { return is_unsigned ? "u" : "s"; };
  constexpr const char* kKinds[] = {"fixed", "double", "float", "sums"};
  std::string text =
      std::to_string(test.rows) + "x" + std::to_string(test.columns) + " of " +
      std::to_string(test.taps) + "x" + std::to_string(test.depth) + " " +
      sign(test.unsigned_input) + sign(test.unsigned_weights) + sign(test.unsigned_output) +
      " zeros +" + std::to_string(test.input_zero) + " +" + std::to_string(test.weights_zero) +
      " +" + std::to_string(test.out_zero) + " " + kKinds[static_cast<size_t>(test.requantize)];
  if (test.multiplier) text += " multiplier " + std::to_string(*test.multiplier);
  if (test.shift) text += " shift " + std::to_string(*test.shift);
  text += " fills " + std::to_string(static_cast<int>(test.input)) +
          std::to_string(static_cast<int>(test.weights)) +
          std::to_string(static_cast<int>(test.bias));
  for (const auto& [said, word] : {std::pair(test.one_scale, " one_scale"),
                                   {test.transposed, " transposed"},
                                   {test.row_zeros, " row_zeros"},
                                   {test.residual, " residual"},
                                   {test.narrow, " narrow"}}) {
    if (said) text += word;
  }
  return text + " seed " + std::to_string(test.seed);
}

void check(const Int8Gemm& gemm, const Int8GemmCase& test) {
  const Problem problem(test);
  Output expected(problem), actual(problem);
  for (size_t m = 0; m < test.rows; ++m) {
    for (size_t n = 0; n < test.columns; ++n) {
      const size_t element = m * static_cast<size_t>(problem.out_stride) + n;
      problem.expect(m, n,
                     expected.bytes.data() + expected.start + element * problem.element_bytes());
    }
  }
  run_all(gemm, problem, &actual);
  if (actual.bytes == expected.bytes) return;
  const auto [a, e] =
      std::mismatch(actual.bytes.begin(), actual.bytes.end(), expected.bytes.begin());
  const auto at = static_cast<size_t>(a - actual.bytes.begin()) - expected.start;
  const size_t element = at / problem.element_bytes();
  const auto stride = static_cast<size_t>(problem.out_stride);
  ADD_FAILURE() << describe(test) << ": row " << element / stride << ", column " << element % stride
                << ": byte " << int{*a} << ", expected " << int{*e};
}

}  // namespace baton::kernels
