#include "core/ops/support/boolean.h"
#include "core/ops/support/copy.h"

namespace baton::ops {
namespace {

// Smaller elements add a last dimension, larger ones take it away.
Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  BATON_RETURN_IF_ERROR(check_plain("input", input));
  BATON_RETURN_IF_ERROR(check_plain("output", ctx.output(0)));
  const auto from = static_cast<int32_t>(dtype_bits(input.dtype()));
  const auto to = static_cast<int32_t>(dtype_bits(ctx.output(0).dtype()));
  std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
  if (from > to) {
    dims.push_back(from / to);
  } else if (from < to) {
    if (dims.empty() || dims.back() != to / from) {
      return error(BATON_INVALID_MODEL, "the last dimension must have size %d for %s to become %s",
                   to / from, dtype_name(input.dtype()), dtype_name(ctx.output(0).dtype()));
    }
    dims.pop_back();
  }
  return ctx.set_output_dims(0, dims);
}

// The one type that has bytes which are no value.
Status run(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(run_copy(ctx));
  const Value& output = ctx.output(0);
  if (output.dtype() == BATON_BOOL) normalize_booleans(output.as<uint8_t>(), output.bytes());
  return {};
}

}  // namespace

extern const Operator bitcast{
    .code = BATON_OP_BITCAST,
    .name = "BITCAST",
    .summary = "The same bytes as elements of another type; as bool, what is not 0 is true.",
    .max_version = 1,
    .flags = kInPlace | kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .run = run,
};

}  // namespace baton::ops
