#include <algorithm>
#include <cmath>

#include "core/ops/support/check.h"
#include "core/ops/support/rows.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  if (ctx.input(0).rank() != 4) {
    return error(BATON_INVALID_MODEL, "the input has rank %d, it must be 4", ctx.input(0).rank());
  }
  return ctx.set_output_dims(0, ctx.input(0).dims());
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(0).dtype(), dtypes_of<float>()));
  return check_same_dtype("input", ctx.input(0), "output", ctx.output(0));
}

Status run(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_local_response_normalization_attributes>();
  const Rows rows(ctx.input(0));
  const int64_t radius = attributes.radius;
  for_each_row<float>(
      ctx, rows,
      [&](const float* input, float* output) {
        for (int64_t i = 0; i < rows.depth; ++i) {
          // The window ends before i + radius: TensorFlow Lite leaves that channel out.
          const int64_t begin = std::max<int64_t>(0, i - radius);
          const int64_t end = std::min(rows.depth, i + radius);
          float squares = 0;
          for (int64_t k = begin; k < end; ++k) squares += input[k] * input[k];
          output[i] =
              input[i] * std::pow(attributes.bias + attributes.alpha * squares, -attributes.beta);
        }
      },
      64);
  return {};
}

uint64_t work(const NodeContext& ctx) {
  const Rows rows(ctx.input(0));
  const int64_t radius = ctx.attributes<baton_local_response_normalization_attributes>().radius;
  return static_cast<uint64_t>(rows.rows * rows.depth) *
         static_cast<uint64_t>(
             std::clamp<int64_t>(2 * radius, 1, std::max<int64_t>(rows.depth, 1)));
}

}  // namespace

extern const Operator local_response_normalization{
    .code = BATON_OP_LOCAL_RESPONSE_NORMALIZATION,
    .name = "LOCAL_RESPONSE_NORMALIZATION",
    .summary = "x / (bias + alpha * sum of the neighbouring channels' squares) ^ beta.",
    .max_version = 1,
    .dtypes = dtypes_of<float>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .work = work,
};

}  // namespace baton::ops
