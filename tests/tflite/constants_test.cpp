#include "converter/tflite/constants.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace baton::tflite {
namespace {

// Every finite half-precision number, from its definition.
double half_value(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  const double magnitude =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

constexpr uint16_t kHalfInfinity = 0x7C00;

TEST(Float16, EveryNumberStaysItself) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    if ((bits & kHalfInfinity) == kHalfInfinity) continue;
    const auto half = static_cast<uint16_t>(bits);
    ASSERT_EQ(to_float16(static_cast<float>(half_value(half))), half);
  }
}

TEST(Float16, RoundsToTheNearestAndTiesToEven) {
  for (uint16_t half = 0; half < kHalfInfinity - 1; ++half) {
    const double low = half_value(half);
    const double high = half_value(static_cast<uint16_t>(half + 1));
    const auto middle = static_cast<float>((low + high) / 2);  // exact in float
    const uint16_t even = half % 2 == 0 ? half : static_cast<uint16_t>(half + 1);
    ASSERT_EQ(to_float16(middle), even) << half;
    ASSERT_EQ(to_float16(std::nextafter(middle, 0.0f)), half);
    ASSERT_EQ(to_float16(std::nextafter(middle, 1e9f)), half + 1);
    ASSERT_EQ(to_float16(-middle), even | 0x8000);
  }
}

TEST(Float16, LargeNumbersAndNotANumber) {
  EXPECT_EQ(to_float16(65504.0f), 0x7BFF);
  EXPECT_EQ(to_float16(std::nextafter(65520.0f, 0.0f)), 0x7BFF);
  EXPECT_EQ(to_float16(65520.0f), kHalfInfinity);
  EXPECT_EQ(to_float16(-1e30f), 0xFC00);
  EXPECT_EQ(to_float16(std::numeric_limits<float>::infinity()), kHalfInfinity);
  EXPECT_GT(to_float16(std::numeric_limits<float>::quiet_NaN()) & 0x7FFF, kHalfInfinity);
}

TEST(Bfloat16, RoundsToTheNearestAndTiesToEven) {
  const auto bits = [](uint32_t value) { return std::bit_cast<float>(value); };
  EXPECT_EQ(to_bfloat16(bits(0x3F800000)), 0x3F80);
  EXPECT_EQ(to_bfloat16(bits(0x3F808000)), 0x3F80);
  EXPECT_EQ(to_bfloat16(bits(0x3F808001)), 0x3F81);
  EXPECT_EQ(to_bfloat16(bits(0x3F818000)), 0x3F82);
  EXPECT_EQ(to_bfloat16(bits(0xBF808001)), 0xBF81);
  EXPECT_EQ(to_bfloat16(bits(0x7F7FFFFF)), 0x7F80);
  EXPECT_GT(to_bfloat16(bits(0x7F800001)) & 0x7FFF, 0x7F80);
}

TEST(PackBits, LowBitsFirstAndDense) {
  const int8_t four[] = {1, -1, 7, -8, 5};
  EXPECT_EQ(pack_bits(four, 4), (Bytes{0xF1, 0x87, 0x05}));
  const int8_t two[] = {1, -2, 0, -1, 1};
  EXPECT_EQ(pack_bits(two, 2), (Bytes{0b11001001, 0b01}));
  EXPECT_EQ(pack_bits({}, 4), Bytes{});
}

TEST(PackStrings, CountOffsetsCharacters) {
  const std::string strings[] = {"ab", "", "c"};
  EXPECT_EQ(pack_strings(strings),
            (Bytes{3, 0, 0, 0, 20, 0, 0, 0, 22, 0, 0, 0, 22, 0, 0, 0, 23, 0, 0, 0, 'a', 'b', 'c'}));
  EXPECT_EQ(pack_strings({}), (Bytes{0, 0, 0, 0, 8, 0, 0, 0}));
}

TEST(ConvertValues, EveryType) {
  const double values[] = {1, 0, 2};
  const struct {
    baton_dtype dtype;
    Bytes bytes;
  } kCases[] = {
      {BATON_FLOAT32, {0, 0, 0x80, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0x40}},
      {BATON_FLOAT16, {0, 0x3C, 0, 0, 0, 0x40}},
      {BATON_BFLOAT16, {0x80, 0x3F, 0, 0, 0, 0x40}},
      {BATON_FLOAT64,
       {0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40}},
      {BATON_INT8, {1, 0, 2}},
      {BATON_UINT8, {1, 0, 2}},
      {BATON_BOOL, {1, 0, 1}},
      {BATON_INT16, {1, 0, 0, 0, 2, 0}},
      {BATON_UINT16, {1, 0, 0, 0, 2, 0}},
      {BATON_INT32, {1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0}},
      {BATON_UINT32, {1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0}},
      {BATON_INT64, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}},
      {BATON_UINT64, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}},
      {BATON_INT4, {0x01, 0x02}},
      {BATON_UINT4, {0x01, 0x02}},
      {BATON_INT2, {0x21}},
      {BATON_STRING, {}},
  };
  for (const auto& one : kCases) {
    EXPECT_EQ(convert_values(one.dtype, values), one.bytes) << "type " << one.dtype;
  }
}

TEST(BytesOf, KeepsTheValues) {
  EXPECT_EQ(bytes_of(std::vector<int16_t>{-2, 3}), (Bytes{0xFE, 0xFF, 3, 0}));
  EXPECT_EQ(bytes_of(std::vector<bool>{true, false}), (Bytes{1, 0}));
  EXPECT_EQ(bytes_of(std::vector<float>{}), Bytes{});
}

}  // namespace
}  // namespace baton::tflite
