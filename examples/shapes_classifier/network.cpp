#include "network.h"

#include <algorithm>

namespace shapes {
namespace {

class Builder {
 public:
  explicit Builder(Shape input) : shape_(input) {}

  int conv(int channels, int kernel, int stride, bool relu6) {
    Layer layer = window(Kind::kConv, channels, kernel, stride, relu6);
    layer.weights.resize(static_cast<size_t>(channels) * kernel * kernel * shape_.channels);
    return push(std::move(layer));
  }

  int depthwise(int stride) {
    Layer layer = window(Kind::kDepthwise, shape_.channels, 3, stride, true);
    layer.weights.resize(static_cast<size_t>(9) * shape_.channels);
    return push(std::move(layer));
  }

  // Expand, filter, project; with `add`, around a shortcut.
  int inverted_residual(int expanded, int channels, int stride, bool add) {
    const int shortcut = static_cast<int>(network_.layers.size()) - 1;
    conv(expanded, 1, 1, true);
    depthwise(stride);
    const int last = conv(channels, 1, 1, false);
    if (!add) return last;
    Layer layer{Kind::kAdd, shape_, shape_};
    layer.other = shortcut;
    return push(std::move(layer));
  }

  void classifier(int classes) {
    push({Kind::kAveragePool, shape_, {1, 1, shape_.channels}});
    Layer layer{Kind::kFullyConnected, shape_, {1, 1, classes}};
    layer.weights.resize(static_cast<size_t>(classes) * shape_.channels);
    layer.bias.resize(classes);
    push(std::move(layer));
  }

  Network take() { return std::move(network_); }

 private:
  Layer window(Kind kind, int channels, int kernel, int stride, bool relu6) {
    Layer layer{kind, shape_, {}};
    layer.out = {(shape_.height + stride - 1) / stride, (shape_.width + stride - 1) / stride,
                 channels};
    layer.kernel = kernel;
    layer.stride = stride;
    layer.relu6 = relu6;
    layer.bias.resize(channels);
    return layer;
  }

  int push(Layer layer) {
    shape_ = layer.out;
    network_.layers.push_back(std::move(layer));
    return static_cast<int>(network_.layers.size()) - 1;
  }

  Shape shape_;
  Network network_;
};

void run_window(const Layer& layer, const std::vector<float>& in, std::vector<float>& out) {
  const bool depthwise = layer.kind == Kind::kDepthwise;
  const int depth = depthwise ? 1 : layer.in.channels;
  const int before = layer.padding();
  for (int y = 0; y < layer.out.height; ++y) {
    for (int x = 0; x < layer.out.width; ++x) {
      for (int c = 0; c < layer.out.channels; ++c) {
        float sum = layer.bias[c];
        for (int ky = 0; ky < layer.kernel; ++ky) {
          for (int kx = 0; kx < layer.kernel; ++kx) {
            const int in_y = y * layer.stride + ky - before;
            const int in_x = x * layer.stride + kx - before;
            if (in_y < 0 || in_y >= layer.in.height || in_x < 0 || in_x >= layer.in.width) continue;
            for (int i = 0; i < depth; ++i) {
              const int channel = depthwise ? c : i;
              const int tap = ky * layer.kernel + kx;
              const int weight = depthwise ? tap * layer.out.channels + c
                                           : (c * layer.kernel * layer.kernel + tap) * depth + i;
              sum += layer.weights[weight] *
                     in[(in_y * layer.in.width + in_x) * layer.in.channels + channel];
            }
          }
        }
        out[(y * layer.out.width + x) * layer.out.channels + c] =
            layer.relu6 ? std::clamp(sum, 0.0f, 6.0f) : sum;
      }
    }
  }
}

void run_average_pool(const Layer& layer, const std::vector<float>& in, std::vector<float>& out) {
  const int cells = layer.in.height * layer.in.width;
  for (int c = 0; c < layer.in.channels; ++c) {
    float sum = 0;
    for (int i = 0; i < cells; ++i) sum += in[i * layer.in.channels + c];
    out[c] = sum / static_cast<float>(cells);
  }
}

void run_fully_connected(const Layer& layer, const std::vector<float>& in,
                         std::vector<float>& out) {
  for (int o = 0; o < layer.out.channels; ++o) {
    float sum = layer.bias[o];
    for (int i = 0; i < layer.in.channels; ++i) {
      sum += layer.weights[o * layer.in.channels + i] * in[i];
    }
    out[o] = sum;
  }
}

}  // namespace

int Layer::padding() const {
  return std::max((out.height - 1) * stride + kernel - in.height, 0) / 2;
}

Network make_network(int classes) {
  Builder builder({kInputSide, kInputSide, 3});
  builder.conv(16, 3, 2, true);
  builder.depthwise(2);
  builder.conv(24, 1, 1, false);
  builder.inverted_residual(48, 24, 1, true);
  builder.inverted_residual(64, 32, 2, false);
  builder.inverted_residual(96, 32, 1, true);
  builder.inverted_residual(96, 40, 2, false);
  builder.conv(112, 1, 1, true);
  builder.classifier(classes);
  return builder.take();
}

std::vector<std::vector<float>> run(const Network& network, const std::vector<float>& input) {
  std::vector<std::vector<float>> outputs;
  for (const Layer& layer : network.layers) {
    const std::vector<float>& in = outputs.empty() ? input : outputs.back();
    std::vector<float> out(layer.out.size());
    switch (layer.kind) {
      case Kind::kConv:
      case Kind::kDepthwise:
        run_window(layer, in, out);
        break;
      case Kind::kAdd:
        for (size_t i = 0; i < out.size(); ++i) out[i] = in[i] + outputs[layer.other][i];
        break;
      case Kind::kAveragePool:
        run_average_pool(layer, in, out);
        break;
      case Kind::kFullyConnected:
        run_fully_connected(layer, in, out);
        break;
    }
    outputs.push_back(std::move(out));
  }
  return outputs;
}

void normalise(std::vector<float>& values) {
  for (float& value : values) value = (value - 127.5f) / 127.5f;
}

}  // namespace shapes
