// ResNet-50 (He et al., 2015) in the form known as v1.5: the stride of a bottleneck is in its 3x3
// convolution.

#include "benchmarks/zoo/families.h"

namespace baton::zoo {
namespace {

struct Stage {
  int32_t channels;  // inside; four times as many come out
  int32_t blocks;
  int32_t stride;
};
constexpr Stage kStages[] = {{64, 3, 1}, {128, 4, 2}, {256, 6, 2}, {512, 3, 2}};

TensorId bottleneck(Net& net, TensorId x, const std::string& name, int32_t channels, int32_t stride,
                    bool projects) {
  TensorId y = net.conv(
      x, {.name = name + "/conv_1", .channels = channels, .activation = Activation::kRelu});
  y = net.conv(y, {.name = name + "/conv_2",
                   .channels = channels,
                   .kernel = 3,
                   .stride = stride,
                   .activation = Activation::kRelu});
  y = net.conv(y, {.name = name + "/conv_3", .channels = channels * 4, .deviation = 0.7});
  if (projects) {
    x = net.conv(
        x,
        {.name = name + "/shortcut", .channels = channels * 4, .stride = stride, .deviation = 0.7});
  }
  return net.add(x, y, name + "/add", Activation::kRelu);
}

}  // namespace

void build_resnet_50(Net& net, const Variant& variant) {
  TensorId x = net.pad(net.image(variant.size), 3, "pad");
  x = net.conv(x, {.name = "conv_1",
                   .channels = 64,
                   .kernel = 7,
                   .stride = 2,
                   .activation = Activation::kRelu,
                   .padding = BATON_PADDING_VALID});
  x = net.max_pool(x,
                   {.name = "max_pool", .kernel = 3, .stride = 2, .padding = BATON_PADDING_SAME});
  int32_t stage_number = 0;
  for (const Stage& stage : kStages) {
    ++stage_number;
    for (int32_t block = 0; block < stage.blocks; ++block) {
      const std::string name =
          "stage_" + std::to_string(stage_number) + "/block_" + std::to_string(block + 1);
      x = bottleneck(net, x, name, stage.channels, block == 0 ? stage.stride : 1, block == 0);
    }
  }
  x = net.global_pool(x, "average_pool");
  x = net.reshape(x, {1, net.shape(x)[3]}, "features");
  x = net.dense(x, {.name = "logits", .channels = 1000, .deviation = kLogitDeviation});
  net.output(net.softmax(x, "probabilities"));
}

}  // namespace baton::zoo
