// The block that MobileNet v2, v3 and EfficientNet are made of: expand, filter each channel,
// project, and add the input where that is possible.
#pragma once

#include <string>

#include "benchmarks/zoo/net.h"

namespace baton::zoo {

struct InvertedResidual {
  std::string name = {};
  int32_t expanded = 0;  // channels inside; as many as the input has: no expansion
  int32_t channels = 0;
  int32_t kernel = 3;
  int32_t stride = 1;
  int32_t dilation = 1;
  Activation activation = Activation::kRelu6;
  int32_t squeezed = 0;  // of squeeze and excite; 0: without
};

TensorId inverted_residual(Net& net, TensorId x, const InvertedResidual& options);

// The multiple of 8 nearest to `channels`, and never less than nine tenths of it.
int32_t round_channels(double channels);

}  // namespace baton::zoo
