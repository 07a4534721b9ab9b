#include "core/ops/support/lstm_sequence.h"

namespace baton::ops {
namespace {

using Attributes = baton_unidirectional_sequence_lstm_attributes;

// Gathers the tensors and checks their shapes.
Status describe(const NodeContext& ctx, LstmNode* node) {
  const auto& attributes = ctx.attributes<Attributes>();
  const Value& input = ctx.input(0);
  if (input.rank() != 3) {
    return error(BATON_INVALID_MODEL, "the input has rank %d, not 3", input.rank());
  }
  node->sequence.input = &input;
  node->sequence.output = &ctx.output(0);
  node->sequence.time_major = attributes.time_major != 0;
  node->sizes.batch = input.dim(attributes.time_major ? 1 : 0);
  node->sizes.inputs = input.dim(2);
  BATON_RETURN_IF_ERROR(check_lstm_clips(attributes.cell_clip, attributes.proj_clip));
  BATON_RETURN_IF_ERROR(gather_lstm_tensors(ctx, &node->tensors));
  return check_lstm_shapes(node->tensors, attributes.diagonal_recurrent_tensors != 0, &node->sizes);
}

Status infer(NodeContext& ctx) {
  LstmNode node;
  BATON_RETURN_IF_ERROR(describe(ctx, &node));
  return ctx.set_output_dims(0, {ctx.input(0).dim(0), ctx.input(0).dim(1), node.sizes.outputs});
}

Status prepare(NodeContext& ctx) {
  LstmNode node;
  BATON_RETURN_IF_ERROR(describe(ctx, &node));
  return prepare_lstm_node(ctx, node, lstm_settings(ctx.attributes<Attributes>()));
}

Status run(NodeContext& ctx) {
  LstmNode node;
  BATON_RETURN_IF_ERROR(describe(ctx, &node));
  return run_lstm_node(ctx, node);
}

int32_t min_version(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<Attributes>();
  if (attributes.diagonal_recurrent_tensors) return 4;
  return lstm_hybrid_version(ctx, 2, attributes.asymmetric_quantize_inputs != 0, 2);
}

uint64_t work(const NodeContext& ctx) {
  LstmNode node;
  if (!describe(ctx, &node).ok()) return 0;
  const int time = ctx.attributes<Attributes>().time_major ? 0 : 1;
  return lstm_step_work(node.tensors, node.sizes) * static_cast<uint64_t>(ctx.input(0).dim(time));
}

}  // namespace

extern const Operator unidirectional_sequence_lstm{
    .code = BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM,
    .name = "UNIDIRECTIONAL_SEQUENCE_LSTM",
    .summary =
        "A long short-term memory cell over a sequence, with peephole, projection and layer "
        "normalisation where their tensors are there.",
    .max_version = 4,
    .inputs = {1, 24},
    .dtypes = dtype_bit(BATON_FLOAT32) | dtype_bit(BATON_INT8),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
