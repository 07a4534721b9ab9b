#include "tests/fuzz/seed_models.h"

#include "converter/tflite/layers.h"
#include "tests/fuzz/noise.h"
#include "tests/ops/control_flow_models.h"
#include "tests/session/models.h"

namespace baton::fuzz {
namespace {

using namespace baton::tflite;

std::vector<float> floats(uint64_t seed, size_t count) {
  Noise noise(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(noise.below(200)) / 100 - 1;
  return values;
}

TensorId weights(SubgraphBuilder& b, const Shape& shape) {
  size_t count = 1;
  for (const int32_t dim : shape) count *= static_cast<size_t>(dim);
  return b.constant(b.unique_name("w"), shape, floats(count, count));
}

// Convolutions of three kinds, pooling and resizing, in float32.
std::vector<uint8_t> image_model() {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 6, 6, 2});
  const TensorId w = weights(b, {3, 3, 3, 2});
  const TensorId c =
      conv_2d(b, x, w, weights(b, {3}), {.stride_w = 2, .activation = BATON_ACTIVATION_RELU});
  const TensorId d =
      depthwise_conv_2d(b, c, weights(b, {1, 2, 2, 3}), kNoTensor, {.dilation_h = 2});
  const TensorId p = pool_2d(b, BATON_OP_MAX_POOL_2D, d, {.padding = BATON_PADDING_SAME});
  const TensorId r = resize(b, BATON_OP_RESIZE_BILINEAR, p, 4, 5);
  b.output(reduce(b, BATON_OP_MEAN, pad(b, r, {0, 0, 1, 0, 0, 1, 0, 0}), {1, 2}));
  return b.finish();
}

// Everything that a file can have beside operators.
std::vector<uint8_t> decorated_model(BufferPlace place) {
  GraphBuilder b;
  b.description("decorated");
  const TensorId x = b.input("x", BATON_INT8, {-1, 3}, per_tensor(0.5f, -3));
  const TensorId w =
      b.constant("w", {2, 3}, std::vector<int8_t>{1, 2, 3, 4, 5, 6}, per_axis({0.5f, 0.25f}, 0));
  const TensorId y =
      fully_connected(b, x, w, kNoTensor, {}, {.name = "y", .quantization = per_tensor(1, 0)});
  b.output(y);
  b.output(dequantize(b, y));
  b.strings("text", {2}, std::vector<std::string>{"a", "bcd"});
  b.constant("half", BATON_FLOAT16, {3}, std::vector<double>{1, 2, 3});
  b.constant("nibbles", BATON_INT4, {3}, std::vector<double>{1, -2, 3});
  b.signature("serve", {{"in", x}}, {{"out", y}});
  b.metadata("min_runtime_version", {'1', '.', '5', 0});
  return b.finish(place);
}

// A sparse matrix: the diagonal of a 4 x 4 one.
std::vector<uint8_t> sparse_model() {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 4});
  const TensorId w = b.constant("w", {4, 4}, floats(4, 4));
  b.at(w).sparsity =
      Sparsity{{0, 1}, {}, {{false, 4, 32, {}, {}}, {true, 0, 32, {0, 1, 2, 3, 4}, {0, 1, 2, 3}}}};
  b.output(fully_connected(b, x, w, kNoTensor));
  return b.finish();
}

std::vector<uint8_t> custom_model() {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 4});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {1, 4});
  b.custom("Unheard", {x}, {y}, {1, 2, 3});
  b.output(y);
  return b.finish();
}

// No elements, but other sizes whose product no integer holds.
std::vector<uint8_t> empty_but_huge_model() {
  constexpr int32_t kHuge = 1 << 30;
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {kHuge, kHuge, kHuge, 0});
  const TensorId r = b.tensor("r", BATON_FLOAT32, {1, 0});
  b.op(BATON_OP_RESHAPE, {x, b.int32s("shape", {-1, 0})}, {r});
  b.output(r);
  const TensorId y = b.tensor("y", BATON_FLOAT32, {1});
  b.op(BATON_OP_STRIDED_SLICE,
       {x, b.int32s("begin", {0}), b.int32s("end", {1}), b.int32s("stride", {1})}, {y});
  b.output(y);
  return b.finish();
}

// Names that are no single line, with something to complain about.
std::vector<uint8_t> control_characters_model() {
  GraphBuilder b;
  const TensorId x = b.input("x\n\x1b[31m\xff", BATON_FLOAT32, {4});
  b.output(unary(b, BATON_OP_RELU, x));
  b.at(x).shape = {-4};
  return b.finish();
}

}  // namespace

std::vector<uint8_t> conv_model() { return test::small_cnn_int8(); }

std::vector<uint8_t> lstm_model() {
  constexpr int32_t kIn = 3, kCells = 4;
  GraphBuilder b;
  std::vector<TensorId> inputs{b.input("x", BATON_FLOAT32, {1, 5, kIn})};
  for (int gate = 0; gate < 4; ++gate) inputs.push_back(weights(b, {kCells, kIn}));
  for (int gate = 0; gate < 4; ++gate) inputs.push_back(weights(b, {kCells, kCells}));
  inputs.insert(inputs.end(), 3, kNoTensor);  // no peepholes
  for (int gate = 0; gate < 4; ++gate) inputs.push_back(weights(b, {kCells}));
  inputs.insert(inputs.end(), 2, kNoTensor);  // no projection
  inputs.push_back(b.variable("output_state", BATON_FLOAT32, {1, kCells}));
  inputs.push_back(b.variable("cell_state", BATON_FLOAT32, {1, kCells}));
  inputs.insert(inputs.end(), 4, kNoTensor);  // no layer normalisation
  const TensorId y = b.tensor("y", BATON_FLOAT32, {1, 5, kCells});
  auto attributes = default_attributes<baton_unidirectional_sequence_lstm_attributes>();
  attributes.fused_activation_function = BATON_ACTIVATION_TANH;
  b.op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, inputs, {y}, attributes);
  b.output(unary(b, BATON_OP_LOGISTIC, y));
  return b.finish();
}

std::vector<uint8_t> svdf_model() {
  constexpr int32_t kIn = 3, kUnits = 4, kRank = 2, kMemory = 5, kFilters = kUnits * kRank;
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {1, kIn});
  const TensorId state = b.variable("state", BATON_FLOAT32, {1, kMemory * kFilters});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {1, kUnits});
  auto attributes = default_attributes<baton_svdf_attributes>();
  attributes.rank = kRank;
  attributes.fused_activation_function = BATON_ACTIVATION_RELU;
  b.op(BATON_OP_SVDF,
       {x, weights(b, {kFilters, kIn}), weights(b, {kFilters, kMemory}), weights(b, {kUnits}),
        state},
       {y}, attributes);
  b.output(softmax(b, y));
  return b.finish();
}

// Shapes that follow from what the inputs hold.
std::vector<uint8_t> dynamic_model() {
  GraphBuilder b;
  const TensorId x = b.input("x", BATON_FLOAT32, {2, 3});
  const TensorId sizes = b.input("sizes", BATON_INT32, {2});
  const TensorId tiled = b.tensor("tiled", BATON_FLOAT32, {-1, -1});
  b.op(BATON_OP_TILE, {x, sizes}, {tiled});
  const TensorId part = b.tensor("part", BATON_FLOAT32, {-1, -1});
  b.op(BATON_OP_SLICE, {tiled, b.int32s("begin", {0, 0}), sizes}, {part});
  const TensorId flat = b.tensor("flat", BATON_FLOAT32, {-1});
  b.op(BATON_OP_RESHAPE, {part, b.int32s("all", {-1})}, {flat});
  const TensorId filled = b.tensor("filled", BATON_FLOAT32, {-1, -1});
  b.op(BATON_OP_FILL, {sizes, b.constant("seven", {}, std::vector<float>{7})}, {filled});
  const TensorId first = b.tensor("first", BATON_INT32, {});
  auto shrink = default_attributes<baton_strided_slice_attributes>();
  shrink.shrink_axis_mask = 1;
  b.op(BATON_OP_STRIDED_SLICE, {sizes, b.int32s("b", {0}), b.int32s("e", {1}), b.int32s("s", {1})},
       {first}, shrink);
  const TensorId counted = b.tensor("counted", BATON_INT32, {-1});
  b.op(BATON_OP_RANGE, {b.int32("zero", 0), first, b.int32("one", 1)}, {counted});
  const TensorId shape = b.tensor("shape", BATON_INT32, {-1});
  b.op(BATON_OP_SHAPE, {flat}, {shape});
  for (const TensorId output : {flat, filled, counted, shape}) b.output(output);
  return b.finish();
}

std::vector<SeedModel> seed_models() {
  return {
      {"elementwise", test::elementwise_model()},
      {"cnn_int8", conv_model()},
      {"image", image_model()},
      {"lstm", lstm_model()},
      {"svdf", svdf_model()},
      {"rnn", test::rnn_model()},
      {"dynamic", dynamic_model()},
      {"flatten", test::flatten_model()},
      {"counter", test::counter_model()},
      {"while", test::while_model()},
      {"if", test::if_model()},
      {"half_known_if", test::half_known_if_model()},
      {"swap", test::swap_model()},
      {"doubling", test::doubling_model()},
      {"handle_in_loop", test::handle_in_loop_model()},
      {"branch_shapes", test::branch_shapes_model()},
      {"nested", test::nested_model()},
      {"unassigned", test::unassigned_model()},
      {"variable_input", test::variable_input_model()},
      {"signature", test::signature_model()},
      {"concat", test::concat_model()},
      {"chain", test::chain_model(6)},
      {"decorated", decorated_model(BufferPlace::kAutomatic)},
      {"behind", decorated_model(BufferPlace::kBehind)},
      {"sparse", sparse_model()},
      {"custom", custom_model()},
      {"empty_but_huge", empty_but_huge_model()},
      {"control_characters", control_characters_model()},
  };
}

}  // namespace baton::fuzz
