// PAD, PADV2 and MIRROR_PAD: the table of paddings, one row {before, after} per dimension.
#pragma once

#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {

inline int64_t padding_at(const Value& paddings, int dimension, int side) {
  const int64_t i = int64_t{2} * dimension + side;
  return paddings.dtype() == BATON_INT32 ? paddings.as<const int32_t>()[i]
                                         : paddings.as<const int64_t>()[i];
}

// Sets the output's shape, or unknown.
Status infer_pad(NodeContext& ctx);

// Fills the output with the element at `padding` and copies the input into it.
Status run_pad(NodeContext& ctx, const void* padding);

int32_t pad_min_version(const NodeContext& ctx);

}  // namespace baton::ops
