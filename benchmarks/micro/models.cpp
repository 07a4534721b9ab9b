#include "benchmarks/micro/models.h"

#include "converter/tflite/layers.h"

namespace baton::benchmarks {
namespace {

using namespace baton::tflite;

// What the types of a quantised model have, and a float one has not.
struct Kind {
  const char* name;
  baton_dtype activations;
  baton_dtype bias;
  Quantization activation_scale;
  Quantization weight_scale;
  Quantization bias_scale;
};

std::vector<Kind> kinds() {
  return {{"float32", BATON_FLOAT32, BATON_FLOAT32, {}, {}, {}},
          {"int8", BATON_INT8, BATON_INT32, per_tensor(0.05f), per_tensor(0.01f),
           per_tensor(0.05f * 0.01f)}};
}

class KernelBuilder {
 public:
  explicit KernelBuilder(Kind kind) : kind_(std::move(kind)) {}

  TensorId input(const Shape& shape) {
    return b_.input("x", kind_.activations, shape, kind_.activation_scale);
  }
  TensorId weights(const Shape& shape) {
    size_t count = 1;
    for (const int32_t size : shape) count *= static_cast<size_t>(size);
    std::vector<double> values(count);
    for (size_t i = 0; i < count; ++i) values[i] = static_cast<double>(i * 37 % 101) - 50;
    return b_.constant("weights", kind_.activations, shape, values, kind_.weight_scale);
  }
  TensorId bias(int32_t channels) {
    const std::vector<double> values(static_cast<size_t>(channels), 1.0);
    return b_.constant("bias", kind_.bias, {channels}, values, kind_.bias_scale);
  }
  Output result() const { return {.name = "y", .quantization = kind_.activation_scale}; }
  SubgraphBuilder& graph() { return b_; }
  File finish(TensorId output) {
    b_.output(output);
    return b_.finish();
  }

 private:
  Kind kind_;
  GraphBuilder b_;
};

TensorId convolution(KernelBuilder& k, const Shape& x, int32_t out, int32_t window) {
  return conv_2d(k.graph(), k.input(x), k.weights({out, window, window, x[3]}), k.bias(out),
                 {.activation = BATON_ACTIVATION_RELU6}, k.result());
}

TensorId depthwise(KernelBuilder& k) {
  return depthwise_conv_2d(k.graph(), k.input({1, 28, 28, 192}), k.weights({1, 3, 3, 192}),
                           k.bias(192), {.activation = BATON_ACTIVATION_RELU6}, k.result());
}

TensorId dense(KernelBuilder& k) {
  return fully_connected(k.graph(), k.input({1, 1280}), k.weights({1001, 1280}), k.bias(1001), {},
                         k.result());
}

TensorId sum(KernelBuilder& k) {
  const TensorId x = k.input({1, 28, 28, 32});
  return binary(k.graph(), BATON_OP_ADD, x, k.input({1, 28, 28, 32}), BATON_ACTIVATION_NONE,
                k.result());
}

TensorId pool(KernelBuilder& k) {
  return pool_2d(k.graph(), BATON_OP_AVERAGE_POOL_2D, k.input({1, 7, 7, 1280}),
                 {.filter_w = 7, .filter_h = 7, .stride_w = 7, .stride_h = 7}, k.result());
}

constexpr struct {
  const char* name;
  TensorId (*build)(KernelBuilder& k);
} kKernels[] = {
    {"conv_2d_1x1",
     [](KernelBuilder& k) {
       return convolution(k, {1, 28, 28, 32}, 192, 1);
     }},
    {"conv_2d_3x3",
     [](KernelBuilder& k) {
       return convolution(k, {1, 28, 28, 32}, 32, 3);
     }},
    {"depthwise_3x3", depthwise},
    {"fully_connected", dense},
    {"add", sum},
    {"average_pool_7x7", pool},
};

// Its int8 output has a scale of its own.
File softmax_model(const Kind& kind) {
  KernelBuilder k(kind);
  Output y = k.result();
  if (kind.activations == BATON_INT8) y.quantization = per_tensor(1.0f / 256, -128);
  return k.finish(softmax(k.graph(), k.input({1, 1001}), 1.0f, y));
}

}  // namespace

std::vector<KernelModel> kernel_models() {
  std::vector<KernelModel> models;
  for (const Kind& kind : kinds()) {
    const auto name = [&](const char* kernel) { return std::string(kernel) + "/" + kind.name; };
    for (const auto& kernel : kKernels) {
      KernelBuilder k(kind);
      const TensorId y = kernel.build(k);
      models.push_back({name(kernel.name), k.finish(y)});
    }
    models.push_back({name("softmax"), softmax_model(kind)});
  }
  return models;
}

File chain_model(uint32_t nodes, int32_t elements) {
  GraphBuilder b;
  TensorId x = b.input("x", BATON_FLOAT32, {1, elements});
  for (uint32_t i = 0; i < nodes; ++i) {
    x = unary(b, i % 2 == 0 ? BATON_OP_RELU : BATON_OP_RELU6, x);
  }
  b.output(x);
  return b.finish();
}

File mobilenet_model() {
  struct Block {
    int32_t out, stride;
  };
  constexpr Block kBlocks[] = {{64, 1},  {128, 2},  {128, 1}, {256, 2}, {256, 1},
                               {512, 2}, {512, 1},  {512, 1}, {512, 1}, {512, 1},
                               {512, 1}, {1024, 2}, {1024, 1}};
  KernelBuilder k(kinds()[0]);
  const auto options = [](int32_t stride) {
    return Conv2D{.stride_w = stride, .stride_h = stride, .activation = BATON_ACTIVATION_RELU6};
  };
  TensorId x = conv_2d(k.graph(), k.input({1, 224, 224, 3}), k.weights({32, 3, 3, 3}), k.bias(32),
                       options(2));
  int32_t channels = 32;
  for (const Block& block : kBlocks) {
    x = depthwise_conv_2d(k.graph(), x, k.weights({1, 3, 3, channels}), k.bias(channels),
                          options(block.stride));
    x = conv_2d(k.graph(), x, k.weights({block.out, 1, 1, channels}), k.bias(block.out),
                options(1));
    channels = block.out;
  }
  x = pool_2d(k.graph(), BATON_OP_AVERAGE_POOL_2D, x,
              {.filter_w = 7, .filter_h = 7, .stride_w = 7, .stride_h = 7});
  x = fully_connected(k.graph(), x, k.weights({1001, channels}), k.bias(1001));
  return k.finish(softmax(k.graph(), x));
}

}  // namespace baton::benchmarks
