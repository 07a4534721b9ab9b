/* Fixed-point arithmetic of quantised inference.
 *
 * Every kernel and every delegate that runs 8- or 16-bit integer operators takes its arithmetic
 * from this file, so that an integer model gives the same bits wherever it runs: those of
 * TensorFlow Lite's reference kernels in their default ("double rounding") build.
 *
 * C99 and C++17, header only, no state, no allocation: every function may be called from any
 * thread. Nothing here has undefined behaviour, whatever the arguments; where TensorFlow Lite would
 * abort or overflow, the contract says what is returned instead. Signed right shifts are assumed to
 * be arithmetic, as they are on every compiler that Baton supports.
 *
 * Conventions
 *   real value        = scale * (quantised value - zero point)
 *   multiplier        a real factor m is held as a Q0.31 significand q and a power of two:
 *                     m ~ q / 2^31 * 2^shift, 2^30 <= |q| < 2^31; a negative shift is a right shift
 *   Qm.n, "int bits"  a raw int32 with m integer bits stands for raw / 2^(31 - m), in [-2^m, 2^m)
 *   "half away"       rounds to nearest, ties away from zero (C's round())
 * Functions that return an int as a status return 1 on success and 0 on refusal; on refusal the
 * outputs are zero.
 *
 * Sources of the formulas are named as TFLite (tensorflow/lite/kernels/...) and gemmlowp
 * (fixedpoint/fixedpoint.h).
 */
#ifndef BATON_FIXED_POINT_H_
#define BATON_FIXED_POINT_H_

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "baton/attributes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------------------------------------
 * Integer primitives
 * ------------------------------------------------------------------------------------------- */

/* The int32 with the same bits: reduction modulo 2^32, defined in C99 too. */
static inline int32_t baton_wrap_int32(uint32_t bits) {
  return bits <= 0x7fffffffu ? (int32_t)bits : (int32_t)(bits - 0x80000000u) - 0x7fffffff - 1;
}

/* The int64 with the same bits. */
static inline int64_t baton_wrap_int64(uint64_t bits) {
  return bits <= 0x7fffffffffffffffu
             ? (int64_t)bits
             : (int64_t)(bits - 0x8000000000000000u) - 0x7fffffffffffffff - 1;
}

/* x limited to [low, high]; low <= high. */
static inline int32_t baton_clamp(int32_t x, int32_t low, int32_t high) {
  return x < low ? low : (x > high ? high : x);
}

/* The nearest int32 to a 64-bit value. */
static inline int32_t baton_saturate_int32(int64_t x) {
  return x < INT32_MIN ? INT32_MIN : (x > INT32_MAX ? INT32_MAX : (int32_t)x);
}

/* a + b and a - b, saturating at the ends of int32. */
static inline int32_t baton_saturating_add(int32_t a, int32_t b) {
  return baton_saturate_int32((int64_t)a + b);
}
static inline int32_t baton_saturating_sub(int32_t a, int32_t b) {
  return baton_saturate_int32((int64_t)a - b);
}

/* a + b and a - b modulo 2^32, where gemmlowp adds without saturation. */
static inline int32_t baton_wrapping_add(int32_t a, int32_t b) {
  return baton_wrap_int32((uint32_t)a + (uint32_t)b);
}
static inline int32_t baton_wrapping_sub(int32_t a, int32_t b) {
  return baton_wrap_int32((uint32_t)a - (uint32_t)b);
}

/* x * 2^shift modulo 2^32, 0 <= shift; a shift above 31 gives 0, a negative one leaves x alone. */
static inline int32_t baton_shift_left(int32_t x, int32_t shift) {
  if (shift <= 0) return x;
  return shift > 31 ? 0 : baton_wrap_int32((uint32_t)x << shift);
}

/* x * 2^shift saturating at the ends of int32, 0 <= shift <= 31 (a larger shift counts as 31).
 * Source: gemmlowp SaturatingRoundingMultiplyByPOT, positive exponent. */
static inline int32_t baton_saturating_shift_left(int32_t x, int32_t shift) {
  if (shift <= 0) return x;
  return baton_saturate_int32((int64_t)x * ((int64_t)1 << (shift > 31 ? 31 : shift)));
}

/* x / 2^shift rounded half away, 0 <= shift <= 31. A negative shift leaves x alone; a larger one
 * gives 0 (the exact quotient is below one half, save for the tie INT32_MIN / 2^32).
 * Source: gemmlowp RoundingDivideByPOT. */
static inline int32_t baton_rounding_shift_right(int32_t x, int32_t shift) {
  uint32_t mask, remainder, threshold;
  if (shift <= 0) return x;
  if (shift > 31) return 0;
  mask = ((uint32_t)1 << shift) - 1;
  remainder = (uint32_t)x & mask;
  threshold = (mask >> 1) + (x < 0 ? 1u : 0u);
  return (x >> shift) + (remainder > threshold ? 1 : 0);
}

/* a * b / 2^31 rounded to nearest, ties upwards; INT32_MIN * INT32_MIN gives INT32_MAX. NEON's
 * VQRDMULH. Source: gemmlowp SaturatingRoundingDoublingHighMul. */
static inline int32_t baton_rounding_doubling_high_mul(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/* (a + b) / 2 rounded half away. Source: gemmlowp RoundingHalfSum. */
static inline int32_t baton_rounding_half_sum(int32_t a, int32_t b) {
  const int64_t sum = (int64_t)a + b;
  return (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/* Number of zero bits above the highest one; 32 for 0. */
static inline int32_t baton_count_leading_zeros(uint32_t x) {
  int32_t count = 0;
  int32_t width;
  if (x == 0) return 32;
  for (width = 16; width > 0; width /= 2) {
    if (x >> (32 - width) == 0) {
      x <<= width;
      count += width;
    }
  }
  return count;
}

/* ---------------------------------------------------------------------------------------------
 * Quantised multipliers
 * ------------------------------------------------------------------------------------------- */

/* Splits `real` into significand and shift. The significand is frexp's mantissa * 2^31 rounded half
 * away; when that rounds up to 2^31 it is halved and the shift grows by one. Factors whose shift is
 * below -31 become 0; so do zero, NaN and infinities (TFLite checks those away). Negative factors
 * are allowed and give a negative significand.
 * Source: TFLite internal/quantization_util.cc, QuantizeMultiplier. */
static inline void baton_quantize_multiplier(double real, int32_t* significand, int32_t* shift) {
  int exponent = 0;
  int64_t fixed;
  *significand = 0;
  *shift = 0;
  if (!(real < 0.0 || real > 0.0) || isinf(real)) return;
  fixed = (int64_t)round(frexp(real, &exponent) * 2147483648.0);
  if (fixed == (int64_t)1 << 31) {
    fixed /= 2;
    ++exponent;
  }
  if (exponent < -31) return;
  *significand = (int32_t)fixed;
  *shift = exponent;
}

/* As baton_quantize_multiplier for 0 <= real < 1, where the shift must come out <= 0; refuses any
 * other factor, also one just below 1 that rounds up to it.
 * Source: TFLite QuantizeMultiplierSmallerThanOneExp. */
static inline int baton_quantize_multiplier_smaller_than_one(double real, int32_t* significand,
                                                             int32_t* shift) {
  *significand = 0;
  *shift = 0;
  if (!(real >= 0.0 && real < 1.0)) return 0;
  baton_quantize_multiplier(real, significand, shift);
  if (*shift <= 0) return 1;
  *significand = 0;
  *shift = 0;
  return 0;
}

/* As baton_quantize_multiplier for finite real > 1, where the shift is >= 1; refuses other factors.
 * Source: TFLite QuantizeMultiplierGreaterThanOne. */
static inline int baton_quantize_multiplier_greater_than_one(double real, int32_t* significand,
                                                             int32_t* shift) {
  *significand = 0;
  *shift = 0;
  if (!(real > 1.0) || isinf(real)) return 0;
  baton_quantize_multiplier(real, significand, shift);
  return 1;
}

/* log2(x) rounded to the nearest integer; 1 when x is that power of two but for a factor of
 * 2^0.001. Source: TFLite internal/quantization_util.cc, CheckedLog2. */
static inline int baton_checked_log2(float x, int32_t* exponent) {
  const volatile float log2_x = logf(x) * (1.0f / logf(2.0f));
  const float rounded = roundf(log2_x);
  *exponent = 0;
  if (!(x > 0) || isinf(x)) return 0;
  *exponent = (int32_t)rounded;
  return fabsf(log2_x - rounded) < 1e-3f;
}

/* x * multiplier, rounded twice: (x << left) times significand, doubled, high half; then a rounding
 * right shift. Any shift is accepted; the left shift wraps modulo 2^32 as TFLite's does.
 * Source: TFLite internal/common.cc, MultiplyByQuantizedMultiplier, double-rounding build. */
static inline int32_t baton_multiply_by_quantized_multiplier(int32_t x, int32_t significand,
                                                             int32_t shift) {
  const int32_t high = baton_rounding_doubling_high_mul(baton_shift_left(x, shift), significand);
  if (shift >= 0) return high;
  return baton_rounding_shift_right(high, shift < -32 ? 32 : -shift);
}

/* The same for shift <= 0, without the left shift (a positive shift counts as 0).
 * Source: TFLite MultiplyByQuantizedMultiplierSmallerThanOneExp. */
static inline int32_t baton_multiply_by_quantized_multiplier_smaller_than_one(int32_t x,
                                                                              int32_t significand,
                                                                              int32_t shift) {
  return baton_multiply_by_quantized_multiplier(x, significand, shift > 0 ? 0 : shift);
}

/* The same for shift >= 0, without the right shift (a negative shift counts as 0).
 * Source: TFLite MultiplyByQuantizedMultiplierGreaterThanOne. */
static inline int32_t baton_multiply_by_quantized_multiplier_greater_than_one(int32_t x,
                                                                              int32_t significand,
                                                                              int32_t shift) {
  return baton_multiply_by_quantized_multiplier(x, significand, shift < 0 ? 0 : shift);
}

/* x * scale in double, rounded half away, limited to int32 (NaN gives 0): how quantised
 * FULLY_CONNECTED comes from a sum to its output, for every element type, with the factor of
 * baton_conv_scale_per_channel, also for one scale. `x` beyond 2^53 loses its last bits.
 * Source: LiteRT reference/integer_ops/fully_connected.h. */
static inline int32_t baton_rescale_in_double(int64_t x, double scale) {
  const double scaled = round((double)x * scale);
  if (!(scaled >= (double)INT32_MIN)) return scaled < 0 ? INT32_MIN : 0;
  return scaled > (double)INT32_MAX ? INT32_MAX : (int32_t)scaled;
}

/* A Q0.31 significand >= 0 as Q0.15, rounded half up and limited to 0x7fff.
 * Source: TFLite internal/common.h, DownScaleInt32ToInt16Multiplier. */
static inline int16_t baton_reduce_multiplier_to_int16(int32_t significand) {
  const int64_t reduced = ((int64_t)significand + (1 << 15)) >> 16;
  return (int16_t)(reduced > INT16_MAX ? INT16_MAX : reduced);
}

/* The form for the 64-bit accumulators of 16-bit operators: the significand is reduced to 16 bits
 * and there is one rounding, half up. Exact for -2^47 <= x < 2^47, significand >= 0 and
 * -31 <= shift <= 7 when the result fits an int32; outside that the value is defined but wrapped.
 * Source: TFLite internal/common.cc, MultiplyByQuantizedMultiplier(int64_t, ...). */
static inline int32_t baton_multiply_by_quantized_multiplier_int64(int64_t x, int32_t significand,
                                                                   int32_t shift) {
  const uint64_t reduced = (uint64_t)(int64_t)baton_reduce_multiplier_to_int16(significand);
  const int32_t limited = baton_clamp(shift, -47, 14);
  const int32_t total = 15 - limited;
  const uint64_t round = (uint64_t)1 << (total - 1);
  return baton_wrap_int32((uint32_t)(baton_wrap_int64((uint64_t)x * reduced + round) >> total));
}

/* Real factor from accumulator to output for per-channel weights (CONV_2D, DEPTHWISE_CONV_2D, int8
 * and int16) and for FULLY_CONNECTED, in double throughout.
 * Source: TFLite kernel_util.cc, PopulateConvolutionQuantizationParams. */
static inline double baton_conv_scale_per_channel(float input_scale, float filter_scale,
                                                  float output_scale) {
  return (double)input_scale * (double)filter_scale / (double)output_scale;
}

/* The same for one scale of the whole filter: uint8 convolutions, BATCH_MATMUL. The two scales are
 * multiplied in float, which can move the last bit of the significand.
 * Source: TFLite kernel_util.cc, GetQuantizedConvolutionMultipler. */
static inline double baton_conv_scale_per_tensor(float input_scale, float filter_scale,
                                                 float output_scale) {
  const volatile float product = input_scale * filter_scale;
  return (double)product / (double)output_scale;
}

/* How quantised ADD and SUB bring two inputs to one scale: each input is shifted left by
 * `left_shift`, multiplied, summed, and multiplied again. */
typedef struct baton_add_multipliers {
  int32_t left_shift;
  int32_t input_multiplier[2];
  int32_t input_shift[2];
  int32_t output_multiplier;
  int32_t output_shift;
} baton_add_multipliers;

/* Fills the factors of ADD and SUB; left_shift is 20 for 8-bit types and 15 for int16. Refuses
 * scales that are not positive and finite, and an output scale so small that the last factor is not
 * below one. Source: TFLite kernels/add.cc and sub.cc, Prepare. */
static inline int baton_prepare_add(float scale0, float scale1, float output_scale,
                                    int32_t left_shift, baton_add_multipliers* out) {
  const baton_add_multipliers none = {0, {0, 0}, {0, 0}, 0, 0};
  double twice_largest;
  *out = none;
  if (!(scale0 > 0 && scale1 > 0 && output_scale > 0) || left_shift < 0 || left_shift > 30 ||
      isinf(scale0) || isinf(scale1) || isinf(output_scale)) {
    return 0;
  }
  twice_largest = 2 * (double)(scale0 > scale1 ? scale0 : scale1);
  out->left_shift = left_shift;
  if (baton_quantize_multiplier_smaller_than_one(scale0 / twice_largest, &out->input_multiplier[0],
                                                 &out->input_shift[0]) &&
      baton_quantize_multiplier_smaller_than_one(scale1 / twice_largest, &out->input_multiplier[1],
                                                 &out->input_shift[1]) &&
      baton_quantize_multiplier_smaller_than_one(
          twice_largest / ((double)((int32_t)1 << left_shift) * (double)output_scale),
          &out->output_multiplier, &out->output_shift)) {
    return 1;
  }
  *out = none;
  return 0;
}

/* ---------------------------------------------------------------------------------------------
 * Quantising single values
 * ------------------------------------------------------------------------------------------- */

/* round(real / scale) + zero_point limited to [low, high]: the division in float, the rounding half
 * away. Infinities saturate; NaN gives 0 limited to the range.
 * Source: TFLite internal/reference/quantize.h, AffineQuantize. */
static inline int32_t baton_quantize(float real, float scale, int32_t zero_point, int32_t low,
                                     int32_t high) {
  const volatile float quotient = real / scale;
  const double unclamped = (double)roundf(quotient) + (double)zero_point;
  if (isnan(unclamped)) return baton_clamp(0, low, high);
  if (unclamped <= (double)low) return low;
  if (unclamped >= (double)high) return high;
  return (int32_t)unclamped;
}

/* baton_quantize for each storage type. */
static inline int8_t baton_quantize_int8(float real, float scale, int32_t zero_point) {
  return (int8_t)baton_quantize(real, scale, zero_point, INT8_MIN, INT8_MAX);
}
static inline uint8_t baton_quantize_uint8(float real, float scale, int32_t zero_point) {
  return (uint8_t)baton_quantize(real, scale, zero_point, 0, UINT8_MAX);
}
static inline int16_t baton_quantize_int16(float real, float scale, int32_t zero_point) {
  return (int16_t)baton_quantize(real, scale, zero_point, INT16_MIN, INT16_MAX);
}

/* scale * (value - zero_point), the product in double, rounded once to float.
 * Source: TFLite internal/reference/dequantize.h. */
static inline float baton_dequantize(int32_t value, float scale, int32_t zero_point) {
  return (float)((double)scale * (double)((int64_t)value - zero_point));
}

/* ---------------------------------------------------------------------------------------------
 * Fused activations
 * ------------------------------------------------------------------------------------------- */

/* Quantised limits of a fused activation whose output type holds [type_low, type_high].
 * `activation` is the number in the .tflite schema: 1 RELU, 2 RELU_N1_TO_1, 3 RELU6; every other
 * one leaves the type's limits. Refuses a scale for which a limit does not fit an int32 (zero, NaN,
 * tiny). Source: TFLite kernel_util.cc, CalculateActivationRangeQuantized. */
static inline int baton_activation_range(int32_t activation, float scale, int32_t zero_point,
                                         int32_t type_low, int32_t type_high, int32_t* low,
                                         int32_t* high) {
  const int has_high =
      activation == BATON_ACTIVATION_RELU6 || activation == BATON_ACTIVATION_RELU_N1_TO_1;
  const float quotient_low =
      roundf((activation == BATON_ACTIVATION_RELU_N1_TO_1 ? -1.0f : 0.0f) / scale);
  const float quotient_high =
      roundf((activation == BATON_ACTIVATION_RELU_N1_TO_1 ? 1.0f : 6.0f) / scale);
  *low = type_low;
  *high = type_high;
  if (!has_high && activation != BATON_ACTIVATION_RELU) return 1;
  if (!(quotient_low >= -2147483648.0f && quotient_low < 2147483648.0f) ||
      (has_high && !(quotient_high >= -2147483648.0f && quotient_high < 2147483648.0f))) {
    *low = 0;
    *high = 0;
    return 0;
  }
  *low = baton_saturate_int32((int64_t)quotient_low + zero_point);
  if (*low < type_low) *low = type_low;
  if (has_high) {
    *high = baton_saturate_int32((int64_t)quotient_high + zero_point);
    if (*high > type_high) *high = type_high;
  }
  return 1;
}

/* The same limits for float outputs; without a limit on a side it is FLT_MAX in magnitude, so that
 * infinities become the largest number, as in TFLite.
 * Source: TFLite internal/common.h, GetActivationMinMax. */
static inline void baton_activation_range_float(int32_t activation, float* low, float* high) {
  *low = -FLT_MAX;
  *high = FLT_MAX;
  if (activation == BATON_ACTIVATION_RELU || activation == BATON_ACTIVATION_RELU6) *low = 0.0f;
  if (activation == BATON_ACTIVATION_RELU6) *high = 6.0f;
  if (activation == BATON_ACTIVATION_RELU_N1_TO_1) {
    *low = -1.0f;
    *high = 1.0f;
  }
}

/* ---------------------------------------------------------------------------------------------
 * Padding of convolutions and pools, one dimension at a time
 * ------------------------------------------------------------------------------------------- */

/* Output length: SAME ceil(input / stride); VALID (input + stride - effective filter) / stride,
 * where effective filter = (filter - 1) * dilation + 1. Returns -1 when filter, stride or dilation
 * is below 1, input is negative, the scheme is unknown or the result is negative.
 * Source: TFLite kernels/padding.h, ComputeOutSize. */
static inline int32_t baton_padding_output_size(int32_t padding, int32_t input, int32_t filter,
                                                int32_t stride, int32_t dilation) {
  int64_t length;
  if (input < 0 || filter < 1 || stride < 1 || dilation < 1) return -1;
  if (padding == BATON_PADDING_SAME) {
    length = ((int64_t)input + stride - 1) / stride;
  } else if (padding == BATON_PADDING_VALID) {
    length = ((int64_t)input + stride - (((int64_t)filter - 1) * dilation + 1)) / stride;
  } else {
    return -1;
  }
  return length < 0 || length > INT32_MAX ? -1 : (int32_t)length;
}

/* Cells of padding before the first element, given the output length; *after (which may be null)
 * gets those past the last. An odd cell goes after. Both are 0 for arguments out of range and for
 * VALID lengths. Source: TFLite kernels/padding.h, ComputePaddingWithOffset. */
static inline int32_t baton_padding_before(int32_t input, int32_t filter, int32_t stride,
                                           int32_t dilation, int32_t output, int32_t* after) {
  int64_t total = 0;
  if (input >= 0 && filter >= 1 && stride >= 1 && dilation >= 1 && output >= 0) {
    /* The largest term is below 2^62, so that the sum fits. */
    total = ((int64_t)output - 1) * stride + (((int64_t)filter - 1) * dilation + 1) - input;
    if (total < 0) total = 0;
  }
  if (after) *after = baton_saturate_int32(total / 2 + total % 2);
  return baton_saturate_int32(total / 2);
}

/* ---------------------------------------------------------------------------------------------
 * Functions on fixed-point numbers
 *
 * Raw int32 in, raw int32 out. Integer bits are 0 to 28 (others count as the nearest).
 * ------------------------------------------------------------------------------------------- */

/* A number with `from` integer bits, re-expressed with `to`: saturating when bits are lost at the
 * top, rounding half away at the bottom. Source: gemmlowp Rescale. */
static inline int32_t baton_fixed_rescale(int32_t x, int32_t from, int32_t to) {
  return from >= to ? baton_saturating_shift_left(x, from - to)
                    : baton_rounding_shift_right(x, to - from);
}

/* exp(x) for x in [-1/4, 0), both with no integer bits: a Taylor polynomial around -1/8.
 * Source: gemmlowp exp_on_interval_between_negative_one_quarter_and_0_excl. */
static inline int32_t baton_fixed_exp_on_quarter(int32_t x) {
  const int32_t exp_minus_eighth = 1895147668; /* exp(-1/8) */
  const int32_t one_third = 715827883;
  const int32_t d = baton_wrapping_add(x, (int32_t)1 << 28); /* x + 1/8 */
  const int32_t d2 = baton_rounding_doubling_high_mul(d, d);
  const int32_t d3 = baton_rounding_doubling_high_mul(d2, d);
  const int32_t d4 = baton_rounding_doubling_high_mul(d2, d2);
  const int32_t cubic_and_up = baton_rounding_doubling_high_mul(
      baton_wrapping_add(baton_rounding_shift_right(d4, 2), d3), one_third);
  const int32_t quadratic_and_up =
      baton_rounding_shift_right(baton_wrapping_add(cubic_and_up, d2), 1);
  return baton_wrapping_add(
      exp_minus_eighth,
      baton_rounding_doubling_high_mul(exp_minus_eighth, baton_wrapping_add(d, quadratic_and_up)));
}

/* exp(x) with no integer bits, for x <= 0 with `integer_bits`; x = 0 gives INT32_MAX, and with more
 * than 5 integer bits x < -32 gives 0. Positive x is outside the contract.
 * Source: gemmlowp exp_on_negative_values. */
static inline int32_t baton_fixed_exp_on_negative(int32_t x, int32_t integer_bits) {
  /* exp(-2^e) in Q0.31 for e = -2 ... 4. */
  static const int32_t kExp[7] = {1672461947, 1302514674, 790015084, 290630308,
                                  39332535,   720401,     242};
  const int32_t bits = baton_clamp(integer_bits, 0, 28);
  const int32_t fraction_bits = 31 - bits;
  const int32_t quarter = (int32_t)1 << (fraction_bits - 2);
  const int32_t low = (x & (quarter - 1)) - quarter; /* x modulo 1/4, in [-1/4, 0) */
  const uint32_t remainder = (uint32_t)low - (uint32_t)x;
  int32_t result;
  int32_t e;
  if (x == 0) return INT32_MAX;
  if (bits > 5 && x < -((int32_t)1 << (36 - bits))) return 0;
  result = baton_fixed_exp_on_quarter(baton_fixed_rescale(low, bits, 0));
  for (e = -2; e <= 4 && e < bits; ++e) {
    if (remainder & ((uint32_t)1 << (fraction_bits + e))) {
      result = baton_rounding_doubling_high_mul(result, kExp[e + 2]);
    }
  }
  return result;
}

/* Newton-Raphson estimate of 2 / (1 + x), with 2 integer bits, for x in [0, 1] with none: three
 * steps from 48/17 - 32/17 * (1 + x)/2. Shared by the two functions below. */
static inline int32_t baton_fixed_two_over_one_plus(int32_t x) {
  const int32_t forty_eight_17ths = 1515870810;
  const int32_t minus_thirty_two_17ths = -1010580540;
  const int32_t one = (int32_t)1 << 29;
  const int32_t half_denominator = baton_rounding_half_sum(x, INT32_MAX);
  int32_t guess = baton_wrapping_add(
      forty_eight_17ths,
      baton_rounding_doubling_high_mul(half_denominator, minus_thirty_two_17ths));
  int32_t i;
  for (i = 0; i < 3; ++i) {
    const int32_t error =
        baton_wrapping_sub(one, baton_rounding_doubling_high_mul(half_denominator, guess));
    guess = baton_wrapping_add(
        guess, baton_fixed_rescale(baton_rounding_doubling_high_mul(guess, error), 4, 2));
  }
  return guess;
}

/* 1 / (1 + x) for x in [0, 1], both with no integer bits.
 * Source: gemmlowp one_over_one_plus_x_for_x_in_0_1. */
static inline int32_t baton_fixed_one_over_one_plus(int32_t x) {
  return baton_fixed_rescale(baton_fixed_two_over_one_plus(x), 1, 0);
}

/* (1 - x) / (1 + x) for x in [0, 1], both with no integer bits.
 * Source: gemmlowp one_minus_x_over_one_plus_x_for_x_in_0_1. */
static inline int32_t baton_fixed_one_minus_over_one_plus(int32_t x) {
  return baton_fixed_rescale(baton_wrapping_sub(baton_fixed_two_over_one_plus(x), (int32_t)1 << 29),
                             2, 0);
}

/* 1 / (1 + exp(-x)) with no integer bits, for any x with `integer_bits`. Source: gemmlowp logistic.
 */
static inline int32_t baton_fixed_logistic(int32_t x, int32_t integer_bits) {
  int32_t positive;
  if (x == 0) return (int32_t)1 << 30;
  positive =
      baton_fixed_one_over_one_plus(baton_fixed_exp_on_negative(x > 0 ? -x : x, integer_bits));
  return x > 0 ? positive : INT32_MAX - positive;
}

/* tanh(x) with no integer bits, for any x with `integer_bits` (0 to 27). Source: gemmlowp tanh. */
static inline int32_t baton_fixed_tanh(int32_t x, int32_t integer_bits) {
  int32_t negated;
  if (x == 0) return 0;
  negated = baton_fixed_one_minus_over_one_plus(
      baton_fixed_exp_on_negative(x > 0 ? -x : x, baton_clamp(integer_bits, 0, 27) + 1));
  return x > 0 ? negated : -negated;
}

/* 1/sqrt(x) of a whole number as a multiplier whose shift is <= 0: five Newton-Raphson steps from
 * 1. Numbers below 1 count as 1.
 * Source: TFLite internal/common.h, GetInvSqrtQuantizedMultiplierExp with kReverseShift. */
static inline void baton_inverse_sqrt(int32_t x, int32_t* significand, int32_t* shift) {
  const int32_t half_three = ((int32_t)1 << 28) + ((int32_t)1 << 27); /* 3/2, 3 integer bits */
  const int32_t half_sqrt_2 = 1518500250;                             /* no integer bits */
  int32_t right = 11, pairs, half, y, i;
  *significand = INT32_MAX;
  *shift = 0;
  if (x <= 1) return;
  while (x >= (int32_t)1 << 29) {
    x /= 4;
    ++right;
  }
  /* x becomes a number in [1/2, 2) with 3 integer bits and one more bit of fraction. */
  pairs = (baton_count_leading_zeros((uint32_t)x) - 1) / 2 - 1;
  right -= pairs;
  half = baton_rounding_shift_right(baton_shift_left(x, 2 * pairs) >> 1, 1);
  y = (int32_t)1 << 28;
  for (i = 0; i < 5; ++i) {
    const int32_t square = baton_rounding_doubling_high_mul(y, y);
    const int32_t cube = baton_fixed_rescale(baton_rounding_doubling_high_mul(square, y), 9, 3);
    y = baton_fixed_rescale(baton_wrapping_sub(baton_rounding_doubling_high_mul(half_three, y),
                                               baton_rounding_doubling_high_mul(half, cube)),
                            6, 3);
  }
  y = baton_rounding_doubling_high_mul(y, half_sqrt_2);
  *significand = right < 0 ? baton_shift_left(y, -right) : y;
  *shift = right < 0 ? 0 : -right;
}

/* 1/x as a Q0.31 number in [1/2, 1] and a power of two: 1/x = result * 2^-*bits_over_unit. `x` > 0
 * has `integer_bits`; for other x both results are defined but mean nothing.
 * Source: TFLite internal/common.h, GetReciprocal. */
static inline int32_t baton_fixed_reciprocal(int32_t x, int32_t integer_bits,
                                             int32_t* bits_over_unit) {
  const int32_t headroom_plus_one = baton_count_leading_zeros((uint32_t)x);
  *bits_over_unit = baton_wrapping_sub(integer_bits, headroom_plus_one);
  return baton_fixed_one_over_one_plus(baton_wrap_int32(
      (headroom_plus_one > 31 ? 0u : (uint32_t)x << headroom_plus_one) - 0x80000000u));
}

/* log(x) with `output_bits` integer bits for x with `input_bits`; meant for x >= 1, right down to
 * one over the largest x. Where that has no meaning (x <= 0) the value is defined only. Two
 * normalised forms of x, a factor sqrt(1/2) apart, are weighed: the power of two comes from the one
 * that leaves the smaller mantissa, whose logarithm is a rational function around (1/2)^(1/4).
 * Source: TFLite internal/common.h, log_x_for_x_greater_than_or_equal_to_1. */
static inline int32_t baton_fixed_log(int32_t x, int32_t input_bits, int32_t output_bits) {
  const int32_t log_2 = 1488522236;
  const int32_t sqrt_half = 1518500250;
  const int32_t sqrt_sqrt_half = 1805811301;
  const int32_t alpha_n = 117049297;  /* 11/240 * 2^(1/4) */
  const int32_t alpha_d = 127690142;  /* 1/20 * 2^(1/4) */
  const int32_t alpha_i = 1057819769; /* 2 * 2^(-1/4) - 2^(1/4) */
  const int32_t alpha_f = 638450708;  /* 1/4 * 2^(1/4) */
  const int32_t from_bits = baton_clamp(input_bits, 0, 28);
  const int32_t to_bits = baton_clamp(output_bits, 0, 28);
  const int32_t accumulator_bits = to_bits + 1;
  const int32_t quarter = baton_fixed_rescale((int32_t)1 << 29, 0, accumulator_bits);
  const int32_t headroom = baton_count_leading_zeros((uint32_t)x);
  const int32_t mantissa_a = baton_saturating_shift_left(
      baton_rounding_doubling_high_mul(baton_saturating_shift_left(x, headroom - 1), sqrt_half), 1);
  const int32_t power_a = baton_saturating_add(
      baton_saturating_shift_left(from_bits - headroom, 31 - accumulator_bits), quarter);
  const int32_t headroom_b =
      baton_count_leading_zeros((uint32_t)baton_rounding_doubling_high_mul(x, sqrt_half)) - 1;
  const int32_t mantissa_b = baton_saturating_shift_left(x, headroom_b);
  const int32_t power_b = baton_saturating_sub(
      baton_saturating_shift_left(from_bits - headroom_b, 31 - accumulator_bits), quarter);
  const int32_t r = mantissa_a < mantissa_b ? mantissa_a : mantissa_b;
  const int32_t power = power_a > power_b ? power_a : power_b;
  const int32_t p = baton_rounding_half_sum(r, sqrt_sqrt_half);
  const int32_t half_q = baton_wrapping_sub(r, sqrt_sqrt_half);
  const int32_t q = baton_wrapping_add(half_q, half_q);
  const int32_t q2 = baton_rounding_doubling_high_mul(q, q);
  const int32_t numerator = baton_wrapping_add(
      baton_rounding_doubling_high_mul(q, r),
      baton_rounding_doubling_high_mul(baton_rounding_doubling_high_mul(q, q2), alpha_n));
  const int32_t sum = baton_wrapping_add(baton_wrapping_add(alpha_i, q),
                                         baton_rounding_doubling_high_mul(alpha_d, q2));
  const int32_t denominator_minus_one = baton_wrapping_add(
      baton_rounding_doubling_high_mul(p, sum), baton_rounding_doubling_high_mul(alpha_f, q));
  const int32_t fraction =
      baton_rounding_doubling_high_mul(baton_fixed_rescale(numerator, 0, accumulator_bits),
                                       baton_fixed_one_over_one_plus(denominator_minus_one));
  return baton_fixed_rescale(
      baton_wrapping_add(baton_rounding_doubling_high_mul(power, log_2), fraction),
      accumulator_bits, to_bits);
}

/* ---------------------------------------------------------------------------------------------
 * Functions on 16-bit fixed-point numbers
 *
 * The functions above in 16-bit arithmetic, as LSTM cells use them: raw int16 in and out, held in
 * int32. A number with m integer bits stands for raw / 2^(15 - m).
 * ------------------------------------------------------------------------------------------- */

/* x modulo 2^16. */
static inline int32_t baton_fixed16_wrap(int32_t x) {
  return (int32_t)(((uint32_t)x + 32768u) & 0xffffu) - 32768;
}

/* The nearest int16. */
static inline int32_t baton_fixed16_saturate(int32_t x) {
  return baton_clamp(x, INT16_MIN, INT16_MAX);
}

/* a * b / 2^15 rounded to nearest, ties upwards; the product of two INT16_MIN gives INT16_MAX. */
static inline int32_t baton_fixed16_multiply(int32_t a, int32_t b) {
  return baton_fixed16_saturate(baton_saturate_int32(((int64_t)a * b + (1 << 14)) >> 15));
}

/* A number with `from` integer bits, re-expressed with `to`; saturates. */
static inline int32_t baton_fixed16_rescale(int32_t x, int32_t from, int32_t to) {
  return from >= to ? baton_fixed16_saturate(baton_saturating_shift_left(x, from - to))
                    : baton_rounding_shift_right(x, to - from);
}

/* exp(x) with no integer bits, for x <= 0 with 0 to 12 `integer_bits`.
 * Source: gemmlowp exp_on_negative_values for int16. */
static inline int32_t baton_fixed16_exp_on_negative(int32_t x, int32_t integer_bits) {
  /* exp(-2^e) in Q0.15 for e = -2 ... 4. */
  static const int32_t kExp[7] = {25520, 19875, 12055, 4435, 600, 11, 0};
  const int32_t exp_minus_eighth = 28918;
  const int32_t one_third = 10923;
  const int32_t bits = baton_clamp(integer_bits, 0, 12);
  const int32_t fraction_bits = 15 - bits;
  const int32_t quarter = (int32_t)1 << (fraction_bits - 2);
  int32_t low, remainder, d, d2, d3, d4, series, result, e;
  if (x == 0) return INT16_MAX;
  x = baton_fixed16_saturate(x);
  low = (x & (quarter - 1)) - quarter; /* x modulo 1/4, in [-1/4, 0) */
  remainder = low - x;
  if (bits > 5 && x < -((int32_t)1 << (20 - bits))) return 0;
  d = baton_fixed16_rescale(low, bits, 0) + (1 << 12);
  d2 = baton_fixed16_multiply(d, d);
  d3 = baton_fixed16_multiply(d2, d);
  d4 = baton_fixed16_multiply(d2, d2);
  series = baton_fixed16_multiply(baton_rounding_shift_right(d4, 2) + d3, one_third) + d2;
  series = d + baton_rounding_shift_right(series, 1);
  result =
      baton_fixed16_saturate(exp_minus_eighth + baton_fixed16_multiply(exp_minus_eighth, series));
  for (e = -2; e <= 4 && e < bits; ++e) {
    if (remainder & ((int32_t)1 << (fraction_bits + e))) {
      result = baton_fixed16_multiply(result, kExp[e + 2]);
    }
  }
  return result;
}

/* Newton-Raphson estimate of 2 / (1 + x), with 2 integer bits, for x in [0, 1] with none. */
static inline int32_t baton_fixed16_two_over_one_plus(int32_t x) {
  const int32_t forty_eight_17ths = 23130;
  const int32_t minus_thirty_two_17ths = -15420;
  const int32_t one = 1 << 13;
  const int32_t half_denominator = baton_rounding_half_sum(x, INT16_MAX);
  int32_t guess = baton_fixed16_wrap(
      forty_eight_17ths + baton_fixed16_multiply(half_denominator, minus_thirty_two_17ths));
  int32_t i;
  for (i = 0; i < 3; ++i) {
    const int32_t error = baton_fixed16_wrap(one - baton_fixed16_multiply(half_denominator, guess));
    guess = baton_fixed16_wrap(guess +
                               baton_fixed16_rescale(baton_fixed16_multiply(guess, error), 4, 2));
  }
  return guess;
}

/* 1 / (1 + exp(-x)) with no integer bits, for any int16 x with `integer_bits` (0 to 12).
 * Source: gemmlowp logistic for int16. */
static inline int32_t baton_fixed16_logistic(int32_t x, int32_t integer_bits) {
  int32_t positive;
  if (x == 0) return 1 << 14;
  x = baton_fixed16_saturate(x);
  positive = baton_fixed16_rescale(
      baton_fixed16_two_over_one_plus(baton_fixed16_exp_on_negative(x > 0 ? -x : x, integer_bits)),
      1, 0);
  return x > 0 ? positive : INT16_MAX - positive;
}

/* tanh(x) with no integer bits, for any int16 x with `integer_bits` (0 to 11).
 * Source: gemmlowp tanh for int16. */
static inline int32_t baton_fixed16_tanh(int32_t x, int32_t integer_bits) {
  int32_t positive;
  if (x == 0) return 0;
  x = baton_fixed16_saturate(x);
  positive = baton_fixed16_rescale(baton_fixed16_two_over_one_plus(baton_fixed16_exp_on_negative(
                                       x > 0 ? -x : x, baton_clamp(integer_bits, 0, 11) + 1)) -
                                       (1 << 13),
                                   2, 0);
  return x > 0 ? positive : -positive;
}

/* ---------------------------------------------------------------------------------------------
 * Quantised SOFTMAX
 *
 * 8-bit inputs follow TFLite's reference path (fixed-point exp and reciprocal), which differs from
 * its optimised path (a table of float exp) by a unit now and then. 16-bit inputs use two tables.
 * ------------------------------------------------------------------------------------------- */

enum { BATON_SOFTMAX_INTEGER_BITS = 5 };

/* Multiplier that turns (input - largest input) into beta * real difference with `integer_bits`,
 * limited to 2^31 - 1. Refuses a factor of 1 or less, as TFLite does (scale * beta <= 2^-26 when
 * integer_bits is 5). Source: TFLite internal/quantization_util.cc, PreprocessSoftmaxScaling. */
static inline int baton_softmax_scaling(double beta, double input_scale, int32_t integer_bits,
                                        int32_t* significand, int32_t* left_shift) {
  const double largest = 2147483647.0;
  const double unit = (double)((int64_t)1 << (31 - baton_clamp(integer_bits, 0, 31)));
  double real = beta * input_scale * unit;
  if (real > largest) real = largest;
  return baton_quantize_multiplier_greater_than_one(real, significand, left_shift);
}

/* Largest |difference| that survives the left shift of a softmax multiplier: floor((2^integer_bits
 * - 1) * 2^(total_signed_bits - integer_bits) / 2^left_shift). Its negative is "diff_min", below
 * which inputs count as exp = 0. total_signed_bits is 31 for softmax, 15 for 16-bit tanh.
 * Source: TFLite internal/quantization_util.cc, CalculateInputRadius. */
static inline int32_t baton_input_radius(int32_t integer_bits, int32_t left_shift,
                                         int32_t total_signed_bits) {
  const int32_t bits = baton_clamp(integer_bits, 0, 30);
  const int32_t total = baton_clamp(total_signed_bits, bits, 31);
  const int64_t largest = (((int64_t)1 << bits) - 1) * ((int64_t)1 << (total - bits));
  return (int32_t)(largest >> baton_clamp(left_shift, 0, 62));
}

/* What an 8-bit SOFTMAX needs for each row. */
typedef struct baton_softmax_params {
  int32_t multiplier;
  int32_t left_shift;
  int32_t diff_min;
} baton_softmax_params;

/* Fills the parameters for 8-bit inputs of this scale; refuses as baton_softmax_scaling does.
 * Source: TFLite kernels/activations.cc, SoftmaxPrepare<kReference>. */
static inline int baton_softmax_prepare(float beta, float input_scale, baton_softmax_params* out) {
  const int ok =
      baton_softmax_scaling((double)beta, (double)input_scale, BATON_SOFTMAX_INTEGER_BITS,
                            &out->multiplier, &out->left_shift);
  out->diff_min = ok ? -baton_input_radius(BATON_SOFTMAX_INTEGER_BITS, out->left_shift, 31) : 0;
  return ok;
}

/* exp of one difference (input - largest input in the row, <= 0) in Q0.31; 0 below diff_min. */
static inline int32_t baton_softmax_exp(const baton_softmax_params* params, int32_t diff) {
  if (diff < params->diff_min) return 0;
  return baton_fixed_exp_on_negative(baton_multiply_by_quantized_multiplier_greater_than_one(
                                         diff, params->multiplier, params->left_shift),
                                     BATON_SOFTMAX_INTEGER_BITS);
}

/* Adds one exp to a row's sum, which has 12 integer bits and starts at 0; a row of more than 4095
 * equal largest inputs saturates (TFLite overflows there). */
static inline int32_t baton_softmax_accumulate(int32_t sum, int32_t exp_q31) {
  return baton_saturating_add(sum, baton_rounding_shift_right(exp_q31, 12));
}

/* One output: exp / sum with 2^-output_bits as unit (8 for int8 and uint8, 16 for int16), then
 * moved to the type's lowest value and limited to the type. `reciprocal` and `bits_over_unit` come
 * from baton_fixed_reciprocal(sum, 12, ...). A sum of 512 or more (8-bit), where TFLite stops the
 * process on a check, gives the exact quotient, 0. */
static inline int32_t baton_softmax_output(int32_t exp_q31, int32_t reciprocal,
                                           int32_t bits_over_unit, int32_t output_bits,
                                           int32_t type_low, int32_t type_high) {
  const int32_t scaled = baton_rounding_shift_right(
      baton_rounding_doubling_high_mul(reciprocal, exp_q31),
      baton_wrapping_sub(baton_wrapping_add(bits_over_unit, 31), output_bits));
  return baton_clamp(baton_saturating_add(scaled, type_low), type_low, type_high);
}

/* A row of `depth` elements for each pair of types; output may not overlap input.
 * Source: TFLite internal/reference/softmax.h, Softmax<InputT, OutputT>. */
#define BATON_DEFINE_SOFTMAX_ROW(NAME, IN, OUT, OUT_BITS, OUT_LOW, OUT_HIGH)                   \
  static inline void NAME(const baton_softmax_params* params, const IN* input, OUT* output,    \
                          size_t depth) {                                                      \
    int32_t largest = INT32_MIN, sum = 0, bits_over_unit, reciprocal;                          \
    size_t i;                                                                                  \
    for (i = 0; i < depth; ++i) largest = input[i] > largest ? input[i] : largest;             \
    for (i = 0; i < depth; ++i) {                                                              \
      sum = baton_softmax_accumulate(sum, baton_softmax_exp(params, input[i] - largest));      \
    }                                                                                          \
    reciprocal = baton_fixed_reciprocal(sum, 12, &bits_over_unit);                             \
    for (i = 0; i < depth; ++i) {                                                              \
      output[i] =                                                                              \
          (OUT)baton_softmax_output(baton_softmax_exp(params, input[i] - largest), reciprocal, \
                                    bits_over_unit, OUT_BITS, OUT_LOW, OUT_HIGH);              \
    }                                                                                          \
  }
BATON_DEFINE_SOFTMAX_ROW(baton_softmax_row_int8, int8_t, int8_t, 8, INT8_MIN, INT8_MAX)
BATON_DEFINE_SOFTMAX_ROW(baton_softmax_row_uint8, uint8_t, uint8_t, 8, 0, UINT8_MAX)
BATON_DEFINE_SOFTMAX_ROW(baton_softmax_row_int8_to_int16, int8_t, int16_t, 16, INT16_MIN, INT16_MAX)
BATON_DEFINE_SOFTMAX_ROW(baton_softmax_row_uint8_to_int16, uint8_t, int16_t, 16, INT16_MIN,
                         INT16_MAX)
#undef BATON_DEFINE_SOFTMAX_ROW

/* ---------------------------------------------------------------------------------------------
 * Look-up tables
 *
 * TFLite computes 8-bit LOGISTIC, TANH and similar operators in float once per possible input. The
 * transforms below take exp and tanh in double and round to float, so that tables do not depend on
 * the platform's float library; they agree with a build of TFLite on glibc but for one entry in
 * some three million, where glibc's tanhf or expf is a unit off beside a rounding boundary.
 * ------------------------------------------------------------------------------------------- */

/* A real function of one variable; `context` is what the caller gave to the table builder. */
typedef float (*baton_transform)(float x, const void* context);

static inline float baton_transform_logistic(float x, const void* context) {
  const volatile float e = (float)exp(-(double)x);
  (void)context;
  return 1.0f / (1.0f + e);
}
static inline float baton_transform_tanh(float x, const void* context) {
  (void)context;
  return (float)tanh((double)x);
}

/* Value of one table entry: f(input_scale * (value - input zero point)) / output_scale, rounded
 * half away, plus the output zero point, limited to the type; all in float. The quotient is a
 * product with 1 / output_scale. Infinities saturate and NaN gives the type's lowest value. */
static inline int32_t baton_lut8_entry(int32_t value, float input_scale, int32_t input_zero_point,
                                       float output_scale, int32_t output_zero_point,
                                       int32_t type_low, int32_t type_high,
                                       baton_transform transform, const void* context) {
  const volatile float inverse_scale = 1 / output_scale;
  const volatile float real = input_scale * (float)((int64_t)value - input_zero_point);
  const volatile float scaled = transform(real, context) * inverse_scale;
  const float shifted = roundf(scaled) + (float)output_zero_point;
  if (!(shifted > (float)type_low)) return type_low;
  if (shifted >= (float)type_high) return type_high;
  return (int32_t)shifted;
}

/* Fills the 256 entries of an 8-bit operator's table. Both are indexed by the input's bits as a
 * uint8: for int8 the entry of -128 is at 128, the entry of -1 at 255.
 * Source: TFLite internal/common.h, LUTPopulate<int8_t> and <uint8_t>. */
static inline void baton_lut8_fill_int8(int8_t table[256], float input_scale,
                                        int32_t input_zero_point, float output_scale,
                                        int32_t output_zero_point, baton_transform transform,
                                        const void* context) {
  int32_t value;
  for (value = INT8_MIN; value <= INT8_MAX; ++value) {
    table[(uint8_t)value] =
        (int8_t)baton_lut8_entry(value, input_scale, input_zero_point, output_scale,
                                 output_zero_point, INT8_MIN, INT8_MAX, transform, context);
  }
}
static inline void baton_lut8_fill_uint8(uint8_t table[256], float input_scale,
                                         int32_t input_zero_point, float output_scale,
                                         int32_t output_zero_point, baton_transform transform,
                                         const void* context) {
  int32_t value;
  for (value = 0; value <= UINT8_MAX; ++value) {
    table[value] = (uint8_t)baton_lut8_entry(value, input_scale, input_zero_point, output_scale,
                                             output_zero_point, 0, UINT8_MAX, transform, context);
  }
}

enum { BATON_LUT16_SIZE = 513 };

/* Fills the 513 entries of a 16-bit operator's table: 512 intervals over the input's whole range,
 * each start moved by half the interpolation error at its middle, and the end of the last. Computed
 * in float. Source: TFLite internal/common.h, LUTPopulate<int16_t>, detail::LUTPopulateInt16. */
#define BATON_DEFINE_LUT16_FILL(NAME, REAL, ROUND, TRANSFORM)                                      \
  static inline void NAME(int16_t table[BATON_LUT16_SIZE], REAL input_scale,                       \
                          int32_t input_zero_point, REAL output_scale, int32_t output_zero_point,  \
                          TRANSFORM transform, const void* context) {                              \
    const REAL input_min = input_scale * (REAL)(INT16_MIN - (int64_t)input_zero_point);            \
    const REAL input_max = input_scale * (REAL)(INT16_MAX - (int64_t)input_zero_point);            \
    const REAL output_min = output_scale * (REAL)(INT16_MIN - (int64_t)output_zero_point);         \
    const REAL output_max = output_scale * (REAL)(INT16_MAX - (int64_t)output_zero_point);         \
    const REAL step = (input_max - input_min) / 512;                                               \
    const REAL half_step = step / 2;                                                               \
    const REAL scaling = (REAL)65536 / (output_max - output_min);                                  \
    int32_t i;                                                                                     \
    for (i = 0; i <= 512; ++i) {                                                                   \
      /* volatile: each product is rounded on its own, never fused into the next sum. */           \
      const volatile REAL offset = (REAL)i * step;                                                 \
      const volatile REAL next_offset = (REAL)(i + 1) * step;                                      \
      const REAL start = i == 512 ? input_max : input_min + offset;                                \
      const volatile REAL start_scaled = transform(start, context) * scaling;                      \
      const REAL sample = ROUND(start_scaled);                                                     \
      REAL entry = sample;                                                                         \
      if (i < 512) {                                                                               \
        const volatile REAL next = transform(input_min + next_offset, context) * scaling;          \
        const volatile REAL middle = transform(input_min + offset + half_step, context) * scaling; \
        entry = sample - ROUND((ROUND((next + sample) / 2) - ROUND(middle)) / 2);                  \
      }                                                                                            \
      table[i] = !(entry > (REAL)INT16_MIN) ? (int16_t)INT16_MIN                                   \
                 : entry >= (REAL)INT16_MAX ? (int16_t)INT16_MAX                                   \
                                            : (int16_t)entry;                                      \
    }                                                                                              \
  }
typedef double (*baton_transform_double)(double x, const void* context);
BATON_DEFINE_LUT16_FILL(baton_lut16_fill, float, roundf, baton_transform)
/* The same computed in double, as 16-bit SOFTMAX builds its tables. */
BATON_DEFINE_LUT16_FILL(baton_lut16_fill_double, double, round, baton_transform_double)
#undef BATON_DEFINE_LUT16_FILL

/* Entry for `value`, interpolated on its low 7 bits, rounded half up.
 * Source: TFLite internal/common.h, LUTLookup(int16_t). */
static inline int16_t baton_lut16_lookup(int16_t value, const int16_t table[BATON_LUT16_SIZE]) {
  const int32_t index = 256 + (value >> 7);
  const int32_t offset = value & 0x7f;
  const int32_t base = table[index];
  /* The slope is held in 16 bits, as in TFLite: steps of 2^15 and more wrap. */
  const int32_t slope =
      (int32_t)(((uint32_t)(table[index + 1] - base) & 0xffffu) ^ 0x8000u) - 0x8000;
  const int32_t sum = base + ((slope * offset + 64) >> 7);
  return (int16_t)((int32_t)(((uint32_t)sum & 0xffffu) ^ 0x8000u) - 0x8000);
}

/* What 16-bit LOGISTIC and TANH need: a multiplier that takes inputs to steps of 1/12288, and
 * logistic(i / 24) in Q0.16, of which tanh(x) = 2 logistic(2x) - 1 makes use, too. */
typedef struct baton_logistic16_params {
  int32_t multiplier;
  int32_t right_shift;
  uint16_t table[256];
} baton_logistic16_params;

/* Fills the parameters for int16 inputs of this scale. Scales of 2^-12 (TANH: also 2^-11) are exact
 * whole multipliers: `power_shifts` is 0 for LOGISTIC and 1 for TANH. Refuses scales that are not
 * positive, and those above 8/3, whose multiplier needs more than 15 bits.
 * Source: TFLite kernels/activations.cc, SigmoidPrepare and TanhPrepare; sigmoid_table_uint16. */
static inline int baton_logistic16_prepare(float input_scale, int32_t power_shifts,
                                           baton_logistic16_params* out) {
  double multiplier = input_scale * 4096.0 * 3.0;
  int32_t exponent, i;
  out->multiplier = 0;
  out->right_shift = 0;
  for (i = 0; i < 255; ++i) {
    /* As in the tables above, each entry is moved by half the interpolation error at the middle. */
    const double value = 65536 / (1 + exp(-i / 24.0));
    const double middle = 65536 / (1 + exp(-(i + 0.5) / 24.0));
    const double next = 65536 / (1 + exp(-(i + 1) / 24.0));
    out->table[i] = (uint16_t)round(value - ((value + next) / 2 - middle) / 2);
  }
  out->table[255] = 65535;
  if (baton_checked_log2(input_scale, &exponent) && exponent >= -12 &&
      exponent <= power_shifts - 12) {
    out->multiplier = (int32_t)3 << (exponent + 12);
    return 1;
  }
  if (!(multiplier > 0 && multiplier <= 32767)) return 0;
  while (multiplier <= 32767.0 / 2 && out->right_shift <= 30) {
    multiplier *= 2;
    ++out->right_shift;
  }
  out->multiplier = (int32_t)multiplier;
  return 1;
}

/* An input in steps of 1/12288. */
static inline int32_t baton_logistic16_scaled(const baton_logistic16_params* params, int16_t x) {
  const int64_t half = params->right_shift > 0 ? (int64_t)1 << (params->right_shift - 1) : 0;
  return (int32_t)(((int64_t)x * params->multiplier + half) >> params->right_shift);
}

/* Between entry i and the next of the table, both of 2^16: `steps` in [0, 2^bits]. */
static inline int32_t baton_logistic16_between(const baton_logistic16_params* params, int32_t i,
                                               int32_t steps, int32_t bits) {
  const int32_t entry = params->table[i];
  return entry * ((int32_t)1 << bits) + steps * (params->table[i + 1] - entry);
}

/* logistic(x) in Q0.15. Source: TFLite reference/integer_ops/logistic.h, Logistic for int16. */
static inline int16_t baton_logistic16(const baton_logistic16_params* params, int16_t x) {
  const int32_t scaled = baton_logistic16_scaled(params, x);
  const int32_t magnitude = scaled < 0 ? -scaled : scaled;
  const int32_t i = magnitude >> 9;
  const int32_t value =
      i >= 255 ? 0x7fff << 10 : baton_logistic16_between(params, i, magnitude & 0x1ff, 9);
  return (int16_t)((scaled >= 0 ? value + (1 << 9) : (1 << 25) - value + (1 << 9) - 1) >> 10);
}

/* tanh(x) in Q0.15. Source: TFLite reference/integer_ops/tanh.h, Tanh for int16. */
static inline int16_t baton_tanh16(const baton_logistic16_params* params, int16_t x) {
  const int32_t scaled = baton_logistic16_scaled(params, x);
  const int32_t magnitude = scaled < 0 ? -scaled : scaled;
  const int32_t i = magnitude >> 8;
  const int32_t value =
      i >= 255 ? 0xffff << 8 : baton_logistic16_between(params, i, magnitude & 0xff, 8);
  return (
      int16_t)((scaled >= 0 ? value - (1 << 23) + (1 << 7) : -value + (1 << 23) + (1 << 7) - 1) >>
               8);
}

/* What a 16-bit SOFTMAX needs: a multiplier that takes input differences to steps of 10/65535, and
 * tables of exp on [-10, 0] and 1 / (1 + x) on [0, 1]. */
typedef struct baton_softmax16_params {
  int32_t multiplier;
  int32_t shift;
  int16_t exp_table[BATON_LUT16_SIZE];
  int16_t reciprocal_table[BATON_LUT16_SIZE];
} baton_softmax16_params;

static inline double baton_transform_exp_double(double x, const void* context) {
  (void)context;
  return exp(x);
}
static inline double baton_transform_one_over_one_plus_double(double x, const void* context) {
  (void)context;
  return 1.0 / (1.0 + x);
}

/* Fills the parameters for int16 inputs of this scale (about 2 KiB; keep them with the node).
 * Source: TFLite kernels/activations.cc, SoftmaxPrepare. */
static inline void baton_softmax16_prepare(float beta, float input_scale,
                                           baton_softmax16_params* out) {
  const volatile float scaled = input_scale * beta;
  baton_quantize_multiplier((double)scaled / (10.0 / 65535.0), &out->multiplier, &out->shift);
  baton_lut16_fill_double(out->exp_table, 10.0 / 65535, INT16_MAX, 2.0 / 65535, 0,
                          baton_transform_exp_double, NULL);
  baton_lut16_fill_double(out->reciprocal_table, 1.0 / 65535, INT16_MIN, 2.0 / 65535, 0,
                          baton_transform_one_over_one_plus_double, NULL);
}

/* exp of one difference (input - largest input in the row, -65535 to 0) in Q0.15. */
static inline int16_t baton_softmax16_exp(const baton_softmax16_params* params, int32_t diff) {
  const int32_t scaled =
      baton_multiply_by_quantized_multiplier(diff, params->multiplier, params->shift);
  return baton_lut16_lookup(
      (int16_t)baton_clamp(baton_saturating_add(scaled, INT16_MAX), INT16_MIN, INT16_MAX),
      params->exp_table);
}

/* A row of `depth` int16 elements, 1 <= depth <= 65535 for an exact sum; output may not overlap
 * input. Source: TFLite internal/reference/softmax.h, SoftmaxInt16. */
static inline void baton_softmax_row_int16(const baton_softmax16_params* params,
                                           const int16_t* input, int16_t* output, size_t depth) {
  int32_t largest = INT16_MIN, sum = 0, headroom_plus_one, shifted, right_shift;
  int64_t reciprocal;
  size_t i;
  for (i = 0; i < depth; ++i) largest = input[i] > largest ? input[i] : largest;
  for (i = 0; i < depth; ++i) {
    output[i] = baton_softmax16_exp(params, input[i] - largest);
    sum = baton_saturating_add(sum, output[i]);
  }
  if (sum <= 0) return; /* only an empty row, or parameters that were never prepared */
  headroom_plus_one = baton_count_leading_zeros((uint32_t)sum);
  /* The sum scaled into [1, 2) with 16 fraction bits; minus one, centred for the table. */
  shifted = (int32_t)(((int64_t)sum * ((int64_t)1 << (headroom_plus_one - 1)) + (1 << 13)) >> 14);
  reciprocal = baton_lut16_lookup(
      (int16_t)baton_clamp(shifted - ((1 << 15) + (1 << 16)), INT16_MIN, INT16_MAX),
      params->reciprocal_table);
  right_shift = baton_clamp(31 - headroom_plus_one, 1, 30);
  for (i = 0; i < depth; ++i) {
    const int64_t product = output[i] * reciprocal + ((int64_t)1 << (right_shift - 1));
    output[i] = (int16_t)baton_clamp((int32_t)(product >> right_shift), 0, INT16_MAX);
  }
}

#ifdef __cplusplus
}
#endif

#endif /* BATON_FIXED_POINT_H_ */
