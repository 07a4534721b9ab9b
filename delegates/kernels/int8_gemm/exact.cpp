#include "delegates/kernels/int8_gemm/exact.h"

#include <baton/fixed_point.h>

#include <algorithm>

#include "delegates/kernels/int8_gemm/panel.h"

namespace baton::kernels {
namespace {

int32_t added(const Int8Residual& add, int32_t out, int32_t residual) {
  const auto scaled = [&](int32_t value, int32_t zero, int32_t multiplier, int32_t shift) {
    return baton_multiply_by_quantized_multiplier_smaller_than_one(
        baton_shift_left(baton_wrapping_sub(value, zero), add.left_shift), multiplier, shift);
  };
  const int32_t both = baton_multiply_by_quantized_multiplier_smaller_than_one(
      baton_wrapping_add(scaled(out, add.zero0, add.multiplier0, add.shift0),
                         scaled(residual, add.zero1, add.multiplier1, add.shift1)),
      add.multiplier_sum, add.shift_sum);
  return baton_clamp(baton_saturating_add(both, add.sum_zero), add.low2, add.high2);
}

// value(sum, column of the panel) gives the scaled sum.
template <typename Byte, typename Value>
void finish_bytes(const PanelSums& sums, const Value& value) {
  const Int8GemmTile& tile = *sums.tile;
  for (size_t m = 0; m < tile.rows; ++m) {
    Byte* out =
        static_cast<Byte*>(tile.out) + static_cast<int64_t>(m) * tile.out_stride + sums.column;
    const Byte* residual = static_cast<const Byte*>(tile.residual);
    if (tile.add) residual += static_cast<int64_t>(m) * tile.residual_stride + sums.column;
    for (size_t n = 0; n < sums.columns; ++n) {
      const int32_t scaled = value(sums.sums[m * sums.width + n], n);
      int32_t byte = baton_clamp(baton_wrapping_add(scaled, tile.out_zero), tile.low, tile.high);
      if (tile.add) byte = added(*tile.add, byte, residual[n]);
      out[n] = static_cast<Byte>(byte);
    }
  }
}

template <typename Value>
void finish_bytes_of(const PanelSums& sums, const Value& value) {
  if (sums.tile->unsigned_output) {
    finish_bytes<uint8_t>(sums, value);
  } else {
    finish_bytes<int8_t>(sums, value);
  }
}

void finish_fixed(const PanelSums& sums) {
  const auto* multipliers = panel_words<uint32_t>(sums.panel, sums.width, kWord0);
  const int32_t* shifts = panel_words(sums.panel, sums.width, kWord2);
  const bool short_form = panel_head(sums.panel).short_form != 0;
  finish_bytes_of(sums, [&](int32_t sum, size_t n) {
    if (!short_form) {
      return baton_multiply_by_quantized_multiplier(sum, static_cast<int32_t>(multipliers[n]),
                                                    shifts[n]);
    }
    return baton_multiply_by_quantized_multiplier(
        baton_wrapping_add(sum, INT32_MIN), static_cast<int32_t>(multipliers[n] / 2), -shifts[n]);
  });
}

void finish_double(const PanelSums& sums) {
  const auto* scales = panel_words<double>(sums.panel, sums.width, kWord0);
  finish_bytes_of(sums,
                  [&](int32_t sum, size_t n) { return baton_rescale_in_double(sum, scales[n]); });
}

void finish_float(const PanelSums& sums) {
  const Int8GemmTile& tile = *sums.tile;
  const auto* scales = panel_words<float>(sums.panel, sums.width, kWord0);
  const auto* bias = panel_words<float>(sums.panel, sums.width, kWord1);
  const int32_t* weight_sums = panel_words(sums.panel, sums.width, kWord2);
  for (size_t m = 0; m < tile.rows; ++m) {
    float* out =
        static_cast<float*>(tile.out) + static_cast<int64_t>(m) * tile.out_stride + sums.column;
    const auto zero = static_cast<uint32_t>(tile.row_zeros ? tile.row_zeros[m] : 0);
    for (size_t n = 0; n < sums.columns; ++n) {
      const auto sum = static_cast<uint32_t>(sums.sums[m * sums.width + n]);
      const int32_t x = baton_wrap_int32(sum - zero * static_cast<uint32_t>(weight_sums[n]));
      const float value = static_cast<float>(x) * (tile.row_scales[m] * scales[n]) + bias[n];
      out[n] = std::min(std::max(value, tile.float_low), tile.float_high);
    }
  }
}

void finish_sums(const PanelSums& sums) {
  const Int8GemmTile& tile = *sums.tile;
  for (size_t m = 0; m < tile.rows; ++m) {
    std::copy_n(
        sums.sums + m * sums.width, sums.columns,
        static_cast<int32_t*>(tile.out) + static_cast<int64_t>(m) * tile.out_stride + sums.column);
  }
}

}  // namespace

void finish_exactly(const PanelSums& sums) {
  constexpr void (*kFinish[])(const PanelSums&) = {finish_fixed, finish_double, finish_float,
                                                   finish_sums};
  kFinish[static_cast<size_t>(sums.tile->requantize)](sums);
}

}  // namespace baton::kernels
