#include "core/ops/support/lstm_basic.h"
#include "core/ops/support/lstm_sequence.h"

namespace baton::ops {
namespace {

bool basic(const NodeContext& ctx) {
  return ctx.attributes<baton_lstm_attributes>().kernel_type == BATON_LSTM_KERNEL_TYPE_BASIC;
}

// The full kernel: one step of the cell. Gathers the tensors and checks their shapes.
Status describe(const NodeContext& ctx, LstmNode* node) {
  const auto& attributes = ctx.attributes<baton_lstm_attributes>();
  const Value& input = ctx.input(0);
  if (attributes.kernel_type != BATON_LSTM_KERNEL_TYPE_FULL) {
    return error(BATON_INVALID_MODEL, "kernel_type %d is neither FULL nor BASIC",
                 attributes.kernel_type);
  }
  if (ctx.output_count() != 1) {
    return error(BATON_INVALID_MODEL, "the full LSTM kernel has 1 output, not %d",
                 ctx.output_count());
  }
  if (input.rank() != 2) {
    return error(BATON_INVALID_MODEL, "the input has rank %d, not 2", input.rank());
  }
  node->sequence.input = &input;
  node->sequence.output = &ctx.output(0);
  node->sizes.batch = input.dim(0);
  node->sizes.inputs = input.dim(1);
  BATON_RETURN_IF_ERROR(check_lstm_clips(attributes.cell_clip, attributes.proj_clip));
  BATON_RETURN_IF_ERROR(gather_lstm_tensors(ctx, &node->tensors));
  return check_lstm_shapes(node->tensors, false, &node->sizes);
}

Status infer(NodeContext& ctx) {
  if (basic(ctx)) return infer_basic_lstm(ctx);
  LstmNode node;
  BATON_RETURN_IF_ERROR(describe(ctx, &node));
  return ctx.set_output_dims(0, {node.sizes.batch, node.sizes.outputs});
}

Status prepare(NodeContext& ctx) {
  if (basic(ctx)) return prepare_basic_lstm(ctx);
  LstmNode node;
  BATON_RETURN_IF_ERROR(describe(ctx, &node));
  return prepare_lstm_node(ctx, node, lstm_settings(ctx.attributes<baton_lstm_attributes>()));
}

Status run(NodeContext& ctx) {
  if (basic(ctx)) return run_basic_lstm(ctx);
  LstmNode node;
  BATON_RETURN_IF_ERROR(describe(ctx, &node));
  return run_lstm_node(ctx, node);
}

int32_t min_version(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_lstm_attributes>();
  if (basic(ctx)) return 2;
  return lstm_hybrid_version(ctx, 2, attributes.asymmetric_quantize_inputs != 0, 3);
}

uint64_t work(const NodeContext& ctx) {
  if (basic(ctx)) return basic_lstm_work(ctx);
  LstmNode node;
  return describe(ctx, &node).ok() ? lstm_step_work(node.tensors, node.sizes) : 0;
}

}  // namespace

extern const Operator lstm{
    .code = BATON_OP_LSTM,
    .name = "LSTM",
    .summary = "One step of a long short-term memory cell; kernel_type says with which tensors.",
    .max_version = 4,
    .inputs = {1, 24},
    .outputs = {1, 4},
    .dtypes = dtype_bit(BATON_FLOAT32) | dtype_bit(BATON_INT8) | dtype_bit(BATON_UINT8),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
