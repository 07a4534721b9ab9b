// Quantised 8-bit operators of one input: each is a table of 256 outputs, filled with the reference
// kernels' arithmetic.
#pragma once

#include "delegates/cpu/byte_table.h"
#include "delegates/cpu/node.h"
#include "delegates/cpu/operator.h"

namespace baton::cpu {

struct ByteFunction {
  int32_t op;  // BATON_OP_
  bool int8, uint8;
  // Beyond what the quantisation of input and output must be anyway; may be nullptr.
  Refusal (*check)(const NodeView& node);
  ByteTable (*fill)(const NodeView& node);
};

// nullptr when the operator has no 8-bit form.
const ByteFunction* find_byte_function(int32_t op);

// Of an 8-bit node.
Refusal check_byte_function(const NodeView& node);

}  // namespace baton::cpu
