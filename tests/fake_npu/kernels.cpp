#include "kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace fake_npu {

using baton::sdk::Graph;
using baton::sdk::Node;
using baton::sdk::Tensor;

namespace {

// The input positions that hold state.
constexpr uint32_t kRnnState = 4;

bool is_conv(int32_t op) { return op == BATON_OP_CONV_2D || op == BATON_OP_DEPTHWISE_CONV_2D; }
bool has_weights(int32_t op) { return is_conv(op) || op == BATON_OP_FULLY_CONNECTED; }

template <typename T>
T clamp_float(T x, T low, T high) {
  return std::min(std::max(x, low), high);
}

int32_t type_low(baton_dtype dtype) { return dtype == BATON_UINT8 ? 0 : INT8_MIN; }
int32_t type_high(baton_dtype dtype) { return dtype == BATON_UINT8 ? UINT8_MAX : INT8_MAX; }

struct Axis {
  int32_t input, filter, stride, dilation, output, before;
};

Axis axis(const Instruction& i, int32_t input, int32_t filter, int32_t stride, int32_t dilation) {
  const int32_t output = baton_padding_output_size(i.padding, input, filter, stride, dilation);
  int32_t after = 0;
  const int32_t before = baton_padding_before(input, filter, stride, dilation, output, &after);
  return {input,  filter,
          stride, i.fault(kDepthwiseDilationIgnored) ? 1 : dilation,
          output, i.fault(kConvPaddingBefore) ? after : before};
}

// Offset of [b, y, x, c] in an NHWC tensor.
int64_t at(const View& view, int64_t b, int64_t y, int64_t x, int64_t c) {
  return ((b * view.dims[1] + y) * view.dims[2] + x) * view.dims[3] + c;
}

// Calls tap(in_y, in_x, filter_y, filter_x) for each cell of the window that is inside the input,
// and outside(filter_y, filter_x) for the others.
template <typename Tap, typename Outside>
void for_each_tap(const Axis& ay, const Axis& ax, int32_t oy, int32_t ox, const Tap& tap,
                  const Outside& outside) {
  for (int32_t fy = 0; fy < ay.filter; ++fy) {
    const int32_t y = oy * ay.stride - ay.before + fy * ay.dilation;
    for (int32_t fx = 0; fx < ax.filter; ++fx) {
      const int32_t x = ox * ax.stride - ax.before + fx * ax.dilation;
      if (y >= 0 && y < ay.input && x >= 0 && x < ax.input) {
        tap(y, x, fy, fx);
      } else {
        outside(fy, fx);
      }
    }
  }
}

int32_t multiply(const Instruction& i, int32_t x, int32_t multiplier, int32_t shift) {
  const int64_t product = int64_t{x} * multiplier;
  const int32_t right = std::max(31 - shift, 1);
  if (i.fault(kConvRoundsOnce)) {
    return baton_saturate_int32((product + (int64_t{1} << (right - 1))) >> right);
  }
  if (i.fault(kMulTruncates)) return baton_saturate_int32(product >> right);
  if (i.fault(kMulShiftSaturates) && shift > 0) {
    return baton_rounding_doubling_high_mul(baton_saturating_shift_left(x, shift), multiplier);
  }
  return baton_multiply_by_quantized_multiplier(x, multiplier, shift);
}

// Which scale an output channel has.
size_t scale_of(const Instruction& i, int32_t channel) {
  const size_t count = i.multipliers.size() + i.factors.size();
  if (count == 1 || i.fault(kConvScaleOfChannel0)) return 0;
  if (i.fault(kDepthwiseNextScale)) return static_cast<size_t>(channel + 1) % count;
  return static_cast<size_t>(channel);
}

template <typename T>
T requantize(const Instruction& i, int32_t sum, const int32_t* bias, int32_t channel) {
  if (i.fault(kConvSum16Bits)) sum = static_cast<int16_t>(sum);
  const size_t k = scale_of(i, channel);
  if (bias != nullptr) sum = baton_wrapping_add(sum, bias[channel]);
  const int32_t scaled = i.factors.empty() ? multiply(i, sum, i.multipliers[k], i.shifts[k])
                                           : baton_rescale_in_double(sum, i.factors[k]);
  return static_cast<T>(
      baton_clamp(baton_wrapping_add(scaled, i.output.zero_point()), i.low, i.high));
}

// Sums in the element type's accumulator and finishes in its own way.
template <typename T>
struct Accumulator {
  using Sum = int32_t;
  using Bias = int32_t;
  static Sum product(const Instruction& i, T x, T w) {
    // int8 filters with a scale per channel are symmetric.
    const bool symmetric = i.inputs[1].scales.size() != 1 || i.fault(kDepthwiseFilterZeroPoint);
    const int32_t w_zero = symmetric ? 0 : i.inputs[1].zero_point();
    const int32_t x_zero = i.fault(kFullyConnectedInputZeroPoint) ? 0 : i.inputs[0].zero_point();
    return (x - x_zero) * (w - w_zero);
  }
  static Sum add(Sum a, Sum b) { return baton_wrapping_add(a, b); }
  static T finish(const Instruction& i, Sum sum, const Bias* bias, int32_t channel) {
    return requantize<T>(i, sum, bias, channel);
  }
};

template <>
struct Accumulator<float> {
  using Sum = float;
  using Bias = float;
  static Sum product(const Instruction&, float x, float w) { return x * w; }
  static Sum add(Sum a, Sum b) { return a + b; }
  static float finish(const Instruction& i, Sum sum, const Bias* bias, int32_t channel) {
    if (bias != nullptr) sum += bias[channel];
    return clamp_float(sum, i.float_low, i.float_high);
  }
};

template <typename T>
const typename Accumulator<T>::Bias* bias_of(const std::vector<View>& inputs) {
  return inputs.size() > 2 ? inputs[2].as<const typename Accumulator<T>::Bias>() : nullptr;
}

template <typename T>
void run_conv(const Instruction& i, const std::vector<View>& inputs, const View& output) {
  using A = Accumulator<T>;
  const View& input = inputs[0];
  const View& filter = inputs[1];
  const bool depthwise = i.op == BATON_OP_DEPTHWISE_CONV_2D;
  Axis ay = axis(i, input.dims[1], filter.dims[1], i.stride_h, i.dilation_h);
  Axis ax = axis(i, input.dims[2], filter.dims[2], i.stride_w, i.dilation_w);
  if (i.fault(kConvStridesSwapped)) std::swap(ay.stride, ax.stride);
  const int32_t channels = output.dims[3];
  const int32_t per_group = depthwise ? 1 : filter.dims[3];
  const int32_t groups = input.dims[3] / per_group;
  const int32_t group_outputs = channels / groups;
  const auto* bias = bias_of<T>(inputs);
  for (int32_t b = 0; b < output.dims[0]; ++b) {
    for (int32_t oy = 0; oy < ay.output; ++oy) {
      for (int32_t ox = 0; ox < ax.output; ++ox) {
        for (int32_t c = 0; c < channels; ++c) {
          const int32_t group = i.fault(kDepthwiseChannelOrder) ? c % groups : c / group_outputs;
          typename A::Sum sum = 0;
          const auto weights = [&](int32_t fy, int32_t fx) {
            if (i.fault(kConvFilterByColumn)) {
              const int32_t tap = fx * ay.filter + fy;
              fy = tap / ax.filter, fx = tap % ax.filter;
            }
            return filter.as<T>() +
                   (depthwise ? at(filter, 0, fy, fx, c) : at(filter, c, fy, fx, 0));
          };
          const auto tap = [&](int32_t y, int32_t x, int32_t fy, int32_t fx) {
            const int32_t batch = i.fault(kConvBatch0) ? 0 : b;
            const T* in = input.as<T>() + at(input, batch, y, x, group * per_group);
            const T* w = weights(fy, fx);
            for (int32_t k = 0; k < per_group; ++k) {
              sum = A::add(sum, A::product(i, in[k], w[k]));
            }
          };
          for_each_tap(ay, ax, oy, ox, tap, [&](int32_t fy, int32_t fx) {
            if (!i.fault(kConvPadsWithZero)) return;
            for (int32_t k = 0; k < per_group; ++k) {
              sum = A::add(sum, A::product(i, T{0}, weights(fy, fx)[k]));
            }
          });
          output.as<T>()[at(output, b, oy, ox, c)] = A::finish(i, sum, bias, c);
        }
      }
    }
  }
}

template <typename T>
void run_fully_connected(const Instruction& i, const std::vector<View>& inputs,
                         const View& output) {
  using A = Accumulator<T>;
  const int64_t units = inputs[1].dims[0];
  const int64_t depth = inputs[1].dims[1];
  const int64_t rows = units == 0 ? 0 : output.count() / units;
  const int64_t summed = i.fault(kFullyConnectedLastLanes) && depth > 8 ? depth - depth % 8 : depth;
  const auto* bias = bias_of<T>(inputs);
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t unit = 0; unit < units; ++unit) {
      typename A::Sum sum = 0;
      for (int64_t k = 0; k < summed; ++k) {
        sum = A::add(sum, A::product(i, inputs[0].as<T>()[row * depth + k],
                                     inputs[1].as<T>()[unit * depth + k]));
      }
      const int64_t channel = i.fault(kFullyConnectedBias0) ? 0 : unit;
      output.as<T>()[row * units + unit] = A::finish(i, sum, bias, static_cast<int32_t>(channel));
    }
  }
}

// Index of the element of `view` that broadcasts to element `index` of `output`.
int64_t broadcast(const Instruction& i, const View& view, const View& output, int64_t index) {
  if (i.fault(kMulBroadcastRepeats)) return index % view.count();
  const bool from_left = i.fault(kAddBroadcastFromLeft);
  const size_t missing = from_left ? 0 : output.dims.size() - view.dims.size();
  int64_t offset = 0;
  int64_t stride = 1;
  for (size_t d = output.dims.size(); d-- > missing;) {
    const int64_t position = index % output.dims[d];
    index /= output.dims[d];
    if (d - missing >= view.dims.size()) continue;
    offset += position % view.dims[d - missing] * stride;
    stride *= view.dims[d - missing];
  }
  return offset;
}

Instruction without_activation(Instruction i) {
  baton_activation_range_float(BATON_ACTIVATION_NONE, &i.float_low, &i.float_high);
  i.low = type_low(i.output.dtype);
  i.high = type_high(i.output.dtype);
  return i;
}

template <typename T>
T binary(const Instruction& i, T a, T b) {
  const int32_t x = a - i.inputs[0].zero_point();
  const int32_t y = b - i.inputs[1].zero_point();
  int32_t scaled = 0;
  if (i.op == BATON_OP_MUL) {
    scaled = multiply(i, x * y, i.multipliers[0], i.shifts[0]);
  } else {
    const int32_t unit = 1 << i.add.left_shift;
    const int32_t second = i.fault(kAddOneMultiplier) ? 0 : 1;
    const int32_t left = baton_multiply_by_quantized_multiplier_smaller_than_one(
        x * unit, i.add.input_multiplier[0], i.add.input_shift[0]);
    const int32_t right = baton_multiply_by_quantized_multiplier_smaller_than_one(
        y * unit, i.add.input_multiplier[second], i.add.input_shift[second]);
    scaled = baton_multiply_by_quantized_multiplier(left + right, i.add.output_multiplier,
                                                    i.add.output_shift);
  }
  return static_cast<T>(
      baton_clamp(baton_saturating_add(scaled, i.output.zero_point()), i.low, i.high));
}

template <>
float binary(const Instruction& i, float a, float b) {
  return clamp_float(i.op == BATON_OP_MUL ? a * b : a + b, i.float_low, i.float_high);
}

template <typename T>
void run_binary(const Instruction& i, const std::vector<View>& inputs, const View& output) {
  const int64_t count = output.count();
  const auto run_part = [&](const Instruction& i, int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k) {
      output.as<T>()[k] = binary<T>(i, inputs[0].as<T>()[broadcast(i, inputs[0], output, k)],
                                    inputs[1].as<T>()[broadcast(i, inputs[1], output, k)]);
    }
  };
  run_part(i, 0, count);
  if (i.fault(kMulBareTail)) run_part(without_activation(i), count - count % 8, count);
}

template <typename T>
T relu(const Instruction& i, T x) {
  const int32_t scaled = baton_multiply_by_quantized_multiplier(x - i.inputs[0].zero_point(),
                                                                i.multipliers[0], i.shifts[0]);
  return static_cast<T>(
      baton_clamp(baton_saturating_add(scaled, i.output.zero_point()), i.low, i.high));
}

template <>
float relu(const Instruction& i, float x) {
  x = x < 0.0f ? 0.0f : x;
  return i.op == BATON_OP_RELU6 && x > 6.0f && !i.fault(kRelu6AsRelu) ? 6.0f : x;
}

template <typename T>
void run_relu(const Instruction& i, const std::vector<View>& inputs, const View& output) {
  const int64_t count = output.count();
  for (int64_t k = 0; k < count; ++k) {
    output.as<T>()[k] = relu<T>(i, inputs[0].as<T>()[k]);
    if (i.fault(kReluInPlace)) inputs[0].as<T>()[k] = output.as<T>()[k];
  }
}

template <typename T>
T mean(const Instruction& i, int64_t sum, int32_t count) {
  int64_t half = sum > 0 ? count / 2 : -(count / 2);
  if (i.fault(kPoolTruncates)) half = 0;
  return static_cast<T>(baton_clamp(static_cast<int32_t>((sum + half) / count), i.low, i.high));
}
template <typename T>
T mean(const Instruction& i, float sum, int32_t count) {
  return clamp_float(sum / static_cast<float>(count), i.float_low, i.float_high);
}

template <typename T>
void run_average_pool(const Instruction& i, const std::vector<View>& inputs, const View& output) {
  const View& input = inputs[0];
  const Axis ay = axis(i, input.dims[1], i.filter_h, i.stride_h, 1);
  const Axis ax = axis(i, input.dims[2], i.filter_w, i.stride_w, 1);
  using Sum = std::conditional_t<std::is_same<T, float>::value, float, int64_t>;
  for (int32_t b = 0; b < output.dims[0]; ++b) {
    for (int32_t oy = 0; oy < ay.output; ++oy) {
      for (int32_t ox = 0; ox < ax.output; ++ox) {
        for (int32_t c = 0; c < output.dims[3]; ++c) {
          Sum sum = 0;
          int32_t count = 0;
          const auto tap = [&](int32_t y, int32_t x, int32_t, int32_t) {
            sum += input.as<T>()[at(input, b, y, x, c)];
            ++count;
          };
          for_each_tap(ay, ax, oy, ox, tap, [&](int32_t, int32_t) {
            if (i.fault(kPoolFullWindow)) ++count;
          });
          output.as<T>()[at(output, b, oy, ox, c)] = mean<T>(i, sum, count);
        }
      }
    }
  }
}

void run_softmax(const Instruction& i, const std::vector<View>& inputs, const View& output) {
  const auto depth = static_cast<size_t>(output.dims.back());
  const size_t rows = depth == 0 ? 0 : static_cast<size_t>(output.count()) / depth;
  for (size_t row = 0; row < rows; ++row) {
    const size_t start = row * depth;
    if (i.output.dtype == BATON_INT8) {
      baton_softmax_row_int8(&i.softmax, inputs[0].as<int8_t>() + start,
                             output.as<int8_t>() + start, depth);
    } else if (i.output.dtype == BATON_UINT8) {
      baton_softmax_row_uint8(&i.softmax, inputs[0].as<uint8_t>() + start,
                              output.as<uint8_t>() + start, depth);
    } else {
      const float* x = inputs[0].as<float>() + start;
      float* y = output.as<float>() + start;
      const float largest = i.fault(kSoftmaxOverflows) ? 0.0f : *std::max_element(x, x + depth);
      float sum = 0;
      for (size_t k = 0; k < depth; ++k) sum += y[k] = std::exp((x[k] - largest) * i.beta);
      for (size_t k = 0; k < depth; ++k) y[k] /= sum;
    }
  }
}

float activate(int32_t activation, float x) {
  switch (activation) {
    case BATON_ACTIVATION_TANH:
      return std::tanh(x);
    case BATON_ACTIVATION_RELU:
      return x < 0.0f ? 0.0f : x;
    case BATON_ACTIVATION_RELU6:
      return clamp_float(x, 0.0f, 6.0f);
    case BATON_ACTIVATION_RELU_N1_TO_1:
      return clamp_float(x, -1.0f, 1.0f);
    default:
      return x;
  }
}

// h' = activation(bias + W x + R h); the output is h', and so is the new state.
void run_rnn(const Instruction& i, const std::vector<View>& inputs, const View& output,
             const View& state_in, const View& state_out) {
  const int64_t batch = inputs[0].dims[0];
  const int64_t depth = inputs[0].dims[1];
  const int64_t units = inputs[1].dims[0];
  for (int64_t b = 0; b < batch; ++b) {
    for (int64_t u = 0; u < units; ++u) {
      float from_input = 0, from_state = 0;
      for (int64_t k = 0; k < depth; ++k) {
        from_input += inputs[0].as<float>()[b * depth + k] * inputs[1].as<float>()[u * depth + k];
      }
      for (int64_t k = 0; k < units; ++k) {
        from_state += state_in.as<float>()[b * units + k] * inputs[2].as<float>()[u * units + k];
      }
      output.as<float>()[b * units + u] =
          activate(i.activation, inputs[3].as<float>()[u] + from_input + from_state);
    }
  }
  std::memcpy(state_out.data, output.data, static_cast<size_t>(batch * units) * sizeof(float));
}

template <typename T>
void run_typed(const Instruction& i, const std::vector<View>& inputs, const View& output) {
  switch (i.op) {
    case BATON_OP_CONV_2D:
    case BATON_OP_DEPTHWISE_CONV_2D:
      return run_conv<T>(i, inputs, output);
    case BATON_OP_FULLY_CONNECTED:
      return run_fully_connected<T>(i, inputs, output);
    case BATON_OP_ADD:
    case BATON_OP_MUL:
      return run_binary<T>(i, inputs, output);
    case BATON_OP_RELU:
    case BATON_OP_RELU6:
      return run_relu<T>(i, inputs, output);
    case BATON_OP_AVERAGE_POOL_2D:
      return run_average_pool<T>(i, inputs, output);
    default:
      return;
  }
}

Operand operand(const Tensor& tensor) {
  Operand result;
  if (!tensor) return result;
  const baton_quantization& q = tensor.quantization();
  result.tensor = tensor.index();
  result.dtype = tensor.dtype();
  if (q.kind != BATON_QUANTIZATION_NONE) {
    result.scales.assign(q.scales, q.scales + q.count);
    if (q.zero_points != nullptr) result.zero_points.assign(q.zero_points, q.zero_points + q.count);
  }
  return result;
}

Refusal check_quantization(const Graph& graph, const Node& node) {
  const bool weights = has_weights(node.op());
  for (uint32_t i = 0; i < node.inputs().size(); ++i) {
    const Tensor tensor = graph.input_of(node, i);
    if (!tensor || (i == 2 && weights) || node.op() == BATON_OP_RESHAPE) continue;
    const int32_t kind = tensor.quantization().kind;
    const bool per_axis =
        kind == BATON_QUANTIZATION_PER_AXIS && weights && i == 1 && tensor.dtype() == BATON_INT8;
    if (kind != BATON_QUANTIZATION_PER_TENSOR && !per_axis) {
      return {BATON_REASON_QUANTIZATION,
              std::string("tensor '") + tensor.name() + "' is not quantised per tensor"};
    }
  }
  if (node.op() != BATON_OP_RESHAPE &&
      graph.output_of(node, 0).quantization().kind != BATON_QUANTIZATION_PER_TENSOR) {
    return {BATON_REASON_QUANTIZATION, "the output is not quantised per tensor"};
  }
  return {};
}

}  // namespace

int32_t max_version(int32_t op) {
  switch (op) {
    case BATON_OP_CONV_2D:
      return 3;
    case BATON_OP_DEPTHWISE_CONV_2D:
      return 3;
    case BATON_OP_FULLY_CONNECTED:
      return 6;
    case BATON_OP_ADD:
      return 2;
    case BATON_OP_MUL:
      return 3;
    case BATON_OP_RELU:
      return 2;
    case BATON_OP_RELU6:
      return 2;
    case BATON_OP_AVERAGE_POOL_2D:
      return 2;
    case BATON_OP_RESHAPE:
      return 1;
    case BATON_OP_SOFTMAX:
      return 2;
    case BATON_OP_RNN:
      return 1;
    default:
      return 0;
  }
}

Refusal check(const Graph& graph, const Node& node, const Faults& fault) {
  const int32_t op = node.op();
  const Tensor input = graph.input_of(node, 0);
  const Tensor output = graph.output_of(node, 0);
  const baton_dtype dtype = input.dtype();
  const bool integer = dtype == BATON_INT8 || dtype == BATON_UINT8;
  const bool known = dtype == BATON_FLOAT32 || (integer && op != BATON_OP_RNN);
  if (!known || output.dtype() != dtype) {
    return {BATON_REASON_DTYPE, "the element types of input and output are not supported"};
  }
  if (op == BATON_OP_RESHAPE) return {};
  for (uint32_t i = 1; i < node.inputs().size(); ++i) {
    const Tensor tensor = graph.input_of(node, i);
    if (!tensor) continue;
    const bool bias = i == 2 && has_weights(op);
    const baton_dtype expected = bias && integer ? baton_dtype{BATON_INT32} : dtype;
    if (tensor.dtype() != expected) {
      return {BATON_REASON_DTYPE, std::string("tensor '") + tensor.name() +
                                      "' has another element type than the input"};
    }
    const bool state = op == BATON_OP_RNN && i == kRnnState;
    const bool must_be_constant = (has_weights(op) || op == BATON_OP_RNN) && !state;
    if (must_be_constant && !tensor.constant() && !fault(kWeightsNotConstant)) {
      return {BATON_REASON_NOT_CONSTANT,
              std::string("tensor '") + tensor.name() + "' must be a constant"};
    }
    if (state && !tensor.variable()) {
      return {BATON_REASON_ATTRIBUTE, "the state is no variable tensor"};
    }
  }
  if (op == BATON_OP_RNN && node.inputs().size() != 5) {
    return {BATON_REASON_ATTRIBUTE, "RNN must have five inputs"};
  }
  if ((is_conv(op) || op == BATON_OP_AVERAGE_POOL_2D) && input.rank() != 4) {
    return {BATON_REASON_RANK, "the rank must be 4"};
  }
  if (op == BATON_OP_FULLY_CONNECTED) {
    const auto& a = node.attributes<baton_fully_connected_attributes>();
    if (a.weights_format != BATON_FULLY_CONNECTED_WEIGHTS_FORMAT_DEFAULT) {
      return {BATON_REASON_ATTRIBUTE, "shuffled weights are not supported"};
    }
  }
  if (integer) {
    const Refusal refusal = check_quantization(graph, node);
    if (refusal.reason != BATON_REASON_NONE) return refusal;
  }
  const Instruction made = make_instruction(graph, node, fault);
  if (op == BATON_OP_ADD && integer && made.add.left_shift == 0) {
    return {BATON_REASON_QUANTIZATION, "the output's scale is too small"};
  }
  return {};
}

Instruction make_instruction(const Graph& graph, const Node& node, const Faults& faults) {
  Instruction i;
  i.op = node.op();
  i.node = node.index();
  i.fault = faults.of(node.name());
  for (uint32_t k = 0; k < node.inputs().size(); ++k) {
    i.inputs.push_back(operand(graph.input_of(node, k)));
  }
  i.output = operand(graph.output_of(node, 0));
  switch (i.op) {
    case BATON_OP_CONV_2D: {
      const auto& a = node.attributes<baton_conv_2d_attributes>();
      i.padding = a.padding, i.stride_h = a.stride_h, i.stride_w = a.stride_w;
      i.dilation_h = a.dilation_h_factor, i.dilation_w = a.dilation_w_factor;
      i.activation = a.fused_activation_function;
      break;
    }
    case BATON_OP_DEPTHWISE_CONV_2D: {
      const auto& a = node.attributes<baton_depthwise_conv_2d_attributes>();
      i.padding = a.padding, i.stride_h = a.stride_h, i.stride_w = a.stride_w;
      i.dilation_h = a.dilation_h_factor, i.dilation_w = a.dilation_w_factor;
      i.activation = a.fused_activation_function;
      break;
    }
    case BATON_OP_AVERAGE_POOL_2D: {
      const auto& a = node.attributes<baton_pool_2d_attributes>();
      i.padding = a.padding, i.stride_h = a.stride_h, i.stride_w = a.stride_w;
      i.filter_h = a.filter_height, i.filter_w = a.filter_width;
      i.activation = a.fused_activation_function;
      break;
    }
    case BATON_OP_FULLY_CONNECTED:
      i.activation = node.attributes<baton_fully_connected_attributes>().fused_activation_function;
      break;
    case BATON_OP_ADD:
      i.activation = node.attributes<baton_add_attributes>().fused_activation_function;
      if (i.fault(kAddReluN1AsRelu) && i.activation == BATON_ACTIVATION_RELU_N1_TO_1) {
        i.activation = BATON_ACTIVATION_RELU;
      }
      break;
    case BATON_OP_MUL:
      i.activation = node.attributes<baton_mul_attributes>().fused_activation_function;
      break;
    case BATON_OP_RNN:
      i.activation = node.attributes<baton_rnn_attributes>().fused_activation_function;
      break;
    case BATON_OP_SOFTMAX:
      if (!i.fault(kSoftmaxBetaIgnored)) i.beta = node.attributes<baton_softmax_attributes>().beta;
      break;
    case BATON_OP_RELU:
      i.activation = BATON_ACTIVATION_RELU;
      break;
    case BATON_OP_RELU6:
      i.activation = i.fault(kRelu6AsRelu) ? BATON_ACTIVATION_RELU : BATON_ACTIVATION_RELU6;
      break;
    default:
      break;
  }
  baton_activation_range_float(i.activation, &i.float_low, &i.float_high);
  if (i.output.dtype == BATON_FLOAT32 || i.op == BATON_OP_RESHAPE) return i;

  const Operand& x = i.inputs[0];
  baton_activation_range(i.activation, i.output.scale(), i.output.zero_point(),
                         type_low(i.output.dtype), type_high(i.output.dtype), &i.low, &i.high);
  if (i.fault(kAddFromMinus127)) i.low = std::max(i.low, -127);
  if (i.fault(kReluZeroAt0)) i.low = std::max(type_low(i.output.dtype), 0);
  const auto add_multiplier = [&](double factor) {
    i.multipliers.push_back(0);
    i.shifts.push_back(0);
    baton_quantize_multiplier(factor, &i.multipliers.back(), &i.shifts.back());
  };
  if (has_weights(i.op)) {
    for (const float scale : i.inputs[1].scales) {
      const double factor = baton_conv_scale_per_channel(x.scale(), scale, i.output.scale());
      if (i.op == BATON_OP_FULLY_CONNECTED) {
        i.factors.push_back(factor);
      } else {
        // uint8 multiplies the scales in float, and that decides the last bit.
        add_multiplier(i.output.dtype == BATON_UINT8
                           ? baton_conv_scale_per_tensor(x.scale(), scale, i.output.scale())
                           : factor);
      }
    }
  } else if (i.op == BATON_OP_MUL) {
    const float product = x.scale() * i.inputs[1].scale();
    add_multiplier(static_cast<double>(product / i.output.scale()));
  } else if (i.op == BATON_OP_ADD) {
    baton_prepare_add(x.scale(), i.inputs[1].scale(), i.output.scale(), 20, &i.add);
  } else if (i.op == BATON_OP_SOFTMAX) {
    baton_softmax_prepare(i.beta, x.scale(), &i.softmax);
  } else if (i.op == BATON_OP_RELU || i.op == BATON_OP_RELU6) {
    add_multiplier(static_cast<double>(x.scale() / i.output.scale()));
  }
  return i;
}

int64_t work(const Graph& graph, const Node& node) {
  const int64_t outputs = graph.output_of(node, 0).count();
  switch (node.op()) {
    case BATON_OP_CONV_2D: {
      const Tensor filter = graph.input_of(node, 1);
      return outputs * filter.dim(1) * filter.dim(2) * filter.dim(3);
    }
    case BATON_OP_DEPTHWISE_CONV_2D: {
      const Tensor filter = graph.input_of(node, 1);
      return outputs * filter.dim(1) * filter.dim(2);
    }
    case BATON_OP_FULLY_CONNECTED:
      return outputs * graph.input_of(node, 1).dim(1);
    case BATON_OP_AVERAGE_POOL_2D: {
      const auto& a = node.attributes<baton_pool_2d_attributes>();
      return outputs * a.filter_height * a.filter_width;
    }
    default:
      return outputs;
  }
}

void run(const Instruction& i, const std::vector<View>& inputs, const View& output,
         const View& state_in, const View& state_out) {
  if (output.count() == 0) return;
  switch (i.op) {
    case BATON_OP_RESHAPE: {
      const size_t size = i.output.dtype == BATON_FLOAT32 ? 4 : 1;
      const size_t bytes = static_cast<size_t>(output.count()) * size;
      std::memcpy(output.data, inputs[0].data, i.fault(kReshapeWholeWords) ? bytes & ~3u : bytes);
      return;
    }
    case BATON_OP_SOFTMAX:
      return run_softmax(i, inputs, output);
    case BATON_OP_RNN:
      return run_rnn(i, inputs, output, state_in, state_out);
    default:
      break;
  }
  switch (i.output.dtype) {
    case BATON_INT8:
      return run_typed<int8_t>(i, inputs, output);
    case BATON_UINT8:
      return run_typed<uint8_t>(i, inputs, output);
    default:
      return run_typed<float>(i, inputs, output);
  }
}

}  // namespace fake_npu
