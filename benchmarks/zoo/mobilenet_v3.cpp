// MobileNet v3 (Howard et al., 2019), as TensorFlow's model garden builds it, and the small one of
// the paper's first version.

#include <span>

#include "benchmarks/zoo/families.h"
#include "benchmarks/zoo/inverted_residual.h"

namespace baton::zoo {
namespace {

constexpr Activation kRelu = Activation::kRelu;
constexpr Activation kSwish = Activation::kHardSwish;

struct Block {
  int32_t kernel;
  int32_t expanded;
  int32_t channels;
  bool squeezes;
  Activation activation;
  int32_t stride;
};

constexpr Block kSmall[] = {
    {3, 16, 16, true, kRelu, 2},   {3, 72, 24, false, kRelu, 2},  {3, 88, 24, false, kRelu, 1},
    {5, 96, 40, true, kSwish, 2},  {5, 240, 40, true, kSwish, 1}, {5, 240, 40, true, kSwish, 1},
    {5, 120, 48, true, kSwish, 1}, {5, 144, 48, true, kSwish, 1}, {5, 288, 96, true, kSwish, 2},
    {5, 576, 96, true, kSwish, 1}, {5, 576, 96, true, kSwish, 1}};

// The first 5x5 filter has stride 1 in the table of the paper's first version (May 2019), so that
// the picture becomes smaller one block later: that, with 1280 last channels, is what needs the
// 66 million multiply-adds and 2.9 million parameters that the first version, and from it the model
// garden's table, state. The garden's code, and the paper's later versions, have kSmall.
constexpr Block kSmallOfMay2019[] = {
    {3, 16, 16, true, kRelu, 2},   {3, 72, 24, false, kRelu, 2},  {3, 88, 24, false, kRelu, 1},
    {5, 96, 40, true, kSwish, 1},  {5, 240, 40, true, kSwish, 2}, {5, 240, 40, true, kSwish, 1},
    {5, 120, 48, true, kSwish, 1}, {5, 144, 48, true, kSwish, 1}, {5, 288, 96, true, kSwish, 2},
    {5, 576, 96, true, kSwish, 1}, {5, 576, 96, true, kSwish, 1}};

constexpr Block kLarge[] = {
    {3, 16, 16, false, kRelu, 1},   {3, 64, 24, false, kRelu, 2},   {3, 72, 24, false, kRelu, 1},
    {5, 72, 40, true, kRelu, 2},    {5, 120, 40, true, kRelu, 1},   {5, 120, 40, true, kRelu, 1},
    {3, 240, 80, false, kSwish, 2}, {3, 200, 80, false, kSwish, 1}, {3, 184, 80, false, kSwish, 1},
    {3, 184, 80, false, kSwish, 1}, {3, 480, 112, true, kSwish, 1}, {3, 672, 112, true, kSwish, 1},
    {5, 672, 160, true, kSwish, 2}, {5, 960, 160, true, kSwish, 1}, {5, 960, 160, true, kSwish, 1}};

void build(Net& net, const Variant& variant, std::span<const Block> blocks, int32_t last_channels) {
  TensorId x =
      net.conv(net.image(variant.size),
               {.name = "Conv", .channels = 16, .kernel = 3, .stride = 2, .activation = kSwish});
  int32_t number = 0;
  for (const Block& block : blocks) {
    x = inverted_residual(net, x,
                          {.name = "expanded_conv_" + std::to_string(number++),
                           .expanded = block.expanded,
                           .channels = block.channels,
                           .kernel = block.kernel,
                           .stride = block.stride,
                           .activation = block.activation,
                           .squeezed = block.squeezes ? round_channels(block.expanded / 4.0) : 0});
  }
  x = net.conv(x, {.name = "Conv_1", .channels = blocks.back().expanded, .activation = kSwish});
  x = net.global_pool(x, "AvgPool2D");
  x = net.conv(x, {.name = "Conv_2", .channels = last_channels, .activation = kSwish});
  net.output(net.classify(x, "Logits", 1001));
}

}  // namespace

void build_mobilenet_v3_small(Net& net, const Variant& variant) {
  build(net, variant, kSmall, 1024);
}

void build_mobilenet_v3_small_2019_05(Net& net, const Variant& variant) {
  build(net, variant, kSmallOfMay2019, 1280);
}

void build_mobilenet_v3_large(Net& net, const Variant& variant) {
  build(net, variant, kLarge, 1280);
}

}  // namespace baton::zoo
