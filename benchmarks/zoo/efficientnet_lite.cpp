// EfficientNet-Lite0: EfficientNet-B0 (Tan and Le, 2019) with ReLU6, without squeeze and excite.

#include "benchmarks/zoo/families.h"
#include "benchmarks/zoo/inverted_residual.h"

namespace baton::zoo {
namespace {

struct Block {
  int32_t repeats;
  int32_t kernel;
  int32_t stride;  // of the first of them
  int32_t expansion;
  int32_t channels;
};
constexpr Block kBlocks[] = {{1, 3, 1, 1, 16}, {2, 3, 2, 6, 24},  {2, 5, 2, 6, 40},
                             {3, 3, 2, 6, 80}, {3, 5, 1, 6, 112}, {4, 5, 2, 6, 192},
                             {1, 3, 1, 6, 320}};

}  // namespace

void build_efficientnet_lite0(Net& net, const Variant& variant) {
  TensorId x = net.conv(
      net.image(variant.size),
      {.name = "stem", .channels = 32, .kernel = 3, .stride = 2, .activation = Activation::kRelu6});
  int32_t number = 0;
  for (const Block& block : kBlocks) {
    for (int32_t repeat = 0; repeat < block.repeats; ++repeat) {
      x = inverted_residual(net, x,
                            {.name = "blocks_" + std::to_string(number++),
                             .expanded = net.shape(x)[3] * block.expansion,
                             .channels = block.channels,
                             .kernel = block.kernel,
                             .stride = repeat == 0 ? block.stride : 1});
    }
  }
  x = net.conv(x, {.name = "head", .channels = 1280, .activation = Activation::kRelu6});
  x = net.global_pool(x, "average_pool");
  x = net.reshape(x, {1, 1280}, "features");
  x = net.dense(x, {.name = "logits", .channels = 1000, .deviation = kLogitDeviation});
  net.output(net.softmax(x, "probabilities"));
}

}  // namespace baton::zoo
