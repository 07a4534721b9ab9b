// Which operators of the main subgraph become integer ones, and which range each of their outputs
// gets: operators that cannot rescale (CONCATENATION ...) want all their inputs at one scale, and
// that is cheapest where the inputs are made.
#pragma once

#include <optional>
#include <vector>

#include "converter/quantize/editor.h"
#include "converter/quantize/rules.h"

namespace baton::quantize {

struct IntegerNode {
  const Rule* rule = nullptr;       // none: stays float
  std::vector<size_t> activations;  // positions of the inputs that become 8-bit activations
  std::vector<size_t> outputs;      // positions of the float outputs
};

struct IntegerPlan {
  std::vector<IntegerNode> nodes;  // one for each operator
  Ranges ranges;                   // what each tensor's scale is to be made for; constants, too
};

// `dtype`: BATON_INT8 or BATON_UINT8.
IntegerPlan plan_integers(const Editor& editor, baton_dtype dtype, const Ranges& ranges);

}  // namespace baton::quantize
