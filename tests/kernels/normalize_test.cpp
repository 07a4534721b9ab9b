#include "delegates/kernels/normalize.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "baton/fixed_point.h"
#include "tests/kernels/slack.h"

namespace baton::kernels {
namespace {

constexpr size_t kDepths[] = {1, 2, 7, 16, 17, 33, 64, 131, 1000};
constexpr size_t kRows = 3;

TEST(L2Normalize, Floats) {
  for_each_row<L2Function>("l2_normalize", "f32", [&](L2Function function) {
    for (const size_t depth : kDepths) {
      // So small that the limit of 1e-6 takes the length's place, and of usual size.
      for (const float scale : {1e-9f, 1.0f}) {
        SCOPED_TRACE(testing::Message() << depth << " times " << scale);
        auto values = random_values<float>(kRows * depth, static_cast<uint32_t>(depth));
        for (float& value : values) value *= scale;
        const Input<float> input(values);
        const Output<float> output(kRows * depth);
        function({input.data(), output.data(), kRows, depth, 0});
        output.expect_untouched_around();
        for (size_t i = 0; i < kRows * depth; ++i) {
          double squares = 0;
          for (size_t k = 0; k < depth; ++k) {
            const double x = static_cast<double>(values[i / depth * depth + k]);
            squares += x * x;
          }
          ASSERT_NEAR(output[i], double{values[i]} / std::max(std::sqrt(squares), 1e-6), 1e-6);
        }
      }
    }
  });
}

// As core/ops/l2_normalization.cpp.
template <typename T>
void l2_row(const T* in, T* out, size_t depth, int32_t zero) {
  uint32_t squares = 0;
  for (size_t i = 0; i < depth; ++i)
    squares += static_cast<uint32_t>((in[i] - zero) * (in[i] - zero));
  int32_t multiplier = 0, shift = 0;
  baton_inverse_sqrt(baton_wrap_int32(squares), &multiplier, &shift);
  for (size_t i = 0; i < depth; ++i) {
    const int32_t x = in[i] - zero;
    if constexpr (std::is_unsigned_v<T>) {
      const int32_t y =
          baton_multiply_by_quantized_multiplier_smaller_than_one(128 * x, multiplier, shift);
      out[i] = static_cast<T>(baton_clamp(128 + y, 0, 255));
    } else {
      out[i] = static_cast<T>(baton_clamp(
          baton_multiply_by_quantized_multiplier(x, multiplier, shift + 7), INT8_MIN, INT8_MAX));
    }
  }
}

template <typename T>
void check_bytes(const char* types) {
  for_each_row<L2Function>("l2_normalize", types, [&](L2Function function) {
    std::vector<size_t> depths(std::begin(kDepths), std::end(kDepths));
    depths.push_back(140001);  // the squares' sum may wrap
    for (const size_t depth : depths) {
      for (const int32_t zero : {0, 3, std::is_unsigned_v<T> ? 128 : -128}) {
        for (const bool flat : {false, true}) {
          SCOPED_TRACE(testing::Message() << depth << " zero " << zero << " flat " << flat);
          auto values = random_values<T>(kRows * depth, static_cast<uint32_t>(depth));
          if (flat) {  // nothing but zeros, and a one
            std::fill(values.begin(), values.end(), static_cast<T>(zero));
            values[0] = static_cast<T>(values[0] + 1);
          }
          const Input<T> input(values);
          const Output<T> output(kRows * depth);
          function({input.data(), output.data(), kRows, depth, zero});
          output.expect_untouched_around();
          std::vector<T> expected(depth);
          for (size_t row = 0; row < kRows; ++row) {
            l2_row(values.data() + row * depth, expected.data(), depth, zero);
            for (size_t i = 0; i < depth; ++i) {
              ASSERT_EQ(int{output[row * depth + i]}, int{expected[i]}) << "element " << i;
            }
          }
        }
      }
    }
  });
}

TEST(L2Normalize, BytesAreExact) {
  check_bytes<int8_t>("s8");
  check_bytes<uint8_t>("u8");
}

struct Response {
  float bias, alpha, beta;
};

TEST(LocalResponse, Floats) {
  for_each_row<LocalResponseFunction>("local_response", "f32", [&](LocalResponseFunction function) {
    for (const size_t depth : kDepths) {
      for (const size_t radius : {size_t{0}, size_t{1}, size_t{5}, depth}) {
        // The last ones have bases of 0 and below, where logarithms will not do.
        for (const Response& r : {Response{1, 0.1f, 0.75f}, Response{2, 1e-4f, 0.5f},
                                  Response{0, 1, 1}, Response{-1, 0.01f, 2}}) {
          if (radius > depth) continue;
          SCOPED_TRACE(testing::Message() << depth << " radius " << radius << " bias " << r.bias);
          auto values = random_values<float>(kRows * depth, static_cast<uint32_t>(depth));
          const Input<float> input(values);
          const Output<float> output(kRows * depth);
          std::vector<float> scratch(depth + 2 * radius + 64);
          function({input.data(), output.data(), kRows, depth, radius, r.bias, r.alpha, r.beta,
                    scratch.data()});
          output.expect_untouched_around();
          for (size_t i = 0; i < kRows * depth; ++i) {
            const size_t c = i % depth;
            double squares = 0;
            for (size_t k = c - std::min(c, radius); k < std::min(depth, c + radius); ++k) {
              const double x = static_cast<double>(values[i - c + k]);
              squares += x * x;
            }
            const double base = double{r.bias} + double{r.alpha} * squares;
            const double expected = double{values[i]} * std::pow(base, -double{r.beta});
            if (!std::isfinite(expected)) {
              ASSERT_FALSE(std::isfinite(output[i]));
            } else if (std::abs(base) > 0.05) {  // near 0 the power magnifies the base's rounding
              ASSERT_NEAR(output[i], expected, 1e-4 * (1 + std::abs(expected)));
            }
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace baton::kernels
