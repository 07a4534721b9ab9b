// BATCH_MATMUL: shapes, transposed inputs, and each combination of element types.
#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

// Shapes as the product sees them; a transposed input swaps the last two.
struct Case {
  Dims x;
  Dims y;
  Dims out;
};
const Case kCases[] = {
    {{2, 3}, {3, 4}, {2, 4}},
    {{1, 1}, {1, 1}, {1, 1}},
    {{5, 7}, {7, 70}, {5, 70}},
    {{4, 2, 3}, {3, 2}, {4, 2, 2}},
    {{2, 3}, {4, 3, 2}, {4, 2, 2}},
    {{3, 1, 2, 5}, {4, 5, 3}, {3, 4, 2, 3}},
    {{2, 1, 3, 2, 5}, {1, 4, 1, 5, 3}, {2, 4, 3, 2, 3}},
    {{0, 3}, {3, 2}, {0, 2}},
    {{2, 0}, {0, 3}, {2, 3}},
    {{2, 3}, {3, 0}, {2, 0}},
    {{0, 2, 3}, {1, 3, 2}, {0, 2, 2}},
};

Dims swapped(Dims dims) {
  std::swap(dims[dims.size() - 1], dims[dims.size() - 2]);
  return dims;
}

// Where element (row, column) of a matrix lies in an input, for coordinates of the output.
double element(const Reals& content, const Dims& dims, bool adjoint, const std::vector<int32_t>& at,
               int32_t row, int32_t column) {
  std::vector<int32_t> index(dims.size());
  const size_t missing = at.size() - dims.size();
  for (size_t i = 0; i + 2 < dims.size(); ++i) index[i] = dims[i] == 1 ? 0 : at[i + missing];
  index[dims.size() - 2] = adjoint ? column : row;
  index[dims.size() - 1] = adjoint ? row : column;
  return content[flat(dims, index)];
}

struct Types {
  ElementType x;
  ElementType y;
  ElementType out;
};

void check(const Case& each, bool adj_x, bool adj_y, const Types& types, double tolerance,
           bool asymmetric = false) {
  SCOPED_TRACE(text_of(each.x) + text_of(each.y) + dtype_name(types.x.dtype) +
               dtype_name(types.y.dtype) + (adj_x ? " adj_x" : "") + (adj_y ? " adj_y" : ""));
  const Dims x_dims = adj_x ? swapped(each.x) : each.x;
  const Dims y_dims = adj_y ? swapped(each.y) : each.y;
  Reals x = scattered(count_of(x_dims), -1, 2, 1);
  Reals y = scattered(count_of(y_dims), -1, 1, 2);
  OpHarness op(BATON_OP_BATCH_MATMUL);
  add_input(op, x_dims, x, types.x);
  add_input(op, y_dims, y, types.y);
  baton_batch_mat_mul_attributes attributes = BATON_BATCH_MAT_MUL_ATTRIBUTES_INIT;
  attributes.adj_x = adj_x;
  attributes.adj_y = adj_y;
  attributes.asymmetric_quantize_inputs = asymmetric;
  op.attributes(attributes).output(types.out.dtype, types.out.quantization()).threads(2);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.dims(), each.out);
  const int32_t depth = each.x.back();
  Reals expected;
  for (size_t i = 0; i < count_of(each.out); ++i) {
    const auto at = coordinates(each.out, i);
    double sum = 0;
    for (int32_t k = 0; k < depth; ++k) {
      sum += element(x, x_dims, adj_x, at, at[at.size() - 2], k) *
             element(y, y_dims, adj_y, at, k, at[at.size() - 1]);
    }
    expected.push_back(sum);
  }
  if (tolerance == 0) {
    expect_close(op, expected, types.out);
    return;
  }
  const Reals actual = result_reals(op, types.out);
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) ASSERT_NEAR(actual[i], expected[i], tolerance);
}

void check_all(const Types& types, double tolerance, bool asymmetric = false) {
  for (const Case& each : kCases) {
    for (const bool adj_x : {false, true}) {
      for (const bool adj_y : {false, true}) {
        check(each, adj_x, adj_y, types, tolerance, asymmetric);
      }
    }
  }
}

const ElementType kFloat{BATON_FLOAT32};

TEST(BatchMatMul, Float) { check_all({kFloat, kFloat, kFloat}, 5e-6); }

TEST(BatchMatMul, Integers) {
  check_all({{BATON_INT8, 0.02f, -20}, {BATON_INT8, 0.01f, 5}, {BATON_INT8, 0.1f, -7}}, 0);
  check_all({{BATON_INT16, 1e-4f, 0}, {BATON_INT16, 5e-5f, 0}, {BATON_INT16, 1e-3f, 0}}, 0);
  check_all({{BATON_INT16, 1e-4f, 0}, {BATON_INT8, 0.01f, 0}, {BATON_INT16, 1e-3f, 0}}, 0);
}

// A row is off by half a step of its own scale at most: 3/255 or 2/127, by |weights| <= 1.
TEST(BatchMatMul, Hybrid) {
  const Types types{kFloat, {BATON_INT8, 0.008f, 0}, kFloat};
  check_all(types, 70 * 0.008);
  check_all(types, 70 * 0.006, true);
}

// Hand-made so that quantisation is exact: the largest magnitude is 127.
TEST(BatchMatMul, HybridScalesPerColumn) {
  for (const bool adj_y : {false, true}) {
    OpHarness op(BATON_OP_BATCH_MATMUL);
    op.input<float>({2, 2}, {127, 3, -5, 127});
    const auto scales = Quantization::per_axis({0.5f, 2.0f}, adj_y ? 0 : 1);
    op.input<int8_t>(
        {2, 2}, adj_y ? std::vector<int8_t>{1, 3, 2, 4} : std::vector<int8_t>{1, 2, 3, 4}, scales);
    baton_batch_mat_mul_attributes attributes = BATON_BATCH_MAT_MUL_ATTRIBUTES_INIT;
    attributes.adj_y = adj_y;
    op.attributes(attributes).output(BATON_FLOAT32);
    ASSERT_TRUE(op.run()) << op.message();
    EXPECT_EQ(op.result<float>(), (std::vector<float>{68, 532, 188, 996}));
  }
}

TEST(BatchMatMul, Int8ToInt32IsThePlainSum) {
  const auto q = Quantization::per_tensor(0.5f, 9);
  OpHarness op(BATON_OP_BATCH_MATMUL);
  op.input<int8_t>({1, 3}, {-128, 127, 5}, q).input<int8_t>({3, 1}, {-128, 127, -3}, q);
  op.attributes(baton_batch_mat_mul_attributes(BATON_BATCH_MAT_MUL_ATTRIBUTES_INIT));
  op.output(BATON_INT32);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<int32_t>(), (std::vector<int32_t>{128 * 128 + 127 * 127 - 15}));
}

TEST(BatchMatMul, SumsThatExceedInt32Wrap) {
  const int32_t depth = 140000;
  const auto q = Quantization::per_tensor(1.0f, 0);
  OpHarness op(BATON_OP_BATCH_MATMUL);
  op.input({1, depth}, std::vector<int8_t>(static_cast<size_t>(depth), -128), q);
  op.input({depth, 1}, std::vector<int8_t>(static_cast<size_t>(depth), -128), q);
  op.attributes(baton_batch_mat_mul_attributes(BATON_BATCH_MAT_MUL_ATTRIBUTES_INIT));
  op.output(BATON_INT32);
  ASSERT_TRUE(op.run()) << op.message();
  EXPECT_EQ(op.result<int32_t>()[0], static_cast<int32_t>(140000u * 16384u));
}

Status infer_status(const Dims& x, const Dims& y) {
  OpHarness op(BATON_OP_BATCH_MATMUL);
  op.input(x, counting<float>(count_of(x))).input(y, counting<float>(count_of(y)));
  op.attributes(baton_batch_mat_mul_attributes(BATON_BATCH_MAT_MUL_ATTRIBUTES_INIT));
  op.output(BATON_FLOAT32);
  return op.infer();
}

TEST(BatchMatMul, Refusals) {
  EXPECT_EQ(infer_status({2, 3}, {2, 3}).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(infer_status({3}, {3, 1}).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(infer_status({}, {}).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(infer_status({2, 2, 3}, {3, 3, 1}).code(), BATON_INVALID_MODEL);
  EXPECT_EQ(infer_status({1, 1, 1, 1, 1, 1}, {1, 1}).code(), BATON_INVALID_MODEL);
  EXPECT_TRUE(infer_status({1, 2, 3}, {3, 3, 1}).ok());
  OpHarness zero_point(BATON_OP_BATCH_MATMUL);
  const auto q = Quantization::per_tensor(0.5f, 1);
  zero_point.input<int16_t>({1, 1}, {1}, q).input<int16_t>({1, 1}, {1}, q);
  zero_point.attributes(baton_batch_mat_mul_attributes(BATON_BATCH_MAT_MUL_ATTRIBUTES_INIT));
  zero_point.output(BATON_INT16, q);
  EXPECT_EQ(zero_point.prepare().code(), BATON_UNSUPPORTED);
  OpHarness type(BATON_OP_BATCH_MATMUL);
  type.input<float>({1, 1}, {1}).input<int32_t>({1, 1}, {1}).output(BATON_FLOAT32);
  type.attributes(baton_batch_mat_mul_attributes(BATON_BATCH_MAT_MUL_ATTRIBUTES_INIT));
  EXPECT_FALSE(type.prepare().ok());
}

}  // namespace
}  // namespace baton::test
