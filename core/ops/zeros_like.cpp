#include <cstring>

#include "core/ops/support/copy.h"
#include "core/ops/support/unary.h"

namespace baton::ops {
namespace {

Status run(NodeContext& ctx) {
  const Value& output = ctx.output(0);
  if (output.bytes() != 0) std::memset(output.data(), 0, output.bytes());
  return {};
}

}  // namespace

extern const Operator zeros_like{
    .code = BATON_OP_ZEROS_LIKE,
    .name = "ZEROS_LIKE",
    .summary = "Zeros in the input's shape and type.",
    .max_version = 1,
    .flags = kFoldable | kShapeOnly,
    .dtypes = kPlainDtypes,
    .infer = infer_same_shape,
    .prepare = prepare_copy,
    .run = run,
};

}  // namespace baton::ops
