#include "delegates/kernels/pool.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/kernels/slack.h"

namespace baton::kernels {
namespace {

struct Case {
  int64_t rows, input_width, filter_width, stride, pad, output_width;
  size_t channels;
};

constexpr Case kCases[] = {
    {2, 8, 2, 2, 0, 4, 1},    {3, 7, 3, 1, 1, 7, 3},      {3, 7, 3, 2, 1, 4, 16},
    {2, 5, 4, 1, 2, 5, 24},   {7, 7, 7, 1, 0, 1, 320},    {1, 4, 1, 1, 0, 4, 65},
    {2, 6, 9, 1, 4, 6, 129},  {3, 9, 3, 3, 0, 3, 63},     {1, 3, 3, 1, 1, 3, 257},
    {70, 66, 66, 1, 0, 1, 5}, {200, 190, 190, 7, 0, 1, 2}};

template <typename T>
class Pools {
 public:
  Pools(const Case& c, const std::vector<T>& values) : c_(c), values_(values) {}

  T largest(int64_t x, size_t channel, T low, T high) const {
    T value = std::numeric_limits<T>::lowest();
    visit(x, channel, [&](T v) { value = std::max(value, v); });
    return std::min(std::max(value, low), high);
  }
  double mean(int64_t x, size_t channel) const {
    double sum = 0, count = 0;
    visit(x, channel, [&](T v) { sum += static_cast<double>(v), ++count; });
    return sum / count;
  }

 private:
  template <typename Visit>
  void visit(int64_t x, size_t channel, const Visit& visit) const {
    for (int64_t y = 0; y < c_.rows; ++y) {
      for (int64_t fx = 0; fx < c_.filter_width; ++fx) {
        const int64_t ix = x * c_.stride - c_.pad + fx;
        if (ix < 0 || ix >= c_.input_width) continue;
        visit(values_[static_cast<size_t>(y * c_.input_width + ix) * c_.channels + channel]);
      }
    }
  }

  const Case& c_;
  const std::vector<T>& values_;
};

template <typename T>
PoolRow row_of(const Case& c, const Input<T>& input, const Output<T>& output) {
  PoolRow row;
  row.in = input.data();
  row.line_stride = c.input_width * static_cast<int64_t>(c.channels);
  row.rows = c.rows;
  row.input_width = c.input_width;
  row.filter_width = c.filter_width;
  row.stride = c.stride;
  row.pad = c.pad;
  row.pixel_stride = static_cast<int64_t>(c.channels);
  row.channels = c.channels;
  row.end = c.output_width;
  row.out = output.data();
  row.float_low = -3.5f;
  row.float_high = 3.25f;
  row.low = std::numeric_limits<T>::is_signed ? -100 : 20;
  row.high = 110;
  return row;
}

// check(pools, row, x, channel, result) for all results of all cases.
template <typename T, typename Check>
void run_cases(const char* operation, const char* types, std::vector<T> specials,
               const Check& check) {
  for_each_row<PoolFunction>(operation, types, [&](PoolFunction pool) {
    uint32_t seed = 0;
    for (const Case& c : kCases) {
      SCOPED_TRACE(testing::Message() << "case " << seed);
      const size_t channels = c.channels;
      auto values =
          random_values<T>(static_cast<size_t>(c.rows * c.input_width) * channels, ++seed);
      for (size_t i = 0; i < specials.size(); ++i) values[i * 37 % values.size()] = specials[i];
      const Input<T> input(values);
      const Output<T> output(static_cast<size_t>(c.output_width) * channels);
      PoolRow row = row_of(c, input, output);
      pool(row);
      output.expect_untouched_around();
      const Pools<T> pools(c, values);
      for (int64_t x = 0; x < c.output_width; ++x) {
        for (size_t channel = 0; channel < channels; ++channel) {
          check(pools, row, x, channel, output[static_cast<size_t>(x) * channels + channel]);
          if (testing::Test::HasFailure()) return;
        }
      }
    }
  });
}

template <typename T>
void check_largest(const Pools<T>& pools, const PoolRow& row, int64_t x, size_t channel, T got) {
  if constexpr (std::is_floating_point_v<T>) {
    EXPECT_EQ(got, pools.largest(x, channel, row.float_low, row.float_high));
  } else {
    EXPECT_EQ(got, pools.largest(x, channel, static_cast<T>(row.low), static_cast<T>(row.high)));
  }
}

template <typename T>
void check_rounded_mean(const Pools<T>& pools, const PoolRow& row, int64_t x, size_t channel,
                        T got) {
  EXPECT_EQ(int{got},
            std::clamp(static_cast<int>(std::round(pools.mean(x, channel))), row.low, row.high));
}

TEST(Pool, LargestOfFloats) {
  const float infinity = std::numeric_limits<float>::infinity();
  run_cases<float>("max_pool", "f32", {NAN, infinity, -infinity, NAN}, check_largest<float>);
}

TEST(Pool, LargestOfBytes) {
  run_cases<int8_t>("max_pool", "s8", {}, check_largest<int8_t>);
  run_cases<uint8_t>("max_pool", "u8", {}, check_largest<uint8_t>);
}

TEST(Pool, MeanOfFloats) {
  run_cases<float>(
      "average_pool", "f32", {},
      [](const Pools<float>& pools, const PoolRow& row, int64_t x, size_t channel, float got) {
        const double expected =
            std::clamp<double>(pools.mean(x, channel), row.float_low, row.float_high);
        EXPECT_NEAR(got, expected, 4e-5);
      });
}

TEST(Pool, MeanOfFloatsKeepsNan) {
  run_cases<float>(
      "average_pool", "f32", {NAN},
      [](const Pools<float>& pools, const PoolRow&, int64_t x, size_t channel, float got) {
        EXPECT_EQ(std::isnan(got), std::isnan(pools.mean(x, channel)));
      });
}

TEST(Pool, MeanOfBytesRoundsHalfAway) {
  run_cases<int8_t>("average_pool", "s8", {}, check_rounded_mean<int8_t>);
  run_cases<uint8_t>("average_pool", "u8", {}, check_rounded_mean<uint8_t>);
}

// Every sum that windows of a few sizes can have, where a wrong rounding would show.
TEST(Pool, MeanOfBytesIsExactForEverySum) {
  for_each_row<PoolFunction>("average_pool", "s8", [&](PoolFunction pool) {
    for (const int64_t size : {2, 3, 41, 49, 64, 4095, 4096, 4097}) {
      for (int64_t sum = -128 * size; sum <= 127 * size; sum += size > 64 ? 997 : 1) {
        std::vector<int8_t> values(static_cast<size_t>(size));
        int64_t rest = sum;
        for (int64_t i = 0; i < size; ++i) {
          const int64_t share = std::clamp<int64_t>(rest, -128, 127);
          values[static_cast<size_t>(i)] = static_cast<int8_t>(share);
          rest -= share;
        }
        const Input<int8_t> input(values);
        const Output<int8_t> output(1);
        PoolRow row = row_of(Case{1, size, size, 1, 0, 1, 1}, input, output);
        row.low = -128;
        row.high = 127;
        pool(row);
        ASSERT_EQ(int{output[0]}, std::lround(static_cast<double>(sum) / static_cast<double>(size)))
            << sum << " / " << size;
      }
    }
  });
}

}  // namespace
}  // namespace baton::kernels
