// Shapes and folded values, with operators of the test's own.
#include "core/graph/propagate.h"

#include <algorithm>

#include "tests/graph/support.h"

namespace baton::graph_test {
namespace {

int g_runs = 0;

// Out: the shape of the input, int32.
Status infer_shape(NodeContext& context) {
  return context.set_output_dims(0, {context.input(0).rank()});
}
Status run_shape(NodeContext& context) {
  ++g_runs;
  std::ranges::copy(context.input(0).dims(), context.output(0).as<int32_t>());
  return {};
}

// Out: the input + 1, int32; uses scratch memory.
Status infer_same(NodeContext& context) {
  return context.set_output_dims(0, context.input(0).dims());
}
Status prepare_plus_1(NodeContext& context) {
  context.request_scratch(context.input(0).bytes());
  return {};
}
Status run_plus_1(NodeContext& context) {
  ++g_runs;
  const Value& in = context.input(0);
  auto* scratch = context.scratch<int32_t>();
  std::memcpy(scratch, in.data(), in.bytes());
  for (int64_t i = 0; i < in.count(); ++i) context.output(0).as<int32_t>()[i] = scratch[i] + 1;
  return {};
}
Status run_fails(NodeContext&) { return error(BATON_ERROR, "this kernel never works"); }

// Out: zeros of the shape that the input holds.
Status infer_fill(NodeContext& context) {
  const Value& shape = context.input(0);
  if (!shape.known()) {
    context.set_output_unknown(0);
    return {};
  }
  return context.set_output_dims(0, {shape.as<int32_t>(), static_cast<size_t>(shape.count())});
}
Status infer_refuses(NodeContext&) { return error(BATON_INVALID_MODEL, "no such shape"); }

const Operator kShape{
    .name = "Shape", .flags = kFoldable | kShapeOnly, .infer = infer_shape, .run = run_shape};
const Operator kPlus1{.name = "Plus1",
                      .flags = kFoldable,
                      .infer = infer_same,
                      .prepare = prepare_plus_1,
                      .run = run_plus_1};
const Operator kFails{.name = "Fails", .flags = kFoldable, .infer = infer_same, .run = run_fails};
const Operator kFill{.name = "Fill", .infer = infer_fill, .run = run_fails};
const Operator kSame{.name = "Same", .infer = infer_same, .run = run_fails};
const Operator kRefuses{.name = "Refuses", .infer = infer_refuses, .run = run_fails};

const Operator* lookup(void*, const char* name) {
  for (const Operator* op : {&kShape, &kPlus1, &kFails, &kFill, &kSame, &kRefuses}) {
    if (std::strcmp(op->name, name) == 0) return op;
  }
  return nullptr;
}

std::vector<Value> values_of(const Subgraph& subgraph) {
  return {subgraph.tensors.begin(), subgraph.tensors.end()};
}

// x -> Shape -> Plus1 -> Fill -> Same
tflite::GraphBuilder chain() {
  tflite::GraphBuilder b;
  const auto x = b.input("x", BATON_FLOAT32, {-1, 3});
  const auto shape = b.tensor("shape", BATON_INT32, {});
  const auto more = b.tensor("more", BATON_INT32, {});
  const auto filled = b.tensor("filled", BATON_FLOAT32, {});
  const auto out = b.tensor("out", BATON_FLOAT32, {});
  b.custom("Shape", {x}, {shape});
  b.custom("Plus1", {shape}, {more});
  b.custom("Fill", {more}, {filled});
  b.custom("Same", {filled}, {out});
  b.output(out);
  return b;
}

TEST(Propagate, FoldsShapesAgainAfterEachResize) {
  const Loaded loaded = load(chain().finish(), {}, lookup);
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.message();
  const Subgraph& main = loaded.graph->main();
  EXPECT_EQ(main.tensors[4].rank, 2u);
  EXPECT_EQ(main.tensors[4].dims[0], 2);
  EXPECT_EQ(main.tensors[4].dims[1], 4);

  auto values = values_of(main);
  std::vector<Propagation> kept;
  for (const int32_t batch : {1, 5, 2}) {
    ASSERT_TRUE(values[0].set_dims(std::vector<int32_t>{batch, 3}).ok());
    g_runs = 0;
    auto propagation = propagate(main, values, nullptr);
    ASSERT_TRUE(propagation.ok()) << propagation.status().message();
    EXPECT_EQ(g_runs, 2);
    EXPECT_EQ(propagation->nodes, (std::vector<NodeShape>{NodeShape::kFolded, NodeShape::kFolded,
                                                          NodeShape::kKnown, NodeShape::kKnown}));
    EXPECT_EQ(propagation->folded.size(), 2u);
    EXPECT_TRUE(values[2].known());
    EXPECT_EQ(reinterpret_cast<uintptr_t>(values[2].data()) % 64, 0u);
    EXPECT_EQ(values[2].as<int32_t>()[0], batch + 1);
    EXPECT_EQ(values[2].as<int32_t>()[1], 4);
    EXPECT_EQ(values[4].dim(0), batch + 1);
    EXPECT_FALSE(values[3].known());
    // The memory of the one before is free to go: nothing looks at it any more.
    kept.clear();
    kept.push_back(std::move(*propagation));
  }
}

TEST(Propagate, ConstantsStayKnown) {
  tflite::GraphBuilder b;
  const auto c = b.int32s("c", {4, 5});
  const auto more = b.tensor("more", BATON_INT32, {2});
  const auto out = b.tensor("out", BATON_FLOAT32, {});
  b.custom("Plus1", {c}, {more});
  b.custom("Fill", {more}, {out});
  b.output(out);
  const Loaded loaded = load(b.finish(), {}, lookup);
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.message();
  auto values = values_of(loaded.graph->main());
  for (int round = 0; round < 2; ++round) {
    const auto propagation = propagate(loaded.graph->main(), values, nullptr);
    ASSERT_TRUE(propagation.ok());
    EXPECT_TRUE(values[0].known());
    EXPECT_EQ(values[2].dim(0), 5);
    EXPECT_EQ(values[2].dim(1), 6);
  }
}

TEST(Propagate, DataMakesShapesDynamic) {
  tflite::GraphBuilder b;
  const auto shape = b.input("shape", BATON_INT32, {2});
  const auto filled = b.tensor("filled", BATON_FLOAT32, {8, 8});
  const auto same = b.tensor("same", BATON_FLOAT32, {8, 8});
  const auto its_shape = b.tensor("its_shape", BATON_INT32, {2});
  b.custom("Fill", {shape}, {filled});
  b.custom("Same", {filled}, {same});
  b.custom("Shape", {same}, {its_shape});
  b.output(its_shape);
  const Loaded loaded = load(b.finish(), {}, lookup);
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.message();
  const Subgraph& main = loaded.graph->main();
  EXPECT_FALSE(main.tensors[0].flags & BATON_TENSOR_UNKNOWN_SHAPE);
  EXPECT_TRUE(main.tensors[1].flags & BATON_TENSOR_UNKNOWN_SHAPE);
  EXPECT_TRUE(main.tensors[2].flags & BATON_TENSOR_UNKNOWN_SHAPE);
  auto values = values_of(main);
  const auto propagation = propagate(main, values, nullptr);
  ASSERT_TRUE(propagation.ok());
  EXPECT_EQ(propagation->nodes, std::vector<NodeShape>(3, NodeShape::kDynamic));
  EXPECT_FALSE(values[3].shape_known());
}

TEST(Propagate, LargeValuesAreNotFolded) {
  for (const int32_t count : {1024, 1025}) {
    tflite::GraphBuilder b;
    const auto c = b.int32s("c", std::vector<int32_t>(static_cast<size_t>(count), 1));
    const auto more = b.tensor("more", BATON_INT32, {count});
    b.custom("Plus1", {c}, {more});
    b.output(more);
    const Loaded loaded = load(b.finish(), {}, lookup);
    ASSERT_TRUE(loaded.status.ok());
    auto values = values_of(loaded.graph->main());
    const auto propagation = propagate(loaded.graph->main(), values, nullptr);
    ASSERT_TRUE(propagation.ok());
    EXPECT_EQ(propagation->nodes[0], count <= 1024 ? NodeShape::kFolded : NodeShape::kKnown);
    EXPECT_EQ(values[1].known(), count <= 1024);
  }
}

TEST(Propagate, KernelThatFailsIsLeftToTheRun) {
  tflite::GraphBuilder b;
  const auto c = b.int32s("c", {1, 2});
  const auto out = b.tensor("out", BATON_INT32, {2});
  b.custom("Fails", {c}, {out});
  b.output(out);
  const Loaded loaded = load(b.finish(), {}, lookup);
  ASSERT_TRUE(loaded.status.ok());
  auto values = values_of(loaded.graph->main());
  const auto propagation = propagate(loaded.graph->main(), values, nullptr);
  ASSERT_TRUE(propagation.ok());
  EXPECT_EQ(propagation->nodes[0], NodeShape::kKnown);
  EXPECT_EQ(values[1].data(), nullptr);
}

TEST(Propagate, ErrorsNameTheNode) {
  tflite::GraphBuilder b = chain();
  b.custom("Refuses", {0}, {b.tensor("t", BATON_FLOAT32, {1})});
  const Loaded loaded = load(b.finish(), {}, lookup);
  ASSERT_TRUE(loaded.status.ok()) << "the input may be resized";
  auto values = values_of(loaded.graph->main());
  EXPECT_EQ(propagate(loaded.graph->main(), values, nullptr).status().message(),
            "subgraph 0, operator 4 (Refuses): no such shape");
}

TEST(Propagate, ShapesBehindAMissingOperator) {
  tflite::GraphBuilder b;
  const auto x = b.input("x", BATON_FLOAT32, {4});
  const auto y = b.tensor("y", BATON_FLOAT32, {});
  const auto z = b.tensor("z", BATON_FLOAT32, {});
  b.custom("Nobody", {x}, {y});
  b.custom("Refuses", {y}, {z});
  b.output(z);
  const Loaded loaded = load(b.finish(), {}, lookup);
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.message();
  auto values = values_of(loaded.graph->main());
  const auto propagation = propagate(loaded.graph->main(), values, nullptr);
  ASSERT_TRUE(propagation.ok());
  EXPECT_EQ(propagation->nodes[0], NodeShape::kKnown);
  EXPECT_EQ(propagation->nodes[1], NodeShape::kDynamic);
}

// How converters write "flatten all but the batch": SHAPE -> STRIDED_SLICE -> PACK -> RESHAPE.
TEST(Propagate, FlattenByShapeArithmetic) {
  tflite::GraphBuilder b;
  const auto x = b.input("x", BATON_FLOAT32, {-1, 2, 3});
  const auto shape = b.tensor("shape", BATON_INT32, {3});
  const auto batch = b.tensor("batch", BATON_INT32, {});
  const auto packed = b.tensor("packed", BATON_INT32, {2});
  const auto flat = b.tensor("flat", BATON_FLOAT32, {1, 6});
  auto shape_attributes = default_attributes<baton_shape_attributes>();
  shape_attributes.out_type = BATON_INT32;
  b.op(BATON_OP_SHAPE, {x}, {shape}, shape_attributes);
  auto slice = default_attributes<baton_strided_slice_attributes>();
  slice.shrink_axis_mask = 1;
  b.op(BATON_OP_STRIDED_SLICE,
       {shape, b.int32s("begin", {0}), b.int32s("end", {1}), b.int32s("strides", {1})}, {batch},
       slice);
  auto pack = default_attributes<baton_pack_attributes>();
  pack.values_count = 2;
  b.op(BATON_OP_PACK, {batch, b.int32("rest", 6)}, {packed}, pack);
  b.op(BATON_OP_RESHAPE, {x, packed}, {flat});
  b.output(flat);
  const Loaded loaded = load(b.finish());
  ASSERT_TRUE(loaded.status.ok()) << loaded.status.message();
  const Subgraph& main = loaded.graph->main();
  auto values = values_of(main);
  for (const int32_t size : {1, 7, 3}) {
    ASSERT_TRUE(values[0].set_dims(std::vector<int32_t>{size, 2, 3}).ok());
    const auto propagation = propagate(main, values, nullptr);
    ASSERT_TRUE(propagation.ok()) << propagation.status().message();
    EXPECT_EQ(propagation->nodes, (std::vector<NodeShape>{NodeShape::kFolded, NodeShape::kFolded,
                                                          NodeShape::kFolded, NodeShape::kKnown}));
    const Value& out = values[static_cast<size_t>(flat)];
    EXPECT_EQ(std::vector<int32_t>(out.dims().begin(), out.dims().end()),
              (std::vector<int32_t>{size, 6}));
  }
}

}  // namespace
}  // namespace baton::graph_test
