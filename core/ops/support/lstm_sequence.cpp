#include "core/ops/support/lstm_sequence.h"

#include "core/ops/support/cancel.h"
#include "core/ops/support/lstm_products.h"

namespace baton::ops {
namespace {

// Where the rows of a [batch, length], [time, batch, length] or [batch, time, length] tensor are.
struct Layout {
  int64_t steps = 1;
  int64_t step_stride = 0;
  int64_t row_stride = 0;

  Layout(const Value& value, bool time_major) {
    const int64_t length = value.dim(value.rank() - 1);
    const int64_t leading = value.dim(0);
    const int64_t middle = value.rank() == 3 ? value.dim(1) : 1;
    row_stride = length;
    if (value.rank() != 3) return;
    steps = time_major ? leading : middle;
    step_stride = time_major ? middle * length : length;
    if (!time_major) row_stride = middle * length;
  }
};

template <typename T, typename Step>
Status for_each_step(const NodeContext& ctx, const LstmSequence& sequence, const Step& step) {
  constexpr int64_t kStepsBetweenLooks = 8;
  const Layout in(*sequence.input, sequence.time_major);
  const Layout out(*sequence.output, sequence.time_major);
  const Layout aux(sequence.aux ? *sequence.aux : *sequence.input, sequence.time_major);
  for (int64_t i = 0; i < in.steps; ++i) {
    if (i % kStepsBetweenLooks == 0) BATON_RETURN_IF_ERROR(check_cancelled(ctx));
    const int64_t time = sequence.backward ? in.steps - 1 - i : i;
    step(LstmRows<T>{sequence.input->as<const T>() + time * in.step_stride, in.row_stride,
                     sequence.aux ? sequence.aux->as<const T>() + time * aux.step_stride : nullptr,
                     aux.row_stride,
                     sequence.output->as<T>() + time * out.step_stride + sequence.output_offset,
                     out.row_stride});
  }
  return {};
}

// Scratch: gates, peephole weights as floats, vectors of a hybrid cell.
Status run_real(const NodeContext& ctx, const LstmTensors& tensors, const LstmSizes& sizes,
                const LstmLayer& layer, const LstmSequence& sequence, float* gates) {
  const bool hybrid = layer.kind == LstmKind::kHybrid;
  float* real_peephole = gates + lstm_gate_count(sizes);
  const float* peephole[kLstmGates] = {};
  for (int gate = tensors.first_gate(); gate < kLstmGates; ++gate) {
    const Value* weights = tensors.peephole[gate];
    if (weights == nullptr) continue;
    peephole[gate] = weights->as<const float>();
    if (!hybrid) continue;
    float* values = real_peephole + int64_t{gate} * sizes.cells;
    for (int64_t i = 0; i < sizes.cells; ++i) {
      values[i] = weights->scale() * static_cast<float>(weights->as<const int8_t>()[i]);
    }
    peephole[gate] = values;
  }
  const auto run = [&](auto products) {
    return for_each_step<float>(ctx, sequence, [&](const LstmRows<float>& rows) {
      lstm_step(ctx, tensors, sizes, layer.settings, peephole, rows, products, gates);
    });
  };
  if (!hybrid) return run(LstmFloatProducts(tensors, sizes));
  return run(LstmHybridProducts(tensors, sizes, layer.settings.asymmetric,
                                real_peephole + int64_t{kLstmGates} * sizes.cells));
}

}  // namespace

Status prepare_lstm_layer(const NodeContext& ctx, const LstmTensors& tensors,
                          const LstmSizes& sizes, const LstmSequence& sequence, LstmLayer* layer) {
  BATON_RETURN_IF_ERROR(check_lstm_types(tensors, *sequence.input, *sequence.output, &layer->kind));
  if (layer->kind == LstmKind::kInteger) {
    return prepare_lstm_integer(ctx, tensors, sizes, layer->settings, &layer->integer);
  }
  return check_real_activation(layer->settings.activation);
}

uint64_t lstm_scratch_bytes(const LstmSizes& sizes, LstmKind kind) {
  if (kind == LstmKind::kInteger) return lstm_integer_scratch_bytes(sizes);
  const uint64_t gates = lstm_gate_count(sizes) * sizeof(float);
  if (kind == LstmKind::kFloat) return gates;
  return gates + kLstmGates * static_cast<uint64_t>(sizes.cells) * sizeof(float) +
         LstmHybridProducts::scratch_bytes(sizes);
}

Status run_lstm_layer(const NodeContext& ctx, const LstmTensors& tensors, const LstmSizes& sizes,
                      const LstmLayer& layer, const LstmSequence& sequence, void* scratch) {
  if (sizes.batch == 0) return {};  // however many steps there are
  if (layer.kind != LstmKind::kInteger) {
    return run_real(ctx, tensors, sizes, layer, sequence, static_cast<float*>(scratch));
  }
  return for_each_step<int8_t>(ctx, sequence, [&](const LstmRows<int8_t>& rows) {
    lstm_integer_step(ctx, tensors, sizes, layer.integer, rows, sequence.time_major, scratch);
  });
}

namespace {

struct LstmNodeData final : OpData {
  LstmLayer layer;
};

}  // namespace

Status prepare_lstm_node(NodeContext& ctx, const LstmNode& node, const LstmSettings& settings) {
  auto data = std::make_unique<LstmNodeData>();
  data->layer.settings = settings;
  BATON_RETURN_IF_ERROR(
      prepare_lstm_layer(ctx, node.tensors, node.sizes, node.sequence, &data->layer));
  ctx.request_scratch(lstm_scratch_bytes(node.sizes, data->layer.kind));
  ctx.set_data(std::move(data));
  return {};
}

Status run_lstm_node(NodeContext& ctx, const LstmNode& node) {
  return run_lstm_layer(ctx, node.tensors, node.sizes, ctx.data<LstmNodeData>().layer,
                        node.sequence, ctx.scratch<void>());
}

int32_t lstm_hybrid_version(const NodeContext& ctx, int weights, bool asymmetric, int32_t version) {
  if (ctx.input(0).dtype() != BATON_FLOAT32 || !ctx.has_input(weights) ||
      ctx.input(weights).dtype() != BATON_INT8) {
    return 1;
  }
  return asymmetric ? version + 1 : version;
}

}  // namespace baton::ops
