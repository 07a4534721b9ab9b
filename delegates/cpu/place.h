// Where a convolution writes: a tensor of its own, or some channels of a larger one.
#pragma once

#include <cstdint>

#include "delegates/cpu/node.h"
#include "delegates/cpu/step.h"

namespace baton::cpu {

struct Place {
  int64_t pixel_stride = 0;  // elements from pixel to pixel
  int64_t channel = 0;       // the first one

  Place() = default;
  // `channels`: of the node's own output.
  Place(const NodeView& node, int64_t channels) : pixel_stride(channels) {
    if (!node.join) return;
    pixel_stride = node.join->whole.dim(node.join->whole.rank() - 1);
    channel = node.join->channel;
  }
  // Whether new shapes leave it where it is.
  void check(const Sizes& sizes, int32_t tensor) const {
    if (sizes.depth(tensor) != pixel_stride) {
      throw sdk::Error(BATON_REASON_SHAPE, "the channels of the fused CONCATENATION change");
    }
  }
};

}  // namespace baton::cpu
