// Bool tensors whose bytes are neither 0 nor 1: any file and any user can bring them.
#include <gtest/gtest.h>

#include "tests/ops/op_harness.h"

namespace baton::test {
namespace {

using Bytes = std::vector<uint8_t>;

TEST(Boolean, LogicalOperators) {
  OpHarness negate(BATON_OP_LOGICAL_NOT);
  negate.raw_input(BATON_BOOL, {4}, {0, 1, 2, 255}).output(BATON_BOOL);
  ASSERT_TRUE(negate.run()) << negate.message();
  EXPECT_EQ(negate.result<uint8_t>(), (Bytes{1, 0, 0, 0}));
  for (const int32_t code : {BATON_OP_LOGICAL_AND, BATON_OP_LOGICAL_OR}) {
    OpHarness op(code);
    op.raw_input(BATON_BOOL, {4}, {0, 0, 2, 4}).raw_input(BATON_BOOL, {4}, {0, 8, 0, 3});
    op.output(BATON_BOOL);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<uint8_t>(),
              code == BATON_OP_LOGICAL_AND ? (Bytes{0, 0, 0, 1}) : (Bytes{0, 1, 1, 1}));
  }
}

TEST(Boolean, Comparisons) {
  for (const int32_t code : {BATON_OP_EQUAL, BATON_OP_NOT_EQUAL}) {
    OpHarness op(code);
    op.raw_input(BATON_BOOL, {3}, {0, 97, 2}).raw_input(BATON_BOOL, {3}, {0, 1, 0});
    op.output(BATON_BOOL);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<uint8_t>(), code == BATON_OP_EQUAL ? (Bytes{1, 1, 0}) : (Bytes{0, 0, 1}));
  }
}

TEST(Boolean, Selection) {
  for (const int32_t code : {BATON_OP_SELECT, BATON_OP_SELECT_V2}) {
    OpHarness op(code);
    op.raw_input(BATON_BOOL, {3}, {0, 97, 1});
    op.input<float>({3}, {1, 2, 3}).input<float>({3}, {4, 5, 6}).output(BATON_FLOAT32);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<float>(), (std::vector<float>{4, 2, 3}));
  }
}

TEST(Boolean, CastAndArgMax) {
  OpHarness cast(BATON_OP_CAST);
  cast.raw_input(BATON_BOOL, {3}, {0, 97, 1}).output(BATON_FLOAT32);
  ASSERT_TRUE(cast.run()) << cast.message();
  EXPECT_EQ(cast.result<float>(), (std::vector<float>{0, 1, 1}));
  OpHarness arg_max(BATON_OP_ARG_MAX);
  arg_max.raw_input(BATON_BOOL, {3}, {0, 1, 200}).constant<int32_t>({1}, {0}).output(BATON_INT32);
  ASSERT_TRUE(arg_max.run()) << arg_max.message();
  EXPECT_EQ(arg_max.result<int32_t>(), (std::vector<int32_t>{1}));
}

TEST(Boolean, Bitcast) {
  for (const baton_dtype dtype : {BATON_UINT8, BATON_INT8, BATON_BOOL}) {
    OpHarness op(BATON_OP_BITCAST);
    op.raw_input(dtype, {4}, {0, 1, 2, 255}).output(BATON_BOOL);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<uint8_t>(), (Bytes{0, 1, 1, 1}));
  }
  OpHarness wide(BATON_OP_BITCAST);
  wide.input<int32_t>({1}, {0x00ff0002}).output(BATON_BOOL);
  ASSERT_TRUE(wide.run()) << wide.message();
  EXPECT_EQ(wide.result<uint8_t>(), (Bytes{1, 0, 1, 0}));
}

TEST(Boolean, Where) {
  OpHarness op(BATON_OP_WHERE);
  op.raw_input(BATON_BOOL, {5}, {0, 97, 1, 0, 254}, {}, true).output(BATON_INT64);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<int64_t>(), (std::vector<int64_t>{1, 2, 4}));
}

TEST(Boolean, ScatterNd) {
  OpHarness op(BATON_OP_SCATTER_ND);
  op.input<int32_t>({4, 1}, {0, 1, 2, 2}).raw_input(BATON_BOOL, {4}, {2, 0, 0, 254});
  op.constant<int32_t>({1}, {4}).output(BATON_BOOL);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<uint8_t>(), (Bytes{1, 0, 1, 0}));
}

TEST(Boolean, Reductions) {
  for (const int32_t code : {BATON_OP_REDUCE_ANY, BATON_OP_REDUCE_ALL}) {
    OpHarness op(code);
    op.raw_input(BATON_BOOL, {4, 2}, {0, 0, 2, 0, 2, 4, 97, 254}).constant<int32_t>({1}, {1});
    op.output(BATON_BOOL).attributes(baton_reducer_attributes(BATON_REDUCER_ATTRIBUTES_INIT));
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<uint8_t>(),
              code == BATON_OP_REDUCE_ANY ? (Bytes{0, 1, 1, 1}) : (Bytes{0, 0, 1, 1}));
  }
}

}  // namespace
}  // namespace baton::test
