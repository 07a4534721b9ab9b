#pragma once

#include <cstdint>

#include "converter/tflite/model.h"

namespace baton::tflite {

// The lowest version of an operator that expresses what `op` uses: its element types, ranks and
// attributes. Tensors that do not exist are taken as absent.
int32_t lowest_version(const Subgraph& graph, const Operator& op, int32_t code);

}  // namespace baton::tflite
