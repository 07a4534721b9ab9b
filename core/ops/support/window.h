// The sliding window of convolutions and pools, one axis at a time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "baton/fixed_point.h"
#include "core/base/status.h"

namespace baton::ops {

struct WindowAxis {
  int32_t input = 0;
  int32_t filter = 0;
  int32_t stride = 1;
  int32_t dilation = 1;
  int32_t output = 0;
  int32_t before = 0;  // cells of padding in front

  // The taps of the filter, [begin, end), that meet the input for one output position, and the
  // input index that tap `begin` meets. Tap t meets first + (t - begin) * dilation.
  struct Taps {
    int32_t begin;
    int32_t end;
    int32_t first;
    int32_t count() const { return end - begin; }
  };

  Taps taps(int32_t position) const {
    const int64_t start = static_cast<int64_t>(position) * stride - before;
    const int64_t begin = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
    const int64_t inside = start >= input ? 0 : (input - 1 - start) / dilation + 1;
    const int64_t end = std::min<int64_t>(filter, inside);
    if (end <= begin) return {0, 0, 0};
    return {static_cast<int32_t>(begin), static_cast<int32_t>(end),
            static_cast<int32_t>(start + begin * dilation)};
  }
};

// Fills in `axis` (named "height" or "width" in errors) with its output size and padding.
inline Status make_window(const char* name, int32_t padding, int32_t input, int32_t filter,
                          int32_t stride, int32_t dilation, WindowAxis* axis) {
  if (stride < 1) {
    return error(BATON_INVALID_MODEL, "the stride along the %s is %d, it must be at least 1", name,
                 stride);
  }
  if (dilation < 1) {
    return error(BATON_INVALID_MODEL, "the dilation along the %s is %d, it must be at least 1",
                 name, dilation);
  }
  if (filter < 1) {
    return error(BATON_INVALID_MODEL, "the filter's %s is %d, it must be at least 1", name, filter);
  }
  if (padding != BATON_PADDING_SAME && padding != BATON_PADDING_VALID) {
    return error(BATON_INVALID_MODEL, "padding %d is not known; 0 (SAME) and 1 (VALID) are",
                 padding);
  }
  const int32_t output = baton_padding_output_size(padding, input, filter, stride, dilation);
  if (output < 0) {
    return error(BATON_INVALID_MODEL,
                 "the filter's %s %d with dilation %d does not fit the input's %d", name, filter,
                 dilation, input);
  }
  *axis = {input,  filter,
           stride, dilation,
           output, baton_padding_before(input, filter, stride, dilation, output, nullptr)};
  return {};
}

}  // namespace baton::ops
