// Cases for an operator of which nothing is known but its line in the core's table.
#pragma once

#include <optional>

#include "tests/conformance/operators/draft.h"

namespace baton::conformance {

// Case `number`. What the inputs may be (data, sizes, axes, weights, state), their shapes and the
// attributes are tried out until the reference kernels run the model; nothing when none does within
// the bound.
std::optional<Draft> make_generic(const Operator& op, const Variant& variant, uint64_t seed,
                                  uint32_t number);

}  // namespace baton::conformance
