// The networks of the zoo: a function for each family, in a file of its own.
#pragma once

#include <cstdint>
#include <vector>

#include "benchmarks/zoo/net.h"

namespace baton::zoo {

// What members of a family differ in, where they do.
struct Variant {
  double width = 1;    // factor of the number of channels
  int32_t size = 224;  // of the picture
};

void build_mobilenet_v1(Net& net, const Variant& variant);
void build_mobilenet_v2(Net& net, const Variant& variant);
void build_mobilenet_v3_small(Net& net, const Variant& variant);
void build_mobilenet_v3_small_2019_05(Net& net, const Variant& variant);
void build_mobilenet_v3_large(Net& net, const Variant& variant);
void build_inception_v3(Net& net, const Variant& variant);
void build_resnet_50(Net& net, const Variant& variant);
void build_squeezenet(Net& net, const Variant& variant);
void build_efficientnet_lite0(Net& net, const Variant& variant);
void build_deeplab_v3(Net& net, const Variant& variant);
void build_ssd_mobilenet(Net& net, const Variant& variant);
void build_ds_cnn(Net& net, const Variant& variant);
void build_lstm_tagger(Net& net, const Variant& variant);
void build_transformer_encoder(Net& net, const Variant& variant);

// All stages of MobileNet v1, the stem first.
std::vector<TensorId> mobilenet_v1_stages(Net& net, TensorId x, double width);
// MobileNet v2 up to the last of its blocks. Where the picture has become smaller by
// `output_stride`, it stays as it is: strides become dilations.
TensorId mobilenet_v2_blocks(Net& net, TensorId x, double width, int32_t output_stride = 32);

}  // namespace baton::zoo
