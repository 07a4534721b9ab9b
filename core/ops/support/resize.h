// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR.
#pragma once

#include <algorithm>

#include "core/ops/support/check.h"

namespace baton::ops {

// Shape rule: an NHWC image and a vector [height, width].
inline Status infer_resize(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& size = ctx.input(1);
  if (input.rank() != 4) {
    return error(BATON_INVALID_MODEL, "the input has rank %d, not 4", input.rank());
  }
  if (size.dtype() != BATON_INT32 || size.rank() != 1 || size.dim(0) != 2) {
    return error(BATON_INVALID_MODEL, "the size must be a vector of 2 int32");
  }
  if (!size.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  const auto* sizes = size.as<const int32_t>();
  if (sizes[0] < 1 || sizes[1] < 1) {
    return error(BATON_INVALID_MODEL, "the new size is %d x %d", sizes[0], sizes[1]);
  }
  if (input.dim(1) < 1 || input.dim(2) < 1) {
    return error(BATON_INVALID_MODEL, "the image has no pixels");
  }
  return ctx.set_output_dims(0, {input.dim(0), sizes[0], sizes[1], input.dim(3)});
}

// A whole number as the index of one of `size` pixels; numbers outside give the nearest one.
inline int32_t pixel_within(float index, int32_t size) {
  if (!(index > 0)) return 0;
  // Large sizes round up to numbers that an int32 does not hold.
  return index >= static_cast<float>(size) ? size - 1
                                           : std::min(static_cast<int32_t>(index), size - 1);
}

// Pixels of the input per pixel of the output.
inline float resize_scale(int32_t input, int32_t output, bool align_corners) {
  return align_corners && output > 1
             ? static_cast<float>(input - 1) / static_cast<float>(output - 1)
             : static_cast<float>(input) / static_cast<float>(output);
}

}  // namespace baton::ops
