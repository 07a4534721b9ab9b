// One axis of the sliding window of convolutions and pools.
#pragma once

#include <cstdint>

#include "baton/fixed_point.h"
#include "baton/plugin.hpp"

namespace baton::cpu {

struct Window {
  int32_t input = 0;
  int32_t filter = 0;
  int32_t stride = 1;
  int32_t dilation = 1;
  int32_t before = 0;  // cells of padding in front
  int32_t output = 0;

  // The input index under the filter's first cell.
  int64_t start(int64_t position) const { return position * stride - before; }
};

// By the padding that the attributes name. Throws when the filter does not fit.
inline Window make_window(int32_t padding, int32_t input, int32_t filter, int32_t stride,
                          int32_t dilation) {
  const int32_t output = baton_padding_output_size(padding, input, filter, stride, dilation);
  if (output < 0) {
    throw sdk::Error(BATON_REASON_SHAPE, "the filter does not fit the input");
  }
  return {input,
          filter,
          stride,
          dilation,
          baton_padding_before(input, filter, stride, dilation, output, nullptr),
          output};
}

// With `before` and `after` cells of zeros around the input, and no other padding.
inline Window make_padded_window(int32_t before, int32_t after, int32_t input, int32_t filter,
                                 int32_t stride, int32_t dilation) {
  Window window =
      make_window(BATON_PADDING_VALID, input + before + after, filter, stride, dilation);
  window.input = input;
  window.before = before;
  return window;
}

}  // namespace baton::cpu
