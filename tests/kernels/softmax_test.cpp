#include "delegates/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "baton/fixed_point.h"
#include "tests/kernels/slack.h"

namespace baton::kernels {
namespace {

constexpr size_t kDepths[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 64, 91, 130, 1000, 1001};
// More short rows than a kernel takes at a time.
size_t rows_of(size_t depth) { return depth < 20 ? 300 : 3; }

// Runs all depths, with rows of the given beta, and compares each row with expected(row, depth).
template <typename Expected>
void check_floats(const char* operation, float beta, float scale, const Expected& expected) {
  for_each_row<SoftmaxFunction>(operation, "f32", [&](SoftmaxFunction softmax) {
    for (const size_t depth : kDepths) {
      SCOPED_TRACE(depth);
      const size_t rows = rows_of(depth);
      auto values = random_values<float>(rows * depth, static_cast<uint32_t>(depth));
      for (float& value : values) value *= scale;
      const Input<float> input(values);
      const Output<float> output(rows * depth);
      softmax({input.data(), output.data(), rows, depth, beta, nullptr});
      output.expect_untouched_around();
      for (size_t row = 0; row < rows; ++row) {
        const std::vector<double> x(values.begin() + static_cast<int64_t>(row * depth),
                                    values.begin() + static_cast<int64_t>((row + 1) * depth));
        const double largest = *std::max_element(x.begin(), x.end());
        double sum = 0;
        for (const double v : x) sum += std::exp((v - largest) * double{beta});
        for (size_t i = 0; i < depth; ++i) {
          const double want = expected(x[i], largest, sum);
          EXPECT_NEAR(output[row * depth + i], want, 1e-6 * std::max(1.0, std::abs(want)));
        }
      }
    }
  });
}

TEST(Softmax, Floats) {
  for (const float beta : {1.0f, 0.3f}) {
    for (const float scale : {0.1f, 1.0f, 30.0f}) {
      check_floats("softmax", beta, scale, [=](double x, double largest, double sum) {
        return std::exp((x - largest) * double{beta}) / sum;
      });
    }
  }
}

TEST(Softmax, LogarithmOfFloats) {
  for (const float scale : {0.1f, 1.0f, 30.0f}) {
    check_floats("log_softmax", 1, scale,
                 [](double x, double largest, double sum) { return x - largest - std::log(sum); });
  }
}

// As the reference kernel: NaN or an infinity makes the whole row NaN; exp(-infinity) is 0.
TEST(Softmax, SpecialValues) {
  const float infinity = std::numeric_limits<float>::infinity();
  for_each_row<SoftmaxFunction>("softmax", "f32", [&](SoftmaxFunction softmax) {
    for (const size_t depth : {3, 40}) {
      for (const float special : {NAN, infinity, -infinity}) {
        std::vector<float> values(depth, 0.0f);
        values[1] = special;
        const Input<float> input(values);
        const Output<float> output(depth);
        softmax({input.data(), output.data(), 1, depth, 1, nullptr});
        for (size_t i = 0; i < depth; ++i) {
          EXPECT_EQ(std::isnan(output[i]), special != -infinity);
        }
        if (special == -infinity) {
          EXPECT_EQ(output[1], 0.0f);
        }
      }
    }
  });
}

template <typename T, typename Row>
void check_bytes(const char* types, const Row& reference_row) {
  for_each_row<SoftmaxFunction>("softmax", types, [&](SoftmaxFunction softmax) {
    for (const float scale : {1e-6f, 0.01f, 0.1f, 1.0f, 25.0f}) {
      baton_softmax_params params;
      ASSERT_TRUE(baton_softmax_prepare(1, scale, &params));
      int32_t table[256];
      for (int32_t i = 0; i < 256; ++i) table[i] = baton_softmax_exp(&params, -i);
      for (const size_t depth : {1, 2, 5, 16, 17, 64, 100, 300, 513, 5000}) {
        for (const bool flat : {false, true}) {
          SCOPED_TRACE(testing::Message() << scale << " depth " << depth << " flat " << flat);
          const size_t rows = rows_of(depth);
          auto values = random_values<T>(rows * depth, static_cast<uint32_t>(depth));
          if (flat) std::fill(values.begin(), values.end(), std::numeric_limits<T>::lowest());
          const Input<T> input(values);
          const Output<T> output(rows * depth);
          softmax({input.data(), output.data(), rows, depth, 1, table});
          output.expect_untouched_around();
          std::vector<T> expected(depth);
          for (size_t row = 0; row < rows; ++row) {
            reference_row(&params, values.data() + row * depth, expected.data(), depth);
            for (size_t i = 0; i < depth; ++i) {
              ASSERT_EQ(int{output[row * depth + i]}, int{expected[i]}) << "element " << i;
            }
          }
        }
      }
    }
  });
}

TEST(Softmax, BytesAreExact) {
  check_bytes<int8_t>("s8", baton_softmax_row_int8);
  check_bytes<uint8_t>("u8", baton_softmax_row_uint8);
}

}  // namespace
}  // namespace baton::kernels
