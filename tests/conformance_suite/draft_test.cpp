// The pieces that operator cases are made of.
#include <gtest/gtest.h>

#include <set>

#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

const Operator& add() { return *find_operator(BATON_OP_ADD, nullptr); }

Draft draft(uint32_t number, baton_dtype dtype = BATON_FLOAT32) {
  return {add(), 1, number, {dtype_name(dtype), dtype, false}};
}

TEST(Draft, PicksGoThroughAllOptions) {
  std::set<std::pair<int, int>> pairs;
  std::set<int> first;
  for (uint32_t number = 0; number < 64; ++number) {
    Draft d = draft(number);
    const int a = d.pick({1, 2, 3, 4});
    const int b = d.pick({1, 2, 3, 4});
    pairs.insert({a, b});
    first.insert(a);
    if (number % 4 == 3) {
      EXPECT_EQ(first.size(), 4u) << number;
      first.clear();
    }
  }
  EXPECT_GE(pairs.size(), 14u);
}

TEST(Draft, BroadcastPairsFitEachOther) {
  const Shape shape = {2, 3, 4, 5};
  std::set<std::pair<Shape, Shape>> patterns;
  for (uint32_t number = 0; number < 40; ++number) {
    auto [a, b] = draft(number).broadcast_pair(shape);
    patterns.insert({a, b});
    a.insert(a.begin(), 4 - a.size(), 1);
    b.insert(b.begin(), 4 - b.size(), 1);
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(std::max(a[i], b[i]), shape[i]);
      EXPECT_TRUE(a[i] == 1 || a[i] == shape[i]);
      EXPECT_TRUE(b[i] == 1 || b[i] == shape[i]);
    }
  }
  const std::pair<Shape, Shape> expected[] = {{shape, shape},        {shape, {}},
                                              {{}, shape},           {shape, {5}},
                                              {shape, {2, 3, 4, 1}}, {{1, 3, 1, 5}, {2, 1, 4, 1}}};
  for (const auto& pattern : expected) EXPECT_TRUE(patterns.contains(pattern));
}

template <typename T>
std::vector<T> filled(baton_dtype dtype, const Quantization& q, const Content& content) {
  std::vector<T> elements(2000);
  Random random(7);
  fill_content(random, dtype, q, content,
               {reinterpret_cast<uint8_t*>(elements.data()), elements.size() * sizeof(T)});
  return elements;
}

TEST(Content, KeepsItsBounds) {
  for (const float x : filled<float>(BATON_FLOAT32, {}, {.low = -3, .high = 1})) {
    EXPECT_TRUE(x >= -3 && x <= 1) << x;
  }
  const auto wide = filled<int64_t>(BATON_INT64, {}, {.low = -1e9, .high = 1e9});
  EXPECT_EQ(std::ranges::min(wide), -1000000000);
  EXPECT_EQ(std::ranges::max(wide), 1000000000);
  const auto all = filled<int8_t>(BATON_INT8, tflite::per_tensor(0.1f, 5), {});
  EXPECT_EQ(std::ranges::min(all), -128);
  EXPECT_EQ(std::ranges::max(all), 127);
  const auto some = filled<uint8_t>(BATON_UINT8, tflite::per_tensor(0.5f, 100),
                                    {.low = -1, .high = 2, .bounded = true});
  EXPECT_EQ(std::ranges::min(some), 98);
  EXPECT_EQ(std::ranges::max(some), 104);
  // A range of less than one element's width still has two values.
  const auto few = filled<int16_t>(BATON_INT16, tflite::per_tensor(1.0f, 0),
                                   {.low = -0.1, .high = 0.1, .bounded = true});
  EXPECT_EQ(std::set<int16_t>(few.begin(), few.end()).size(), 2u);
}

TEST(Content, AvoidsZeros) {
  const Content content{.low = -2, .high = 2, .bounded = false, .without_zero = true};
  EXPECT_EQ(std::ranges::count(filled<float>(BATON_FLOAT32, {}, content), 0.0f), 0);
  EXPECT_EQ(std::ranges::count(filled<int32_t>(BATON_INT32, {}, content), 0), 0);
  EXPECT_NE(std::ranges::count(filled<int32_t>(BATON_INT32, {}, {}), 0), 0);
  const auto bytes = filled<uint8_t>(BATON_UINT8, tflite::per_tensor(0.1f, 255), content);
  EXPECT_EQ(std::ranges::count(bytes, 255), 0);
}

TEST(Draft, ScalesCoverRanges) {
  for (const baton_dtype dtype : {BATON_INT8, BATON_UINT8, BATON_INT16}) {
    const Range limits = quantised_limits(dtype);
    uint32_t at_an_end = 0;
    for (uint32_t number = 0; number < 100; ++number) {
      Draft d = draft(number, dtype);
      const Quantization q = d.covering({-3, 9});
      const double width = static_cast<double>(q.scale[0]) * (limits.high - limits.low);
      EXPECT_TRUE(width > 8 && width < 30) << width;
      const auto zero_point = static_cast<double>(q.zero_point[0]);
      EXPECT_TRUE(zero_point >= limits.low && zero_point <= limits.high);
      at_an_end += zero_point == limits.low || zero_point == limits.high;
      if (dtype == BATON_INT16) {
        EXPECT_EQ(zero_point, 0);
      }
    }
    if (dtype != BATON_INT16) {
      EXPECT_TRUE(at_an_end > 0 && at_an_end < 30) << at_an_end;
    }
  }
}

TEST(Draft, SetsAttributesByName) {
  const Draft d = draft(0);
  const AttributeSet set = d.attributes({{"fused_activation_function", BATON_ACTIVATION_RELU6}});
  const auto* attributes = set.get<baton_add_attributes>();
  ASSERT_NE(attributes, nullptr);
  EXPECT_EQ(attributes->fused_activation_function, BATON_ACTIVATION_RELU6);
  EXPECT_EQ(attributes->pot_scale_int16, 1);
}

// A case can be made again in another process.
TEST(Cases, FollowFromTheSeed) {
  for (const Operator* op : all_operators()) {
    if (op->flags & kHostOnly) continue;
    for (const Variant& variant : variants(*op)) {
      const auto once = make_case(*op, variant, 3, 5);
      const auto again = make_case(*op, variant, 3, 5);
      ASSERT_EQ(once.has_value(), again.has_value());
      if (!once) continue;
      EXPECT_EQ(once->b.finish(), again->b.finish()) << op->name << variant.label;
    }
  }
}

}  // namespace
}  // namespace baton::conformance
