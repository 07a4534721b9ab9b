#if defined(__aarch64__)

#include "delegates/kernels/int8_gemm/arm_epilogue.h"

#include <arm_neon.h>

#include <cstring>

#include "delegates/kernels/int8_gemm/arm_wrapping.h"

namespace baton::kernels {
namespace {

// Eight columns.
struct Sums {
  int32x4_t low, high;
};

Sums load(const int32_t* from) { return {vld1q_s32(from), vld1q_s32(from + 4)}; }

// x / 2^-shift rounded half away, -32 <= shift <= 0: NEON rounds ties upwards, which negative
// numbers lessened by one undo. The exact quotient by 2^32 rounds to 0.
int32x4_t rounding_shift(int32x4_t x, int32x4_t shift) {
  const int32x4_t negative = vshrq_n_s32(vandq_s32(x, shift), 31);
  return vrshlq_s32(vqaddq_s32(x, negative), shift);
}

// baton_multiply_by_quantized_multiplier of four lanes.
struct Scaling {
  int32x4_t multiplier, left, right;

  static Scaling of(int32x4_t multiplier, int32x4_t shift) {
    const int32x4_t zero = vdupq_n_s32(0);
    return {multiplier, vmaxq_s32(shift, zero), vminq_s32(shift, zero)};
  }
  // The form smaller than one: positive shifts count as 0.
  static Scaling below_one(int32_t multiplier, int32_t shift) {
    const int32_t limited = shift > 0 ? 0 : (shift < -32 ? -32 : shift);
    return of(vdupq_n_s32(multiplier), vdupq_n_s32(limited));
  }
  int32x4_t operator()(int32x4_t x) const {
    return rounding_shift(vqrdmulhq_s32(vshlq_s32(x, left), multiplier), right);
  }
};

int32x4_t clamp(int32x4_t x, int32x4_t low, int32x4_t high) {
  return vminq_s32(vmaxq_s32(x, low), high);
}

// The residual addition.
class Addition {
 public:
  Addition(const Int8Residual& add, bool is_unsigned)
      : is_unsigned_(is_unsigned),
        left_shift_(vdupq_n_s32(add.left_shift)),
        zero0_(vdupq_n_s32(add.zero0)),
        zero1_(vdupq_n_s32(add.zero1)),
        sum_zero_(vdupq_n_s32(add.sum_zero)),
        low_(vdupq_n_s32(add.low2)),
        high_(vdupq_n_s32(add.high2)),
        first_(Scaling::below_one(add.multiplier0, add.shift0)),
        second_(Scaling::below_one(add.multiplier1, add.shift1)),
        sum_(Scaling::below_one(add.multiplier_sum, add.shift_sum)) {}

  Sums operator()(const Sums& x, const std::byte* residual) const {
    const auto* bytes = reinterpret_cast<const uint8_t*>(residual);
    const uint8x8_t loaded = vld1_u8(bytes);
    const int16x8_t y = is_unsigned_ ? vreinterpretq_s16_u16(vmovl_u8(loaded))
                                     : vmovl_s8(vreinterpret_s8_u8(loaded));
    return {add(x.low, vmovl_s16(vget_low_s16(y))), add(x.high, vmovl_high_s16(y))};
  }

 private:
  int32x4_t add(int32x4_t x, int32x4_t y) const {
    const int32x4_t x_scaled = first_(vshlq_s32(vsubq_s32(x, zero0_), left_shift_));
    const int32x4_t y_scaled = second_(vshlq_s32(vsubq_s32(y, zero1_), left_shift_));
    const int32x4_t sum = sum_(wrapping_add(x_scaled, y_scaled));
    return clamp(vqaddq_s32(sum, sum_zero_), low_, high_);
  }

  bool is_unsigned_;
  int32x4_t left_shift_, zero0_, zero1_, sum_zero_, low_, high_;
  Scaling first_, second_, sum_;
};

struct Fixed {
  Scaling low, high;

  explicit Fixed(const ArmPanel& panel)
      : low(Scaling::of(vld1q_s32(panel.fixed.multipliers), vld1q_s32(panel.fixed.shifts))),
        high(Scaling::of(vld1q_s32(panel.fixed.multipliers + 4),
                         vld1q_s32(panel.fixed.shifts + 4))) {}
  Sums operator()(const Sums& x) const { return {low(x.low), high(x.high)}; }
};

// baton_rescale_in_double: the conversion rounds ties away, and both steps saturate.
struct InDouble {
  float64x2_t scales[4];

  explicit InDouble(const ArmPanel& panel) {
    for (size_t i = 0; i < 4; ++i) scales[i] = vld1q_f64(panel.scales + 2 * i);
  }
  static int32x2_t rescale(int32x2_t x, float64x2_t scale) {
    return vqmovn_s64(vcvtaq_s64_f64(vmulq_f64(vcvtq_f64_s64(vmovl_s32(x)), scale)));
  }
  Sums operator()(const Sums& x) const {
    return {vcombine_s32(rescale(vget_low_s32(x.low), scales[0]),
                         rescale(vget_high_s32(x.low), scales[1])),
            vcombine_s32(rescale(vget_low_s32(x.high), scales[2]),
                         rescale(vget_high_s32(x.high), scales[3]))};
  }
};

std::byte* output(const Int8GemmTile& tile, size_t row, size_t column, size_t size) {
  const int64_t at = static_cast<int64_t>(row) * tile.out_stride + static_cast<int64_t>(column);
  return static_cast<std::byte*>(tile.out) + at * static_cast<int64_t>(size);
}

template <typename Rescale>
void finish_bytes(const Int8GemmTile& tile, const ArmPanel& panel, size_t column, size_t columns,
                  const int32_t* sums) {
  const Rescale rescale(panel);
  const int32x4_t zero = vdupq_n_s32(tile.out_zero);
  const int32x4_t low = vdupq_n_s32(tile.low), high = vdupq_n_s32(tile.high);
  const bool adds = tile.add != nullptr;
  const Addition addition(adds ? *tile.add : Int8Residual{}, tile.unsigned_output);
  for (size_t row = 0; row < tile.rows; ++row) {
    Sums x = rescale(load(sums + row * kArmColumns));
    x.low = clamp(wrapping_add(x.low, zero), low, high);
    x.high = clamp(wrapping_add(x.high, zero), low, high);
    if (adds) {
      const int64_t at =
          static_cast<int64_t>(row) * tile.residual_stride + static_cast<int64_t>(column);
      x = addition(x, static_cast<const std::byte*>(tile.residual) + at);
    }
    const int8x8_t bytes = vmovn_s16(vcombine_s16(vmovn_s32(x.low), vmovn_s32(x.high)));
    std::byte* to = output(tile, row, column, 1);
    if (columns == kArmColumns) {
      vst1_s8(reinterpret_cast<int8_t*>(to), bytes);
    } else {
      std::memcpy(to, &bytes, columns);
    }
  }
}

template <typename Vector>
void store_words(Vector low, Vector high, size_t columns, std::byte* to) {
  const Vector both[2] = {low, high};
  if (columns == kArmColumns) {
    std::memcpy(to, both, sizeof(both));
  } else {
    std::memcpy(to, both, columns * 4);
  }
}

void finish_floats(const Int8GemmTile& tile, const ArmPanel& panel, size_t column, size_t columns,
                   const int32_t* sums) {
  const float32x4_t low = vdupq_n_f32(tile.float_low), high = vdupq_n_f32(tile.float_high);
  for (size_t row = 0; row < tile.rows; ++row) {
    const float32x4_t row_scale = vdupq_n_f32(tile.row_scales[row]);
    float32x4_t x[2];
    for (size_t i = 0; i < 2; ++i) {
      const float32x4_t sum = vcvtq_f32_s32(vld1q_s32(sums + row * kArmColumns + 4 * i));
      const float32x4_t scale = vmulq_f32(row_scale, vld1q_f32(panel.hybrid.scales + 4 * i));
      const float32x4_t biased =
          vaddq_f32(vmulq_f32(sum, scale), vld1q_f32(panel.hybrid.bias + 4 * i));
      x[i] = vminq_f32(vmaxq_f32(biased, low), high);
    }
    store_words(x[0], x[1], columns, output(tile, row, column, sizeof(float)));
  }
}

void finish_sums(const Int8GemmTile& tile, size_t column, size_t columns, const int32_t* sums) {
  for (size_t row = 0; row < tile.rows; ++row) {
    const Sums x = load(sums + row * kArmColumns);
    store_words(x.low, x.high, columns, output(tile, row, column, sizeof(int32_t)));
  }
}

// sums[m][n] -= row_zeros[m] * weight_sums[n], and -= weights_zero * row_sums[m].
void subtract_zeros(const Int8GemmTile& tile, const ArmPanel& panel, const int32_t* row_sums,
                    const int32_t* row_zeros, int32_t* sums) {
  const int32x4_t weights_zero = vdupq_n_s32(panel.weights_zero);
  for (size_t row = 0; row < tile.rows; ++row) {
    const int32x4_t row_zero = vdupq_n_s32(row_zeros != nullptr ? row_zeros[row] : 0);
    const int32x4_t row_sum = vdupq_n_s32(row_sums != nullptr ? row_sums[row] : 0);
    for (size_t n = 0; n < kArmColumns; n += 4) {
      int32_t* at = sums + row * kArmColumns + n;
      const int32x4_t x =
          wrapping_multiply_subtract(vld1q_s32(at), row_zero, vld1q_s32(panel.weight_sums + n));
      vst1q_s32(at, wrapping_multiply_subtract(x, weights_zero, row_sum));
    }
  }
}

}  // namespace

void finish_arm_panel(const Int8GemmTile& tile, const ArmPanel& panel, size_t column, int32_t* sums,
                      const int32_t* row_sums, const int32_t* row_zeros) {
  const size_t columns = std::min(kArmColumns, tile.columns - column);
  if (row_sums != nullptr || row_zeros != nullptr) {
    subtract_zeros(tile, panel, row_sums, row_zeros, sums);
  }
  switch (tile.requantize) {
    case Requantize::kFixed:
      return finish_bytes<Fixed>(tile, panel, column, columns, sums);
    case Requantize::kDouble:
      return finish_bytes<InDouble>(tile, panel, column, columns, sums);
    case Requantize::kFloat:
      return finish_floats(tile, panel, column, columns, sums);
    case Requantize::kSums:
      return finish_sums(tile, column, columns, sums);
  }
}

}  // namespace baton::kernels

#endif
