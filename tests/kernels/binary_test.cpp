// Kernels of two and three inputs that are no quantised numbers, against plain loops.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <string>

#include "delegates/kernels/elementwise.h"
#include "tests/kernels/levels.h"
#include "tests/kernels/rows_layouts.h"

namespace baton::kernels {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Small numbers, some equal, and the ends of the type.
template <typename T>
std::vector<T> content(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<T> specials;
  if constexpr (std::is_floating_point_v<T>) {
    specials = {0.0f, -0.0f, kNan, kInfinity, -kInfinity, 0.5f, 1e-40f};
  } else {
    specials = {0, std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), 1};
  }
  std::vector<T> all(count);
  for (T& each : all) {
    const int kind = std::uniform_int_distribution<int>(0, 9)(random);
    if (kind == 0) {
      each = specials[random() % specials.size()];
    } else if constexpr (std::is_floating_point_v<T>) {
      each = std::uniform_real_distribution<T>(-9, 9)(random);
    } else {
      each = static_cast<T>(kind < 6 ? random() % 5 : random());
    }
  }
  return all;
}

// min(max(x, low), high), NaN stays.
template <typename T>
T clamp(T x, T low, T high) {
  return x < low ? low : x > high ? high : x;
}

template <typename T>
T low_of(const BinaryArgs& args) {
  if constexpr (std::is_floating_point_v<T>) return args.low;
  return static_cast<T>(args.integer_low);
}
template <typename T>
T high_of(const BinaryArgs& args) {
  if constexpr (std::is_floating_point_v<T>) return args.high;
  return static_cast<T>(args.integer_high);
}

// Integers wrap.
template <typename T>
T expected(const std::string& operation, T a, T b, const BinaryArgs& args) {
  using Wide = std::conditional_t<std::is_integral_v<T>, uint32_t, T>;
  const auto x = static_cast<Wide>(a), y = static_cast<Wide>(b);
  const auto limited = [&](Wide z) {
    return clamp(static_cast<T>(z), low_of<T>(args), high_of<T>(args));
  };
  if (operation == "add") return limited(x + y);
  if (operation == "sub") return limited(x - y);
  if (operation == "mul") return limited(x * y);
  if (operation == "div") return limited(x / y);
  if (operation == "squared_difference") return static_cast<T>((x - y) * (x - y));
  if (operation == "maximum") return a > b ? a : b;
  if (operation == "minimum") return b < a ? b : a;
  if (operation == "prelu") return a >= 0 ? a : static_cast<T>(x * y);
  if (operation == "equal") return a == b;
  if (operation == "not_equal") return a != b;
  if (operation == "less") return a < b;
  if (operation == "less_equal") return a <= b;
  ADD_FAILURE() << operation << " is not tested";
  return 0;
}

template <typename T>
bool same(T a, T b) {
  return a == b || (a != a && b != b);
}

template <typename T, typename Out>
void check_layout(const Kernel& kernel, BinaryFunction run, const Layout& layout) {
  Guarded<T> a(content<T>(layout.a_count(), 1)), b(content<T>(layout.b_count(), 2));
  Guarded<Out> out(layout.count());
  BinaryArgs args;
  layout.set(&args);
  args.a = a.data();
  args.b = b.data();
  args.out = out.data();
  args.low = args.integer_low = -20;
  args.high = args.integer_high = 30;
  run(args);
  ASSERT_TRUE(out.intact());
  for (size_t row = 0; row < layout.rows; ++row) {
    for (size_t column = 0; column < layout.columns; ++column) {
      const T x = a[layout.a_index(row, column)], y = b[layout.b_index(row, column)];
      const auto result = static_cast<Out>(expected<T>(kernel.operation, x, y, args));
      const Out got = out[row * layout.columns + column];
      ASSERT_TRUE(same(got, result))
          << +x << " and " << +y << " gave " << +got << ", not " << +result << " in row " << row
          << ", column " << column << " of " << layout.columns;
    }
  }
}

template <typename T>
void check_kernel(const Kernel& kernel, BinaryFunction run) {
  const bool predicate = is(kernel.operation, "equal") || is(kernel.operation, "not_equal") ||
                         is(kernel.operation, "less") || is(kernel.operation, "less_equal");
  for (const Layout& layout : layouts()) {
    predicate ? check_layout<T, uint8_t>(kernel, run, layout)
              : check_layout<T, T>(kernel, run, layout);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(BinaryKernels, AgreeWithPlainLoops) {
  for_kernels_of<BinaryFunction>([](const Kernel& kernel, BinaryFunction run) {
    if (is(kernel.types, "f32")) return check_kernel<float>(kernel, run);
    if (is(kernel.types, "s32")) return check_kernel<int32_t>(kernel, run);
    if (is(kernel.types, "s8")) return check_kernel<int8_t>(kernel, run);
    if (is(kernel.types, "u8")) return check_kernel<uint8_t>(kernel, run);
    ADD_FAILURE() << kernel.types << " is not tested";
  });
}

template <typename T>
void check_select(SelectFunction run) {
  for (const Layout& layout : layouts()) {
    for (int bits = 0; bits < 4; ++bits) {
      // The condition is repeated as input a of a layout of its own.
      const Layout choice{layout.rows,     layout.columns, (bits & 1) != 0,
                          (bits & 2) != 0, true,           true};
      Guarded<T> a(content<T>(layout.a_count(), 1)), b(content<T>(layout.b_count(), 2));
      Guarded<uint8_t> condition(content<uint8_t>(choice.a_count(), 3));
      Guarded<T> out(layout.count());
      SelectArgs args;
      layout.set(&args);
      args.a = a.data();
      args.b = b.data();
      args.out = out.data();
      args.condition = condition.data();
      args.condition_row = choice.step(choice.a_rows, choice.a_columns);
      args.condition_column = choice.a_columns ? 1 : 0;
      run(args);
      ASSERT_TRUE(out.intact());
      for (size_t i = 0; i < layout.count(); ++i) {
        const size_t row = i / layout.columns, column = i % layout.columns;
        const bool first = condition[choice.a_index(row, column)] != 0;
        ASSERT_EQ(out[i], first ? a[layout.a_index(row, column)] : b[layout.b_index(row, column)]);
      }
    }
  }
}

TEST(SelectKernels, AgreeWithPlainLoops) {
  for_kernels_of<SelectFunction>([](const Kernel& kernel, SelectFunction run) {
    if (is(kernel.types, "8")) return check_select<uint8_t>(run);
    if (is(kernel.types, "16")) return check_select<uint16_t>(run);
    if (is(kernel.types, "32")) return check_select<uint32_t>(run);
    if (is(kernel.types, "64")) return check_select<uint64_t>(run);
    ADD_FAILURE() << kernel.types << " is not tested";
  });
}

}  // namespace
}  // namespace baton::kernels
