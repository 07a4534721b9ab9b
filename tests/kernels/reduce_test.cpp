#include "delegates/kernels/reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "baton/fixed_point.h"
#include "tests/kernels/slack.h"

namespace baton::kernels {
namespace {

constexpr size_t kCounts[] = {0, 1, 3, 8, 17, 64, 101, 20001};
constexpr size_t kResults[] = {1, 3, 8, 17, 64, 65, 200};

// Compares rows and columns of all sizes, in one call and in two, with a plain loop in `Wide`.
template <typename In, typename Out, typename Wide = Out, typename Combine>
void check(const std::string& operation, const char* types, std::type_identity_t<Wide> start,
           const Combine& combine, double tolerance = 0, std::vector<In> specials = {}) {
  for (const bool rows : {true, false}) {
    const std::string name = operation + (rows ? "_rows" : "_columns");
    for_each_row<ReduceFunction>(name.c_str(), types, [&](ReduceFunction reduce) {
      for (const size_t count : kCounts) {
        for (const size_t results : kResults) {
          if (count * results > 21000) continue;
          SCOPED_TRACE(testing::Message() << count << " x " << results);
          // Two elements more than there are, between rows.
          const size_t stride = (rows ? count : results) + 2;
          const size_t lines = rows ? results : count;
          auto values = random_values<In>(lines * stride, static_cast<uint32_t>(count + results));
          for (size_t i = 0; i < specials.size() && !values.empty(); ++i) {
            values[i * 41 % values.size()] = specials[i];
          }
          const Input<In> input(values);
          const Output<Out> output(results);
          Reduction reduction;
          reduction.in = input.data();
          reduction.count = count;
          reduction.stride = static_cast<int64_t>(stride);
          reduction.results = results;
          reduction.out = output.data();
          reduce(reduction);
          output.expect_untouched_around();
          for (const bool twice : {false, true}) {
            if (twice) {
              reduction.more = true;
              reduce(reduction);
              output.expect_untouched_around();
            }
            for (size_t i = 0; i < results; ++i) {
              Wide expected = start;
              for (size_t k = 0; k < count * (twice ? 2 : 1); ++k) {
                const size_t at = rows ? i * stride + k % count : k % count * stride + i;
                expected = combine(expected, static_cast<Wide>(values[at]));
              }
              if (tolerance == 0) {
                ASSERT_EQ(output[i], expected) << "result " << i << " twice " << twice;
              } else {
                ASSERT_NEAR(output[i], expected, tolerance * static_cast<double>(count + 8));
              }
            }
          }
        }
      }
    });
  }
}

template <typename T>
T wrapping_sum(T a, T x) {
  using Bits = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<Bits>(a) + static_cast<Bits>(x));
}
template <typename T>
T wrapping_product(T a, T x) {
  using Bits = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<Bits>(a) * static_cast<Bits>(x));
}

TEST(Reduce, Sums) {
  check<float, float, double>(
      "sum", "f32", 0, [](double a, double x) { return a + x; }, 1e-6);
  check<int32_t, int32_t>("sum", "s32", 0, wrapping_sum<int32_t>);
  check<int64_t, int64_t>("sum", "s64", 0, wrapping_sum<int64_t>);
  check<int32_t, int64_t>("sum", "s32to64", 0, wrapping_sum<int64_t>);
  check<int8_t, int32_t>("sum", "s8", 0, wrapping_sum<int32_t>);
  check<uint8_t, int32_t>("sum", "u8", 0, wrapping_sum<int32_t>);
}

TEST(Reduce, Products) {
  check<float, float>("prod", "f32", 1.0f, [](float a, float x) { return a * x; });
  check<int32_t, int32_t>("prod", "s32", 1, wrapping_product<int32_t>);
  check<int64_t, int64_t>("prod", "s64", 1, wrapping_product<int64_t>);
}

template <typename T>
void check_extremes(const char* types, const std::vector<T>& specials = {}) {
  check<T, T>(
      "max", types, std::numeric_limits<T>::lowest(), [](T a, T x) { return x > a ? x : a; }, 0,
      specials);
  check<T, T>(
      "min", types, std::numeric_limits<T>::max(), [](T a, T x) { return x < a ? x : a; }, 0,
      specials);
}

TEST(Reduce, Extremes) {
  const float infinity = std::numeric_limits<float>::infinity();
  check_extremes<float>("f32");
  check_extremes<float>("f32", {NAN, infinity, NAN, -infinity, NAN});
  check_extremes<int8_t>("s8");
  check_extremes<uint8_t>("u8");
  check_extremes<int16_t>("s16");
  check_extremes<int32_t>("s32");
  check_extremes<int64_t>("s64");
}

template <typename T>
void check_rescale(const char* types) {
  for_each_row<SumRescaleFunction>("sum_rescale", types, [&](SumRescaleFunction function) {
    for (const int32_t zero : {0, 7, int{std::numeric_limits<T>::lowest()}}) {
      for (const int32_t shift : {-40, -31, -20, -7, -1, 0, 1, 5, 31, 40}) {
        for (const size_t count : {1, 5, 16, 33, 100}) {
          SCOPED_TRACE(testing::Message() << zero << " " << shift << " " << count);
          auto values = random_values<int32_t>(count, static_cast<uint32_t>(count));
          // Sums of all sizes, and the two ends.
          for (size_t i = 0; i < count; ++i) values[i] >>= i % 32;
          values[0] = INT32_MIN;
          if (count > 1) values[1] = INT32_MAX;
          const Input<int32_t> input(values);
          const Output<T> output(count);
          SumRescale rescale;
          rescale.in = input.data();
          rescale.count = count;
          rescale.out = output.data();
          rescale.subtract = 1234;
          rescale.multiplier = 1518500249;
          rescale.shift = shift;
          rescale.zero = zero;
          function(rescale);
          output.expect_untouched_around();
          for (size_t i = 0; i < count; ++i) {
            const int32_t scaled = baton_multiply_by_quantized_multiplier(
                baton_wrapping_sub(values[i], rescale.subtract), rescale.multiplier, shift);
            ASSERT_EQ(int{output[i]},
                      baton_clamp(baton_saturating_add(scaled, zero),
                                  std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max()))
                << values[i];
          }
        }
      }
    }
  });
}

TEST(Reduce, SumsBecomeBytes) {
  check_rescale<int8_t>("s8");
  check_rescale<uint8_t>("u8");
}

}  // namespace
}  // namespace baton::kernels
