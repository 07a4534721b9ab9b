// Conversions and byte tables against <baton/fixed_point.h> and plain C++.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "baton/fixed_point.h"
#include "delegates/kernels/elementwise.h"
#include "tests/kernels/guarded.h"
#include "tests/kernels/levels.h"

namespace baton::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

template <typename From, typename To>
std::vector<To> convert(ConvertFunction run, const std::vector<From>& x, float scale,
                        int32_t zero) {
  Guarded<From> in(x);
  Guarded<To> out(x.size());
  run({in.data(), out.data(), x.size(), scale, zero});
  EXPECT_TRUE(out.intact());
  return std::vector<To>(out.data(), out.data() + x.size());
}

// All halves of a quantum and their neighbours, and what is no number.
template <typename T>
void check_quantize(ConvertFunction run) {
  for (const float scale : {1.0f, 0.0123f, 3e-30f, 700.0f}) {
    for (const int32_t zero :
         {0, 5, int32_t{std::numeric_limits<T>::max()}, int32_t{std::numeric_limits<T>::min()}}) {
      std::vector<float> x = {kInfinity, -kInfinity, std::nanf(""), 1e30f, -1e30f, 0.0f, -0.0f};
      const int step = sizeof(T) == 1 ? 1 : 251;
      for (int i = -2 * std::numeric_limits<T>::max(); i < 2 * std::numeric_limits<T>::max();
           i += step) {
        const float half = (static_cast<float>(i) + 0.5f) * scale;
        x.insert(x.end(), {half, std::nextafter(half, kInfinity), std::nextafter(half, -kInfinity),
                           static_cast<float>(i) * scale});
      }
      const std::vector<T> y = convert<float, T>(run, x, scale, zero);
      for (size_t i = 0; i < x.size(); ++i) {
        ASSERT_EQ(+y[i], baton_quantize(x[i], scale, zero, std::numeric_limits<T>::min(),
                                        std::numeric_limits<T>::max()))
            << x[i] << " / " << scale << " + " << zero;
      }
    }
  }
}

template <typename T>
void check_dequantize(ConvertFunction run) {
  std::vector<T> x;
  for (int i = std::numeric_limits<T>::min(); i <= std::numeric_limits<T>::max(); ++i) {
    x.push_back(static_cast<T>(i));
  }
  for (const float scale : {1.0f, 0.0123456f, 1e-39f, 1e36f}) {
    for (const int32_t zero : {0, int32_t{x.front()}, int32_t{x.back()}}) {
      const std::vector<float> y = convert<T, float>(run, x, scale, zero);
      for (size_t i = 0; i < x.size(); ++i) {
        ASSERT_EQ(y[i], baton_dequantize(x[i], scale, zero)) << +x[i] << " with " << scale;
      }
    }
  }
}

// In double: fraction times a power of two.
void check_half(ConvertFunction run) {
  std::vector<uint16_t> x;
  for (int i = 0; i <= UINT16_MAX; ++i) x.push_back(static_cast<uint16_t>(i));
  const std::vector<float> y = convert<uint16_t, float>(run, x, 1, 0);
  for (const uint16_t half : x) {
    const int exponent = half >> 10 & 31, fraction = half & 1023;
    const float sign = half >= 0x8000 ? -1.0f : 1.0f;
    if (exponent == 31 && fraction != 0) {
      ASSERT_TRUE(std::isnan(y[half])) << half;
    } else if (exponent == 31) {
      ASSERT_EQ(y[half], sign * kInfinity) << half;
    } else {
      const double magnitude =
          exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
      ASSERT_EQ(y[half], sign * static_cast<float>(magnitude)) << half;
      ASSERT_EQ(std::signbit(y[half]), half >= 0x8000) << half;
    }
  }
}

void check_to_int32(ConvertFunction run) {
  std::vector<float> x = {kInfinity,      -kInfinity,     std::nanf(""), 2147483648.0f,
                          -2147483648.0f, 2147483520.0f,  -3e9f,         0.99f,
                          -0.99f,         -2147483520.0f, 16777217.0f,   -7.5f};
  for (int i = 0; i < 30; ++i) x.push_back(static_cast<float>(i) * 1.37f - 20);
  const std::vector<int32_t> y = convert<float, int32_t>(run, x, 1, 0);
  for (size_t i = 0; i < x.size(); ++i) {
    const double whole = std::trunc(static_cast<double>(x[i]));
    const int32_t result = std::isnan(whole)     ? 0
                           : whole >= 2147483647 ? INT32_MAX
                           : whole <= INT32_MIN  ? INT32_MIN
                                                 : static_cast<int32_t>(whole);
    ASSERT_EQ(y[i], result) << x[i];
  }
}

void check_from_int32(ConvertFunction run) {
  std::vector<int32_t> x = {INT32_MIN, INT32_MAX, 0, -1, 16777217, -16777219};
  std::mt19937 random(1);
  for (int i = 0; i < 50; ++i) x.push_back(static_cast<int32_t>(random()));
  const std::vector<float> y = convert<int32_t, float>(run, x, 1, 0);
  for (size_t i = 0; i < x.size(); ++i) ASSERT_EQ(y[i], static_cast<float>(x[i])) << x[i];
}

TEST(ConvertKernels, AgreeWithPlainLoops) {
  for_kernels_of<ConvertFunction>([](const Kernel& kernel, ConvertFunction run) {
    const std::string types = kernel.types;
    if (types == "f32_s8") return check_quantize<int8_t>(run);
    if (types == "f32_u8") return check_quantize<uint8_t>(run);
    if (types == "f32_s16") return check_quantize<int16_t>(run);
    if (types == "s8_f32") return check_dequantize<int8_t>(run);
    if (types == "u8_f32") return check_dequantize<uint8_t>(run);
    if (types == "s16_f32") return check_dequantize<int16_t>(run);
    if (types == "f16_f32") return check_half(run);
    if (types == "f32_s32") return check_to_int32(run);
    if (types == "s32_f32") return check_from_int32(run);
    ADD_FAILURE() << types << " is not tested";
  });
}

TEST(ConvertKernels, KeepToTheirMemory) {
  for_kernels_of<ConvertFunction>([](const Kernel& kernel, ConvertFunction run) {
    const std::string types = kernel.types;
    for (size_t count = 0; count < 70; ++count) {
      // As bytes: no element is wider than four.
      Guarded<uint32_t> in(std::vector<uint32_t>(count, 0x40000000u));
      const bool narrow = types == "f32_s8" || types == "f32_u8";
      Guarded<uint8_t> out(count * (narrow ? 1 : types == "f32_s16" ? 2 : 4));
      run({in.data(), out.data(), count, 1, 0});
      ASSERT_TRUE(out.intact()) << count;
    }
  });
}

TEST(ByteTableKernels, LookUp) {
  std::mt19937 random(5);
  std::vector<uint8_t> entries(256);
  for (uint8_t& entry : entries) entry = static_cast<uint8_t>(random());
  for_kernels_of<ByteTableFunction>([&](const Kernel&, ByteTableFunction run) {
    Guarded<uint8_t> table(entries);
    for (size_t count = 0; count < 700; count += count < 140 ? 1 : 97) {
      std::vector<uint8_t> x(count);
      for (size_t i = 0; i < count; ++i) x[i] = static_cast<uint8_t>(i * 3 + count);
      Guarded<uint8_t> in(x), out(count);
      run({in.data(), out.data(), count, table.data()});
      ASSERT_TRUE(out.intact());
      for (size_t i = 0; i < count; ++i) ASSERT_EQ(out[i], entries[x[i]]) << i << " of " << count;
      run({in.data(), in.data(), count, table.data()});
      for (size_t i = 0; i < count; ++i) ASSERT_EQ(in[i], entries[x[i]]) << i << " of " << count;
    }
  });
}

}  // namespace
}  // namespace baton::kernels
