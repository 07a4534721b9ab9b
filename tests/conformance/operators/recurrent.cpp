// Operators with state: RNN, SVDF, LSTM and UNIDIRECTIONAL_SEQUENCE_LSTM, over several runs.
#include <cmath>

#include "tests/conformance/operators/activation.h"
#include "tests/conformance/operators/recipe.h"
#include "tests/conformance/operators/weighted.h"

namespace baton::conformance {
namespace {

constexpr uint32_t kRuns = 4;
constexpr std::initializer_list<int32_t> kActivations = {
    BATON_ACTIVATION_TANH, BATON_ACTIVATION_RELU, BATON_ACTIVATION_NONE, BATON_ACTIVATION_RELU6,
    BATON_ACTIVATION_RELU_N1_TO_1};

Shape vector(int32_t size) { return {size}; }

// Weights within `limit`, in the variant's type: int8 ones have one scale and no zero point.
TensorId weights(Draft& d, const Shape& shape, double limit) {
  const Content content{.low = -limit, .high = limit, .bounded = true};
  const bool real = d.dtype() == BATON_FLOAT32 && !d.hybrid();
  return real ? d.constant(BATON_FLOAT32, shape, {}, content)
              : d.constant(BATON_INT8, shape, tflite::per_tensor(static_cast<float>(limit / 127)),
                           content);
}

// So large that sums of `depth` products with inputs of this size have about the spread.
double limit_for(double spread, int32_t depth, double size) {
  return spread / std::sqrt(static_cast<double>(std::max(depth, 1))) / size;
}

// float32, or int32 of this scale.
TensorId bias(Draft& d, int32_t count, double limit, float scale) {
  if (d.dtype() == BATON_FLOAT32) {
    return d.constant(BATON_FLOAT32, {count}, {}, {.low = -limit, .high = limit});
  }
  return d.constant(BATON_INT32, {count}, tflite::per_tensor(scale),
                    {.low = -limit, .high = limit, .bounded = true});
}

void rnn(Draft& d) {
  d.options.runs = kRuns;
  const int32_t activation = d.pick(kActivations);
  const double spread = activation == BATON_ACTIVATION_TANH ? 1.5 : clamp_spread(d, activation);
  const int32_t batch = d.pick({1, 3, 2});
  const int32_t depth = d.channels();
  const int32_t units = d.channels();
  const TensorId x = d.input({batch, depth}, {.low = -1, .high = 1});
  d.node(BATON_OP_RNN,
         {x, weights(d, {units, depth}, limit_for(spread, depth, 1)),
          weights(d, {units, units}, limit_for(1.2, units, 1)), bias(d, units, spread / 2, 0),
          d.variable({batch, units})},
         Quantization{},
         d.attributes({{"fused_activation_function", static_cast<double>(activation)}}));
}

void svdf(Draft& d) {
  d.options.runs = kRuns;
  const bool integer = d.dtype() == BATON_INT8;
  // The integer kernel knows no other.
  const int32_t activation = integer ? BATON_ACTIVATION_RELU : d.pick(kActivations);
  const double spread = activation == BATON_ACTIVATION_TANH ? 1.5 : clamp_spread(d, activation);
  const int32_t batch = d.pick({1, 3, 2});
  const int32_t depth = d.channels();
  const int32_t units = d.channels();
  const int32_t rank = d.pick({1, 2, 4});
  const int32_t memory = d.pick({3, 1, 8, 10, 5});
  const int32_t filters = rank * units;
  const TensorId x = d.input(d.dtype(), {batch, depth}, d.quantization(1), {.low = -1, .high = 1});
  const TensorId features = weights(d, {filters, depth}, limit_for(1.5, depth, 1));
  const double limit = limit_for(spread, rank * memory, 1);
  const Content content{.low = -limit, .high = limit, .bounded = true};
  TensorId time = kNoTensor;
  TensorId state = kNoTensor;
  Range range{-spread, spread};
  if (integer) {
    // Fewer bits than there are, so that sums of products fit 32.
    const Range feature = sum_range(d.range_of(x), d.range_of(features), depth);
    const auto state_scale = static_cast<float>(std::max(feature.high, 1e-3) / 12000);
    const auto time_scale = static_cast<float>(limit / 2000);
    time = d.constant(BATON_INT16, {filters, memory}, tflite::per_tensor(time_scale), content);
    state = d.variable(BATON_INT16, {batch, filters * memory}, tflite::per_tensor(state_scale));
    range = sum_range({-feature.high, feature.high}, d.range_of(time), int64_t{rank} * memory);
  } else {
    time = weights(d, {filters, memory}, limit);
    state = d.variable(BATON_FLOAT32, {batch, filters * memory});
  }
  const float scale =
      integer ? d.quantization_of(state).scale[0] * d.quantization_of(time).scale[0] : 0;
  const TensorId start = d.pick_index(4) == 3 ? kNoTensor : bias(d, units, range.high / 3, scale);
  d.node(BATON_OP_SVDF, {x, features, time, start, state}, d.covering({0, range.high}),
         d.attributes({{"rank", static_cast<double>(rank)},
                       {"fused_activation_function", static_cast<double>(activation)},
                       {"asymmetric_quantize_inputs", d.pick_bool() ? 1.0 : 0.0}}));
}

// The kernel of five inputs: input and last output are joined, one matrix makes all four gates.
// Of its outputs the last two are scratch memory.
void basic_lstm(Draft& d) {
  const bool real = d.dtype() == BATON_FLOAT32;
  const int32_t batch = d.pick({1, 3, 2});
  const int32_t depth = d.channels();
  const int32_t units = d.channels();
  const Quantization unit = real ? Quantization{} : tflite::per_tensor(1.0f / 128, 128);
  const Quantization fine = real ? Quantization{} : tflite::per_tensor(std::ldexp(1.0f, -11));
  const double limit = limit_for(2, depth + units, 1);
  const Shape shape = {4 * units, depth + units};
  const Content content{.low = -limit, .high = limit, .bounded = true};
  Quantization q;
  if (!real) q = tflite::per_tensor(static_cast<float>(limit / 127), d.pick({128, 120, 131}));
  const TensorId x = d.input(d.dtype(), {batch, depth}, unit, {.low = -1, .high = 1});
  const TensorId matrix = d.constant(d.dtype(), shape, q, content);
  const float scale = real ? 0 : q.scale[0] / 128;
  const baton_dtype wide = real ? BATON_FLOAT32 : BATON_INT16;
  d.node(BATON_OP_LSTM,
         {x, d.variable(d.dtype(), {batch, units}, unit), matrix, bias(d, 4 * units, 1, scale),
          d.variable(wide, {batch, units}, fine)},
         {{d.dtype(), unit}, {wide, fine}, {d.dtype(), unit}, {wide, fine}},
         d.attributes({{"kernel_type", BATON_LSTM_KERNEL_TYPE_BASIC},
                       {"fused_activation_function", BATON_ACTIVATION_TANH}}));
  d.b.graph().outputs.resize(2);
}

// The kernel of 20 or 24 inputs.
struct FullLstm {
  explicit FullLstm(Draft& draft) : d(draft) {}

  void make(const Shape& input_shape, int32_t batch, const AttributeSet& attributes, double clip);

 private:
  bool integer() const { return d.dtype() == BATON_INT8; }
  TensorId gate_bias(int gate, TensorId x);
  TensorId norm();

  Draft& d;
  bool cifg = d.pick_bool();
  bool peephole = d.pick_index(3) == 2;
  bool normalised = d.pick_index(4) == 3;
  bool projected = d.pick_index(3) == 1;
  int32_t cells = d.channels();
  int32_t outputs = projected ? std::max(cells / 2, 1) : cells;
  TensorId input_weights[4] = {kNoTensor, kNoTensor, kNoTensor, kNoTensor};
};

constexpr float kNormScale = 1.5f / 32767;

TensorId FullLstm::norm() {
  if (!integer()) return d.constant(BATON_FLOAT32, vector(cells), {}, {.low = 0.3, .high = 1.5});
  return d.constant(BATON_INT16, vector(cells), tflite::per_tensor(kNormScale),
                    {.low = 0.3, .high = 1.5, .bounded = true});
}

TensorId FullLstm::gate_bias(int gate, TensorId x) {
  float scale = 0;
  if (integer()) {
    scale = normalised
                ? kNormScale / 1024
                : d.quantization_of(input_weights[gate]).scale[0] * d.quantization_of(x).scale[0];
  }
  return bias(d, cells, 0.7, scale);
}

void FullLstm::make(const Shape& input_shape, int32_t batch, const AttributeSet& attributes,
                    double clip) {
  const int32_t depth = input_shape.back();
  const int first_gate = cifg ? 1 : 0;
  const TensorId x = d.input(d.dtype(), input_shape, d.quantization(1), {.low = -1, .high = 1});
  std::vector<TensorId> inputs(normalised ? 24 : 20, kNoTensor);
  inputs[0] = x;
  for (int gate = first_gate; gate < 4; ++gate) {
    const auto i = static_cast<size_t>(gate);
    inputs[1 + i] = input_weights[gate] = weights(d, {cells, depth}, limit_for(2.5, depth, 1));
    inputs[5 + i] = weights(d, {cells, outputs}, limit_for(2.5, outputs, 1));
    inputs[12 + i] = gate_bias(gate, x);
    if (normalised) inputs[20 + i] = norm();
  }
  if (peephole) {
    for (const size_t i : {size_t{9}, size_t{10}, size_t{11}}) {
      if (i == 9 && cifg) continue;
      inputs[i] = integer()
                      ? d.constant(BATON_INT16, vector(cells), tflite::per_tensor(0.5f / 32767))
                      : weights(d, vector(cells), 0.5);
    }
  }
  const Quantization state_scale = integer() ? d.covering({-0.9, 0.9}) : Quantization{};
  Quantization hidden = state_scale;
  if (projected) {
    if (integer()) hidden = d.covering({-1, 1});
    inputs[16] = weights(d, {outputs, cells}, limit_for(1.5, cells, 1));
    if (d.pick_bool()) {
      const float scale = integer() ? d.quantization_of(inputs[16]).scale[0] * hidden.scale[0] : 0;
      inputs[17] = bias(d, outputs, 0.3, scale);
    }
  }
  inputs[18] = d.variable(d.dtype(), {batch, outputs}, state_scale);
  inputs[19] = integer() ? d.variable(BATON_INT16, {batch, cells},
                                      tflite::per_tensor(std::ldexp(1.0f, clip > 4 ? -11 : -12)))
                         : d.variable(BATON_FLOAT32, {batch, cells});
  d.node(d.op().code, inputs, state_scale, attributes);
  if (!integer()) return;
  // Scales of the sums of each gate, and of what the projection takes.
  std::vector<TensorId>& between = d.b.operator_at(0).intermediates;
  std::vector<TensorId> made;
  for (int gate = 0; gate < 4; ++gate) {
    made.push_back(d.b.tensor(d.b.unique_name("sum"), BATON_INT16, {},
                              tflite::per_tensor(normalised ? 4.0f / 32767 : 1.0f / 4096)));
  }
  made.push_back(d.b.tensor("hidden", BATON_INT8, {}, hidden));
  between = made;
}

AttributeSet lstm_attributes(Draft& d, double cell_clip, bool time_major) {
  // Integer kernels have no other activation.
  const int32_t activation = d.dtype() != BATON_FLOAT32 || d.pick_index(3) != 2
                                 ? BATON_ACTIVATION_TANH
                                 : d.pick(kActivations);
  return d.attributes({{"fused_activation_function", static_cast<double>(activation)},
                       {"cell_clip", cell_clip},
                       {"proj_clip", d.pick({0.0, 0.6})},
                       {"time_major", time_major ? 1.0 : 0.0},
                       {"asymmetric_quantize_inputs", d.pick_bool() ? 1.0 : 0.0}});
}

void lstm(Draft& d) {
  d.options.runs = kRuns;
  const bool basic = d.dtype() == BATON_UINT8 ||
                     (d.dtype() == BATON_FLOAT32 && !d.hybrid() && d.pick_index(4) == 3);
  if (basic) return basic_lstm(d);
  const double clip = d.pick({0.0, 10.0, 0.8});
  const int32_t batch = d.pick({1, 3, 2});
  const Shape shape = {batch, d.channels()};
  const AttributeSet attributes = lstm_attributes(d, clip, false);
  FullLstm(d).make(shape, batch, attributes, clip);
}

void sequence_lstm(Draft& d) {
  d.options.runs = kRuns;
  const double clip = d.pick({0.0, 10.0, 0.8});
  const int32_t batch = d.pick({1, 3, 2});
  const int32_t steps = d.pick({3, 1, 5, 2});
  const bool time_major = d.pick_bool();
  const Shape shape =
      time_major ? Shape{steps, batch, d.channels()} : Shape{batch, steps, d.channels()};
  const AttributeSet attributes = lstm_attributes(d, clip, time_major);
  FullLstm(d).make(shape, batch, attributes, clip);
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_RNN, rnn, 48},
    {BATON_OP_SVDF, svdf, 48, true},
    {BATON_OP_LSTM, lstm, 48, true},
    {BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, sequence_lstm, 48, true},
};

}  // namespace

extern const Recipes recurrent_recipes{kRecipes};

}  // namespace baton::conformance
