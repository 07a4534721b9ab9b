// DeepLab v3 (Chen et al., 2017) on MobileNet v2, the light variant that is used on phones: beside
// the 1x1 convolution, of the pyramid only the branch that sees the whole picture.

#include "benchmarks/zoo/families.h"

namespace baton::zoo {
namespace {

constexpr int32_t kOutputStride = 16;
constexpr int32_t kChannels = 256;
constexpr int32_t kClasses = 21;

}  // namespace

void build_deeplab_v3(Net& net, const Variant& variant) {
  constexpr Activation kRelu = Activation::kRelu;
  const TensorId features =
      mobilenet_v2_blocks(net, net.image(variant.size), variant.width, kOutputStride);
  TensorId whole = net.global_pool(features, "image_pooling/pool");
  whole = net.conv(whole, {.name = "image_pooling", .channels = kChannels, .activation = kRelu});
  whole = net.resize(whole, net.shape(features)[1], "image_pooling/resized");
  const TensorId local =
      net.conv(features, {.name = "aspp0", .channels = kChannels, .activation = kRelu});
  TensorId x = net.concat({whole, local}, "pyramid");
  x = net.conv(x, {.name = "concat_projection", .channels = kChannels, .activation = kRelu});
  x = net.conv(x, {.name = "logits", .channels = kClasses, .deviation = kLogitDeviation});
  net.output(net.resize(x, variant.size, "scores"));
}

}  // namespace baton::zoo
