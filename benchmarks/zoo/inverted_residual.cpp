#include "benchmarks/zoo/inverted_residual.h"

#include <algorithm>

namespace baton::zoo {

int32_t round_channels(double channels) {
  constexpr int32_t kMultiple = 8;
  const auto nearest = static_cast<int32_t>(channels + kMultiple / 2) / kMultiple * kMultiple;
  const int32_t rounded = std::max(nearest, kMultiple);
  return rounded < 0.9 * channels ? rounded + kMultiple : rounded;
}

TensorId inverted_residual(Net& net, TensorId x, const InvertedResidual& options) {
  const int32_t inputs = net.shape(x)[3];
  const bool adds = options.stride == 1 && inputs == options.channels;
  TensorId y = x;
  if (options.expanded != inputs) {
    y = net.conv(y, {.name = options.name + "/expand",
                     .channels = options.expanded,
                     .activation = options.activation});
  }
  y = net.depthwise(y, {.name = options.name + "/depthwise",
                        .kernel = options.kernel,
                        .stride = options.stride,
                        .activation = options.activation,
                        .dilation = options.dilation});
  if (options.squeezed != 0) y = net.squeeze_and_excite(y, options.squeezed, options.name + "/se");
  // What is added is less than what it is added to: sums of many blocks do not grow.
  y = net.conv(y, {.name = options.name + "/project",
                   .channels = options.channels,
                   .deviation = adds ? 0.6 : 1.0});
  return adds ? net.add(x, y, options.name + "/add") : y;
}

}  // namespace baton::zoo
