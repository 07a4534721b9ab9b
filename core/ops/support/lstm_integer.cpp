#include "core/ops/support/lstm_integer.h"

#include "core/ops/support/check.h"

namespace baton::ops {
namespace {

using Factor = LstmIntegerData::Factor;

Factor factor_of(float real) {
  Factor factor;
  baton_quantize_multiplier(static_cast<double>(real), &factor.multiplier, &factor.shift);
  return factor;
}

// The exponent of a power of two, as TensorFlow Lite recognises one.
Status exponent_of(float scale, int32_t* exponent) {
  // gemmlowp's tanh takes up to 6 integer bits.
  if (baton_checked_log2(scale, exponent) && *exponent <= -9 && *exponent >= -15) return {};
  return error(BATON_INVALID_MODEL,
               "the scale of the cell state is %g; it must be a power of two from 2^-15 to 2^-9",
               static_cast<double>(scale));
}

Status check_intermediate(const NodeContext& ctx, int i) {
  const Value& value = ctx.intermediate(i);
  if (value.quantized() && value.quantization().count > 0 && value.scale() > 0 &&
      std::isfinite(value.scale())) {
    return {};
  }
  return error(BATON_INVALID_MODEL, "intermediate tensor %d ('%s') has no positive scale", i,
               value.name());
}

int32_t saturated_int16(int32_t x) { return baton_clamp(x, INT16_MIN, INT16_MAX); }
int32_t saturated_int8(int32_t x) { return baton_clamp(x, INT8_MIN, INT8_MAX); }

// The product of row `row` of a matrix with x - zero_point, plus bias.
int32_t product(const int8_t* x, int32_t zero_point, const Value& weights, int64_t row,
                int64_t length, const Value* bias) {
  int32_t sum = bias != nullptr ? bias->as<const int32_t>()[row] : 0;
  accumulate_dots<1>(x, zero_point, weights.as<const int8_t>() + row * length, length, 0, length,
                     &sum);
  return sum;
}

void add_peephole(const Value& weights, const Factor& factor, const int16_t* cell_state,
                  int64_t period, int64_t count, int16_t* gate) {
  for (int64_t i = 0; i < count; ++i) {
    const int32_t weighted = weights.as<const int16_t>()[i % period] * cell_state[i];
    gate[i] = static_cast<int16_t>(
        saturated_int16(baton_saturating_add(factor.apply(weighted), gate[i])));
  }
}

// In fixed point: the deviations have 10 extra bits. The fraction 2^20 / cells is cut off, as in
// TensorFlow Lite, which is exact for powers of two only.
void normalize(const int16_t* coefficients, const int32_t* bias, const Factor& factor,
               int32_t variance_guard, int64_t cells, int16_t* gate) {
  if (cells == 0) return;
  constexpr int64_t kTwoTo20 = 1 << 20;
  int64_t sum = 0;
  int64_t squares = 0;
  for (int64_t i = 0; i < cells; ++i) {
    sum += gate[i];
    squares += int32_t{gate[i]} * gate[i];
  }
  const auto mean = static_cast<int32_t>(sum * 1024 / cells);
  int64_t variance = squares * (kTwoTo20 / cells) - int64_t{mean} * mean;
  variance /= kTwoTo20;
  Factor inverse_deviation;
  baton_inverse_sqrt(variance < 1 ? variance_guard : static_cast<int32_t>(variance),
                     &inverse_deviation.multiplier, &inverse_deviation.shift);
  const Factor scaled{factor.multiplier, factor.shift + 12};
  for (int64_t i = 0; i < cells; ++i) {
    const int32_t deviation = inverse_deviation.apply(1024 * gate[i] - mean);
    const int32_t weighted = baton_wrap_int32(static_cast<uint32_t>(deviation) *
                                              static_cast<uint32_t>(int32_t{coefficients[i]}));
    const int64_t shifted = baton_wrapping_add(weighted, bias[i]);
    const auto rounded = static_cast<int32_t>((shifted > 0 ? shifted + 512 : shifted - 512) / 1024);
    gate[i] = static_cast<int16_t>(saturated_int16(scaled.apply(rounded)));
  }
}

struct Step {
  const NodeContext& ctx;
  const LstmTensors& tensors;
  const LstmSizes& sizes;
  const LstmIntegerData& data;
  int16_t* gates[kLstmGates];

  void sum_gates(const LstmRows<int8_t>& rows) const;
  void complete(int gate, bool rows_together) const;
  void update_cell() const;
  void write_hidden(int8_t* hidden, int32_t zero_point) const;
  void project(const int8_t* hidden, int8_t* output_state) const;
};

void Step::sum_gates(const LstmRows<int8_t>& rows) const {
  const int64_t cells = sizes.cells;
  const int64_t gate_size = sizes.batch * cells;
  const int first_gate = tensors.first_gate();
  const auto* state = tensors.output_state->as<const int8_t>();
  ctx.parallel_for(
      (kLstmGates - first_gate) * gate_size, grain_of(int64_t{sizes.inputs} + sizes.outputs),
      [&](uint32_t, int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          const int gate = first_gate + static_cast<int>(i / gate_size);
          const int64_t row = i / cells % sizes.batch;
          const int64_t cell = i % cells;
          // Layer normalisation adds the bias later.
          const Value* bias = tensors.has_layer_norm() ? nullptr : tensors.bias[gate];
          const int32_t from_input =
              product(rows.input + row * rows.input_stride, data.input_zero_point,
                      *tensors.weights[gate], cell, sizes.inputs, bias);
          const int32_t from_state =
              product(state + row * sizes.outputs, data.output_zero_point, *tensors.recurrent[gate],
                      cell, sizes.outputs, nullptr);
          const int32_t first = saturated_int16(data.input[gate].apply(from_input));
          const int32_t sum = baton_saturating_add(data.recurrent[gate].apply(from_state), first);
          gates[gate][row * cells + cell] = static_cast<int16_t>(saturated_int16(sum));
        }
      });
}

void Step::complete(int gate, bool rows_together) const {
  const int64_t cells = sizes.cells;
  int16_t* values = gates[gate];
  if (tensors.peephole[gate] != nullptr) {
    // TensorFlow Lite takes the number of outputs for the number of cells: with a projection, the
    // peephole reaches only the first of a group's cells.
    const auto* state = tensors.cell_state->as<const int16_t>();
    const int64_t group = rows_together ? sizes.batch : 1;
    for (int64_t row = 0; row < sizes.batch; row += group) {
      add_peephole(*tensors.peephole[gate], data.peephole[gate], state + row * cells, sizes.outputs,
                   group * sizes.outputs, values + row * cells);
    }
  }
  for (int64_t row = 0; row < sizes.batch && tensors.has_layer_norm(); ++row) {
    normalize(tensors.layer_norm[gate]->as<const int16_t>(),
              tensors.bias[gate]->as<const int32_t>(), data.layer_norm[gate],
              data.variance_guard[gate], cells, values + row * cells);
  }
  for (int64_t i = 0; i < sizes.batch * cells; ++i) {
    values[i] = static_cast<int16_t>(gate == kCellGate ? baton_fixed16_tanh(values[i], 3)
                                                       : baton_fixed16_logistic(values[i], 3));
  }
}

void Step::update_cell() const {
  auto* state = tensors.cell_state->as<int16_t>();
  const int32_t shift = 15 + data.cell_integer_bits;
  for (int64_t i = 0; i < int64_t{sizes.batch} * sizes.cells; ++i) {
    const int32_t forget = gates[kForgetGate][i];
    const int32_t input = tensors.cifg() ? INT16_MAX - forget : gates[kInputGate][i];
    const int32_t kept = baton_fixed16_wrap(baton_rounding_shift_right(forget * state[i], 15));
    const int32_t added =
        baton_fixed16_wrap(baton_rounding_shift_right(input * gates[kCellGate][i], shift));
    int32_t sum = saturated_int16(kept + added);
    if (data.cell_clip > 0) sum = baton_clamp(sum, -data.cell_clip, data.cell_clip);
    state[i] = static_cast<int16_t>(sum);
  }
}

void Step::write_hidden(int8_t* hidden, int32_t zero_point) const {
  const auto* state = tensors.cell_state->as<const int16_t>();
  for (int64_t i = 0; i < int64_t{sizes.batch} * sizes.cells; ++i) {
    const int32_t value =
        gates[kOutputGate][i] * baton_fixed16_tanh(state[i], data.cell_integer_bits);
    hidden[i] = static_cast<int8_t>(
        saturated_int8(baton_saturating_add(data.hidden.apply(value), zero_point)));
  }
}

void Step::project(const int8_t* hidden, int8_t* output_state) const {
  ctx.parallel_for(int64_t{sizes.batch} * sizes.outputs, grain_of(sizes.cells),
                   [&](uint32_t, int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i) {
                       const int64_t row = i / sizes.outputs;
                       const int32_t sum = product(
                           hidden + row * sizes.cells, -data.hidden_zero_point, *tensors.projection,
                           i % sizes.outputs, sizes.cells, tensors.projection_bias);
                       int32_t value = saturated_int8(baton_saturating_add(
                           data.projection.apply(sum), data.output_zero_point));
                       if (data.proj_clip > 0) {
                         value = baton_clamp(value, -data.proj_clip, data.proj_clip);
                       }
                       output_state[i] = static_cast<int8_t>(value);
                     }
                   });
}

}  // namespace

Status prepare_lstm_integer(const NodeContext& ctx, const LstmTensors& tensors,
                            const LstmSizes& sizes, const LstmSettings& settings,
                            LstmIntegerData* data) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  const Value& state = *tensors.output_state;
  const Value& cell = *tensors.cell_state;
  if (ctx.node().intermediate_count != 5) {
    return error(BATON_UNSUPPORTED,
                 "an int8 LSTM with %u intermediate tensors is not supported; 5 are (int16 gates)",
                 ctx.node().intermediate_count);
  }
  BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
  BATON_RETURN_IF_ERROR(check_per_tensor("output", output));
  BATON_RETURN_IF_ERROR(check_per_tensor("output state", state));
  BATON_RETURN_IF_ERROR(check_per_tensor("cell state", cell));
  BATON_RETURN_IF_ERROR(check_intermediate(ctx, 4));
  int32_t cell_exponent = 0;
  BATON_RETURN_IF_ERROR(exponent_of(cell.scale(), &cell_exponent));
  if (tensors.has_peephole() && sizes.outputs > sizes.cells) {
    return error(BATON_UNSUPPORTED,
                 "an int8 LSTM with peephole weights and more outputs (%d) than cells (%d) is not "
                 "supported",
                 sizes.outputs, sizes.cells);
  }
  data->input_zero_point = input.zero_point();
  data->output_zero_point = state.zero_point();
  data->hidden_zero_point = ctx.intermediate(4).zero_point();
  if (data->hidden_zero_point < INT8_MIN || data->hidden_zero_point > INT8_MAX) {
    return error(BATON_INVALID_MODEL,
                 "the zero point of intermediate tensor 4, %d, is outside the range of int8",
                 data->hidden_zero_point);
  }
  data->cell_integer_bits = 15 + cell_exponent;
  // 0 stays 0: no clip. The limits cut the fraction off.
  data->cell_clip = static_cast<int32_t>(std::min(settings.cell_clip / cell.scale(), 32767.0f));
  data->proj_clip = static_cast<int32_t>(std::min(settings.proj_clip / output.scale(), 127.0f));

  // All scales below are products in float; only powers of two are doubles.
  for (int gate = tensors.first_gate(); gate < kLstmGates; ++gate) {
    float sum_scale = 1.0f / 4096;
    if (tensors.has_layer_norm()) {
      BATON_RETURN_IF_ERROR(check_intermediate(ctx, gate));
      sum_scale = ctx.intermediate(gate).scale();
      const float scale = tensors.layer_norm[gate]->scale();
      data->layer_norm[gate] = factor_of(scale);
      data->variance_guard[gate] =
          static_cast<int32_t>(std::max(1.0f, std::min(10000 * scale, 2147483520.0f)));
    }
    data->input[gate] = factor_of(tensors.weights[gate]->scale() * input.scale() / sum_scale);
    data->recurrent[gate] = factor_of(tensors.recurrent[gate]->scale() * state.scale() / sum_scale);
    if (tensors.peephole[gate] != nullptr) {
      data->peephole[gate] = factor_of(static_cast<float>(
          std::ldexp(1.0, cell_exponent) * static_cast<double>(tensors.peephole[gate]->scale()) /
          static_cast<double>(sum_scale)));
    }
  }
  const float hidden_scale = ctx.intermediate(4).scale();
  data->hidden = factor_of(static_cast<float>(
      std::ldexp(1.0, -15) / static_cast<double>(hidden_scale) * std::ldexp(1.0, -15)));
  if (tensors.projection != nullptr) {
    data->projection = factor_of(tensors.projection->scale() * hidden_scale / state.scale());
  }
  return {};
}

uint64_t lstm_integer_scratch_bytes(const LstmSizes& sizes) {
  const uint64_t hidden = static_cast<uint64_t>(sizes.batch) * static_cast<uint64_t>(sizes.cells);
  return lstm_gate_count(sizes) * sizeof(int16_t) + hidden;
}

void lstm_integer_step(const NodeContext& ctx, const LstmTensors& tensors, const LstmSizes& sizes,
                       const LstmIntegerData& data, const LstmRows<int8_t>& rows,
                       bool rows_together, void* scratch) {
  const int64_t gate_size = int64_t{sizes.batch} * sizes.cells;
  auto* gates = static_cast<int16_t*>(scratch);
  auto* hidden = reinterpret_cast<int8_t*>(gates + kLstmGates * gate_size);
  auto* output_state = tensors.output_state->as<int8_t>();
  const Step step{ctx,
                  tensors,
                  sizes,
                  data,
                  {gates, gates + gate_size, gates + 2 * gate_size, gates + 3 * gate_size}};
  step.sum_gates(rows);
  for (int gate = tensors.first_gate(); gate < kOutputGate; ++gate) {
    step.complete(gate, rows_together);
  }
  step.update_cell();
  step.complete(kOutputGate, rows_together);
  if (tensors.projection != nullptr) {
    // The hidden vector is stored below its zero point, the projection adds it back.
    step.write_hidden(hidden, -data.hidden_zero_point);
    step.project(hidden, output_state);
  } else {
    step.write_hidden(output_state, data.hidden_zero_point);
  }
  for (int64_t row = 0; row < sizes.batch; ++row) {
    std::copy_n(output_state + row * sizes.outputs, sizes.outputs,
                rows.output + row * rows.output_stride);
  }
}

}  // namespace baton::ops
