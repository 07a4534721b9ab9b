#include "tests/kernels/int8_gemm_suite.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "tests/kernels/int8_gemm_harness.h"

namespace baton::kernels {
namespace {

constexpr Requantize kAllKinds[] = {Requantize::kFixed, Requantize::kDouble, Requantize::kFloat,
                                    Requantize::kSums};

// signs 0 to 7: each of input, weights and output signed or not.
Int8GemmCase with_signs(Int8GemmCase test, unsigned signs) {
  test.unsigned_input = signs & 1;
  test.unsigned_weights = signs & 2;
  test.unsigned_output = signs & 4;
  return test;
}

void depths(const Int8Gemm& gemm) {
  for (size_t depth = 1; depth <= 70; ++depth) {
    const auto d = static_cast<uint32_t>(depth);
    check(gemm, with_signs({.rows = gemm.rows, .columns = 19, .depth = depth, .seed = d}, d));
    check(gemm, with_signs({.rows = 1 + depth % 3,
                            .columns = gemm.columns,
                            .taps = 2,
                            .depth = depth,
                            .weights_zero = 120,
                            .requantize = kAllKinds[depth / 8 % 4],
                            .seed = d},
                           d));
  }
}

void columns(const Int8Gemm& gemm) {
  for (size_t columns = 1; columns <= 70; ++columns) {
    for (const Requantize kind : kAllKinds) {
      const auto n = static_cast<uint32_t>(columns);
      check(gemm, with_signs({.rows = 1 + (gemm.rows + columns) % (2 * gemm.rows),
                              .columns = columns,
                              .depth = 9,
                              .requantize = kind,
                              .one_scale = columns % 3 == 0,
                              .narrow = columns % 5 == 0,
                              .seed = n},
                             n));
    }
  }
}

void rows(const Int8Gemm& gemm) {
  for (size_t rows = 1; rows <= 2 * gemm.rows + 1; ++rows) {
    for (unsigned signs = 0; signs < 8; ++signs) {
      for (const size_t columns : {size_t{7}, gemm.columns / 2 + 1, 2 * gemm.columns + 5}) {
        check(gemm, with_signs({.rows = rows,
                                .columns = columns,
                                .taps = 1 + rows % 3,
                                .depth = 21 + rows,
                                .weights_zero = signs & 2 ? 100 : 128,
                                .seed = static_cast<uint32_t>(rows)},
                               signs));
      }
    }
  }
}

void taps(const Int8Gemm& gemm) {
  for (size_t taps = 1; taps <= 9; ++taps) {
    for (unsigned signs = 0; signs < 8; ++signs) {
      check(gemm, with_signs({.rows = 5,
                              .columns = 35,
                              .taps = taps,
                              .depth = 3 + signs,
                              .weights_zero = 131,
                              .transposed = taps % 2 == 0,
                              .seed = signs + 1},
                             signs));
    }
  }
}

// Panels with none, few and many weights that do not fit a byte less their zero point.
void wide_weights(const Int8Gemm& gemm) {
  for (uint32_t seed = 1; seed <= 64; ++seed) {
    constexpr int32_t kZeros[] = {0, 60, 100, 127, 129, 150, 200, 255};
    constexpr uint32_t kWideOneIn[] = {50, 200, 1000, 5000};
    for (unsigned signs = 0; signs < 8; ++signs) {
      check(gemm, with_signs({.rows = 1 + seed % (2 * gemm.rows),
                              .columns = 1 + (seed * 37 + signs * 11) % (5 * gemm.columns),
                              .taps = 1 + seed % 5 / 3 * (signs + 1),
                              .depth = 1 + seed * 13 % 90,
                              .input_zero = static_cast<int32_t>(seed * 29 % 256),
                              .weights_zero = kZeros[signs],
                              .input = seed % 3 == 0 ? Fill::kEnds : Fill::kRandom,
                              .wide_one_in = kWideOneIn[seed % 4],
                              .requantize = kAllKinds[seed / 4 % 4],
                              .transposed = seed % 7 == 0,
                              .row_zeros = seed % 11 == 0 && seed / 4 % 4 == 2,
                              .residual = seed % 5 == 0 && seed / 4 % 4 == 0,
                              .seed = seed},
                             signs ^ (seed & 7)));
    }
  }
}

void long_sums(const Int8Gemm& gemm) {
  for (const Requantize kind : kAllKinds) {
    check(gemm, {.rows = 3, .columns = 33, .depth = 4608, .requantize = kind});
    check(gemm, {.rows = 2, .columns = 5, .taps = 9, .depth = 512, .requantize = kind});
  }
}

// Sums that wrap, and values at the ends of all types.
void extremes(const Int8Gemm& gemm) {
  for (const Fill input : {Fill::kLowest, Fill::kHighest, Fill::kEnds}) {
    for (const Fill weights : {Fill::kLowest, Fill::kHighest, Fill::kEnds}) {
      for (const int32_t zero : {0, 128, 255}) {
        for (unsigned signs = 0; signs < 8; ++signs) {
          Int8GemmCase test{.rows = 3,
                            .columns = 18,
                            .depth = 13 + signs,
                            .input_zero = zero,
                            .weights_zero = 255 - zero,
                            .out_zero = zero,
                            .input = input,
                            .weights = weights};
          check(gemm, with_signs(test, signs));
          test.bias = Biases::kEnds;
          test.requantize = kAllKinds[signs % 4];
          check(gemm, with_signs(test, signs));
        }
      }
    }
  }
  for (const Requantize kind : kAllKinds) {
    for (unsigned signs = 0; signs < 4; ++signs) {
      check(gemm, with_signs({.rows = 2,
                              .columns = 3,
                              .depth = 34000,
                              .input_zero = 255,
                              .weights_zero = 255,
                              .input = Fill::kLowest,
                              .weights = Fill::kLowest,
                              .requantize = kind},
                             signs));
    }
  }
}

// All shifts, with multipliers at the ends of their range. Small sums show ties of both roundings.
void roundings(const Int8Gemm& gemm) {
  for (const int32_t multiplier : {0, 1 << 30, (1 << 30) + 1, 3 << 29, INT32_MAX}) {
    for (int32_t shift = -40; shift <= 32; ++shift) {
      for (const Biases bias : {Biases::kNone, Biases::kRandom, Biases::kEnds}) {
        Int8GemmCase test{.rows = 4,
                          .columns = 34,
                          .depth = 1,
                          .bias = bias,
                          .multiplier = multiplier,
                          .shift = shift,
                          .one_scale = shift % 2 == 0,
                          .seed = static_cast<uint32_t>(shift + 50)};
        check(gemm, test);
        test.depth = 6;
        test.out_zero = 3;
        test.unsigned_output = true;
        check(gemm, test);
        test.requantize = Requantize::kDouble;
        check(gemm, test);
      }
    }
  }
}

void residuals(const Int8Gemm& gemm) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    for (unsigned signs = 0; signs < 8; ++signs) {
      check(gemm, with_signs({.rows = 1 + seed % (2 * gemm.rows),
                              .columns = 1 + (seed * 7 + signs) % 70,
                              .depth = 4 + seed % 5,
                              .out_zero = static_cast<int32_t>(seed * 37 % 256),
                              .bias = seed % 8 == 0 ? Biases::kEnds : Biases::kRandom,
                              .residual = true,
                              .narrow = seed % 3 == 0,
                              .seed = seed},
                             signs));
    }
  }
}

void hybrids(const Int8Gemm& gemm) {
  for (size_t rows = 1; rows <= gemm.rows + 2; ++rows) {
    for (const bool row_zeros : {false, true}) {
      for (unsigned signs = 0; signs < 4; signs += 2) {
        check(gemm, with_signs({.rows = rows,
                                .columns = 11 + rows * 3,
                                .taps = 1 + rows % 2,
                                .depth = 40 + rows,
                                .weights_zero = rows % 3 ? 128 : 125,
                                .bias = rows % 4 ? Biases::kRandom : Biases::kNone,
                                .requantize = Requantize::kFloat,
                                .one_scale = rows % 2 == 0,
                                .row_zeros = row_zeros,
                                .narrow = rows % 3 == 0,
                                .seed = static_cast<uint32_t>(rows)},
                               signs));
      }
    }
  }
}

constexpr Int8GemmGroup kGroups[] = {
    {"Depths", depths},     {"Columns", columns},          {"Rows", rows},
    {"Taps", taps},         {"WideWeights", wide_weights}, {"LongSums", long_sums},
    {"Extremes", extremes}, {"Roundings", roundings},      {"Residuals", residuals},
    {"Hybrids", hybrids},
};

}  // namespace

std::span<const Int8GemmGroup> int8_gemm_groups() { return kGroups; }

}  // namespace baton::kernels
