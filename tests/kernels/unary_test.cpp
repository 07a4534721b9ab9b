// Every unary float32 kernel of this machine's levels against the function in double.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "delegates/kernels/elementwise.h"
#include "tests/kernels/guarded.h"
#include "tests/kernels/levels.h"

namespace baton::kernels {
namespace {

constexpr float kAlpha = 0.3f;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Function {
  const char* operation;
  double (*exact)(double x);
  float low, high;  // where it is tried
  double units;     // allowed, in the last place
  // Added to what is allowed: results near zero of functions whose own reference cancels, and
  // subnormal ones.
  double absolute;
};

// The argument of erfc is rounded to float, as the reference kernel has it.
double gelu(double x) {
  const float z = static_cast<float>(x) * (-1 / std::numbers::sqrt2_v<float>);
  return x / 2 * std::erfc(static_cast<double>(z));
}

// In float, as the reference kernel has it: for x < 0 what counts is how tanh is rounded.
double gelu_tanh(double exact_x) {
  const auto x = static_cast<float>(exact_x);
  const auto root_two_over_pi = static_cast<float>(std::sqrt(2 / std::numbers::pi));
  const float inner = root_two_over_pi * (x + 0.044715f * x * x * x);
  const auto tanh = static_cast<float>(std::tanh(static_cast<double>(inner)));
  return static_cast<double>(0.5f * x * (1.0f + tanh));
}

const Function kFunctions[] = {
    {"abs", [](double x) { return std::fabs(x); }, -9, 9, 0, 0},
    {"ceil", [](double x) { return std::ceil(x); }, -9, 9, 0, 0},
    {"cos", [](double x) { return std::cos(x); }, -3000, 3000, 2, 1e-9},
    {"elu", [](double x) { return x < 0 ? std::expm1(x) : x; }, -100, 9, 3, 0},
    {"exp", [](double x) { return std::exp(x); }, -110, 95, 2, 1.5e-45},
    {"floor", [](double x) { return std::floor(x); }, -9, 9, 0, 0},
    {"gelu", gelu, -12, 12, 6, 1.5e-45},
    {"gelu_tanh", gelu_tanh, -9, 9, 1, 1.5e-7},
    {"hard_swish", [](double x) { return x * std::fmin(6, std::fmax(0, x + 3)) / 6; }, -9, 9, 2,
     4e-7},
    {"leaky_relu", [](double x) { return x > 0 ? x : x * static_cast<double>(kAlpha); }, -9, 9, 1,
     0},
    {"log", [](double x) { return std::log(x); }, 0, 3, 2, 0},
    {"logistic", [](double x) { return 1 / (1 + std::exp(-x)); }, -87, 87, 4, 0},
    {"neg", [](double x) { return -x; }, -9, 9, 0, 0},
    {"relu", [](double x) { return x < 0 ? 0 : x; }, -9, 9, 0, 0},
    {"relu6", [](double x) { return std::fmin(std::fmax(x, 0), 6); }, -9, 9, 0, 0},
    {"relu_0_to_1", [](double x) { return std::fmin(std::fmax(x, 0), 1); }, -9, 9, 0, 0},
    {"relu_n1_to_1", [](double x) { return std::fmin(std::fmax(x, -1), 1); }, -9, 9, 0, 0},
    {"round", [](double x) { return std::nearbyint(x); }, -9, 9, 0, 0},
    {"rsqrt", [](double x) { return 1 / std::sqrt(x); }, 0, 3, 1.5, 0},
    {"sign", [](double x) { return x > 0   ? 1.0
                                   : x < 0 ? -1.0
                                           : x; }, -9, 9, 0, 0},
    {"sin", [](double x) { return std::sin(x); }, -3000, 3000, 2, 1e-9},
    {"sqrt", [](double x) { return std::sqrt(x); }, 0, 3, 0.5, 0},
    {"square", [](double x) { return x * x; }, -9, 9, 0.5, 0},
    {"tanh", [](double x) { return std::tanh(x); }, -12, 12, 4, 0},
};

const Function* function_of(const char* operation) {
  for (const Function& function : kFunctions) {
    if (std::string(function.operation) == operation) return &function;
  }
  return nullptr;
}

// Of all sizes, many small; and the function's special places.
std::vector<float> arguments(const Function& function) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> anywhere(function.low, function.high);
  std::uniform_real_distribution<float> power(-40, 0);
  std::vector<float> x = {0.0f, -0.0f, 0.5f, -0.5f, 1.5f, 2.5f, -1.5f, 1.0f, -1.0f, 1e-30f, 1e-42f};
  for (int i = 0; i < 20000; ++i) {
    x.push_back(anywhere(random));
    x.push_back(anywhere(random) * std::exp2(power(random)));
  }
  std::erase_if(x, [&](float each) { return each < function.low || each > function.high; });
  return x;
}

void compute(const Kernel& kernel, Guarded<float>* in, Guarded<float>* out) {
  UnaryArgs args;
  args.in = in->data();
  args.out = out->data();
  args.count = in->size();
  args.alpha = kAlpha;
  std::get<UnaryFunction>(kernel.functions)(args);
  EXPECT_TRUE(out->intact());
}

std::vector<float> compute(const Kernel& kernel, const std::vector<float>& x) {
  Guarded<float> in(x), out(x.size());
  compute(kernel, &in, &out);
  return std::vector<float>(out.data(), out.data() + x.size());
}

double unit_in_last_place(double x) {
  const auto magnitude = static_cast<float>(std::fabs(x));
  return static_cast<double>(std::nextafter(magnitude, kInfinity)) - static_cast<double>(magnitude);
}

TEST(UnaryKernels, AreAsExactAsTheyShouldBe) {
  std::set<std::string> seen;
  for_kernels_of<UnaryFunction>([&](const Kernel& kernel, UnaryFunction) {
    const Function* function = function_of(kernel.operation);
    ASSERT_NE(function, nullptr);
    seen.insert(kernel.operation);
    const std::vector<float> x = arguments(*function);
    const std::vector<float> y = compute(kernel, x);
    double worst = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      const double exact = function->exact(static_cast<double>(x[i]));
      if (std::fabs(exact) > static_cast<double>(std::numeric_limits<float>::max())) {
        EXPECT_EQ(y[i], std::copysign(kInfinity, static_cast<float>(exact))) << x[i];
        continue;
      }
      const double error = std::fabs(static_cast<double>(y[i]) - exact) - function->absolute;
      // Negated, so that NaN fails.
      if (!(error <= function->units * unit_in_last_place(exact))) {
        ADD_FAILURE() << kernel.operation << "(" << x[i] << ") is " << y[i] << ", not " << exact;
        break;
      }
      worst = std::max(worst, error / unit_in_last_place(exact));
    }
    RecordProperty(std::string(kernel.operation) + "_" + name_of(kernel.isa),
                   std::to_string(worst));
  });
  EXPECT_EQ(seen.size(), std::size(kFunctions));
}

// What the reference kernels give for numbers that are none.
TEST(UnaryKernels, KeepNanAndInfinity) {
  struct Special {
    const char* operation;
    float x, y;
  };
  const Special specials[] = {
      {"exp", kInfinity, kInfinity},
      {"exp", -kInfinity, 0},
      {"log", kInfinity, kInfinity},
      {"log", 0, -kInfinity},
      {"log", -0.0f, -kInfinity},
      {"log", -1, kNan},
      {"log", -kInfinity, kNan},
      {"logistic", kInfinity, 1},
      {"logistic", -kInfinity, 0},
      {"tanh", kInfinity, 1},
      {"tanh", -kInfinity, -1},
      {"elu", -kInfinity, -1},
      {"elu", kInfinity, kInfinity},
      {"sin", kInfinity, kNan},
      {"cos", -kInfinity, kNan},
      {"sin", 1048576, std::sin(1048576.0f)},
      {"cos", 1e30f, std::cos(1e30f)},
      {"sqrt", -1, kNan},
      {"rsqrt", 0, kInfinity},
      {"rsqrt", kInfinity, 0},
      {"gelu", kInfinity, kInfinity},
      {"relu", kInfinity, kInfinity},
      {"relu6", kInfinity, 6},
      {"relu6", -kInfinity, 0},
      {"round", 8388609, 8388609},
      {"floor", -1e30f, -1e30f},
      {"hard_swish", kInfinity, kInfinity},
      {"sign", -kInfinity, -1},
  };
  for_kernels_of<UnaryFunction>([&](const Kernel& kernel, UnaryFunction) {
    const std::string name = kernel.operation;
    const bool clamps_nan = name == "relu6" || name == "relu_0_to_1";
    const float of_nan = compute(kernel, {1.0f, kNan})[1];
    EXPECT_EQ(std::isnan(of_nan), !clamps_nan);
    if (clamps_nan) {
      EXPECT_EQ(of_nan, 0);
    }
    for (const Special& special : specials) {
      if (name != special.operation) continue;
      const float y = compute(kernel, std::vector<float>(3, special.x))[2];
      if (std::isnan(special.y)) {
        EXPECT_TRUE(std::isnan(y)) << special.x << " gave " << y;
      } else {
        EXPECT_EQ(y, special.y) << special.x;
      }
    }
  });
}

TEST(UnaryKernels, KeepToTheirMemory) {
  for_kernels_of<UnaryFunction>([&](const Kernel& kernel, UnaryFunction) {
    std::vector<float> x;
    for (int i = 0; i < 70; ++i) x.push_back(0.05f + 0.01f * static_cast<float>(i));
    const std::vector<float> all = compute(kernel, x);
    for (size_t count = 0; count < x.size(); ++count) {
      const std::vector<float> head(x.begin(), x.begin() + static_cast<int64_t>(count));
      const std::vector<float> y = compute(kernel, head);
      for (size_t i = 0; i < count; ++i) ASSERT_EQ(y[i], all[i]) << count << " " << i;
      // Input and output may be the same.
      Guarded<float> both(head);
      compute(kernel, &both, &both);
      for (size_t i = 0; i < count; ++i) ASSERT_EQ(both[i], all[i]) << count << " " << i;
    }
  });
}

}  // namespace
}  // namespace baton::kernels
