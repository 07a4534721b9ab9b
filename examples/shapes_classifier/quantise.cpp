#include "quantise.h"

#include <baton/fixed_point.h>

#include <algorithm>
#include <cmath>

namespace shapes {
namespace {

constexpr int32_t kLow = -128;
constexpr int32_t kHigh = 127;

// A range widened to hold 0, which must be a quantised value of its own.
Quantisation from_range(float low, float high) {
  low = std::min(low, 0.0f);
  high = std::max(high, 0.0f);
  Quantisation result;
  result.scale = std::max(high - low, 1e-6f) / 255.0f;
  result.zero_point =
      baton_clamp(kLow - static_cast<int32_t>(std::lround(low / result.scale)), kLow, kHigh);
  return result;
}

// Symmetric int8 weights and the int32 bias that goes with them.
void quantise_parameters(const Layer& layer, float input_scale, QuantisedLayer& out) {
  const auto channels = static_cast<size_t>(layer.out.channels);
  const size_t per_channel = layer.weights.size() / channels;
  const bool one_scale = layer.kind == Kind::kFullyConnected;
  const auto channel_of = [&](size_t i) {
    return layer.kind == Kind::kDepthwise ? i % channels : i / per_channel;
  };

  std::vector<float> largest(one_scale ? 1 : channels, 1e-6f);
  for (size_t i = 0; i < layer.weights.size(); ++i) {
    float& most = largest[one_scale ? 0 : channel_of(i)];
    most = std::max(most, std::fabs(layer.weights[i]));
  }
  for (const float most : largest) out.weight_scales.push_back(most / 127.0f);
  for (size_t i = 0; i < layer.weights.size(); ++i) {
    const float scale = out.weight_scales[one_scale ? 0 : channel_of(i)];
    out.weights.push_back(static_cast<int8_t>(
        baton_clamp(static_cast<int32_t>(std::lround(layer.weights[i] / scale)), -127, 127)));
  }
  for (size_t c = 0; c < channels; ++c) {
    const double scale = static_cast<double>(input_scale) * out.weight_scales[one_scale ? 0 : c];
    out.bias.push_back(static_cast<int32_t>(std::lround(layer.bias[c] / scale)));
  }
}

// Accumulator of one output channel to its 8-bit value.
class Rescale {
 public:
  Rescale(const Layer& layer, const QuantisedLayer& quantised, float input_scale) {
    out_ = quantised.out;
    const bool one_scale = layer.kind == Kind::kFullyConnected;
    for (int c = 0; c < layer.out.channels; ++c) {
      const float weight_scale = quantised.weight_scales[one_scale ? 0 : c];
      const double factor =
          one_scale ? baton_conv_scale_per_tensor(input_scale, weight_scale, out_.scale)
                    : baton_conv_scale_per_channel(input_scale, weight_scale, out_.scale);
      significands_.push_back(0);
      shifts_.push_back(0);
      baton_quantize_multiplier(factor, &significands_.back(), &shifts_.back());
    }
    if (layer.relu6) {
      low_ = std::max(low_, out_.zero_point);
      high_ = baton_quantize(6.0f, out_.scale, out_.zero_point, kLow, kHigh);
    }
  }

  int8_t operator()(int32_t sum, size_t channel) const {
    const int32_t scaled =
        baton_multiply_by_quantized_multiplier(sum, significands_[channel], shifts_[channel]);
    return static_cast<int8_t>(baton_clamp(scaled + out_.zero_point, low_, high_));
  }

 private:
  Quantisation out_;
  std::vector<int32_t> significands_;
  std::vector<int32_t> shifts_;
  int32_t low_ = kLow;
  int32_t high_ = kHigh;
};

// Convolutions; a fully connected layer is one with a window of one cell.
std::vector<int8_t> run_window(const Layer& layer, const QuantisedLayer& quantised,
                               const Quantisation& input, const std::vector<int8_t>& in) {
  const Rescale rescale(layer, quantised, input.scale);
  const bool depthwise = layer.kind == Kind::kDepthwise;
  const int depth = depthwise ? 1 : layer.in.channels;
  const int before = layer.padding();
  std::vector<int8_t> out(layer.out.size());
  for (int y = 0; y < layer.out.height; ++y) {
    for (int x = 0; x < layer.out.width; ++x) {
      for (int c = 0; c < layer.out.channels; ++c) {
        int32_t sum = quantised.bias[c];
        for (int tap = 0; tap < layer.kernel * layer.kernel; ++tap) {
          const int in_y = y * layer.stride + tap / layer.kernel - before;
          const int in_x = x * layer.stride + tap % layer.kernel - before;
          if (in_y < 0 || in_y >= layer.in.height || in_x < 0 || in_x >= layer.in.width) continue;
          const int cell = (in_y * layer.in.width + in_x) * layer.in.channels;
          for (int i = 0; i < depth; ++i) {
            const int weight = depthwise ? tap * layer.out.channels + c
                                         : (c * layer.kernel * layer.kernel + tap) * depth + i;
            sum += quantised.weights[weight] * (in[cell + (depthwise ? c : i)] - input.zero_point);
          }
        }
        out[(y * layer.out.width + x) * layer.out.channels + c] = rescale(sum, c);
      }
    }
  }
  return out;
}

std::vector<int8_t> run_add(const Quantisation& out_params, const Quantisation& a_params,
                            const std::vector<int8_t>& a, const Quantisation& b_params,
                            const std::vector<int8_t>& b) {
  baton_add_multipliers factors;
  baton_prepare_add(a_params.scale, b_params.scale, out_params.scale, 20, &factors);
  const auto scaled = [&](int32_t value, int which) {
    return baton_multiply_by_quantized_multiplier_smaller_than_one(
        value * (1 << factors.left_shift), factors.input_multiplier[which],
        factors.input_shift[which]);
  };
  std::vector<int8_t> out;
  for (size_t i = 0; i < a.size(); ++i) {
    const int32_t sum =
        scaled(a[i] - a_params.zero_point, 0) + scaled(b[i] - b_params.zero_point, 1);
    out.push_back(static_cast<int8_t>(baton_clamp(
        out_params.zero_point + baton_multiply_by_quantized_multiplier_smaller_than_one(
                                    sum, factors.output_multiplier, factors.output_shift),
        kLow, kHigh)));
  }
  return out;
}

std::vector<int8_t> run_average_pool(const Layer& layer, const std::vector<int8_t>& in) {
  const int cells = layer.in.height * layer.in.width;
  std::vector<int8_t> out;
  for (int c = 0; c < layer.in.channels; ++c) {
    int32_t sum = 0;
    for (int i = 0; i < cells; ++i) sum += in[i * layer.in.channels + c];
    out.push_back(static_cast<int8_t>((sum + (sum > 0 ? cells / 2 : -cells / 2)) / cells));
  }
  return out;
}

}  // namespace

QuantisedNetwork quantise(const Network& network, const std::vector<std::vector<float>>& pictures) {
  const size_t count = network.layers.size();
  std::vector<float> low(count, 0.0f);
  std::vector<float> high(count, 0.0f);
  for (const auto& picture : pictures) {
    const auto outputs = run(network, picture);
    for (size_t i = 0; i < count; ++i) {
      const auto [least, most] = std::minmax_element(outputs[i].begin(), outputs[i].end());
      low[i] = std::min(low[i], *least);
      high[i] = std::max(high[i], *most);
    }
  }

  QuantisedNetwork result;
  result.input = kInputQuantisation;
  Quantisation input = result.input;
  for (size_t i = 0; i < count; ++i) {
    const Layer& layer = network.layers[i];
    QuantisedLayer quantised;
    // A pool passes its input's quantisation on.
    quantised.out = layer.kind == Kind::kAveragePool ? input : from_range(low[i], high[i]);
    if (!layer.weights.empty()) quantise_parameters(layer, input.scale, quantised);
    input = quantised.out;
    result.layers.push_back(std::move(quantised));
  }
  return result;
}

std::vector<int8_t> quantise_input(const std::vector<float>& values) {
  std::vector<int8_t> result;
  result.reserve(values.size());
  for (const float value : values) {
    result.push_back(static_cast<int8_t>(static_cast<int>(value) - 128));
  }
  return result;
}

std::vector<int8_t> run(const Network& network, const QuantisedNetwork& quantised,
                        const std::vector<int8_t>& input) {
  std::vector<std::vector<int8_t>> outputs;
  for (size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    const std::vector<int8_t>& in = i == 0 ? input : outputs.back();
    const Quantisation& in_params = i == 0 ? quantised.input : quantised.layers[i - 1].out;
    switch (layer.kind) {
      case Kind::kConv:
      case Kind::kDepthwise:
      case Kind::kFullyConnected:
        outputs.push_back(run_window(layer, quantised.layers[i], in_params, in));
        break;
      case Kind::kAdd:
        outputs.push_back(run_add(quantised.layers[i].out, in_params, in,
                                  quantised.layers[layer.other].out, outputs[layer.other]));
        break;
      case Kind::kAveragePool:
        outputs.push_back(run_average_pool(layer, in));
        break;
    }
  }
  return outputs.back();
}

}  // namespace shapes
