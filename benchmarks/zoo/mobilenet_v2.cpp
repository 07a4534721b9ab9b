// MobileNet v2 (Sandler et al., 2018).

#include <algorithm>

#include "benchmarks/zoo/families.h"
#include "benchmarks/zoo/inverted_residual.h"

namespace baton::zoo {
namespace {

struct Block {
  int32_t expansion;
  int32_t channels;
  int32_t repeats;
  int32_t stride;  // of the first of them
};
constexpr Block kBlocks[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                             {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
constexpr int32_t kLastChannels = 1280;

}  // namespace

TensorId mobilenet_v2_blocks(Net& net, TensorId x, double width, int32_t output_stride) {
  x = net.conv(x, {.name = "Conv",
                   .channels = round_channels(32 * width),
                   .kernel = 3,
                   .stride = 2,
                   .activation = Activation::kRelu6});
  int32_t reduced = 2, dilation = 1, number = 0;
  for (const Block& block : kBlocks) {
    for (int32_t repeat = 0; repeat < block.repeats; ++repeat) {
      const int32_t wanted = repeat == 0 ? block.stride : 1;
      const bool strides = reduced * wanted <= output_stride;
      x = inverted_residual(net, x,
                            {.name = "expanded_conv_" + std::to_string(number++),
                             .expanded = net.shape(x)[3] * block.expansion,
                             .channels = round_channels(block.channels * width),
                             .stride = strides ? wanted : 1,
                             .dilation = dilation});
      // A stride that is left out is a dilation of what follows.
      (strides ? reduced : dilation) *= wanted;
    }
  }
  return x;
}

void build_mobilenet_v2(Net& net, const Variant& variant) {
  TensorId x = mobilenet_v2_blocks(net, net.image(variant.size), variant.width);
  x = net.conv(x, {.name = "Conv_1",
                   .channels = round_channels(kLastChannels * std::max(variant.width, 1.0)),
                   .activation = Activation::kRelu6});
  x = net.global_pool(x, "Logits/AvgPool");
  net.output(net.classify(x, "Logits", 1001));
}

}  // namespace baton::zoo
