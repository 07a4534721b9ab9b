// Quantised 8-bit kernels of two inputs against <baton/fixed_point.h>, element by element.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "baton/fixed_point.h"
#include "delegates/kernels/elementwise.h"
#include "tests/kernels/levels.h"
#include "tests/kernels/rows_layouts.h"

namespace baton::kernels {
namespace {

int32_t scaled(int32_t x, const QuantizedBinaryArgs& args, int i) {
  return baton_multiply_by_quantized_multiplier(x, args.multiplier[i], args.shift[i]);
}

int32_t expected(const std::string& operation, int32_t a, int32_t b,
                 const QuantizedBinaryArgs& args) {
  const int32_t x = a - args.zero[0], y = b - args.zero[1];
  const int32_t left = scaled(baton_shift_left(x, args.left_shift), args, 0);
  const int32_t right = scaled(baton_shift_left(y, args.left_shift), args, 1);
  int32_t result = 0;
  if (operation == "add") {
    result = scaled(baton_wrapping_add(left, right), args, 2);
  } else if (operation == "sub") {
    result = scaled(baton_wrapping_sub(left, right), args, 2);
  } else if (operation == "squared_difference") {
    const auto difference = static_cast<uint32_t>(baton_wrapping_sub(left, right));
    result = scaled(baton_wrap_int32(difference * difference), args, 2);
  } else if (operation == "mul") {
    result = scaled(x * y, args, 2);
  } else if (operation == "prelu") {
    result = x >= 0 ? scaled(x, args, 0) : scaled(x * y, args, 1);
  } else {
    ADD_FAILURE() << operation << " is not tested";
  }
  return baton_clamp(baton_saturating_add(result, args.zero[2]), args.low, args.high);
}

// Factors of all kinds: usual ones, exact ones, and such as nobody would choose.
QuantizedBinaryArgs random_args(const char* operation, bool is_signed, std::mt19937* random) {
  const auto between = [&](int32_t low, int32_t high) {
    return std::uniform_int_distribution<int32_t>(low, high)(*random);
  };
  const int32_t low = is_signed ? INT8_MIN : 0, high = is_signed ? INT8_MAX : UINT8_MAX;
  const bool sums = is(operation, "add") || is(operation, "sub");
  const bool squares = is(operation, "squared_difference");
  QuantizedBinaryArgs args;
  args.left_shift = sums ? 20 : squares ? 7 : 0;
  const int32_t kind = between(0, 4);
  for (int i = 0; i < 3; ++i) {
    args.multiplier[i] = kind == 0 ? 1 << 30 : between(1 << 30, INT32_MAX);
    args.zero[i] = between(low, high);
    const bool of_input = (sums || squares) && i < 2;
    const int32_t least = kind == 1 || kind == 4 ? -21 : -6;
    args.shift[i] = of_input ? between(least, 0) : is(operation, "mul") ? between(-12, 0) : -3;
    if (sums && i == 2) args.shift[i] = between(-20, -15);
    if (kind == 3) args.shift[i] = of_input ? between(-40, 0) : between(-40, 40);
  }
  // A factor of zero is what scales far apart give.
  if (kind == 2) args.multiplier[between(0, 2)] = 0;
  // Inputs of opposite sign cancel to sums of which the last bits are seen.
  if (kind == 4) {
    args.multiplier[1] = std::min(args.multiplier[0], INT32_MAX - 1000) + between(0, 1000);
    args.shift[1] = args.shift[0];
    args.shift[2] = -1;
  }
  args.low = kind == 1 ? args.zero[2] : low;
  args.high = high;
  return args;
}

template <typename T>
void check_layout(const Kernel& kernel, QuantizedBinaryFunction run, const Layout& layout,
                  QuantizedBinaryArgs args, std::mt19937* random) {
  const auto any = [&](size_t count) {
    std::vector<T> values(count);
    for (T& value : values) value = static_cast<T>((*random)());
    return values;
  };
  Guarded<T> a(any(layout.a_count())), b(any(layout.b_count())), out(layout.count());
  layout.set(&args);
  args.a = a.data();
  args.b = b.data();
  args.out = out.data();
  run(args);
  ASSERT_TRUE(out.intact());
  for (size_t i = 0; i < layout.count(); ++i) {
    const size_t row = i / layout.columns, column = i % layout.columns;
    const T x = a[layout.a_index(row, column)], y = b[layout.b_index(row, column)];
    ASSERT_EQ(+out[i], expected(kernel.operation, x, y, args))
        << +x << " and " << +y << " with zero points " << args.zero[0] << ", " << args.zero[1]
        << ", multipliers " << args.multiplier[0] << ", " << args.multiplier[1] << ", "
        << args.multiplier[2] << ", shifts " << args.shift[0] << ", " << args.shift[1] << ", "
        << args.shift[2];
  }
}

template <typename T>
void check_kernel(const Kernel& kernel, QuantizedBinaryFunction run) {
  std::mt19937 random(3);
  for (int i = 0; i < 200; ++i) {
    const QuantizedBinaryArgs args = random_args(kernel.operation, std::is_signed_v<T>, &random);
    check_layout<T>(kernel, run, {1, 5000, true, true, true, true}, args, &random);
    if (testing::Test::HasFatalFailure()) return;
  }
  for (const Layout& layout : layouts()) {
    const QuantizedBinaryArgs args = random_args(kernel.operation, std::is_signed_v<T>, &random);
    check_layout<T>(kernel, run, layout, args, &random);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(QuantizedBinaryKernels, HaveTheReferencesBits) {
  for_kernels_of<QuantizedBinaryFunction>([](const Kernel& kernel, QuantizedBinaryFunction run) {
    is(kernel.types, "s8") ? check_kernel<int8_t>(kernel, run) : check_kernel<uint8_t>(kernel, run);
  });
}

}  // namespace
}  // namespace baton::kernels
