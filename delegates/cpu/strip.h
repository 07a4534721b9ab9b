// Convolution, depthwise convolution, pointwise convolution: one step that goes through the image
// in strips of rows, so that what lies between the three stays in the processor's cache. The first
// or the last of them may be absent. (Inverted residuals of MobileNet v2, separable convolutions.)
#pragma once

#include <memory>
#include <optional>

#include "delegates/cpu/operator.h"

namespace baton::cpu {

struct Strip {
  std::optional<NodeView> expand;   // CONV_2D, any filter
  NodeView depthwise;               // DEPTHWISE_CONV_2D
  std::optional<NodeView> project;  // CONV_2D 1x1; may have a residual
};

// Whether the nodes are of a form that compile_strip can do.
bool can_expand(const NodeView& conv);
bool can_be_in_strip(const NodeView& depthwise);
bool can_project(const NodeView& conv);

std::unique_ptr<Step> compile_strip(const Strip& strip, const Compiler& compiler);

}  // namespace baton::cpu
