#include "core/ops/support/pad.h"

namespace baton::ops {
namespace {

// Real zero: the zero point of quantised tensors, a zero of the type otherwise.
Status run(NodeContext& ctx) {
  const Value& output = ctx.output(0);
  const int32_t zero_point = output.zero_point();
  switch (output.dtype()) {
    case BATON_UINT8:
    case BATON_INT8: {
      const auto padding = static_cast<uint8_t>(zero_point);
      return run_pad(ctx, &padding);
    }
    case BATON_INT16: {
      const auto padding = static_cast<int16_t>(zero_point);
      return run_pad(ctx, &padding);
    }
    default: {
      const uint64_t padding[2] = {0, 0};
      return run_pad(ctx, padding);
    }
  }
}

}  // namespace

extern const Operator pad{
    .code = BATON_OP_PAD,
    .name = "PAD",
    .summary = "Zeros before and after the input in each dimension.",
    .max_version = 5,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer_pad,
    .prepare = prepare_copy,
    .run = run,
    .min_version = pad_min_version,
};

}  // namespace baton::ops
