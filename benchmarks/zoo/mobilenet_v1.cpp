// MobileNet v1 (Howard et al., 2017): a stem and 13 pairs of depthwise and pointwise convolutions.

#include <algorithm>

#include "benchmarks/zoo/families.h"

namespace baton::zoo {
namespace {

struct Stage {
  int32_t channels;
  int32_t stride;
};
constexpr Stage kStages[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                             {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};

int32_t scaled(int32_t channels, double width) {
  return std::max(static_cast<int32_t>(channels * width), 8);
}

}  // namespace

std::vector<TensorId> mobilenet_v1_stages(Net& net, TensorId x, double width) {
  std::vector<TensorId> stages = {net.conv(x, {.name = "Conv2d_0",
                                               .channels = scaled(32, width),
                                               .kernel = 3,
                                               .stride = 2,
                                               .activation = Activation::kRelu6})};
  for (const Stage& stage : kStages) {
    const std::string name = "Conv2d_" + std::to_string(stages.size());
    const TensorId y = net.depthwise(
        stages.back(),
        {.name = name + "_depthwise", .stride = stage.stride, .activation = Activation::kRelu6});
    stages.push_back(net.conv(y, {.name = name + "_pointwise",
                                  .channels = scaled(stage.channels, width),
                                  .activation = Activation::kRelu6}));
  }
  return stages;
}

void build_mobilenet_v1(Net& net, const Variant& variant) {
  TensorId x = mobilenet_v1_stages(net, net.image(variant.size), variant.width).back();
  x = net.global_pool(x, "Logits/AvgPool");
  net.output(net.classify(x, "Logits", 1001));
}

}  // namespace baton::zoo
