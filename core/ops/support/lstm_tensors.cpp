#include "core/ops/support/lstm_tensors.h"

#include <string>

#include "core/ops/support/check.h"

namespace baton::ops {
namespace {

std::string shape_text(std::span<const int32_t> dims) {
  std::string text = "[";
  for (const int32_t dim : dims) {
    if (text.size() > 1) text += ",";
    text += std::to_string(dim);
  }
  return text + "]";
}

Status check_shape(const char* owner, const char* what, const Value& value,
                   std::initializer_list<int32_t> dims) {
  const std::span<const int32_t> expected(dims.begin(), dims.size());
  if (std::equal(expected.begin(), expected.end(), value.dims().begin(), value.dims().end())) {
    return {};
  }
  return error(BATON_INVALID_MODEL, "the %s's %s have shape %s, not %s", owner, what,
               shape_text(value.dims()).c_str(), shape_text(expected).c_str());
}

std::string gate_text(int gate) { return std::string(gate_name(gate)) + " gate"; }

Status check_presence(const LstmTensors& t, int gate, const char* what, const Value* value,
                      bool wanted) {
  if ((value != nullptr) == wanted) return {};
  const char* cell = gate == kInputGate && t.cifg() ? " of a cell without input weights" : "";
  return error(BATON_INVALID_MODEL, "the %s gate%s %s %s", gate_name(gate), cell,
               wanted ? "lacks its" : "must not have", what);
}

Status check_gate(const LstmTensors& t, int gate, bool allow_diagonal, const LstmSizes& sizes) {
  const bool there = gate >= t.first_gate();
  const bool aux = sizes.aux_inputs > 0 && t.aux_weights[kOutputGate] != nullptr;
  const bool peephole = gate != kCellGate && (t.peephole[kForgetGate] || t.has_peephole());
  BATON_RETURN_IF_ERROR(check_presence(t, gate, "input weights", t.weights[gate], there));
  BATON_RETURN_IF_ERROR(
      check_presence(t, gate, "auxiliary weights", t.aux_weights[gate], there && aux));
  BATON_RETURN_IF_ERROR(check_presence(t, gate, "recurrent weights", t.recurrent[gate], there));
  BATON_RETURN_IF_ERROR(check_presence(t, gate, "bias", t.bias[gate], there));
  // A peephole weight of an absent input gate is not used, as in TensorFlow Lite.
  if (there) {
    BATON_RETURN_IF_ERROR(check_presence(t, gate, "peephole weights", t.peephole[gate], peephole));
  }
  BATON_RETURN_IF_ERROR(check_presence(t, gate, "layer normalisation coefficients",
                                       t.layer_norm[gate], there && t.has_layer_norm()));
  if (!there) return {};
  const std::string name = gate_text(gate);
  BATON_RETURN_IF_ERROR(
      check_shape(name.c_str(), "input weights", *t.weights[gate], {sizes.cells, sizes.inputs}));
  if (aux) {
    BATON_RETURN_IF_ERROR(check_shape(name.c_str(), "auxiliary weights", *t.aux_weights[gate],
                                      {sizes.cells, sizes.aux_inputs}));
  }
  if (allow_diagonal && t.diagonal(gate)) {
    BATON_RETURN_IF_ERROR(
        check_shape(name.c_str(), "recurrent weights", *t.recurrent[gate], {sizes.outputs}));
  } else {
    BATON_RETURN_IF_ERROR(check_shape(name.c_str(), "recurrent weights", *t.recurrent[gate],
                                      {sizes.cells, sizes.outputs}));
  }
  for (const auto& [what, value] :
       {std::pair{"bias values", t.bias[gate]}, std::pair{"peephole weights", t.peephole[gate]},
        std::pair{"layer normalisation coefficients", t.layer_norm[gate]}}) {
    if (value == nullptr) continue;
    BATON_RETURN_IF_ERROR(check_shape(name.c_str(), what, *value, {sizes.cells}));
  }
  return {};
}

Status check_state(const char* what, const Value* state, int64_t rows, int64_t columns) {
  if (state == nullptr) return error(BATON_INVALID_MODEL, "the %s is missing", what);
  if (state->count() == rows * columns) return {};
  return error(BATON_INVALID_MODEL,
               "the %s has %lld elements, not %lld for each of the %lld rows of a batch", what,
               static_cast<long long>(state->count()), static_cast<long long>(columns),
               static_cast<long long>(rows));
}

Status check_type(const char* owner, const char* what, const Value* value, baton_dtype dtype) {
  if (value == nullptr || value->dtype() == dtype) return {};
  return error(BATON_UNSUPPORTED, "the %s's %s are %s; with these activations they must be %s",
               owner, what, dtype_name(value->dtype()), dtype_name(dtype));
}

// A weight tensor of 8-bit kinds has one scale and is symmetric.
Status check_weight_scale(const char* owner, const char* what, const Value* value) {
  if (value == nullptr || value->dtype() == BATON_FLOAT32) return {};
  if (value->quantized() && value->quantization().count != 1) {
    return error(BATON_UNSUPPORTED,
                 "the %s's %s have a scale for each channel; LSTM cells need one", owner, what);
  }
  return check_per_tensor((std::string(what) + " of the " + owner).c_str(), *value);
}

Status check_gate_types(const LstmTensors& t, int gate, LstmKind kind, baton_dtype weights) {
  const bool integer = kind == LstmKind::kInteger;
  const std::string name = gate_text(gate);
  const bool diagonal = t.diagonal(gate);
  const struct {
    const char* what;
    const Value* value;
    baton_dtype dtype;
  } table[] = {
      {"input weights", t.weights[gate], weights},
      {"auxiliary weights", t.aux_weights[gate], weights},
      {"recurrent weights", t.recurrent[gate], diagonal ? BATON_FLOAT32 : weights},
      {"peephole weights", t.peephole[gate], integer ? BATON_INT16 : weights},
      {"layer normalisation coefficients", t.layer_norm[gate],
       integer ? BATON_INT16 : BATON_FLOAT32},
  };
  for (const auto& entry : table) {
    BATON_RETURN_IF_ERROR(check_type(name.c_str(), entry.what, entry.value, entry.dtype));
    BATON_RETURN_IF_ERROR(check_weight_scale(name.c_str(), entry.what, entry.value));
  }
  if (integer && diagonal) {
    return error(BATON_UNSUPPORTED, "diagonal recurrent weights are not supported with int8");
  }
  return check_type(name.c_str(), "bias values", t.bias[gate],
                    integer ? BATON_INT32 : BATON_FLOAT32);
}

}  // namespace

const char* gate_name(int gate) {
  static const char* const kNames[kLstmGates] = {"input", "forget", "cell", "output"};
  return kNames[gate];
}

Status gather_lstm_tensors(const NodeContext& ctx, LstmTensors* tensors) {
  if (ctx.input_count() != 20 && ctx.input_count() != 24) {
    return error(BATON_INVALID_MODEL, "the full LSTM kernel has 20 or 24 inputs, not %d",
                 ctx.input_count());
  }
  LstmTensors& t = *tensors;
  for (int gate = 0; gate < kLstmGates; ++gate) {
    t.weights[gate] = ctx.optional_input(1 + gate);
    t.recurrent[gate] = ctx.optional_input(5 + gate);
    t.bias[gate] = ctx.optional_input(12 + gate);
    t.layer_norm[gate] = ctx.optional_input(20 + gate);
  }
  t.peephole[kInputGate] = ctx.optional_input(9);
  t.peephole[kForgetGate] = ctx.optional_input(10);
  t.peephole[kOutputGate] = ctx.optional_input(11);
  t.projection = ctx.optional_input(16);
  t.projection_bias = ctx.optional_input(17);
  t.output_state = ctx.optional_input(18);
  t.cell_state = ctx.optional_input(19);
  return {};
}

Status check_lstm_shapes(const LstmTensors& t, bool allow_diagonal, LstmSizes* sizes) {
  const Value* weights = t.weights[kOutputGate];
  const Value* recurrent = t.recurrent[kOutputGate];
  if (weights == nullptr || recurrent == nullptr) {
    return error(BATON_INVALID_MODEL, "the output gate lacks its weights");
  }
  const bool diagonal = allow_diagonal && recurrent->rank() == 1;
  if (weights->rank() != 2 || (recurrent->rank() != 2 && !diagonal)) {
    return error(BATON_INVALID_MODEL,
                 "the output gate's weights have rank %d and %d; they must be matrices",
                 weights->rank(), recurrent->rank());
  }
  sizes->cells = weights->dim(0);
  sizes->outputs = recurrent->dim(diagonal ? 0 : 1);
  for (int gate = 0; gate < kLstmGates; ++gate) {
    BATON_RETURN_IF_ERROR(check_gate(t, gate, allow_diagonal, *sizes));
    // A diagonal joins each cell with the output of the same index.
    if (t.recurrent[gate] != nullptr && t.diagonal(gate) && sizes->cells != sizes->outputs) {
      return error(BATON_INVALID_MODEL,
                   "diagonal recurrent weights need as many outputs as cells, not %d and %d",
                   sizes->outputs, sizes->cells);
    }
  }
  if (t.projection != nullptr) {
    BATON_RETURN_IF_ERROR(
        check_shape("projection", "weights", *t.projection, {sizes->outputs, sizes->cells}));
    if (t.projection_bias != nullptr) {
      BATON_RETURN_IF_ERROR(
          check_shape("projection", "bias values", *t.projection_bias, {sizes->outputs}));
    }
  } else if (t.projection_bias != nullptr) {
    return error(BATON_INVALID_MODEL, "there is a projection bias, but no projection weights");
  } else if (sizes->outputs != sizes->cells) {
    return error(BATON_INVALID_MODEL,
                 "without projection weights there must be as many outputs as cells, not %d and %d",
                 sizes->outputs, sizes->cells);
  }
  BATON_RETURN_IF_ERROR(check_state("output state", t.output_state, sizes->batch, sizes->outputs));
  return check_state("cell state", t.cell_state, sizes->batch, sizes->cells);
}

Status check_lstm_clips(float cell_clip, float proj_clip) {
  if (cell_clip >= 0 && proj_clip >= 0) return {};
  return error(BATON_INVALID_MODEL, "the clips are %g and %g; they must not be negative",
               static_cast<double>(cell_clip), static_cast<double>(proj_clip));
}

Status check_lstm_types(const LstmTensors& t, const Value& input, const Value& output,
                        LstmKind* kind) {
  const baton_dtype weights = t.weights[kOutputGate]->dtype();
  if (input.dtype() == BATON_FLOAT32 && weights == BATON_FLOAT32) {
    *kind = LstmKind::kFloat;
  } else if (input.dtype() == BATON_FLOAT32 && (weights == BATON_INT8 || weights == BATON_UINT8)) {
    *kind = LstmKind::kHybrid;
  } else if (input.dtype() == BATON_INT8 && weights == BATON_INT8) {
    *kind = LstmKind::kInteger;
  } else {
    return error(BATON_UNSUPPORTED,
                 "%s input with %s weights is not supported; float32 with float32, int8 or uint8, "
                 "and int8 with int8 are",
                 dtype_name(input.dtype()), dtype_name(weights));
  }
  const bool integer = *kind == LstmKind::kInteger;
  for (int gate = t.first_gate(); gate < kLstmGates; ++gate) {
    BATON_RETURN_IF_ERROR(check_gate_types(t, gate, *kind, weights));
  }
  BATON_RETURN_IF_ERROR(check_type("projection", "weights", t.projection, weights));
  BATON_RETURN_IF_ERROR(check_weight_scale("projection", "weights", t.projection));
  BATON_RETURN_IF_ERROR(check_type("projection", "bias values", t.projection_bias,
                                   integer ? BATON_INT32 : BATON_FLOAT32));
  BATON_RETURN_IF_ERROR(check_same_dtype("output", output, "input", input));
  BATON_RETURN_IF_ERROR(check_same_dtype("output state", *t.output_state, "input", input));
  BATON_RETURN_IF_ERROR(check_dtype("cell state", t.cell_state->dtype(),
                                    integer ? dtype_bit(BATON_INT16) : dtype_bit(BATON_FLOAT32)));
  if (t.output_state->variable() && t.cell_state->variable()) return {};
  return error(BATON_INVALID_MODEL, "the %s state is no variable tensor",
               t.output_state->variable() ? "cell" : "output");
}

uint64_t lstm_step_work(const LstmTensors& t, const LstmSizes& sizes) {
  const auto n = [](int64_t size) { return static_cast<uint64_t>(size); };
  const uint64_t gates = n(kLstmGates - t.first_gate());
  const uint64_t products =
      n(sizes.cells) * gates * n(int64_t{sizes.inputs} + sizes.aux_inputs + sizes.outputs) +
      (t.projection ? n(sizes.cells) * n(sizes.outputs) : 0);
  return n(sizes.batch) * products;
}

}  // namespace baton::ops
