#include "core/ops/support/lstm_sequence.h"

namespace baton::ops {
namespace {

using Attributes = baton_unidirectional_sequence_lstm_attributes;

// Gathers the tensors and checks their shapes.
Status describe(const NodeContext& ctx, LstmTensors* tensors, LstmSizes* sizes) {
  const auto& attributes = ctx.attributes<Attributes>();
  const Value& input = ctx.input(0);
  if (input.rank() != 3) {
    return error(BATON_INVALID_MODEL, "the input has rank %d, not 3", input.rank());
  }
  sizes->batch = input.dim(attributes.time_major ? 1 : 0);
  sizes->inputs = input.dim(2);
  BATON_RETURN_IF_ERROR(check_lstm_clips(attributes.cell_clip, attributes.proj_clip));
  BATON_RETURN_IF_ERROR(gather_lstm_tensors(ctx, tensors));
  return check_lstm_shapes(*tensors, attributes.diagonal_recurrent_tensors != 0, sizes);
}

LstmSequence sequence_of(const NodeContext& ctx) {
  LstmSequence sequence;
  sequence.input = &ctx.input(0);
  sequence.output = &ctx.output(0);
  sequence.time_major = ctx.attributes<Attributes>().time_major != 0;
  return sequence;
}

Status infer(NodeContext& ctx) {
  LstmTensors tensors;
  LstmSizes sizes;
  BATON_RETURN_IF_ERROR(describe(ctx, &tensors, &sizes));
  return ctx.set_output_dims(0, {ctx.input(0).dim(0), ctx.input(0).dim(1), sizes.outputs});
}

struct Data final : OpData {
  LstmLayer layer;
};

Status prepare(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<Attributes>();
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
  LstmTensors tensors;
  LstmSizes sizes;
  BATON_RETURN_IF_ERROR(describe(ctx, &tensors, &sizes));
  return run_lstm_layer(ctx, tensors, sizes, ctx.data<Data>().layer, sequence_of(ctx),
                        ctx.scratch<void>());
}

int32_t min_version(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<Attributes>();
  if (attributes.diagonal_recurrent_tensors) return 4;
  return lstm_hybrid_version(ctx, 2, attributes.asymmetric_quantize_inputs != 0, 2);
}

uint64_t work(const NodeContext& ctx) {
  LstmTensors tensors;
  LstmSizes sizes;
  if (!describe(ctx, &tensors, &sizes).ok()) return 0;
  const int time = ctx.attributes<Attributes>().time_major ? 0 : 1;
  return lstm_step_work(tensors, sizes) * static_cast<uint64_t>(ctx.input(0).dim(time));
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
