// LSTM cells in integers: int8 activations and weights, int16 gates and cell state. Products are
// matrix kernels'; all bits are those of <baton/fixed_point.h>.
#include <algorithm>
#include <cmath>

#include "baton/fixed_point.h"
#include "delegates/cpu/lstm_work.h"
#include "delegates/cpu/matrix.h"
#include "delegates/kernels/lstm.h"

namespace baton::cpu {
namespace {

struct Factor : kernels::LstmFactor {
  Factor() = default;
  Factor(int32_t multiplier, int32_t shift) : LstmFactor{multiplier, shift} {}
  int32_t apply(int32_t x) const {
    return baton_multiply_by_quantized_multiplier(x, multiplier, shift);
  }
};

Factor factor_of(float real) {
  Factor factor;
  baton_quantize_multiplier(static_cast<double>(real), &factor.multiplier, &factor.shift);
  return factor;
}

int32_t saturated_int16(int32_t x) { return baton_clamp(x, INT16_MIN, INT16_MAX); }
int32_t saturated_int8(int32_t x) { return baton_clamp(x, INT8_MIN, INT8_MAX); }

struct IntegerMatrix {
  Int8Matrix matrix;
  std::shared_ptr<std::byte> packed;
};

struct IntegerPlan : LstmPlan {
  using LstmPlan::LstmPlan;

  IntegerMatrix input, recurrent, projection;
  const kernels::Int16Lstm* lstm = nullptr;
  // Of each gate, to its sum's scale; layer_norm from the normalised sum.
  struct Gate {
    Factor input, recurrent, peephole, layer_norm;
    int32_t variance_guard = 0;  // stands in for a variance of 0
    std::vector<int16_t> peephole_weights, coefficients;
    std::vector<int32_t> bias;  // of layer normalisation
  };
  Gate gates[kLstmGates];
  Factor hidden;  // from output gate times tanh(cell)
  Factor projected_output;
  int32_t output_zero = 0, hidden_zero = 0;
  int32_t cell_integer_bits = 0;
  int32_t cell_clip = 0, proj_clip = 0;  // 0: none
};

// In fixed point: the deviations have 10 extra bits. The fraction 2^20 / cells is cut off, as in
// TensorFlow Lite, which is exact for powers of two only.
void normalize(const IntegerPlan::Gate& gate, int64_t cells, int16_t* values) {
  constexpr int64_t kTwoTo20 = 1 << 20;
  int64_t sum = 0, squares = 0;
  for (int64_t i = 0; i < cells; ++i) {
    sum += values[i];
    squares += int32_t{values[i]} * values[i];
  }
  const auto mean = static_cast<int32_t>(sum * 1024 / cells);
  const int64_t variance = (squares * (kTwoTo20 / cells) - int64_t{mean} * mean) / kTwoTo20;
  Factor inverse_deviation;
  baton_inverse_sqrt(variance < 1 ? gate.variance_guard : static_cast<int32_t>(variance),
                     &inverse_deviation.multiplier, &inverse_deviation.shift);
  const Factor scaled{gate.layer_norm.multiplier, gate.layer_norm.shift + 12};
  for (int64_t i = 0; i < cells; ++i) {
    const auto k = static_cast<size_t>(i);
    const int32_t deviation = inverse_deviation.apply(1024 * values[i] - mean);
    const int32_t weighted = baton_wrap_int32(static_cast<uint32_t>(deviation) *
                                              static_cast<uint32_t>(int32_t{gate.coefficients[k]}));
    const int64_t shifted = baton_wrapping_add(weighted, gate.bias[k]);
    const auto rounded = static_cast<int32_t>((shifted > 0 ? shifted + 512 : shifted - 512) / 1024);
    values[i] = static_cast<int16_t>(saturated_int16(scaled.apply(rounded)));
  }
}

class IntegerLstmWork final : public LstmWork {
 public:
  IntegerLstmWork(const IntegerPlan& plan, const Sizes& sizes);

 private:
  enum Kind { kStart, kInput, kRecurrent, kFinish, kProject, kWrite };

  void run_task(const Call& call, const Task& task, uint64_t begin, uint64_t end) const override;
  void multiply_rows(const Call& call, const IntegerMatrix& matrix, const Tiling& tiling,
                     const int8_t* rows, int32_t* sums, uint64_t begin, uint64_t end) const;
  void finish(const Call& call, int64_t step, int64_t row) const;
  void sum_gates(const Call& call, int64_t step, int64_t row, int16_t* gates) const;
  void complete(const int16_t* state, int64_t row, size_t gate, int16_t* values) const;
  void project(const Call& call, int64_t row) const;
  void write(const Call& call, int64_t step, int64_t row) const;

  const IntegerPlan& plan_;
  Tiling input_tiling_, recurrent_tiling_, projection_tiling_;
  uint64_t input_sums_at_ = 0, sums_at_ = 0, gates_at_ = 0, hidden_at_ = 0, projected_at_ = 0;
};

IntegerLstmWork::IntegerLstmWork(const IntegerPlan& plan, const Sizes& sizes)
    : LstmWork(plan, sizes), plan_(plan) {
  const uint32_t threads = sizes.thread_count();
  const int64_t batch_rows = rows().batch;
  input_tiling_ = plan.input.matrix.tiling(rows().count(), threads);
  recurrent_tiling_ = plan.recurrent.matrix.tiling(batch_rows, threads);
  input_sums_at_ = take_elements<int32_t>(rows().count() * plan.width);
  sums_at_ = take_elements<int32_t>(batch_rows * plan.width);
  gates_at_ = take_elements<int16_t>(batch_rows * plan.width);
  worker_scratch_bytes =
      std::max(plan.input.matrix.scratch_bytes(), plan.recurrent.matrix.scratch_bytes());
  if (plan.projected) {
    projection_tiling_ = plan.projection.matrix.tiling(batch_rows, threads);
    hidden_at_ = take_elements<int8_t>(batch_rows * plan.cells);
    projected_at_ = take_elements<int32_t>(batch_rows * plan.outputs);
    worker_scratch_bytes = std::max(worker_scratch_bytes, plan.projection.matrix.scratch_bytes());
  }

  add(kStart, {batch(), 16});
  add(kInput, plan.input.matrix.phase(input_tiling_));
  const double row_ns = static_cast<double>(plan.width);
  const double products = static_cast<double>(plan.width) * static_cast<double>(plan.outputs);
  begin_steps(static_cast<double>(batch_rows) * (products / 60 + row_ns), threads);
  const Phase each_row = {batch(), grain_of_ns(row_ns)};
  for (int64_t step = 0; step < rows().steps; ++step) {
    add(kRecurrent, plan.recurrent.matrix.phase(recurrent_tiling_), step);
    add(kFinish, each_row, step);
    if (!plan.projected) continue;
    add(kProject, plan.projection.matrix.phase(projection_tiling_), step);
    add(kWrite, each_row, step);
  }
  finish_tasks();
}

void IntegerLstmWork::run_task(const Call& call, const Task& task, uint64_t begin,
                               uint64_t end) const {
  const auto first = static_cast<int64_t>(begin), last = static_cast<int64_t>(end);
  switch (task.kind) {
    case kStart:
      copy_states<int8_t, int16_t>(call, begin, end);
      break;
    case kInput:
      multiply_rows(call, plan_.input, input_tiling_, call.input<int8_t>(kLstmSequence),
                    at<int32_t>(call, input_sums_at_), begin, end);
      break;
    case kRecurrent:
      multiply_rows(call, plan_.recurrent, recurrent_tiling_, call.new_state<int8_t>(0),
                    at<int32_t>(call, sums_at_), begin, end);
      break;
    case kFinish:
      for (int64_t row = first; row < last; ++row) finish(call, task.step, row);
      break;
    case kProject:
      multiply_rows(call, plan_.projection, projection_tiling_, at<int8_t>(call, hidden_at_),
                    at<int32_t>(call, projected_at_), begin, end);
      break;
    case kWrite:
      for (int64_t row = first; row < last; ++row) {
        project(call, row);
        write(call, task.step, row);
      }
      break;
    default:
      break;
  }
}

void IntegerLstmWork::multiply_rows(const Call& call, const IntegerMatrix& matrix,
                                    const Tiling& tiling, const int8_t* rows, int32_t* sums,
                                    uint64_t begin, uint64_t end) const {
  Int8Product product;
  product.a = rows;
  product.a_stride = static_cast<int64_t>(matrix.matrix.depth);
  product.out_stride = static_cast<int64_t>(matrix.matrix.columns);
  product.tile.requantize = kernels::Requantize::kSums;
  product.tile.out = sums;
  product.tile.scratch = call.worker_scratch<void>();
  multiply(matrix.matrix, matrix.packed.get(), product, tiling, begin, end);
}

void IntegerLstmWork::finish(const Call& call, int64_t step, int64_t row) const {
  int16_t* gates = at<int16_t>(call, gates_at_) + row * plan_.width;
  int16_t* state = call.new_state<int16_t>(1) + row * plan_.cells;
  sum_gates(call, step, row, gates);
  kernels::Int16LstmRow cell;
  if (!plan_.coupled()) cell.input = gates + plan_.column_of(kInputGate);
  cell.forget = gates + plan_.column_of(kForgetGate);
  cell.cell = gates + plan_.column_of(kCellGate);
  cell.output = gates + plan_.column_of(kOutputGate);
  cell.state = state;
  cell.count = static_cast<size_t>(plan_.cells);
  cell.state_integer_bits = plan_.cell_integer_bits;
  cell.clip = plan_.cell_clip;
  cell.state_tanh = gates + plan_.column_of(kCellGate);
  cell.hidden_factor = plan_.hidden;
  // For a projection it is stored below its zero point; the projection adds that back.
  cell.hidden_zero = plan_.projected ? -plan_.hidden_zero : plan_.hidden_zero;
  cell.hidden = (plan_.projected ? at<int8_t>(call, hidden_at_) : call.new_state<int8_t>(0)) +
                row * plan_.cells;
  for (size_t gate = plan_.first_gate; gate < kOutputGate; ++gate) {
    complete(state, row, gate, gates + plan_.column_of(gate));
  }
  plan_.lstm->update_state(cell);
  complete(state, row, kOutputGate, gates + plan_.column_of(kOutputGate));
  plan_.lstm->write_hidden(cell);
  if (!plan_.projected) write(call, step, row);
}

void IntegerLstmWork::sum_gates(const Call& call, int64_t step, int64_t row, int16_t* gates) const {
  const int64_t place = rows().first(step) + row * rows().batch_stride;
  const int32_t* from_input = at<int32_t>(call, input_sums_at_) + place * plan_.width;
  const int32_t* from_state = at<int32_t>(call, sums_at_) + row * plan_.width;
  for (size_t gate = plan_.first_gate; gate < kLstmGates; ++gate) {
    const int64_t begin = plan_.column_of(gate);
    plan_.lstm->sum_gate({from_input + begin, from_state + begin, plan_.gates[gate].input,
                          plan_.gates[gate].recurrent, gates + begin,
                          static_cast<size_t>(plan_.cells)});
  }
}

void IntegerLstmWork::complete(const int16_t* state, int64_t row, size_t gate,
                               int16_t* values) const {
  const IntegerPlan::Gate& of = plan_.gates[gate];
  // TensorFlow Lite takes the number of outputs for that of cells: with a projection, the peephole
  // reaches only the first of the cells of a row, or of the batch where that is computed at once.
  const int64_t reach =
      plan_.time_major ? rows().batch * plan_.outputs - row * plan_.cells : plan_.outputs;
  const int64_t first = plan_.time_major ? row * plan_.cells : 0;
  const int64_t count = of.peephole_weights.empty() ? 0 : std::min(plan_.cells, reach);
  for (int64_t i = 0; i < count; ++i) {
    const auto weight = static_cast<size_t>((first + i) % plan_.outputs);
    const int32_t weighted = of.peephole.apply(of.peephole_weights[weight] * state[i]);
    values[i] = static_cast<int16_t>(saturated_int16(baton_saturating_add(weighted, values[i])));
  }
  if (plan_.layer_norm) normalize(of, plan_.cells, values);
  (gate == kCellGate ? plan_.lstm->tanh : plan_.lstm->logistic)(values,
                                                                static_cast<size_t>(plan_.cells));
}

void IntegerLstmWork::project(const Call& call, int64_t row) const {
  const int32_t* sums = at<int32_t>(call, projected_at_) + row * plan_.outputs;
  int8_t* state = call.new_state<int8_t>(0) + row * plan_.outputs;
  for (int64_t i = 0; i < plan_.outputs; ++i) {
    int32_t value = saturated_int8(
        baton_saturating_add(plan_.projected_output.apply(sums[i]), plan_.output_zero));
    if (plan_.proj_clip > 0) value = baton_clamp(value, -plan_.proj_clip, plan_.proj_clip);
    state[i] = static_cast<int8_t>(value);
  }
}

void IntegerLstmWork::write(const Call& call, int64_t step, int64_t row) const {
  const int64_t place = rows().first(step) + row * rows().batch_stride;
  std::copy_n(call.new_state<int8_t>(0) + row * plan_.outputs, plan_.outputs,
              call.output<int8_t>(0) + place * plan_.outputs);
}

// Matrices below each other, as one, with the sums of their products as they are. `bias`: of all
// columns, or empty.
IntegerMatrix pack_matrix(const std::vector<Operand>& parts, int64_t depth, int32_t input_zero,
                          const std::vector<int32_t>& bias, const Compiler& compiler) {
  IntegerMatrix result;
  std::vector<int8_t> all;
  for (const Operand& part : parts) {
    all.insert(all.end(), part.data<int8_t>(), part.data<int8_t>() + part.count());
    result.matrix.columns += static_cast<size_t>(part.dim(0));
  }
  result.matrix.gemm = int8_gemm(compiler);
  result.matrix.depth = static_cast<size_t>(depth);
  kernels::Int8GemmWeights weights = describe(result.matrix, all.data());
  weights.input_zero = input_zero;
  weights.requantize = kernels::Requantize::kSums;
  if (!bias.empty()) weights.bias = bias.data();
  result.packed = pack_constant(result.matrix, weights, compiler);
  return result;
}

// All scales are products in float; only powers of two are doubles.
void read_gate(const LstmCell& cell, size_t index, int32_t cell_exponent,
               IntegerPlan::Gate* result) {
  const LstmCell::Gate& gate = cell.gates[index];
  float sum_scale = 1.0f / 4096;
  if (cell.layer_norm) {
    sum_scale = cell.intermediates[index].scale();
    const float scale = gate.layer_norm.scale();
    result->layer_norm = factor_of(scale);
    result->variance_guard =
        static_cast<int32_t>(std::max(1.0f, std::min(10000 * scale, 2147483520.0f)));
    result->coefficients = gate.layer_norm.content<int16_t>();
    result->bias = gate.bias.content<int32_t>();
  }
  result->input = factor_of(gate.weights.scale() * cell.input.scale() / sum_scale);
  result->recurrent = factor_of(gate.recurrent.scale() * cell.output_state.scale() / sum_scale);
  if (!gate.peephole) return;
  result->peephole_weights = gate.peephole.content<int16_t>();
  result->peephole = factor_of(static_cast<float>(std::ldexp(1.0, cell_exponent) *
                                                  static_cast<double>(gate.peephole.scale()) /
                                                  static_cast<double>(sum_scale)));
}

void read_scales(const LstmCell& cell, IntegerPlan* plan) {
  int32_t cell_exponent = 0;
  baton_checked_log2(cell.cell_state.scale(), &cell_exponent);
  for (size_t gate = cell.first_gate; gate < kLstmGates; ++gate) {
    read_gate(cell, gate, cell_exponent, &plan->gates[gate]);
  }
  const Operand& hidden = cell.intermediates[4];
  plan->output_zero = cell.output_state.zero_point();
  plan->hidden_zero = hidden.zero_point();
  plan->cell_integer_bits = 15 + cell_exponent;
  // 0 stays 0: no clip. The limits cut the fraction off.
  plan->cell_clip =
      static_cast<int32_t>(std::min(cell.cell_clip / cell.cell_state.scale(), 32767.0f));
  plan->proj_clip = static_cast<int32_t>(std::min(cell.proj_clip / cell.output.scale(), 127.0f));
  plan->hidden = factor_of(static_cast<float>(
      std::ldexp(1.0, -15) / static_cast<double>(hidden.scale()) * std::ldexp(1.0, -15)));
  if (cell.projection) {
    plan->projected_output =
        factor_of(cell.projection.scale() * hidden.scale() / cell.output_state.scale());
  }
}

}  // namespace

std::unique_ptr<Step> compile_integer_lstm(const LstmCell& cell, const Compiler& compiler) {
  auto plan = std::make_shared<IntegerPlan>(cell);
  read_scales(cell, plan.get());
  plan->lstm = kernels::find<const kernels::Int16Lstm*>("lstm", "int16", compiler.isa());
  std::vector<Operand> weights, recurrent;
  std::vector<int32_t> bias;
  for (size_t i = cell.first_gate; i < kLstmGates; ++i) {
    weights.push_back(cell.gates[i].weights);
    recurrent.push_back(cell.gates[i].recurrent);
    const std::vector<int32_t> own = cell.gates[i].bias.content<int32_t>();
    // Layer normalisation adds the bias later.
    if (!cell.layer_norm) bias.insert(bias.end(), own.begin(), own.end());
  }
  plan->input = pack_matrix(weights, cell.inputs, cell.input.zero_point(), bias, compiler);
  plan->recurrent = pack_matrix(recurrent, cell.outputs, plan->output_zero, {}, compiler);
  if (cell.projection) {
    plan->projection = pack_matrix({cell.projection}, cell.cells, -plan->hidden_zero,
                                   cell.projection_bias.content<int32_t>(), compiler);
  }
  return make_lstm_step<IntegerLstmWork>(cell, std::shared_ptr<const IntegerPlan>(std::move(plan)));
}

}  // namespace baton::cpu
