#include "core/ops/support/lstm_basic.h"
#include "core/ops/support/lstm_sequence.h"

namespace baton::ops {
namespace {

bool basic(const NodeContext& ctx) {
  return ctx.attributes<baton_lstm_attributes>().kernel_type == BATON_LSTM_KERNEL_TYPE_BASIC;
}

// The full kernel: one step of the cell. Gathers the tensors and checks their shapes.
Status describe(const NodeContext& ctx, LstmTensors* tensors, LstmSizes* sizes) {
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
  sizes->batch = input.dim(0);
  sizes->inputs = input.dim(1);
  BATON_RETURN_IF_ERROR(check_lstm_clips(attributes.cell_clip, attributes.proj_clip));
  BATON_RETURN_IF_ERROR(gather_lstm_tensors(ctx, tensors));
  return check_lstm_shapes(*tensors, false, sizes);
}

LstmSequence sequence_of(const NodeContext& ctx) {
  LstmSequence sequence;
  sequence.input = &ctx.input(0);
  sequence.output = &ctx.output(0);
  return sequence;
}

Status infer(NodeContext& ctx) {
  if (basic(ctx)) return infer_basic_lstm(ctx);
  LstmTensors tensors;
  LstmSizes sizes;
  BATON_RETURN_IF_ERROR(describe(ctx, &tensors, &sizes));
  return ctx.set_output_dims(0, {sizes.batch, sizes.outputs});
}

struct Data final : OpData {
  LstmLayer layer;
};

Status prepare(NodeContext& ctx) {
  if (basic(ctx)) return prepare_basic_lstm(ctx);
  const auto& attributes = ctx.attributes<baton_lstm_attributes>();
  LstmTensors tensors;
  LstmSizes sizes;
  BATON_RETURN_IF_ERROR(describe(ctx, &tensors, &sizes));
  auto data = std::make_unique<Data>();
  data->layer.settings = {attributes.fused_activation_function, attributes.cell_clip,
                          attributes.proj_clip, attributes.asymmetric_quantize_inputs != 0};
  BATON_RETURN_IF_ERROR(prepare_lstm_layer(ctx, tensors, sizes, sequence_of(ctx), &data->layer));
  ctx.request_scratch(lstm_scratch_bytes(sizes, data->layer.kind));
  ctx.set_data(std::move(data));
  return {};
}

Status run(NodeContext& ctx) {
  if (basic(ctx)) return run_basic_lstm(ctx);
  LstmTensors tensors;
  LstmSizes sizes;
  BATON_RETURN_IF_ERROR(describe(ctx, &tensors, &sizes));
  return run_lstm_layer(ctx, tensors, sizes, ctx.data<Data>().layer, sequence_of(ctx),
                        ctx.scratch<void>());
}

int32_t min_version(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_lstm_attributes>();
  if (basic(ctx)) return 2;
  return lstm_hybrid_version(ctx, 2, attributes.asymmetric_quantize_inputs != 0, 3);
}

uint64_t work(const NodeContext& ctx) {
  if (basic(ctx)) return basic_lstm_work(ctx);
  LstmTensors tensors;
  LstmSizes sizes;
  return describe(ctx, &tensors, &sizes).ok() ? lstm_step_work(tensors, sizes) : 0;
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
