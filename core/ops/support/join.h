// Tensors laid side by side along one axis: CONCATENATION and PACK write such a tensor, SPLIT,
// SPLIT_V and UNPACK read one.
#pragma once

#include <cstring>

#include "core/ops/support/check.h"
#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {

// Copies `run` bytes to or from every `pitch` bytes of the large tensor, `outer` times.
inline void copy_into(unsigned char* whole, const unsigned char* part, int64_t outer, int64_t pitch,
                      int64_t run) {
  if (run == 0) return;
  for (int64_t i = 0; i < outer; ++i) {
    std::memcpy(whole + i * pitch, part + i * run, static_cast<size_t>(run));
  }
}
inline void copy_out_of(const unsigned char* whole, unsigned char* part, int64_t outer,
                        int64_t pitch, int64_t run) {
  if (run == 0) return;
  for (int64_t i = 0; i < outer; ++i) {
    std::memcpy(part + i * run, whole + i * pitch, static_cast<size_t>(run));
  }
}

// Bytes of an element of a plain type.
inline int64_t element_bytes(const Value& value) { return dtype_bits(value.dtype()) / 8; }

// Reads the outputs of a node from consecutive parts of `whole` along `axis`.
inline void run_split(const NodeContext& ctx, const Value& whole, int axis) {
  const int64_t outer = product_of_dims(whole, 0, axis);
  const int64_t unit = product_of_dims(whole, axis + 1, whole.rank()) * element_bytes(whole);
  const int64_t pitch = unit * whole.dim(axis);
  const auto* from = whole.as<const unsigned char>();
  for (int i = 0; i < ctx.output_count(); ++i) {
    const Value& part = ctx.output(i);
    const int64_t run = unit * part.dim(axis);
    copy_out_of(from, part.as<unsigned char>(), outer, pitch, run);
    from += run;
  }
}

inline Status prepare_split(NodeContext& ctx, const Value& whole) {
  BATON_RETURN_IF_ERROR(check_plain("input", whole));
  for (int i = 0; i < ctx.output_count(); ++i) {
    BATON_RETURN_IF_ERROR(check_same_dtype("input", whole, "output", ctx.output(i)));
  }
  return {};
}

}  // namespace baton::ops
