// Operators that no delegate is ever asked about, whatever the model.
#pragma once

#include "core/ops/operator.h"

namespace baton::conformance {

// Why; nullptr: delegates are asked. Only such operators need no recipe.
const char* never_offered(const Operator& op);

}  // namespace baton::conformance
