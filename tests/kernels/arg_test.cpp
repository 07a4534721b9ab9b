#include "delegates/kernels/arg.h"

#include <cmath>
#include <limits>

#include "tests/kernels/slack.h"

namespace baton::kernels {
namespace {

template <typename T>
int64_t first_best(const T* row, size_t depth, bool largest) {
  size_t best = 0;
  for (size_t k = 1; k < depth; ++k) {
    if (largest ? row[k] > row[best] : row[k] < row[best]) best = k;
  }
  return static_cast<int64_t>(best);
}

template <typename T>
void check(const char* types, const std::vector<std::vector<T>>& special_rows = {}) {
  for (const bool largest : {true, false}) {
    for_each_row<ArgFunction>(largest ? "arg_max" : "arg_min", types, [&](ArgFunction function) {
      const auto check_rows = [&](const std::vector<T>& values, size_t depth) {
        SCOPED_TRACE(depth);
        const size_t rows = values.size() / depth;
        const Input<T> input(values);
        const Output<int64_t> output(rows);
        function({input.data(), rows, depth, output.data()});
        output.expect_untouched_around();
        for (size_t i = 0; i < rows; ++i) {
          ASSERT_EQ(output[i], first_best(values.data() + i * depth, depth, largest)) << i;
        }
      };
      for (const size_t depth : {1, 2, 3, 16, 21, 64, 65, 200, 255, 256, 257, 1001}) {
        // In the second round there are many equals.
        for (const bool equals : {false, true}) {
          auto values = random_values<T>(21 * depth, static_cast<uint32_t>(depth));
          for (T& value : values) {
            if (equals) value = static_cast<T>(static_cast<int64_t>(value) % 3);
          }
          check_rows(values, depth);
        }
      }
      for (const auto& row : special_rows) check_rows(row, row.size());
    });
  }
}

TEST(Arg, Floats) {
  const float infinity = std::numeric_limits<float>::infinity();
  const float lowest = std::numeric_limits<float>::lowest();
  check<float>("f32", {{NAN, 1, 2},
                       {1, NAN, 2, NAN, 3},
                       {-infinity, -infinity, -infinity},
                       {infinity, infinity},
                       {-infinity, lowest},
                       {-infinity, NAN},
                       {0.0f, -0.0f},
                       {-0.0f, 0.0f}});
}

TEST(Arg, Bytes) {
  check<int8_t>("s8");
  check<uint8_t>("u8");
}

}  // namespace
}  // namespace baton::kernels
