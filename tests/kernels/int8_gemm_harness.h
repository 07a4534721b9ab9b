// Runs one 8-bit matrix product on a kernel and compares it, bit for bit, with plain loops over
// <baton/fixed_point.h>.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "delegates/kernels/int8_gemm.h"

namespace baton::kernels {

enum class Fill : uint8_t {
  kRandom,
  kLowest,   // all -128, or 0 where unsigned
  kHighest,  // all 127, or 255
  kEnds,     // at random one of those two
};

enum class Biases : uint8_t { kNone, kRandom, kEnds };  // kEnds: +-(2^31 - 1)

struct Int8GemmCase {
  size_t rows = 1;
  size_t columns = 1;
  size_t taps = 1;
  size_t depth = 1;
  bool unsigned_input = false;
  bool unsigned_weights = false;
  bool unsigned_output = false;
  // The lowest value of a type plus this is its zero point.
  int32_t input_zero = 128;
  int32_t weights_zero = 128;
  int32_t out_zero = 128;
  Fill input = Fill::kRandom;
  Fill weights = Fill::kRandom;
  // Of so many weights one is any at all; the others fit a byte less their zero point.
  uint32_t wide_one_in = 1;
  Biases bias = Biases::kRandom;
  Requantize requantize = Requantize::kFixed;
  // Of all columns; without, some that bring the sums into the range of bytes.
  std::optional<int32_t> multiplier = std::nullopt;
  std::optional<int32_t> shift = std::nullopt;
  bool one_scale = false;
  bool transposed = false;  // weights with neighbouring columns, not depths
  bool row_zeros = false;
  bool residual = false;
  bool narrow = false;  // a clamp inside of the range of the output's type
  uint32_t seed = 1;
};

std::string describe(const Int8GemmCase& test);

// Adds failures to the running test.
void check(const Int8Gemm& gemm, const Int8GemmCase& test);

}  // namespace baton::kernels
