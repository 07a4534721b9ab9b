// Exact arithmetic is checked against 128-bit integers, real functions against long double. The
// fixed-point functions have a second, slow transcription of their published algorithm on exact
// integers, so that a slip in either shows.
#include "baton/fixed_point.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

extern "C" int32_t fixed_point_c99_probe(int32_t x, double real);

namespace {

using Wide = __int128;

constexpr int32_t kMin = std::numeric_limits<int32_t>::min();
constexpr int32_t kMax = std::numeric_limits<int32_t>::max();

const std::vector<int32_t>& edge_values() {
  static const std::vector<int32_t> values = {kMin,       kMin + 1,
                                              kMin + 2,   -(1 << 30) - 1,
                                              -(1 << 30), -65537,
                                              -65536,     -32768,
                                              -3,         -2,
                                              -1,         0,
                                              1,          2,
                                              3,          127,
                                              128,        255,
                                              32767,      32768,
                                              65535,      65536,
                                              (1 << 29),  (1 << 30) - 1,
                                              1 << 30,    (1 << 30) + 1,
                                              kMax - 1,   kMax};
  return values;
}

// Edge values, then values of every magnitude.
class Values {
 public:
  int32_t next() {
    if (index_ < edge_values().size()) return edge_values()[index_++];
    return static_cast<int32_t>(random_()) >> (random_() % 32);
  }
  double uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  uint32_t bits() { return static_cast<uint32_t>(random_()); }

 private:
  std::mt19937 random_{20240517};
  size_t index_ = 0;
};

Wide floor_divide(Wide a, Wide b) {
  const Wide q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}
Wide divide_ties_up(Wide a, Wide b) { return floor_divide(2 * a + b, 2 * b); }
Wide divide_ties_away(Wide a, Wide b) {
  return a < 0 ? -floor_divide(-2 * a + b, 2 * b) : floor_divide(2 * a + b, 2 * b);
}
Wide power(int exponent) { return static_cast<Wide>(1) << exponent; }
int32_t saturate(Wide x) { return static_cast<int32_t>(std::clamp<Wide>(x, kMin, kMax)); }

// ---- integer primitives ----

TEST(FixedPoint, HighMulIsExact) {
  Values values;
  for (int32_t a : edge_values()) {
    for (int32_t b : edge_values()) {
      ASSERT_EQ(baton_rounding_doubling_high_mul(a, b),
                saturate(divide_ties_up(static_cast<Wide>(a) * b, power(31))))
          << a << " * " << b;
    }
  }
  for (int i = 0; i < 1000000; ++i) {
    const int32_t a = values.next(), b = values.next();
    ASSERT_EQ(baton_rounding_doubling_high_mul(a, b),
              saturate(divide_ties_up(static_cast<Wide>(a) * b, power(31))))
        << a << " * " << b;
  }
}

TEST(FixedPoint, ShiftsAreExact) {
  Values values;
  for (int i = 0; i < 200000; ++i) {
    const int32_t x = values.next();
    for (int shift = 0; shift <= 31; ++shift) {
      ASSERT_EQ(baton_rounding_shift_right(x, shift), divide_ties_away(x, power(shift)))
          << x << " >> " << shift;
    }
    const int shift = static_cast<int>(values.bits() % 32);
    ASSERT_EQ(baton_saturating_shift_left(x, shift), saturate(x * power(shift)));
    ASSERT_EQ(static_cast<uint32_t>(baton_shift_left(x, shift)),
              static_cast<uint32_t>(x) * (uint32_t{1} << shift));
  }
  EXPECT_EQ(baton_rounding_shift_right(kMax, 32), 0);
  EXPECT_EQ(baton_rounding_shift_right(5, -3), 5);
  EXPECT_EQ(baton_shift_left(5, 40), 0);
  EXPECT_EQ(baton_shift_left(5, -1), 5);
  EXPECT_EQ(baton_saturating_shift_left(-1, 99), kMin);
}

TEST(FixedPoint, SumsSaturateOrWrap) {
  for (int32_t a : edge_values()) {
    for (int32_t b : edge_values()) {
      EXPECT_EQ(baton_saturating_add(a, b), saturate(static_cast<Wide>(a) + b));
      EXPECT_EQ(baton_saturating_sub(a, b), saturate(static_cast<Wide>(a) - b));
      EXPECT_EQ(baton_rounding_half_sum(a, b), divide_ties_away(static_cast<Wide>(a) + b, 2));
      EXPECT_EQ(static_cast<uint32_t>(baton_wrapping_add(a, b)),
                static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
      EXPECT_EQ(static_cast<uint32_t>(baton_wrapping_sub(a, b)),
                static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
    }
  }
  EXPECT_EQ(baton_count_leading_zeros(0), 32);
  for (int bit = 0; bit < 32; ++bit) {
    EXPECT_EQ(baton_count_leading_zeros(uint32_t{1} << bit), 31 - bit);
    EXPECT_EQ(baton_count_leading_zeros(0xffffffffu >> bit), bit);
  }
}

// ---- multipliers ----

TEST(FixedPoint, MultiplierIsTheNearest31BitSignificand) {
  Values values;
  for (int i = 0; i < 200000; ++i) {
    const int exponent = static_cast<int>(values.bits() % 60) - 30;
    double real = std::ldexp(values.uniform(0.5, 1.0), exponent);
    if (values.bits() & 1) real = -real;
    int32_t q = 0, shift = 0;
    baton_quantize_multiplier(real, &q, &shift);
    ASSERT_GE(std::abs(static_cast<int64_t>(q)), int64_t{1} << 30) << real;
    ASSERT_LE(std::abs(static_cast<int64_t>(q)), int64_t{1} << 31) << real;
    const long double held = std::ldexp(static_cast<long double>(q), shift - 31);
    ASSERT_LE(std::fabs(held - real), std::ldexp(1.0L, shift - 32)) << real;
  }
}

struct MultiplierCase {
  double real;
  int32_t significand;
  int32_t shift;
};

TEST(FixedPoint, MultiplierEdges) {
  const double inf = std::numeric_limits<double>::infinity();
  const MultiplierCase cases[] = {
      {0.0, 0, 0},
      {-0.0, 0, 0},
      {1.0, 1 << 30, 1},
      {0.5, 1 << 30, 0},
      {-0.5, -(1 << 30), 0},
      {0.75, 3 << 29, 0},
      {std::nextafter(1.0, 0.0), 1 << 30, 1},    // rounds up to 2^31: halved, shift + 1
      {1.0 - std::ldexp(1.0, -31), kMax, 0},     // exactly the largest significand
      {1.0 - std::ldexp(1.0, -32), 1 << 30, 1},  // tie, away from zero
      {std::ldexp(1.0, -32), 1 << 30, -31},      // smallest that survives
      {std::ldexp(0.999, -32), 0, 0},            // flushed
      {std::nextafter(std::ldexp(1.0, -32), 0.0), 1 << 30, -31},  // rounding saves it
      {5e-324, 0, 0},
      {1e300, 1603334688, 997},
      {std::numeric_limits<double>::quiet_NaN(), 0, 0},
      {inf, 0, 0},
      {-inf, 0, 0},
  };
  for (const MultiplierCase& c : cases) {
    int32_t q = -7, shift = -7;
    baton_quantize_multiplier(c.real, &q, &shift);
    EXPECT_EQ(q, c.significand) << c.real;
    EXPECT_EQ(shift, c.shift) << c.real;
  }
  int32_t q = 0, shift = 0;
  EXPECT_TRUE(baton_quantize_multiplier_smaller_than_one(0.25, &q, &shift));
  EXPECT_EQ(shift, -1);
  EXPECT_TRUE(baton_quantize_multiplier_smaller_than_one(0.0, &q, &shift));
  EXPECT_FALSE(baton_quantize_multiplier_smaller_than_one(1.0, &q, &shift));
  EXPECT_FALSE(baton_quantize_multiplier_smaller_than_one(std::nextafter(1.0, 0.0), &q, &shift));
  EXPECT_EQ(q, 0);
  EXPECT_FALSE(baton_quantize_multiplier_smaller_than_one(-0.5, &q, &shift));
  EXPECT_TRUE(baton_quantize_multiplier_greater_than_one(1.5, &q, &shift));
  EXPECT_EQ(shift, 1);
  EXPECT_FALSE(baton_quantize_multiplier_greater_than_one(1.0, &q, &shift));
  EXPECT_FALSE(baton_quantize_multiplier_greater_than_one(inf, &q, &shift));
}

int32_t oracle_multiply(int32_t x, int32_t q, int shift) {
  Wide left = x;
  if (shift > 0) {
    left = shift > 31 ? 0 : left * power(shift);
    left = static_cast<int32_t>(static_cast<uint32_t>(static_cast<uint64_t>(left)));
  }
  const Wide high = saturate(divide_ties_up(left * q, power(31)));
  return static_cast<int32_t>(shift < 0 ? divide_ties_away(high, power(-shift)) : high);
}

TEST(FixedPoint, MultiplyRoundsTwice) {
  Values values;
  for (int32_t x : edge_values()) {
    for (int32_t q : edge_values()) {
      for (int shift = -31; shift <= 31; ++shift) {
        ASSERT_EQ(baton_multiply_by_quantized_multiplier(x, q, shift), oracle_multiply(x, q, shift))
            << x << " " << q << " " << shift;
      }
    }
  }
  for (int i = 0; i < 1000000; ++i) {
    const int32_t x = values.next(), q = values.next();
    const int shift = static_cast<int>(values.bits() % 63) - 31;
    ASSERT_EQ(baton_multiply_by_quantized_multiplier(x, q, shift), oracle_multiply(x, q, shift));
    ASSERT_EQ(baton_multiply_by_quantized_multiplier_smaller_than_one(x, q, std::min(shift, 0)),
              oracle_multiply(x, q, std::min(shift, 0)));
    ASSERT_EQ(baton_multiply_by_quantized_multiplier_greater_than_one(x, q, std::max(shift, 0)),
              oracle_multiply(x, q, std::max(shift, 0)));
  }
  // The double rounding itself: 0.499... * 2 rounds up twice, single rounding would give 0.
  EXPECT_EQ(baton_multiply_by_quantized_multiplier(1, 1 << 30, -1), 1);
}

TEST(FixedPoint, MultiplyStaysCloseToTheRealProduct) {
  Values values;
  for (int i = 0; i < 300000; ++i) {
    const double real =
        std::ldexp(values.uniform(0.5, 1.0), static_cast<int>(values.bits() % 20) - 16);
    const int32_t x = static_cast<int32_t>(values.bits()) >> 10;
    int32_t q = 0, shift = 0;
    baton_quantize_multiplier(real, &q, &shift);
    const long double exact = static_cast<long double>(x) * real;
    ASSERT_LE(std::fabs(baton_multiply_by_quantized_multiplier(x, q, shift) - exact), 1.01L);
  }
}

TEST(FixedPoint, Int64FormRoundsOnceHalfUp) {
  Values values;
  for (int i = 0; i < 500000; ++i) {
    const int32_t q = (1 << 30) + static_cast<int32_t>(values.bits() % (1u << 30));
    const int shift = static_cast<int>(values.bits() % 39) - 31;
    const Wide reduced = std::min<Wide>(floor_divide(Wide{q} + (1 << 15), 1 << 16), 0x7fff);
    // |x| such that the result fits, and at most 2^47.
    const int bits = std::min(47, 30 - shift);
    const uint64_t raw = (uint64_t{values.bits()} << 32) | values.bits();
    const int64_t x = static_cast<int64_t>(raw) >> (63 - bits + values.bits() % 8);
    ASSERT_EQ(baton_multiply_by_quantized_multiplier_int64(x, q, shift),
              static_cast<int32_t>(divide_ties_up(reduced * x, power(15 - shift))))
        << x << " " << q << " " << shift;
  }
  EXPECT_EQ(baton_reduce_multiplier_to_int16(kMax), 0x7fff);
  EXPECT_EQ(baton_reduce_multiplier_to_int16(0x7fff0000), 0x7fff);
  EXPECT_EQ(baton_reduce_multiplier_to_int16(0x7ffe7fff), 0x7ffe);
  EXPECT_EQ(baton_reduce_multiplier_to_int16(0x7ffe8000), 0x7fff);
  EXPECT_EQ(baton_reduce_multiplier_to_int16(0), 0);
}

TEST(FixedPoint, ConvolutionScales) {
  const float a = 0.0235f, b = 0.00391f, c = 0.0712f;
  EXPECT_EQ(baton_conv_scale_per_channel(a, b, c), double{a} * double{b} / double{c});
  const float product = a * b;
  EXPECT_EQ(baton_conv_scale_per_tensor(a, b, c), double{product} / double{c});
  EXPECT_NE(baton_conv_scale_per_tensor(a, b, c), baton_conv_scale_per_channel(a, b, c));
}

TEST(FixedPoint, AddMultipliers) {
  baton_add_multipliers m;
  ASSERT_TRUE(baton_prepare_add(0.5f, 0.25f, 0.75f, 20, &m));
  EXPECT_EQ(m.left_shift, 20);
  EXPECT_EQ(m.input_multiplier[0], 1 << 30);  // 1/2
  EXPECT_EQ(m.input_shift[0], 0);
  EXPECT_EQ(m.input_multiplier[1], 1 << 30);  // 1/4
  EXPECT_EQ(m.input_shift[1], -1);
  int32_t q = 0, shift = 0;
  baton_quantize_multiplier(1.0 / (0.75 * (1 << 20)), &q, &shift);
  EXPECT_EQ(m.output_multiplier, q);
  EXPECT_EQ(m.output_shift, shift);
  EXPECT_FALSE(baton_prepare_add(0.5f, 0.25f, 1e-9f, 20, &m));
  EXPECT_EQ(m.input_multiplier[0], 0);
  EXPECT_FALSE(baton_prepare_add(0.0f, 0.25f, 0.5f, 20, &m));
  EXPECT_FALSE(baton_prepare_add(0.5f, NAN, 0.5f, 20, &m));
  EXPECT_FALSE(baton_prepare_add(0.5f, 0.5f, INFINITY, 20, &m));
}

// ---- quantising ----

TEST(FixedPoint, QuantiseRoundsHalfAwayAndSaturates) {
  EXPECT_EQ(baton_quantize_int8(0.5f, 1.0f, 0), 1);
  EXPECT_EQ(baton_quantize_int8(-0.5f, 1.0f, 0), -1);
  EXPECT_EQ(baton_quantize_int8(-2.5f, 1.0f, 10), 7);
  EXPECT_EQ(baton_quantize_int8(0.49999997f, 1.0f, 0), 0);
  EXPECT_EQ(baton_quantize_int8(1e30f, 1.0f, 5), 127);
  EXPECT_EQ(baton_quantize_int8(-1e30f, 1.0f, 5), -128);
  EXPECT_EQ(baton_quantize_uint8(-1.0f, 0.5f, 1), 0);
  EXPECT_EQ(baton_quantize_uint8(INFINITY, 0.5f, 1), 255);
  EXPECT_EQ(baton_quantize_uint8(NAN, 0.5f, 1), 0);
  EXPECT_EQ(baton_quantize_int16(40000.0f, 1.0f, 0), 32767);
  EXPECT_EQ(baton_quantize_int16(1.0f, 0.0f, 0), 32767);
  EXPECT_EQ(baton_quantize(3e9f, 1.0f, 0, kMin, kMax), kMax);
  EXPECT_EQ(baton_quantize(-3e9f, 1.0f, kMin, kMin, kMax), kMin);
  EXPECT_EQ(baton_dequantize(-128, 0.25f, 127), -63.75f);
  EXPECT_EQ(baton_dequantize(kMin, 1.0f, kMax), -4294967295.0f);
  Values values;
  for (int i = 0; i < 100000; ++i) {  // a value that is held comes back
    const float scale = static_cast<float>(
        std::ldexp(values.uniform(0.5, 1.0), -static_cast<int>(values.bits() % 20)));
    const int32_t zero_point = static_cast<int32_t>(values.bits() % 256) - 128;
    const int32_t value = static_cast<int32_t>(values.bits() % 256) - 128;
    ASSERT_EQ(baton_quantize_int8(baton_dequantize(value, scale, zero_point), scale, zero_point),
              value);
  }
}

struct ActivationCase {
  int32_t activation;
  float scale;
  int32_t zero_point, type_low, type_high;
  int ok;
  int32_t low, high;
};

TEST(FixedPoint, ActivationRanges) {
  const ActivationCase cases[] = {
      {0, 0.1f, 3, 0, 255, 1, 0, 255},
      {1, 0.1f, 3, 0, 255, 1, 3, 255},
      {1, 0.1f, -5, 0, 255, 1, 0, 255},
      {2, 0.1f, 3, -128, 127, 1, -7, 13},
      {2, 0.001f, 3, -128, 127, 1, -128, 127},
      {3, 0.1f, 3, 0, 255, 1, 3, 63},
      {3, 0.0235294f, -128, -128, 127, 1, -128, 127},
      {3, 4.0f, 0, 0, 255, 1, 0, 2},  // 1.5 rounds away from zero
      {4, 0.1f, 3, 0, 255, 1, 0, 255},
      {5, 0.1f, 3, 0, 255, 1, 0, 255},
      {-1, 0.1f, 3, 0, 255, 1, 0, 255},
      {3, 0.0f, 3, 0, 255, 0, 0, 0},
      {3, 1e-20f, 3, 0, 255, 0, 0, 0},
      {1, 1e-20f, 3, 0, 255, 1, 3, 255},
      {3, NAN, 3, 0, 255, 0, 0, 0},
      {3, 1e-8f, kMax, kMin, kMax, 1, kMax, kMax},
  };
  for (const ActivationCase& c : cases) {
    int32_t low = -9, high = -9;
    EXPECT_EQ(baton_activation_range(c.activation, c.scale, c.zero_point, c.type_low, c.type_high,
                                     &low, &high),
              c.ok);
    EXPECT_EQ(low, c.low) << c.activation << " " << c.scale;
    EXPECT_EQ(high, c.high) << c.activation << " " << c.scale;
  }
  const float none = std::numeric_limits<float>::max();
  const float expected[4][2] = {{-none, none}, {0, none}, {-1, 1}, {0, 6}};
  for (int activation = 0; activation < 4; ++activation) {
    float low = 0, high = 0;
    baton_activation_range_float(activation, &low, &high);
    EXPECT_EQ(low, expected[activation][0]);
    EXPECT_EQ(high, expected[activation][1]);
  }
}

// ---- padding ----

TEST(FixedPoint, PaddingAgainstCounting) {
  for (int input = 0; input <= 20; ++input) {
    for (int filter = 1; filter <= 5; ++filter) {
      for (int stride = 1; stride <= 4; ++stride) {
        for (int dilation = 1; dilation <= 3; ++dilation) {
          const int span = (filter - 1) * dilation + 1;
          // VALID: windows that fit wholly, starting at multiples of the stride.
          int valid = 0;
          while (valid * stride + span <= input) ++valid;
          const int got =
              baton_padding_output_size(BATON_PADDING_VALID, input, filter, stride, dilation);
          if (span <= input) {
            EXPECT_EQ(got, valid);
          } else {
            EXPECT_LE(got, 0);
          }
          // SAME: one window per started stride; padding is what the last window lacks.
          int same = 0;
          while (same * stride < input) ++same;
          ASSERT_EQ(baton_padding_output_size(BATON_PADDING_SAME, input, filter, stride, dilation),
                    same);
          if (same == 0) continue;
          const int lacking = std::max(0, (same - 1) * stride + span - input);
          int32_t after = -1;
          const int before = baton_padding_before(input, filter, stride, dilation, same, &after);
          EXPECT_EQ(before + after, lacking);
          EXPECT_TRUE(after == before || after == before + 1);
          if (valid > 0) {
            EXPECT_EQ(baton_padding_before(input, filter, stride, dilation, valid, &after), 0);
            EXPECT_EQ(after, 0);
          }
        }
      }
    }
  }
}

TEST(FixedPoint, PaddingEdges) {
  EXPECT_EQ(baton_padding_output_size(BATON_PADDING_SAME, 224, 3, 2, 1), 112);
  EXPECT_EQ(baton_padding_before(224, 3, 2, 1, 112, nullptr), 0);
  EXPECT_EQ(baton_padding_output_size(BATON_PADDING_VALID, 1, 5, 1, 1), -1);
  EXPECT_EQ(baton_padding_output_size(2, 10, 3, 1, 1), -1);
  EXPECT_EQ(baton_padding_output_size(BATON_PADDING_SAME, 10, 0, 1, 1), -1);
  EXPECT_EQ(baton_padding_output_size(BATON_PADDING_SAME, 10, 3, 0, 1), -1);
  EXPECT_EQ(baton_padding_output_size(BATON_PADDING_SAME, 10, 3, 1, 0), -1);
  EXPECT_EQ(baton_padding_output_size(BATON_PADDING_SAME, -1, 3, 1, 1), -1);
  EXPECT_EQ(baton_padding_output_size(BATON_PADDING_SAME, kMax, kMax, 1, kMax), kMax);
  EXPECT_EQ(baton_padding_output_size(BATON_PADDING_VALID, kMax, kMax, kMax, kMax), -1);
  int32_t after = 0;
  EXPECT_EQ(baton_padding_before(0, kMax, kMax, kMax, kMax, &after), kMax);
  EXPECT_EQ(after, kMax);
}

// ---- fixed-point functions ----

// The published algorithms on numbers that carry their own format. 32-bit wrap-around is applied
// only where the original adds; inside the contracts it never happens, which the class checks.
struct Fixed {
  Wide raw;
  int bits;
};
Fixed make(Wide raw, int bits) {
  EXPECT_TRUE(raw >= kMin && raw <= kMax) << "overflow inside the contract";
  return {raw, bits};
}
Fixed constant(long double value, int bits) {
  return make(std::min<Wide>(static_cast<Wide>(std::llround(std::ldexp(value, 31 - bits))), kMax),
              bits);
}
Fixed operator+(Fixed a, Fixed b) { return make(a.raw + b.raw, a.bits); }
Fixed operator-(Fixed a, Fixed b) { return make(a.raw - b.raw, a.bits); }
Fixed operator*(Fixed a, Fixed b) {
  return make(saturate(divide_ties_up(a.raw * b.raw, power(31))), a.bits + b.bits);
}
Fixed halved(Fixed a, int times) { return make(divide_ties_away(a.raw, power(times)), a.bits); }
Fixed rescaled(Fixed a, int bits) {
  return a.bits >= bits ? make(saturate(a.raw * power(a.bits - bits)), bits)
                        : make(divide_ties_away(a.raw, power(bits - a.bits)), bits);
}

Fixed oracle_exp(Fixed a) {
  if (a.raw == 0) return constant(1.0L, 0);
  if (a.bits > 5 && a.raw < -power(36 - a.bits)) return make(0, 0);
  const Wide quarter = power(31 - a.bits - 2);
  Wide low = a.raw - floor_divide(a.raw, quarter) * quarter - quarter;
  const Fixed x = rescaled(make(low, a.bits), 0) + constant(0.125L, 0);
  const Fixed x2 = x * x, x3 = x2 * x, x4 = x2 * x2;
  const Fixed tail = halved(((halved(x4, 2) + x3) * constant(1.0L / 3, 0)) + x2, 1);
  const Fixed c = constant(std::exp(-0.125L), 0);
  Fixed result = c + c * (x + tail);
  Wide quarters = floor_divide(low - a.raw, quarter);
  for (int e = -2; e <= 4; ++e) {
    if (a.bits > e && (quarters >> (e + 2)) % 2 != 0) {
      result = result * constant(std::exp(-std::ldexp(1.0L, e)), 0);
    }
  }
  return result;
}

Fixed oracle_newton(Fixed a) {
  const Fixed half = make(divide_ties_away(a.raw + kMax, 2), 0);
  const Fixed one = constant(1.0L, 2);
  Fixed x = constant(48.0L / 17, 2) + half * constant(-32.0L / 17, 2);
  for (int i = 0; i < 3; ++i) x = x + rescaled(x * (one - half * x), 2);
  return x;
}
Fixed oracle_one_over(Fixed a) {
  Fixed x = oracle_newton(a);
  return rescaled({x.raw, 1}, 0);
}
Fixed oracle_one_minus_over(Fixed a) { return rescaled(oracle_newton(a) - constant(1.0L, 2), 0); }

TEST(FixedPoint, FunctionsFollowTheAlgorithm) {
  Values values;
  for (int bits = 0; bits <= 12; ++bits) {
    for (int i = 0; i < 20000; ++i) {
      const int32_t any = values.next();
      const int32_t x = any > 0 ? -any : any;
      ASSERT_EQ(baton_fixed_exp_on_negative(x, bits), oracle_exp({x, bits}).raw)
          << x << " " << bits;
    }
  }
  for (int i = 0; i < 200000; ++i) {
    const int32_t x = static_cast<int32_t>(values.bits() >> 1) >> (values.bits() % 31);
    ASSERT_EQ(baton_fixed_one_over_one_plus(x), oracle_one_over({x, 0}).raw) << x;
    ASSERT_EQ(baton_fixed_one_minus_over_one_plus(x), oracle_one_minus_over({x, 0}).raw) << x;
  }
}

TEST(FixedPoint, FunctionsApproximateTheirNames) {
  Values values;
  const long double unit = std::ldexp(1.0L, -31);
  for (int i = 0; i < 200000; ++i) {
    const int bits = static_cast<int>(values.bits() % 9);
    const int32_t x = values.next();
    const long double real = std::ldexp(static_cast<long double>(x), bits - 31);
    if (x <= 0) {
      ASSERT_NEAR(baton_fixed_exp_on_negative(x, bits) * unit, std::exp(real), 4e-6L) << real;
    }
    ASSERT_NEAR(baton_fixed_logistic(x, bits) * unit, 1 / (1 + std::exp(-real)), 2e-6L) << real;
    ASSERT_NEAR(baton_fixed_tanh(x, bits) * unit, std::tanh(real), 4e-6L) << real;
    if (x > 0) {
      int32_t over = 0;
      const int32_t reciprocal = baton_fixed_reciprocal(x, bits, &over);
      ASSERT_NEAR(std::ldexp(reciprocal * unit, -over) * real, 1.0L, 1e-7L) << real;
    }
  }
  EXPECT_EQ(baton_fixed_exp_on_negative(0, 5), kMax);
  EXPECT_EQ(baton_fixed_logistic(0, 4), 1 << 30);
  EXPECT_EQ(baton_fixed_tanh(0, 4), 0);
  EXPECT_EQ(baton_fixed_exp_on_negative(kMin, 6), 0);  // exp(-64) counts as 0
}

TEST(FixedPoint, Logarithm) {
  Values values;
  for (int i = 0; i < 200000; ++i) {
    // 1 and more, with 12 integer bits; the result has 5.
    const auto x = std::max<int32_t>(1 << 19, static_cast<int32_t>(values.bits() >> 1));
    const long double real = std::ldexp(static_cast<long double>(x), 12 - 31);
    const long double log = std::ldexp(static_cast<long double>(baton_fixed_log(x, 12, 5)), 5 - 31);
    ASSERT_NEAR(log, std::log(real), 4e-6L) << real;
  }
  EXPECT_NEAR(std::ldexp(baton_fixed_log(1 << 19, 12, 5), 5 - 31), 0, 1e-6);
}

// ---- softmax ----

TEST(FixedPoint, SixteenBitFunctionsApproximateTheirNames) {
  for (int bits = 0; bits <= 6; ++bits) {
    for (int x = -32768; x <= 32767; ++x) {
      const double real = std::ldexp(x, bits - 15);
      ASSERT_NEAR(baton_fixed16_logistic(x, bits) / 32768.0, 1 / (1 + std::exp(-real)), 4e-4)
          << x << " " << bits;
      ASSERT_NEAR(baton_fixed16_tanh(x, bits) / 32768.0, std::tanh(real), 8e-4) << x << " " << bits;
      // Odd, but for the number that has no opposite.
      const int opposite = std::min(-x, 32767);
      ASSERT_NEAR(baton_fixed16_tanh(opposite, bits), -baton_fixed16_tanh(x, bits), x == -32768);
    }
  }
  EXPECT_EQ(baton_fixed16_logistic(0, 3), 1 << 14);
  EXPECT_EQ(baton_fixed16_tanh(0, 3), 0);
  EXPECT_EQ(baton_fixed16_multiply(-32768, -32768), 32767);
  EXPECT_EQ(baton_fixed16_wrap(32768), -32768);
}

TEST(FixedPoint, RescaleInDoubleRoundsHalfAway) {
  EXPECT_EQ(baton_rescale_in_double(-5, 0.5), -3);
  EXPECT_EQ(baton_rescale_in_double(5, 0.5), 3);
  EXPECT_EQ(baton_rescale_in_double(-3956, 0.6875 / 64), -42);
  EXPECT_EQ(baton_multiply_by_quantized_multiplier(-3956, 11 << 27, -6), -43);
  EXPECT_EQ(baton_rescale_in_double(INT64_MAX, 1e300), INT32_MAX);
  EXPECT_EQ(baton_rescale_in_double(INT64_MIN, 1), INT32_MIN);
  EXPECT_EQ(baton_rescale_in_double(1, NAN), 0);
  EXPECT_EQ(baton_rescale_in_double(0, INFINITY), 0);
}

TEST(FixedPoint, SoftmaxScaling) {
  int32_t q = 0, shift = 0;
  ASSERT_TRUE(baton_softmax_scaling(1.0, 0.1, 5, &q, &shift));
  int32_t q2 = 0, shift2 = 0;
  baton_quantize_multiplier(0.1 * (1 << 26), &q2, &shift2);
  EXPECT_EQ(q, q2);
  EXPECT_EQ(shift, shift2);
  ASSERT_TRUE(baton_softmax_scaling(100.0, 1000.0, 5, &q, &shift));  // limited
  EXPECT_EQ(q, kMax);
  EXPECT_EQ(shift, 31);
  EXPECT_FALSE(baton_softmax_scaling(1.0, 1e-9, 5, &q, &shift));
  EXPECT_FALSE(baton_softmax_scaling(0.0, 1.0, 5, &q, &shift));
  EXPECT_FALSE(baton_softmax_scaling(NAN, 1.0, 5, &q, &shift));
  for (int left_shift = 0; left_shift <= 31; ++left_shift) {
    EXPECT_EQ(baton_input_radius(5, left_shift, 31),
              static_cast<int32_t>(
                  std::floor(31.0 * (1 << 26) / static_cast<double>(int64_t{1} << left_shift))));
    EXPECT_EQ(baton_input_radius(4, left_shift, 15),
              static_cast<int32_t>(
                  std::floor(15.0 * (1 << 11) / static_cast<double>(int64_t{1} << left_shift))));
  }
}

template <typename In, typename Out>
void check_softmax(void (*row)(const baton_softmax_params*, const In*, Out*, size_t), float scale,
                   double unit, double tolerance) {
  Values values;
  baton_softmax_params params;
  ASSERT_TRUE(baton_softmax_prepare(1.0f, scale, &params));
  for (size_t depth : {size_t{1}, size_t{2}, size_t{10}, size_t{101}, size_t{400}}) {
    std::vector<In> input(depth);
    for (In& x : input) x = static_cast<In>(values.bits());
    std::vector<Out> output(depth);
    row(&params, input.data(), output.data(), depth);
    const int largest = *std::max_element(input.begin(), input.end());
    long double sum = 0;
    for (In x : input) sum += std::exp((x - largest) * static_cast<long double>(scale));
    for (size_t i = 0; i < depth; ++i) {
      const long double real =
          std::exp((input[i] - largest) * static_cast<long double>(scale)) / sum;
      const double low = std::numeric_limits<Out>::min(), high = std::numeric_limits<Out>::max();
      const double expected = std::min<double>(static_cast<double>(real) / unit + low, high);
      ASSERT_NEAR(output[i], expected, tolerance) << "depth " << depth << " element " << i;
    }
  }
}

TEST(FixedPoint, SoftmaxRows) {
  for (float scale : {0.005f, 0.05f, 0.1f, 0.3f, 1.0f}) {
    check_softmax<int8_t, int8_t>(baton_softmax_row_int8, scale, 1.0 / 256, 0.51);
    check_softmax<uint8_t, uint8_t>(baton_softmax_row_uint8, scale, 1.0 / 256, 0.51);
    check_softmax<int8_t, int16_t>(baton_softmax_row_int8_to_int16, scale, 1.0 / 65536, 1.1);
    check_softmax<uint8_t, int16_t>(baton_softmax_row_uint8_to_int16, scale, 1.0 / 65536, 1.1);
  }
}

TEST(FixedPoint, SoftmaxOfEqualInputs) {
  baton_softmax_params params;
  ASSERT_TRUE(baton_softmax_prepare(1.0f, 0.1f, &params));
  for (size_t depth : {1, 2, 3, 256, 511, 512, 513, 1001, 4095, 4096, 5000}) {
    const std::vector<uint8_t> input(depth, 7);
    std::vector<uint8_t> output(depth);
    baton_softmax_row_uint8(&params, input.data(), output.data(), depth);
    const double expected = std::min(255.0, std::floor(256.0 / static_cast<double>(depth) + 0.5));
    // 1/512 of 256 is a tie; the fixed-point quotient falls just below it.
    EXPECT_NEAR(output[0], depth == 512 ? 0.5 : expected, 0.5) << depth;
    if (depth > 512) {
      EXPECT_EQ(output[0], 0) << depth;
    }
  }
}

TEST(FixedPoint, SoftmaxInt16Row) {
  Values values;
  for (float scale : {1.0f / 4096, 1.0f / 1024, 0.01f}) {
    baton_softmax16_params params;
    baton_softmax16_prepare(1.0f, scale, &params);
    for (size_t depth : {size_t{1}, size_t{3}, size_t{50}, size_t{1000}}) {
      std::vector<int16_t> input(depth), output(depth);
      for (int16_t& x : input) x = static_cast<int16_t>(values.bits());
      baton_softmax_row_int16(&params, input.data(), output.data(), depth);
      const int largest = *std::max_element(input.begin(), input.end());
      long double sum = 0;
      for (int16_t x : input) sum += std::exp((x - largest) * static_cast<long double>(scale));
      for (size_t i = 0; i < depth; ++i) {
        const long double real =
            std::exp((input[i] - largest) * static_cast<long double>(scale)) / sum;
        ASSERT_NEAR(output[i], static_cast<double>(real) * 32768,
                    // Each exp errs by up to 6 units, and so does each term of the sum.
                    7 + static_cast<double>(real) * 6 * static_cast<double>(depth / sum))
            << depth << " " << i;
      }
    }
  }
}

// ---- tables ----

TEST(FixedPoint, Lut8IsTheRoundedFunction) {
  Values values;
  int entries = 0, near_ties = 0;
  for (int i = 0; i < 300; ++i) {
    const float scale = static_cast<float>(
        std::ldexp(values.uniform(0.5, 1.0), -static_cast<int>(values.bits() % 8)));
    const int zero_point = static_cast<int>(values.bits() % 256) - 128;
    int8_t logistic[256], tanh_table[256];
    uint8_t unsigned_logistic[256];
    baton_lut8_fill_int8(logistic, scale, zero_point, 1.0f / 256, -128, baton_transform_logistic,
                         nullptr);
    baton_lut8_fill_int8(tanh_table, scale, zero_point, 1.0f / 128, 0, baton_transform_tanh,
                         nullptr);
    baton_lut8_fill_uint8(unsigned_logistic, scale, zero_point + 128, 1.0f / 256, 0,
                          baton_transform_logistic, nullptr);
    for (int value = -128; value < 128; ++value) {
      const long double x = static_cast<long double>(scale) * (value - zero_point);
      const long double wanted[2] = {256 / (1 + std::exp(-x)), 128 * std::tanh(x)};
      const int low[2] = {0, -128}, high[2] = {255, 127};
      const int got[2] = {logistic[static_cast<uint8_t>(value)] + 128,
                          tanh_table[static_cast<uint8_t>(value)]};
      for (int f = 0; f < 2; ++f) {
        ++entries;
        const long double distance = std::fabs(std::fabs(wanted[f] - std::floor(wanted[f])) - 0.5L);
        const int rounded = std::clamp(static_cast<int>(std::lround(wanted[f])), low[f], high[f]);
        if (distance < 1e-4L) {
          ++near_ties;
          ASSERT_LE(std::abs(got[f] - rounded), 1);
        } else {
          ASSERT_EQ(got[f], rounded) << f << " of " << static_cast<double>(x);
        }
      }
      ASSERT_EQ(unsigned_logistic[value + 128], got[0]);
    }
  }
  EXPECT_LT(near_ties, entries / 500);
}

TEST(FixedPoint, Lut8Saturates) {
  int8_t table[256];
  baton_lut8_fill_int8(
      table, 1.0f, 0, 1e-30f, 0, [](float x, const void*) { return x; }, nullptr);
  EXPECT_EQ(table[1], 127);
  EXPECT_EQ(table[255], -128);
  EXPECT_EQ(table[0], 0);
  const float context = 2.0f;
  baton_lut8_fill_int8(
      table, 1.0f, 0, 1.0f, 3,
      [](float x, const void* c) { return x * *static_cast<const float*>(c); }, &context);
  EXPECT_EQ(table[10], 23);
  baton_lut8_fill_int8(
      table, 1.0f, 0, 1.0f, 0, [](float, const void*) { return NAN; }, nullptr);
  EXPECT_EQ(table[0], -128);
}

TEST(FixedPoint, Lut16Interpolates) {
  int16_t table[BATON_LUT16_SIZE];
  // The identity is its own table, whatever the interval: 128 steps each, and exact in between.
  baton_lut16_fill(
      table, 1.0f, 0, 1.0f, 0, [](float x, const void*) { return x; }, nullptr);
  for (int value = -32768; value <= 32767; ++value) {
    ASSERT_NEAR(baton_lut16_lookup(static_cast<int16_t>(value), table), value, 1);
  }
  // The entries are 65535/512 inputs apart, the look-up steps by 128: up to one input of drift.
  const float scale = 8.0f / 32768;
  baton_lut16_fill(table, scale, 0, 1.0f / 32768, 0, baton_transform_tanh, nullptr);
  for (int value = -32768; value <= 32767; ++value) {
    ASSERT_NEAR(baton_lut16_lookup(static_cast<int16_t>(value), table),
                std::min(std::tanh(static_cast<double>(scale) * value) * 32768, 32767.0), 8)
        << value;
  }
  baton_softmax16_params params;
  baton_softmax16_prepare(1.0f, 1.0f / 4096, &params);
  for (int value = -32768; value <= 32767; ++value) {
    const int16_t v = static_cast<int16_t>(value);
    ASSERT_NEAR(baton_lut16_lookup(v, params.exp_table),
                std::exp(10.0 / 65535 * (value - 32767)) * 32767.5, 6);
    ASSERT_NEAR(baton_lut16_lookup(v, params.reciprocal_table),
                32767.5 / (1 + (value + 32768) / 65535.0), 6);
  }
}

TEST(FixedPoint, Lut16HasOneFormInFloatAndDouble) {
  // Entry 0, its neighbours and the middle correction by hand: f(x) = x^2 / 32768 on int16.
  int16_t table[BATON_LUT16_SIZE];
  baton_lut16_fill_double(
      table, 1.0, 0, 1.0, 0, [](double x, const void*) { return x * x / 32768; }, nullptr);
  const double step = 65535.0 / 512, scaling = 65536.0 / 65535;
  for (int i = 0; i < 512; ++i) {
    auto f = [&](double x) { return x * x / 32768 * scaling; };
    const double start = -32768 + i * step;
    const double sample = std::round(f(start));
    const double chord = std::round((f(-32768 + (i + 1) * step) + sample) / 2);
    const double bias = std::round((chord - std::round(f(start + step / 2))) / 2);
    ASSERT_EQ(table[i], std::min(sample - bias, 32767.0)) << i;
  }
}

// ---- language and robustness ----

TEST(FixedPoint, CheckedLog2) {
  int32_t exponent = 99;
  EXPECT_TRUE(baton_checked_log2(0.125f, &exponent));
  EXPECT_EQ(exponent, -3);
  EXPECT_TRUE(baton_checked_log2(4.001f, &exponent));
  EXPECT_EQ(exponent, 2);
  EXPECT_FALSE(baton_checked_log2(4.1f, &exponent));
  EXPECT_EQ(exponent, 2);
  for (const float bad : {0.0f, -1.0f, std::nanf(""), INFINITY}) {
    EXPECT_FALSE(baton_checked_log2(bad, &exponent)) << bad;
    EXPECT_EQ(exponent, 0);
  }
}

TEST(FixedPoint, InverseSquareRoot) {
  for (int64_t x = 1; x <= INT32_MAX; x += 1 + x / 100) {
    int32_t significand, shift;
    baton_inverse_sqrt(static_cast<int32_t>(x), &significand, &shift);
    EXPECT_LE(shift, 0);
    const double exact = 1 / std::sqrt(static_cast<double>(x));
    EXPECT_NEAR(std::ldexp(significand, shift - 31), exact, exact * 2e-6) << x;
  }
  int32_t significand, shift;
  baton_inverse_sqrt(-5, &significand, &shift);
  EXPECT_EQ(significand, INT32_MAX);
  EXPECT_EQ(shift, 0);
}

TEST(FixedPoint, Logistic16) {
  static baton_logistic16_params params;
  ASSERT_TRUE(baton_logistic16_prepare(1.0f / 4096, 0, &params));
  EXPECT_EQ(params.multiplier, 3);
  EXPECT_EQ(params.right_shift, 0);
  // TensorFlow Lite's table, here and there; entries 4 and 135 are not the nearest numbers.
  const int32_t entries[][2] = {{0, 32768},   {1, 33451},   {4, 35493},   {24, 47911},
                                {48, 57724},  {100, 64536}, {135, 65301}, {200, 65520},
                                {254, 65534}, {255, 65535}};
  for (const auto& entry : entries) EXPECT_EQ(params.table[entry[0]], entry[1]) << entry[0];
  // 0.001 * 12288 = 12.288, doubled until it needs 15 bits.
  ASSERT_TRUE(baton_logistic16_prepare(0.001f, 0, &params));
  EXPECT_EQ(params.multiplier, 25165);
  EXPECT_EQ(params.right_shift, 11);
  ASSERT_TRUE(baton_logistic16_prepare(1.0f / 2048, 1, &params));
  EXPECT_EQ(params.multiplier, 6);
  EXPECT_FALSE(baton_logistic16_prepare(2.7f, 0, &params));
  EXPECT_FALSE(baton_logistic16_prepare(0, 0, &params));
  EXPECT_FALSE(baton_logistic16_prepare(std::nanf(""), 0, &params));
  for (const float scale : {1e-38f, 0.0007f, 2.6f}) {
    ASSERT_TRUE(baton_logistic16_prepare(scale, 0, &params)) << scale;
    for (int32_t x = INT16_MIN; x <= INT16_MAX; x += 7) {
      const auto y = static_cast<double>(scale) * x;
      EXPECT_NEAR(baton_logistic16(&params, static_cast<int16_t>(x)), 32768 / (1 + std::exp(-y)),
                  1.6);
      EXPECT_NEAR(baton_tanh16(&params, static_cast<int16_t>(x)), 32768 * std::tanh(y), 2.6);
    }
  }
}

TEST(FixedPoint, SameInC99) {
  int32_t q = 0, shift = 0;
  baton_quantize_multiplier(0.3, &q, &shift);
  EXPECT_EQ(fixed_point_c99_probe(1000, 0.3),
            baton_multiply_by_quantized_multiplier(1000, q, shift) + 128);
}

// Nothing to compare: under the undefined-behaviour sanitizer this shows that no argument faults.
TEST(FixedPoint, AnyArgumentIsDefined) {
  Values values;
  int64_t total = 0;
  baton_softmax16_params softmax16;
  baton_softmax16_prepare(1.0f, 1.0f, &softmax16);
  for (int i = 0; i < 200000; ++i) {
    const int32_t a = values.next(), b = values.next(), c = values.next(), d = values.next();
    float f;
    double g;
    const uint32_t float_bits = values.bits();
    const uint64_t double_bits = (uint64_t{values.bits()} << 32) | values.bits();
    std::memcpy(&f, &float_bits, sizeof f);
    std::memcpy(&g, &double_bits, sizeof g);
    int32_t x = 0, y = 0;
    total += baton_shift_left(a, b) + int64_t{baton_saturating_shift_left(a, b)};
    total += baton_rounding_shift_right(a, b);
    total += baton_multiply_by_quantized_multiplier(a, b, c);
    total += baton_multiply_by_quantized_multiplier_smaller_than_one(a, b, c);
    total += baton_multiply_by_quantized_multiplier_greater_than_one(a, b, c);
    total += baton_multiply_by_quantized_multiplier_int64(static_cast<int64_t>(double_bits), b, c);
    total += baton_fixed_exp_on_negative(a, b) + int64_t{baton_fixed_exp_on_quarter(a)};
    total += baton_fixed_one_over_one_plus(a) + int64_t{baton_fixed_one_minus_over_one_plus(a)};
    total += baton_fixed_logistic(a, b) + int64_t{baton_fixed_tanh(a, b)};
    total += baton_fixed_rescale(a, b & 31, c & 31);
    total += baton_rescale_in_double(a, g);
    total += baton_fixed16_wrap(a) + int64_t{baton_fixed16_multiply(a, b)};
    total += baton_fixed16_logistic(a, b) + baton_fixed16_tanh(a, b);
    total +=
        baton_fixed16_rescale(a, b & 15, c & 15) + int64_t{baton_fixed16_exp_on_negative(a, b)};
    baton_inverse_sqrt(a, &x, &y);
    total += x + int64_t{y};
    total += baton_fixed_reciprocal(a, b, &x);
    total += baton_fixed_log(a, b, c);
    baton_inverse_sqrt(a, &x, &y);
    total += x + int64_t{y};
    baton_quantize_multiplier(g, &x, &y);
    total += x + int64_t{y};
    total += baton_quantize(f, static_cast<float>(g), a, std::min(b, c), std::max(b, c));
    total += std::isnan(baton_dequantize(a, f, b));
    total += baton_activation_range(a & 7, f, b, std::min(c, d), std::max(c, d), &x, &y);
    total += baton_padding_output_size(a & 1, b, c, d, a);
    total += baton_padding_before(a, b, c, d, a, &x);
    total += baton_softmax_scaling(g, f, a, &x, &y);
    total += baton_input_radius(a, b, c);
    baton_add_multipliers add;
    total += baton_prepare_add(f, static_cast<float>(g), f, a, &add);
    const baton_softmax_params softmax = {a, b, c};
    total += baton_softmax_exp(&softmax, d);
    total += baton_softmax_output(a, b, c, d, -128, 127);
    total += baton_softmax16_exp(&softmax16, a);
    total += baton_lut8_entry(a, f, b, static_cast<float>(g), c, -128, 127, baton_transform_tanh,
                              nullptr);
  }
  EXPECT_NE(total, 1);
  const int16_t rough[BATON_LUT16_SIZE] = {32767, -32768, 32767};
  for (int value = -32768; value <= 32767; ++value) {
    total += baton_lut16_lookup(static_cast<int16_t>(value), rough);
  }
  int16_t table[BATON_LUT16_SIZE];
  baton_lut16_fill(table, NAN, kMin, 0.0f, kMax, baton_transform_logistic, nullptr);
  baton_lut16_fill(table, 1e38f, kMax, 1e-38f, kMin, baton_transform_tanh, nullptr);
}

}  // namespace
