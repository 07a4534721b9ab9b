// A window that slides over an image, one axis at a time.
#pragma once

#include <algorithm>

#include "tests/conformance/operators/draft.h"

namespace baton::conformance {

struct WindowAxis {
  int32_t input;
  int32_t filter;
  int32_t stride;
  int32_t dilation;
};

// Filters may be larger than the input, and strides than the filter.
inline WindowAxis pick_window_axis(Draft& d, int32_t padding, bool dilated) {
  WindowAxis axis{};
  axis.input = d.pick({5, 8, 1, 6, 9, 3, 13, 4, 2});
  axis.filter = d.pick({3, 1, 2, 5, 4, 3, 7});
  axis.stride = d.pick({1, 2, 3, 1, 2});
  axis.dilation = dilated ? d.pick({1, 2, 1, 3}) : 1;
  if (padding == BATON_PADDING_VALID) {
    // It fits once at least.
    const int32_t reach = (axis.filter - 1) * axis.dilation + 1;
    axis.input = std::max(axis.input, reach + d.random().between(0, 2));
  }
  return axis;
}

// Images at once; now and then none.
inline int32_t pick_batch(Draft& d) { return d.random().one_in(32) ? 0 : d.pick({1, 2, 1, 3}); }

}  // namespace baton::conformance
