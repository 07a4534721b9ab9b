#include "tests/session/models.h"

#include <cmath>
#include <random>

#include "converter/tflite/layers.h"

namespace baton::test {
namespace {

using namespace baton::tflite;

// Uniform in [-scale, scale), the same on every library.
class Weights {
 public:
  explicit Weights(uint32_t seed) : random_(seed) {}
  float next(float scale) {
    return (static_cast<float>(random_() >> 8) / 8388608.0f - 1.0f) * scale;
  }
  std::vector<float> floats(size_t count, float scale) {
    std::vector<float> values(count);
    for (float& value : values) value = next(scale);
    return values;
  }
  std::vector<int8_t> bytes(size_t count) {
    std::vector<int8_t> values(count);
    for (int8_t& value : values)
      value = static_cast<int8_t>(static_cast<int>(random_() % 255) - 127);
    return values;
  }
  std::vector<int32_t> biases(size_t count) {
    std::vector<int32_t> values(count);
    for (int32_t& value : values) value = static_cast<int32_t>(random_() % 2001) - 1000;
    return values;
  }
  uint32_t below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }

 private:
  std::mt19937 random_;
};

TensorId one(SubgraphBuilder& b, float value, const std::string& name = "c") {
  return b.constant(b.unique_name(name), {1}, std::vector<float>{value});
}

// Layers of the small network in one of two number formats.
struct FloatFormat {
  SubgraphBuilder& b;
  Weights& weights;
  TensorId input() const { return b.input("image", BATON_FLOAT32, {1, 16, 16, 3}); }
  Quantization activations() const { return {}; }
  TensorId filter(const Shape& shape, int) const {
    size_t count = 1;
    for (const int32_t dim : shape) count *= static_cast<size_t>(dim);
    const float scale = std::sqrt(3.0f * static_cast<float>(shape[0]) / static_cast<float>(count));
    return b.constant(b.unique_name("w"), shape, weights.floats(count, scale));
  }
  TensorId bias(int32_t channels, float) const {
    return b.constant(b.unique_name("b"), {channels},
                      weights.floats(static_cast<size_t>(channels), 0.1f));
  }
};

struct Int8Format {
  SubgraphBuilder& b;
  Weights& weights;
  static constexpr float kWeightScale = 0.004f;
  static constexpr float kScale = 0.05f;
  TensorId input() const {
    return b.input("image", BATON_INT8, {1, 16, 16, 3}, per_tensor(kScale, -3));
  }
  Quantization activations() const { return per_tensor(kScale, -3); }
  TensorId filter(const Shape& shape, int axis) const {
    size_t count = 1;
    for (const int32_t dim : shape) count *= static_cast<size_t>(dim);
    std::vector<float> scales;
    for (int32_t c = 0; c < shape[static_cast<size_t>(axis)]; ++c) {
      scales.push_back(kWeightScale * (1.0f + 0.1f * static_cast<float>(c % 5)));
    }
    return b.constant(b.unique_name("w"), shape, weights.bytes(count), per_axis(scales, axis));
  }
  TensorId bias(int32_t channels, float) const {
    std::vector<float> scales;
    for (int32_t c = 0; c < channels; ++c) {
      scales.push_back(kScale * kWeightScale * (1.0f + 0.1f * static_cast<float>(c % 5)));
    }
    return b.constant(b.unique_name("b"), {channels}, weights.biases(static_cast<size_t>(channels)),
                      per_axis(scales, 0));
  }
};

template <typename Format>
File make_cnn(uint32_t seed) {
  GraphBuilder b("main");
  Weights weights(seed);
  const Format f{b, weights};
  const Quantization q = f.activations();
  const TensorId image = f.input();
  // Tensors are made before the call that takes them: in its arguments each compiler has an order
  // of its own.
  const TensorId stem_filter = f.filter({8, 3, 3, 3}, 0);
  const TensorId stem = conv_2d(
      b, image, stem_filter, f.bias(8, 1),
      {.stride_w = 2, .stride_h = 2, .activation = BATON_ACTIVATION_RELU6}, {.quantization = q});
  const TensorId depthwise_filter = f.filter({1, 3, 3, 8}, 3);
  const TensorId depthwise =
      depthwise_conv_2d(b, stem, depthwise_filter, f.bias(8, 1),
                        {.activation = BATON_ACTIVATION_RELU6}, {.quantization = q});
  const TensorId pointwise_filter = f.filter({8, 1, 1, 8}, 0);
  const TensorId pointwise =
      conv_2d(b, depthwise, pointwise_filter, f.bias(8, 1), {}, {.quantization = q});
  const TensorId sum =
      binary(b, BATON_OP_ADD, stem, pointwise, BATON_ACTIVATION_NONE, {.quantization = q});
  const TensorId pooled =
      pool_2d(b, BATON_OP_AVERAGE_POOL_2D, sum,
              {.filter_w = 8, .filter_h = 8, .stride_w = 1, .stride_h = 1}, {.quantization = q});
  const TensorId flat = reshape(b, pooled, {1, 8}, {.quantization = q});
  const TensorId units =
      std::is_same_v<Format, FloatFormat>
          ? f.filter({5, 8}, 0)
          : b.constant("fc", {5, 8}, weights.bytes(40), per_tensor(Int8Format::kWeightScale));
  const TensorId unit_bias =
      std::is_same_v<Format, FloatFormat>
          ? f.bias(5, 1)
          : b.constant("fb", {5}, weights.biases(5),
                       per_tensor(Int8Format::kScale * Int8Format::kWeightScale));
  const TensorId logits = fully_connected(b, flat, units, unit_bias, {}, {.quantization = q});
  const bool quantised = !q.empty();
  b.output(softmax(b, logits, 1.0f,
                   {.name = "scores",
                    .quantization = quantised ? per_tensor(1.0f / 256, -128) : Quantization{}}));
  return b.finish();
}

TensorId variable_handle(SubgraphBuilder& b, const char* name) {
  auto attributes = default_attributes<baton_var_handle_attributes>();
  attributes.shared_name = name;
  attributes.container = "";
  const TensorId handle = b.tensor(b.unique_name("handle"), BATON_RESOURCE, {});
  b.op(BATON_OP_VAR_HANDLE, {}, {handle}, attributes);
  return handle;
}

// The variable of the models that count.
TensorId count_handle(SubgraphBuilder& b) { return variable_handle(b, "count"); }

void clear_count_once(GraphBuilder& b) {
  SubgraphBuilder init = b.subgraph("init");
  const TensorId zero = init.constant("zero", {1}, std::vector<float>{0});
  init.op(BATON_OP_ASSIGN_VARIABLE, {count_handle(init), zero}, {});
  auto once = default_attributes<baton_call_once_attributes>();
  once.init_subgraph_index = init.index();
  b.op(BATON_OP_CALL_ONCE, {}, {}, once);
}

TensorId add_to_count(SubgraphBuilder& b, TensorId x) {
  const TensorId handle = count_handle(b);
  const TensorId count = b.tensor("count", BATON_FLOAT32, {1});
  b.op(BATON_OP_READ_VARIABLE, {handle}, {count});
  const TensorId sum = binary(b, BATON_OP_ADD, count, x, BATON_ACTIVATION_NONE, {.name = "sum"});
  b.op(BATON_OP_ASSIGN_VARIABLE, {handle, sum}, {});
  return sum;
}

// IF that runs `callee`, of one output of x's type and shape, whatever the condition is.
TensorId call(SubgraphBuilder& b, int32_t callee, TensorId x, const Shape& shape) {
  const TensorId yes = b.constant_bytes(b.unique_name("yes"), BATON_BOOL, {}, Bytes{1});
  const TensorId y = b.tensor(b.unique_name("y"), BATON_FLOAT32, shape);
  auto attributes = default_attributes<baton_if_attributes>();
  attributes.then_subgraph_index = callee;
  attributes.else_subgraph_index = callee;
  b.op(BATON_OP_IF, {yes, x}, {y}, attributes);
  return y;
}

}  // namespace

File nodeless_model() {
  GraphBuilder b("main");
  b.output(b.input("x", BATON_FLOAT32, {1, 4}));
  return b.finish();
}

File elementwise_model() {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {-1, 4});
  const TensorId a = binary(b, BATON_OP_ADD, x, one(b, 1), BATON_ACTIVATION_NONE, {.name = "a"});
  const TensorId r = unary(b, BATON_OP_RELU, a, {.name = "r"});
  const TensorId m = binary(b, BATON_OP_MUL, r, x, BATON_ACTIVATION_NONE, {.name = "m"});
  b.output(binary(b, BATON_OP_ADD, m, x, BATON_ACTIVATION_NONE, {.name = "y"}));
  return b.finish();
}

File small_cnn(uint32_t seed) { return make_cnn<FloatFormat>(seed); }
File small_cnn_int8(uint32_t seed) { return make_cnn<Int8Format>(seed); }

File large_constant_model(int32_t rows, int32_t columns) {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {1, columns});
  const TensorId w = b.constant(
      "w", {rows, columns},
      std::vector<float>(static_cast<size_t>(rows) * static_cast<size_t>(columns), 1.0f));
  b.output(fully_connected(b, x, w, kNoTensor, {}, {.name = "y"}));
  return b.finish();
}

File rnn_model() {
  GraphBuilder b("main");
  Weights weights(7);
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 3});
  const TensorId w = b.constant("w", {3, 3}, weights.floats(9, 0.5f));
  const TensorId r = b.constant("r", {3, 3}, weights.floats(9, 0.5f));
  const TensorId bias = b.constant("b", {3}, weights.floats(3, 0.1f));
  const TensorId state = b.variable("state", BATON_FLOAT32, {1, 3});
  const TensorId h = b.tensor("h", BATON_FLOAT32, {1, 3});
  auto attributes = default_attributes<baton_rnn_attributes>();
  attributes.fused_activation_function = BATON_ACTIVATION_TANH;
  b.op(BATON_OP_RNN, {x, w, r, bias, state}, {h}, attributes);
  b.output(binary(b, BATON_OP_MUL, h, one(b, 2), BATON_ACTIVATION_NONE, {.name = "y"}));
  return b.finish();
}

File lstm_model(bool hybrid) {
  constexpr int32_t kInputs = 3, kCells = 6, kOutputs = 4;
  GraphBuilder b("main");
  Weights weights(11);
  const auto floats = [&](const Shape& shape) {
    size_t count = 1;
    for (const int32_t dim : shape) count *= static_cast<size_t>(dim);
    return b.constant(b.unique_name("v"), shape, weights.floats(count, 0.6f));
  };
  const auto matrix = [&](const Shape& shape) {
    if (!hybrid) return floats(shape);
    size_t count = 1;
    for (const int32_t dim : shape) count *= static_cast<size_t>(dim);
    return b.constant(b.unique_name("w"), shape, weights.bytes(count), per_tensor(0.005f, 0));
  };
  std::vector<TensorId> inputs = {b.input("x", BATON_FLOAT32, {1, 2, kInputs})};
  for (int i = 0; i < 4; ++i) inputs.push_back(matrix({kCells, kInputs}));
  for (int i = 0; i < 4; ++i) inputs.push_back(matrix({kCells, kOutputs}));
  for (int i = 0; i < 3; ++i) inputs.push_back(matrix({kCells}));
  for (int i = 0; i < 4; ++i) inputs.push_back(floats({kCells}));
  inputs.push_back(matrix({kOutputs, kCells}));
  inputs.push_back(kNoTensor);
  inputs.push_back(b.variable("h", BATON_FLOAT32, {1, kOutputs}));
  inputs.push_back(b.variable("c", BATON_FLOAT32, {1, kCells}));
  for (int i = 0; i < 4; ++i) inputs.push_back(floats({kCells}));
  const TensorId y = b.tensor("y", BATON_FLOAT32, {1, 2, kOutputs});
  auto attributes = default_attributes<baton_unidirectional_sequence_lstm_attributes>();
  attributes.fused_activation_function = BATON_ACTIVATION_TANH;
  b.op(BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, inputs, {y}, attributes);
  b.output(y);
  return b.finish();
}

File svdf_model() {
  GraphBuilder b("main");
  Weights weights(13);
  const TensorId x = b.input("x", BATON_FLOAT32, {1, 3});
  const TensorId features = b.constant("features", {4, 3}, weights.floats(12, 0.5f));
  const TensorId times = b.constant("times", {4, 4}, weights.floats(16, 0.5f));
  const TensorId bias = b.constant("bias", {2}, weights.floats(2, 0.1f));
  const TensorId state = b.variable("state", BATON_FLOAT32, {1, 16});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {1, 2});
  auto attributes = default_attributes<baton_svdf_attributes>();
  attributes.rank = 2;
  b.op(BATON_OP_SVDF, {x, features, times, bias, state}, {y}, attributes);
  b.output(y);
  return b.finish();
}

File counter_model() {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {1});
  clear_count_once(b);
  b.output(add_to_count(b, x));
  return b.finish();
}

File kept_bytes_model() {
  GraphBuilder b("main");
  const auto keep = [&](const char* name, TensorId from, baton_dtype dtype) {
    const TensorId handle = variable_handle(b, name);
    b.op(BATON_OP_ASSIGN_VARIABLE, {handle, from}, {});
    const TensorId to = b.tensor(b.unique_name("kept"), dtype, {-1});
    b.op(BATON_OP_READ_VARIABLE, {handle}, {to});
    b.output(to);
  };
  keep("bytes", b.input("x", BATON_UINT8, {-1}), BATON_UINT8);
  keep("bools", b.constant_bytes("bools", BATON_BOOL, {3}, Bytes{0, 2, 255}), BATON_BOOL);
  return b.finish();
}

File while_model() {
  GraphBuilder b("main");
  SubgraphBuilder cond = b.subgraph("cond");
  const TensorId ci = cond.input("i", BATON_INT32, {});
  const TensorId climit = cond.input("limit", BATON_INT32, {});
  cond.input("step", BATON_INT32, {});
  cond.output(binary(cond, BATON_OP_LESS, ci, climit));

  SubgraphBuilder body = b.subgraph("body");
  const TensorId bi = body.input("i", BATON_INT32, {});
  const TensorId blimit = body.input("limit", BATON_INT32, {});
  const TensorId bstep = body.input("step", BATON_INT32, {});
  body.output(binary(body, BATON_OP_ADD, bi, bstep));
  body.output(blimit);
  body.output(bstep);

  const TensorId i = b.input("i", BATON_INT32, {});
  const TensorId limit = b.input("limit", BATON_INT32, {});
  const TensorId step = b.input("step", BATON_INT32, {});
  const TensorId end = b.tensor("end", BATON_INT32, {});
  const TensorId unused_limit = b.tensor("limit_out", BATON_INT32, {});
  const TensorId unused_step = b.tensor("step_out", BATON_INT32, {});
  auto attributes = default_attributes<baton_while_attributes>();
  attributes.cond_subgraph_index = cond.index();
  attributes.body_subgraph_index = body.index();
  b.op(BATON_OP_WHILE, {i, limit, step}, {end, unused_limit, unused_step}, attributes);
  b.output(end);
  return b.finish();
}

File if_model() {
  GraphBuilder b("main");
  SubgraphBuilder negate = b.subgraph("then");
  negate.output(unary(negate, BATON_OP_NEG, negate.input("x", BATON_FLOAT32, {2})));
  SubgraphBuilder scale = b.subgraph("else");
  const TensorId scaled = scale.input("x", BATON_FLOAT32, {2});
  scale.output(binary(scale, BATON_OP_MUL, scaled, one(scale, 10)));

  const TensorId x = b.input("x", BATON_FLOAT32, {2});
  const TensorId first = slice(b, x, {0}, {1});
  const TensorId scalar = b.tensor("scalar", BATON_FLOAT32, {});
  b.op(BATON_OP_RESHAPE, {first, b.constant("none", {0}, std::vector<int32_t>{})}, {scalar});
  const TensorId zero = b.constant("zero", {}, std::vector<float>{0});
  const TensorId negative = binary(b, BATON_OP_LESS, scalar, zero);
  const TensorId y = b.tensor("y", BATON_FLOAT32, {2});
  auto attributes = default_attributes<baton_if_attributes>();
  attributes.then_subgraph_index = negate.index();
  attributes.else_subgraph_index = scale.index();
  b.op(BATON_OP_IF, {negative, x}, {y}, attributes);
  b.output(y);
  return b.finish();
}

File half_known_if_model() {
  GraphBuilder b("main");
  SubgraphBuilder flat = b.subgraph("then");
  const TensorId fx = flat.input("x", BATON_FLOAT32, {2});
  flat.output(unary(flat, BATON_OP_NEG, fx));
  flat.output(fx);
  SubgraphBuilder deep = b.subgraph("else");
  const TensorId dx = deep.input("x", BATON_FLOAT32, {2});
  deep.output(binary(deep, BATON_OP_MUL, dx, one(deep, 10)));
  deep.output(reshape(deep, dx, {1, 2}));

  const TensorId x = b.input("x", BATON_FLOAT32, {2});
  const TensorId scalar = b.tensor("scalar", BATON_FLOAT32, {});
  b.op(BATON_OP_RESHAPE, {slice(b, x, {0}, {1}), b.constant("none", {0}, std::vector<int32_t>{})},
       {scalar});
  const TensorId negative =
      binary(b, BATON_OP_LESS, scalar, b.constant("zero", {}, std::vector<float>{0}));
  const TensorId first = b.tensor("first", BATON_FLOAT32, {2});
  const TensorId second = b.tensor("second", BATON_FLOAT32, {2});
  auto attributes = default_attributes<baton_if_attributes>();
  attributes.then_subgraph_index = flat.index();
  attributes.else_subgraph_index = deep.index();
  b.op(BATON_OP_IF, {negative, x}, {first, second}, attributes);
  b.output(binary(b, BATON_OP_ADD, first, one(b, 1)));
  b.output(second);
  return b.finish();
}

File growing_model() {
  GraphBuilder b("main");
  const TensorId limit = b.input("limit", BATON_INT32, {});
  const TensorId y = b.tensor("y", BATON_INT32, {-1});
  b.op(BATON_OP_RANGE, {b.int32("start", 0), limit, b.int32("delta", 1)}, {y});
  b.output(y);
  return b.finish();
}

File nested_calls_model(int depth) {
  GraphBuilder b("main");
  int32_t callee = 0;
  for (int level = 0; level < depth; ++level) {
    SubgraphBuilder s = b.subgraph(b.unique_name("level"));
    const TensorId x = s.input("x", BATON_FLOAT32, {2});
    s.output(level == 0 ? unary(s, BATON_OP_NEG, x) : call(s, callee, x, {2}));
    callee = s.index();
  }
  b.output(call(b, callee, b.input("x", BATON_FLOAT32, {2}), {2}));
  return b.finish();
}

File restless_calls_model(int depth) {
  GraphBuilder b("main");
  int32_t callee = 0;
  for (int level = 0; level < depth; ++level) {
    SubgraphBuilder s = b.subgraph(b.unique_name("level"));
    const TensorId x = s.input("x", BATON_FLOAT32, {-1});
    if (level == 0) {
      s.output(unary(s, BATON_OP_NEG, x));
    } else {
      s.output(call(s, callee, x, {-1}));
      call(s, callee, concatenation(s, {x, x}, 0), {-1});
      call(s, callee, x, {-1});
    }
    callee = s.index();
  }
  b.output(call(b, callee, b.input("x", BATON_FLOAT32, {-1}), {-1}));
  return b.finish();
}

File empty_loop_model() {
  GraphBuilder b("main");
  SubgraphBuilder same = b.subgraph("same");
  same.output(same.input("x", BATON_BOOL, {}));
  const TensorId x = b.constant_bytes("yes", BATON_BOOL, {}, Bytes{1});
  const TensorId y = b.tensor("y", BATON_BOOL, {});
  auto attributes = default_attributes<baton_while_attributes>();
  attributes.cond_subgraph_index = same.index();
  attributes.body_subgraph_index = same.index();
  b.op(BATON_OP_WHILE, {x}, {y}, attributes);
  b.output(y);
  return b.finish();
}

File counting_loop_model() {
  GraphBuilder b("main");
  SubgraphBuilder cond = b.subgraph("cond");
  const TensorId ci = cond.input("i", BATON_INT32, {});
  cond.output(binary(cond, BATON_OP_LESS, ci, cond.input("rounds", BATON_INT32, {})));
  SubgraphBuilder body = b.subgraph("body");
  const TensorId bi = body.input("i", BATON_INT32, {});
  const TensorId brounds = body.input("rounds", BATON_INT32, {});
  add_to_count(body, one(body, 1));
  body.output(binary(body, BATON_OP_ADD, bi, body.int32("one", 1)));
  body.output(brounds);

  const TensorId rounds = b.input("rounds", BATON_INT32, {});
  clear_count_once(b);
  const TensorId end = b.tensor("end", BATON_INT32, {});
  const TensorId rounds_out = b.tensor("rounds_out", BATON_INT32, {});
  auto attributes = default_attributes<baton_while_attributes>();
  attributes.cond_subgraph_index = cond.index();
  attributes.body_subgraph_index = body.index();
  b.op(BATON_OP_WHILE, {b.int32("none", 0), rounds}, {end, rounds_out}, attributes);
  b.output(add_to_count(b, one(b, 0)));
  return b.finish();
}

File variable_input_model() {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {1, -1});
  b.at(x).is_variable = true;
  b.output(binary(b, BATON_OP_ADD, x, x));
  return b.finish();
}

File flatten_model() {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {-1, 2, 3});
  const TensorId shape = b.tensor("shape", BATON_INT32, {3});
  auto shape_attributes = default_attributes<baton_shape_attributes>();
  shape_attributes.out_type = BATON_INT32;
  b.op(BATON_OP_SHAPE, {x}, {shape}, shape_attributes);
  const TensorId first = b.tensor("first", BATON_INT32, {});
  auto slice_attributes = default_attributes<baton_strided_slice_attributes>();
  slice_attributes.shrink_axis_mask = 1;
  b.op(BATON_OP_STRIDED_SLICE,
       {shape, b.int32s("begin", {0}), b.int32s("end", {1}), b.int32s("stride", {1})}, {first},
       slice_attributes);
  const TensorId wanted = b.tensor("wanted", BATON_INT32, {2});
  auto pack_attributes = default_attributes<baton_pack_attributes>();
  pack_attributes.values_count = 2;
  b.op(BATON_OP_PACK, {first, b.int32("rest", -1)}, {wanted}, pack_attributes);
  const TensorId flat = b.tensor("flat", BATON_FLOAT32, {-1, 6});
  b.op(BATON_OP_RESHAPE, {x, wanted}, {flat});
  b.output(binary(b, BATON_OP_ADD, flat, one(b, 1), BATON_ACTIVATION_NONE, {.name = "y"}));
  return b.finish();
}

File chain_model(int length) {
  GraphBuilder b("main");
  TensorId x = b.input("x", BATON_FLOAT32, {1, 8});
  for (int i = 0; i < length; ++i) {
    if (i % 3 == 0) x = unary(b, BATON_OP_RELU, x);
    if (i % 3 == 1) x = binary(b, BATON_OP_ADD, x, one(b, 0.25f));
    if (i % 3 == 2) x = binary(b, BATON_OP_MUL, x, one(b, 0.75f));
  }
  b.output(x);
  return b.finish();
}

File random_graph_model(uint32_t seed, int nodes) {
  GraphBuilder b("main");
  Weights random(seed);
  std::vector<TensorId> tensors{b.input("x", BATON_FLOAT32, {1, 16}),
                                b.input("y", BATON_FLOAT32, {1, 16})};
  std::vector<bool> used(2, false);
  const auto pick = [&] {
    const uint32_t i = random.below(static_cast<uint32_t>(tensors.size()));
    used[i] = true;
    return tensors[i];
  };
  for (int i = 0; i < nodes; ++i) {
    TensorId made = kNoTensor;
    switch (random.below(4)) {
      case 0:
        made = unary(b, BATON_OP_RELU, pick());
        break;
      case 1:
        made = binary(b, BATON_OP_MUL, pick(), one(b, random.next(1.0f)));
        break;
      default: {
        const TensorId left = pick();
        made = binary(b, BATON_OP_ADD, left, pick());
      }
    }
    tensors.push_back(made);
    used.push_back(false);
  }
  for (size_t i = 2; i < tensors.size(); ++i) {
    if (!used[i]) b.output(tensors[i]);
  }
  return b.finish();
}

File signature_model() {
  GraphBuilder b("main");
  const TensorId a = b.input("a", BATON_FLOAT32, {2});
  const TensorId c = b.input("b", BATON_FLOAT32, {2});
  const TensorId sum = binary(b, BATON_OP_ADD, a, c);
  const TensorId product = binary(b, BATON_OP_MUL, a, c);
  b.output(sum);
  b.output(product);
  b.signature("both", {{"right", c}, {"left", a}}, {{"product", product}, {"sum", sum}});
  return b.finish();
}

File concat_model() {
  GraphBuilder b("main");
  const TensorId x = b.input("x", BATON_FLOAT32, {-1, 2});
  const TensorId y = b.input("y", BATON_FLOAT32, {-1, 2});
  const TensorId sum = binary(b, BATON_OP_ADD, x, y);
  b.output(concatenation(b, {sum, x}, 0));
  return b.finish();
}

}  // namespace baton::test
