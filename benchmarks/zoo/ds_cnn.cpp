// DS-CNN for keyword spotting (Zhang et al., 2017) in the size that MLPerf Tiny measures: 49 frames
// of 10 coefficients, 12 words.

#include "benchmarks/zoo/families.h"

namespace baton::zoo {

void build_ds_cnn(Net& net, const Variant&) {
  constexpr Activation kRelu = Activation::kRelu;
  constexpr int32_t kChannels = 64, kBlocks = 4, kWords = 12;
  TensorId x = net.input("input", BATON_FLOAT32, {1, 49, 10, 1}, -1, 1);
  x = net.conv(
      x,
      {.name = "conv", .channels = kChannels, .kernel = {10, 4}, .stride = 2, .activation = kRelu});
  for (int32_t block = 1; block <= kBlocks; ++block) {
    const std::string number = std::to_string(block);
    x = net.depthwise(x, {.name = "depthwise_" + number, .activation = kRelu});
    x = net.conv(x, {.name = "pointwise_" + number, .channels = kChannels, .activation = kRelu});
  }
  x = net.global_pool(x, "average_pool");
  x = net.reshape(x, {1, kChannels}, "features");
  x = net.dense(x, {.name = "logits", .channels = kWords, .deviation = kLogitDeviation});
  net.output(net.softmax(x, "probabilities"));
}

}  // namespace baton::zoo
