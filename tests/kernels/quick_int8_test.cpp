#include <gtest/gtest.h>

#include <baton/fixed_point.h>

#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "delegates/kernels/int8_gemm.h"
#include "delegates/kernels/kernel.h"

namespace baton::kernels {
namespace {

struct Case {
  bool unsigned_input, unsigned_weights, unsigned_output;
  Requantize requantize;
  size_t rows, columns, taps, depth;
  bool add = false, row_zeros = false, one_scale = false, extreme = false, no_bias = false;
};

size_t tiles_run = 0;

void check(const Int8Gemm& gemm, const Case& c, uint32_t seed) {
  std::mt19937 rng(seed);
  auto in = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(rng);
  };
  auto byte = [&] { return static_cast<uint8_t>(c.extreme ? (in(0, 1) ? in(0, 1) * 255 : 127 + in(0, 1)) : in(0, 255)); };
  const size_t out_size = c.requantize == Requantize::kFloat || c.requantize == Requantize::kSums ? 4 : 1;
  auto zero = [&](bool is_unsigned) {
    return static_cast<int32_t>(in(is_unsigned ? 0 : -128, is_unsigned ? 255 : 127));
  };
  // Weights [n][tap][d]; rows of a: a pool of taps x rows.
  std::vector<uint8_t> w(c.columns * c.taps * c.depth);
  for (auto& x : w) x = byte();
  std::vector<uint8_t> a(gemm.rows * c.taps * c.depth + 64);
  for (auto& x : a) x = byte();
  std::vector<const void*> pointers(gemm.rows * c.taps, nullptr);
  for (size_t t = 0; t < c.taps; ++t)
    for (size_t m = 0; m < c.rows; ++m) pointers[t * gemm.rows + m] = a.data() + (t * gemm.rows + (gemm.rows - 1 - m)) * c.depth;
  Int8GemmWeights weights;
  weights.data = w.data();
  weights.unsigned_weights = c.unsigned_weights;
  weights.weights_zero = zero(c.unsigned_weights);
  weights.unsigned_input = c.unsigned_input;
  weights.input_zero = c.row_zeros ? 0 : zero(c.unsigned_input);
  weights.column_stride = static_cast<int64_t>(c.taps * c.depth);
  weights.tap_stride = static_cast<int64_t>(c.depth);
  weights.columns = c.columns;
  weights.taps = c.taps;
  weights.depth = c.depth;
  weights.requantize = c.requantize;
  weights.one_scale = c.one_scale;
  std::vector<int32_t> bias(c.columns), multipliers(c.columns), shifts(c.columns);
  std::vector<double> scales(c.columns);
  std::vector<float> float_bias(c.columns);
  for (size_t n = 0; n < c.columns; ++n) {
    bias[n] = static_cast<int32_t>(c.extreme ? in(INT32_MIN, INT32_MAX) : in(-100000, 100000));
    if (c.extreme && in(0, 3) == 0) bias[n] = in(0, 1) ? INT32_MAX : -INT32_MAX;
    multipliers[n] = static_cast<int32_t>(in(0, 3) == 0 ? (in(0, 1) ? 1 << 30 : INT32_MAX) : in(1 << 30, INT32_MAX));
    shifts[n] = static_cast<int32_t>(c.extreme ? in(-31, 8) : in(-16, -6));
    if (c.extreme && in(0, 20) == 0) shifts[n] = in(0, 1) ? 40 : -40;
    scales[n] = std::ldexp(std::uniform_real_distribution<>(0.5, 1)(rng), static_cast<int>(c.extreme ? in(-30, 20) : in(-14, -6)));
    if (in(0, 4) == 0) scales[n] = 1.0 / 1024 ;  // ties
    if (c.extreme && in(0, 9) == 0) scales[n] = in(0, 1) ? std::nan("") : HUGE_VAL;
    if (c.requantize == Requantize::kFloat) scales[n] = std::uniform_real_distribution<>(0.001, 1)(rng);
    float_bias[n] = std::uniform_real_distribution<float>(-100, 100)(rng);
  }
  weights.bias = c.no_bias ? nullptr : bias.data();
  weights.multipliers = multipliers.data();
  weights.shifts = shifts.data();
  weights.scales = scales.data();
  weights.float_bias = c.no_bias ? nullptr : float_bias.data();

  const size_t panels = (c.columns + gemm.columns - 1) / gemm.columns;
  std::vector<std::byte> packed_room(packed_bytes(gemm, c.columns, c.taps, c.depth) + 128, std::byte{0xa5});
  auto* packed = reinterpret_cast<std::byte*>((reinterpret_cast<uintptr_t>(packed_room.data()) + 63) / 64 * 64);
  gemm.pack(weights, panels / 2, panels, packed);
  gemm.pack(weights, 0, panels / 2, packed);

  std::vector<std::byte> scratch_room(gemm.scratch_bytes(c.taps, c.depth) + 64, std::byte{0x5a});
  auto* scratch = reinterpret_cast<std::byte*>((reinterpret_cast<uintptr_t>(scratch_room.data()) + 63) / 64 * 64);

  Int8GemmTile tile;
  tile.a = pointers.data();
  tile.packed = packed;
  tile.taps = c.taps;
  tile.depth = c.depth;
  tile.rows = c.rows;
  tile.requantize = c.requantize;
  tile.unsigned_input = c.unsigned_input;
  tile.unsigned_output = c.unsigned_output;
  const size_t stride = c.columns + 3;
  tile.out_stride = static_cast<int64_t>(stride);
  std::vector<std::byte> out(c.rows * stride * out_size, std::byte{0x77});
  tile.out_zero = zero(c.unsigned_output);
  tile.low = c.unsigned_output ? 3 : -120;
  tile.high = c.unsigned_output ? 255 : 127;
  tile.float_low = -1e4f;
  tile.float_high = 2e4f;
  std::vector<float> row_scales(c.rows);
  std::vector<int32_t> row_zeros(c.rows);
  for (auto& x : row_scales) x = std::uniform_real_distribution<float>(0.01f, 1)(rng);
  for (auto& x : row_zeros) x = zero(c.unsigned_input);
  tile.row_scales = row_scales.data();
  tile.row_zeros = c.row_zeros ? row_zeros.data() : nullptr;
  Int8Residual add;
  add.zero0 = tile.out_zero;
  add.multiplier0 = 1 << 30;
  add.shift0 = 0;
  add.zero1 = zero(c.unsigned_output);
  add.multiplier1 = 0x61234567;
  add.shift1 = -1 - static_cast<int32_t>(in(0, 4));
  add.multiplier_sum = 0x51234567 + static_cast<int32_t>(in(0, 1000));
  add.shift_sum = -18 + static_cast<int32_t>(in(-1, 1));
  add.sum_zero = zero(c.unsigned_output);
  add.low2 = c.unsigned_output ? 0 : -128;
  add.high2 = c.unsigned_output ? 250 : 126;
  std::vector<uint8_t> residual(c.rows * stride + 64);
  for (auto& x : residual) x = byte();
  tile.residual_stride = static_cast<int64_t>(stride);
  tile.scratch = scratch;

  for (size_t first = 0; first < c.columns;) {
    size_t count = std::min<size_t>(c.columns - first, gemm.columns * static_cast<size_t>(in(1, 3)));
    tile.first_column = first;
    tile.columns = count;
    tile.out = out.data() + first * out_size;
    tile.add = c.add ? &add : nullptr;
    tile.residual = c.add ? residual.data() + first : nullptr;
    gemm.run(tile);
    ++tiles_run;
    first += count;
  }

  auto value = [](uint8_t x, bool is_unsigned) { return is_unsigned ? int32_t{x} : int32_t{static_cast<int8_t>(x)}; };
  for (size_t m = 0; m < c.rows; ++m) {
    for (size_t n = 0; n < c.columns; ++n) {
      uint32_t sum = 0;
      const int32_t a_zero = c.row_zeros ? row_zeros[m] : weights.input_zero;
      for (size_t t = 0; t < c.taps; ++t) {
        const auto* row = static_cast<const uint8_t*>(pointers[t * gemm.rows + m]);
        for (size_t d = 0; d < c.depth; ++d) {
          sum += static_cast<uint32_t>((value(row[d], c.unsigned_input) - a_zero) *
                 (value(w[(n * c.taps + t) * c.depth + d], c.unsigned_weights) - weights.weights_zero));
        }
      }
      const int32_t raw = baton_wrap_int32(sum);
      const int32_t s = baton_wrap_int32(sum + (c.no_bias ? 0u : static_cast<uint32_t>(bias[n])));
      const size_t i = c.one_scale ? 0 : n;
      const size_t at = m * stride + n;
      if (c.requantize == Requantize::kSums) {
        int32_t got;
        std::memcpy(&got, out.data() + at * 4, 4);
        ASSERT_EQ(got, s) << m << " " << n;
        continue;
      }
      if (c.requantize == Requantize::kFloat) {
        float got;
        std::memcpy(&got, out.data() + at * 4, 4);
        const float scale = row_scales[m] * static_cast<float>(scales[i]);
        const float product = static_cast<float>(raw) * scale;
        const float want = std::min(std::max(product + (c.no_bias ? 0.0f : float_bias[n]), tile.float_low), tile.float_high);
        ASSERT_EQ(got, want) << m << " " << n;
        continue;
      }
      int32_t x = c.requantize == Requantize::kFixed ? baton_multiply_by_quantized_multiplier(s, multipliers[i], shifts[i])
                                                     : baton_rescale_in_double(s, scales[i]);
      x = baton_clamp(baton_wrapping_add(x, tile.out_zero), tile.low, tile.high);
      if (c.add) {
        const int32_t p = baton_multiply_by_quantized_multiplier_smaller_than_one((x - add.zero0) * (1 << 20), add.multiplier0, add.shift0);
        const int32_t q = baton_multiply_by_quantized_multiplier_smaller_than_one((value(residual[at], c.unsigned_output) - add.zero1) * (1 << 20), add.multiplier1, add.shift1);
        x = baton_multiply_by_quantized_multiplier_smaller_than_one(p + q, add.multiplier_sum, add.shift_sum);
        x = baton_clamp(baton_saturating_add(x, add.sum_zero), add.low2, add.high2);
      }
      ASSERT_EQ(value(static_cast<uint8_t>(out[at]), c.unsigned_output), x) << m << " " << n << " sum " << s << " mult " << multipliers[i] << " shift " << shifts[i];
    }
    for (size_t k = c.columns * out_size; k < stride * out_size; ++k) ASSERT_EQ(out[m * stride * out_size + k], std::byte{0x77});
  }
}

TEST(QuickInt8, Random) {
  for (const Kernel& kernel : kernels()) {
    if (std::strcmp(kernel.types, "int8") != 0 || !includes(best_level(), kernel.isa)) continue;
    const auto* gemm = std::get<const Int8Gemm*>(kernel.functions);
    SCOPED_TRACE(name_of(kernel.isa));
    std::printf("%s\n", name_of(kernel.isa));
    for (uint32_t seed = 0; seed < 3000; ++seed) {
      std::mt19937 rng(seed + 77);
      auto in = [&](size_t low, size_t high) { return std::uniform_int_distribution<size_t>(low, high)(rng); };
      Case c{};
      c.unsigned_input = in(0, 1);
      c.unsigned_weights = in(0, 1);
      c.unsigned_output = in(0, 1);
      c.requantize = static_cast<Requantize>(in(0, 3));
      c.rows = in(1, gemm->rows);
      c.columns = in(1, 70);
      c.taps = in(0, 1) ? 1 : in(1, 9);
      c.depth = in(0, 3) == 0 ? 16 * in(1, 8) : in(1, 70);
      if (seed % 500 == 0) c.depth = 4608;
      c.add = c.requantize == Requantize::kFixed && in(0, 1);
      c.row_zeros = c.requantize == Requantize::kFloat && in(0, 1);
      c.one_scale = in(0, 3) == 0;
      c.extreme = in(0, 1);
      c.no_bias = in(0, 3) == 0;
      SCOPED_TRACE(testing::Message() << "seed " << seed << " in " << c.unsigned_input << " w " << c.unsigned_weights << " out " << c.unsigned_output << " req " << int(c.requantize)
        << " rows " << c.rows << " cols " << c.columns << " taps " << c.taps << " depth " << c.depth << " add " << c.add << " rz " << c.row_zeros << " extreme " << c.extreme);
      check(*gemm, c, seed);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(tiles_run, 0u);
}

}  // namespace
}  // namespace baton::kernels
