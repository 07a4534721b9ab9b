// LSTM cells with float activations; weights are float, or 8-bit with vectors quantised on the way
// (hybrid).
#include <cmath>

#include "delegates/cpu/hybrid.h"
#include "delegates/cpu/lstm_plain.h"
#include "delegates/cpu/lstm_work.h"
#include "delegates/cpu/matrix.h"
#include "delegates/kernels/lstm.h"

namespace baton::cpu {
namespace {

using kernels::Requantize;

double products_of(const AnyMatrix& matrix) {
  return static_cast<double>(matrix.f32.columns + matrix.int8.columns) *
         static_cast<double>(matrix.f32.depth + matrix.int8.depth);
}

struct RealPlan : LstmPlan {
  using LstmPlan::LstmPlan;

  bool hybrid = false, asymmetric = false;
  AnyMatrix input, recurrent, projection;
  const kernels::F32Lstm* lstm = nullptr;
  kernels::HybridFunction quantize = nullptr;
  kernels::LstmActivation activation = kernels::LstmActivation::kTanh;
  float cell_clip = 0, proj_clip = 0;
  // By gate; empty where there are none. Biases are those of layer normalisation.
  std::vector<float> peephole[kLstmGates], coefficients[kLstmGates], biases[kLstmGates];
};

std::vector<float> real_weights(const Operand& operand) {
  if (operand.dtype() == BATON_FLOAT32) return operand.content<float>();
  std::vector<float> values;
  const auto* weights = operand.data<int8_t>();
  for (int64_t i = 0; i < operand.count(); ++i) {
    values.push_back(operand.scale() * static_cast<float>(weights[i]));
  }
  return values;
}

// Matrices of as many columns of depth `depth` below each other, as one. `bias`: of all columns, or
// empty.
AnyMatrix pack_matrix(const std::vector<Operand>& parts, int64_t depth,
                      const std::vector<float>& bias, const Compiler& compiler) {
  AnyMatrix matrix;
  size_t columns = 0;
  for (const Operand& part : parts) columns += static_cast<size_t>(part.dim(0));
  const auto join = [&](auto element) {
    std::vector<decltype(element)> all;
    for (const Operand& part : parts) {
      const auto* from = part.data<decltype(element)>();
      all.insert(all.end(), from, from + part.count());
    }
    return all;
  };
  if (parts[0].dtype() == BATON_FLOAT32) {
    matrix.f32 = {f32_gemm(compiler), columns, static_cast<size_t>(depth)};
    const std::vector<float> all = join(float());
    kernels::F32GemmWeights weights = describe(matrix.f32, all.data());
    if (!bias.empty()) weights.bias = bias.data();
    matrix.packed = pack_constant(matrix.f32, weights, compiler);
    return matrix;
  }
  matrix.int8 = {int8_gemm(compiler), columns, static_cast<size_t>(depth)};
  // Weights that are uint8 by name hold signed numbers, too.
  const std::vector<int8_t> all = join(int8_t());
  std::vector<double> scales;
  for (const Operand& part : parts) {
    scales.insert(scales.end(), static_cast<size_t>(part.dim(0)),
                  static_cast<double>(part.scale()));
  }
  kernels::Int8GemmWeights weights = describe(matrix.int8, all.data());
  weights.requantize = Requantize::kFloat;
  weights.scales = scales.data();
  if (!bias.empty()) weights.float_bias = bias.data();
  matrix.packed = pack_constant(matrix.int8, weights, compiler);
  return matrix;
}

class RealLstmWork final : public LstmWork {
 public:
  RealLstmWork(const RealPlan& plan, const Sizes& sizes);

 private:
  enum Kind { kStart, kQuantizeInput, kInput, kRecurrent, kFinish, kProject, kWrite };

  // Rows that are quantised for a product of a hybrid cell, in scratch memory.
  struct Quantized {
    uint64_t values = 0, scales = 0, zeros = 0;
    int64_t length = 0;
  };
  Quantized take_rows(int64_t count, int64_t length) {
    return {take_elements<int8_t>(count * length), take_elements<float>(count),
            take_elements<int32_t>(count), length};
  }

  void run_task(const Call& call, const Task& task, uint64_t begin, uint64_t end) const override;
  void quantize(const Call& call, const float* values, const Quantized& to, int64_t begin,
                int64_t end) const;
  // Of float rows, or of what was made of them.
  void multiply_rows(const Call& call, const AnyMatrix& matrix, const Tiling& tiling,
                     const float* rows, const Quantized& quantized, F32Product product,
                     uint64_t begin, uint64_t end) const;
  void multiply_state(const Call& call, int64_t step, uint64_t begin, uint64_t end) const;
  void finish(const Call& call, int64_t step, int64_t row) const;
  void complete(float* gates, const float* state, size_t gate) const;
  void write(const Call& call, int64_t step, int64_t row) const;

  const RealPlan& plan_;
  Tiling input_tiling_, recurrent_tiling_, projection_tiling_;
  uint64_t gates_at_ = 0, sums_at_ = 0, hidden_at_ = 0;
  Quantized input_, state_, hidden_;
};

RealLstmWork::RealLstmWork(const RealPlan& plan, const Sizes& sizes)
    : LstmWork(plan, sizes), plan_(plan) {
  const uint32_t threads = sizes.thread_count();
  const int64_t batch_rows = rows().batch;
  input_tiling_ = plan.input.tiling(rows().count(), threads);
  recurrent_tiling_ = plan.recurrent.tiling(batch_rows, threads);
  if (plan.projected) projection_tiling_ = plan.projection.tiling(batch_rows, threads);

  gates_at_ = take_elements<float>(rows().count() * plan.width);
  if (plan.projected) hidden_at_ = take_elements<float>(batch_rows * plan.cells);
  if (plan.hybrid) {
    sums_at_ = take_elements<float>(batch_rows * plan.width);
    input_ = take_rows(rows().count(), plan.inputs);
    state_ = take_rows(batch_rows, plan.outputs);
    if (plan.projected) hidden_ = take_rows(batch_rows, plan.cells);
  }
  worker_scratch_bytes = std::max(plan.input.scratch_bytes(), plan.recurrent.scratch_bytes());
  if (plan.projected) {
    worker_scratch_bytes = std::max(worker_scratch_bytes, plan.projection.scratch_bytes());
  }

  add(kStart, {batch(), 16});
  if (plan.hybrid) {
    add(kQuantizeInput,
        {static_cast<uint64_t>(rows().count()), grain_of_ns(static_cast<double>(plan.inputs))});
  }
  add(kInput, plan.input.phase(input_tiling_));
  double products = products_of(plan.recurrent);
  if (plan.projected) products += products_of(plan.projection);
  begin_steps(products * static_cast<double>(batch_rows) / (plan.hybrid ? 60 : 30), threads);
  const Phase each_row = {batch(), grain_of_ns(2 * static_cast<double>(plan.width))};
  for (int64_t step = 0; step < rows().steps; ++step) {
    add(kRecurrent, plan.recurrent.phase(recurrent_tiling_), step);
    add(kFinish, each_row, step);
    if (!plan.projected) continue;
    add(kProject, plan.projection.phase(projection_tiling_), step);
    add(kWrite, each_row, step);
  }
  finish_tasks();
}

void RealLstmWork::run_task(const Call& call, const Task& task, uint64_t begin,
                            uint64_t end) const {
  const auto first = static_cast<int64_t>(begin), last = static_cast<int64_t>(end);
  F32Product product;
  product.out_stride = plan_.width;
  switch (task.kind) {
    case kStart:
      copy_states<float, float>(call, begin, end);
      if (plan_.hybrid) quantize(call, call.new_state<float>(0), state_, first, last);
      break;
    case kQuantizeInput:
      quantize(call, call.input<float>(kLstmSequence), input_, first, last);
      break;
    case kInput:
      product.out = at<float>(call, gates_at_);
      multiply_rows(call, plan_.input, input_tiling_, call.input<float>(kLstmSequence), input_,
                    product, begin, end);
      break;
    case kRecurrent:
      multiply_state(call, task.step, begin, end);
      break;
    case kFinish:
      for (int64_t row = first; row < last; ++row) finish(call, task.step, row);
      break;
    case kProject:
      product.out = call.new_state<float>(0);
      product.out_stride = plan_.outputs;
      multiply_rows(call, plan_.projection, projection_tiling_, at<float>(call, hidden_at_),
                    hidden_, product, begin, end);
      break;
    case kWrite:
      for (int64_t row = first; row < last; ++row) write(call, task.step, row);
      break;
    default:
      break;
  }
}

void RealLstmWork::quantize(const Call& call, const float* values, const Quantized& to,
                            int64_t begin, int64_t end) const {
  quantize_rows(plan_.quantize, values + begin * to.length, to.length, end - begin, to.length,
                {at<int8_t>(call, to.values) + begin * to.length,
                 at<float>(call, to.scales) + begin, at<int32_t>(call, to.zeros) + begin});
}

void RealLstmWork::multiply_rows(const Call& call, const AnyMatrix& matrix, const Tiling& tiling,
                                 const float* rows, const Quantized& quantized, F32Product product,
                                 uint64_t begin, uint64_t end) const {
  if (!plan_.hybrid) {
    product.a = rows;
    product.a_stride = static_cast<int64_t>(matrix.f32.depth);
    product.scratch = call.worker_scratch<void>();
    multiply(matrix.f32, matrix.packed.get(), product, tiling, begin, end);
    return;
  }
  Int8Product integer;
  integer.a = at<int8_t>(call, quantized.values);
  integer.a_stride = quantized.length;
  integer.out_stride = product.out_stride;
  integer.row_scales = at<float>(call, quantized.scales);
  if (plan_.asymmetric) integer.row_zeros = at<int32_t>(call, quantized.zeros);
  integer.tile.requantize = Requantize::kFloat;
  integer.tile.float_low = product.low;
  integer.tile.float_high = product.high;
  integer.tile.out = product.out;
  integer.tile.scratch = call.worker_scratch<void>();
  multiply(matrix.int8, matrix.packed.get(), integer, tiling, begin, end);
}

// Float products are added to the gates at once, those of a hybrid cell when the row is finished.
void RealLstmWork::multiply_state(const Call& call, int64_t step, uint64_t begin,
                                  uint64_t end) const {
  F32Product product;
  if (plan_.hybrid) {
    product.out = at<float>(call, sums_at_);
    product.out_stride = plan_.width;
  } else {
    product.out = at<float>(call, gates_at_) + rows().first(step) * plan_.width;
    product.out_stride = rows().batch_stride * plan_.width;
    product.residual = product.out;
    product.residual_stride = product.out_stride;
  }
  multiply_rows(call, plan_.recurrent, recurrent_tiling_, call.new_state<float>(0), state_, product,
                begin, end);
}

// Mean 0 and variance 1, then coefficients and bias.
void normalize(const std::vector<float>& coefficients, const std::vector<float>& bias,
               float* gate) {
  const size_t cells = coefficients.size();
  const auto count = static_cast<float>(cells);
  float sum = 0, squares = 0;
  for (size_t i = 0; i < cells; ++i) sum += gate[i];
  const float mean = sum / count;
  for (size_t i = 0; i < cells; ++i) squares += (gate[i] - mean) * (gate[i] - mean);
  const float inverse_deviation = 1.0f / std::sqrt(squares / count + 1e-8f);
  for (size_t i = 0; i < cells; ++i) {
    gate[i] = coefficients[i] * ((gate[i] - mean) * inverse_deviation) + bias[i];
  }
}

// What a gate's sums need before the activation.
void RealLstmWork::complete(float* gates, const float* state, size_t gate) const {
  float* values = gates + plan_.column_of(gate);
  const std::vector<float>& peephole = plan_.peephole[gate];
  for (size_t i = 0; i < peephole.size(); ++i) values[i] += peephole[i] * state[i];
  if (plan_.layer_norm) normalize(plan_.coefficients[gate], plan_.biases[gate], values);
}

void RealLstmWork::finish(const Call& call, int64_t step, int64_t row) const {
  const int64_t place = rows().first(step) + row * rows().batch_stride;
  float* gates = at<float>(call, gates_at_) + place * plan_.width;
  if (plan_.hybrid) {
    const float* sums = at<float>(call, sums_at_) + row * plan_.width;
    for (int64_t i = 0; i < plan_.width; ++i) gates[i] += sums[i];
  }
  kernels::F32LstmRow cell;
  cell.state = call.new_state<float>(1) + row * plan_.cells;
  cell.hidden = plan_.projected ? at<float>(call, hidden_at_) + row * plan_.cells
                                : call.new_state<float>(0) + row * plan_.cells;
  if (!plan_.coupled()) cell.input = gates + plan_.column_of(kInputGate);
  cell.forget = gates + plan_.column_of(kForgetGate);
  cell.cell = gates + plan_.column_of(kCellGate);
  cell.output = gates + plan_.column_of(kOutputGate);
  cell.count = static_cast<size_t>(plan_.cells);
  cell.clip = plan_.cell_clip;
  cell.activation = plan_.activation;
  for (size_t gate = plan_.first_gate; gate < kOutputGate; ++gate) {
    complete(gates, cell.state, gate);
  }
  plan_.lstm->update_state(cell);
  complete(gates, cell.state, kOutputGate);
  plan_.lstm->write_hidden(cell);
  if (!plan_.projected) {
    write(call, step, row);
  } else if (plan_.hybrid) {
    quantize(call, at<float>(call, hidden_at_), hidden_, row, row + 1);
  }
}

// From the output state to the output.
void RealLstmWork::write(const Call& call, int64_t step, int64_t row) const {
  float* state = call.new_state<float>(0) + row * plan_.outputs;
  const float limit = plan_.proj_clip;
  if (plan_.projected && limit > 0) {
    for (int64_t i = 0; i < plan_.outputs; ++i) {
      state[i] = std::max(std::min(limit, state[i]), -limit);
    }
  }
  const int64_t place = rows().first(step) + row * rows().batch_stride;
  std::copy_n(state, plan_.outputs, call.output<float>(0) + place * plan_.outputs);
  if (plan_.hybrid) quantize(call, call.new_state<float>(0), state_, row, row + 1);
}

}  // namespace

std::unique_ptr<Step> compile_real_lstm(const LstmCell& cell, const Compiler& compiler) {
  auto plan = std::make_shared<RealPlan>(cell);
  plan->hybrid = cell.kind == LstmKind::kHybrid;
  plan->asymmetric = cell.asymmetric;
  plan->activation = static_cast<kernels::LstmActivation>(cell.activation);
  plan->cell_clip = cell.cell_clip;
  plan->proj_clip = cell.proj_clip;
  plan->lstm = plan->hybrid ? &kPlainLstm
                            : kernels::find<const kernels::F32Lstm*>("lstm", "f32", compiler.isa());
  plan->quantize = hybrid_quantizer(cell.asymmetric, compiler);
  std::vector<Operand> weights, recurrent;
  std::vector<float> bias;
  for (size_t i = cell.first_gate; i < kLstmGates; ++i) {
    const LstmCell::Gate& gate = cell.gates[i];
    weights.push_back(gate.weights);
    recurrent.push_back(gate.recurrent);
    if (gate.peephole) plan->peephole[i] = real_weights(gate.peephole);
    const std::vector<float> own = gate.bias.content<float>();
    if (cell.layer_norm) {
      plan->coefficients[i] = gate.layer_norm.content<float>();
      plan->biases[i] = own;
    } else {
      bias.insert(bias.end(), own.begin(), own.end());
    }
  }
  plan->input = pack_matrix(weights, cell.inputs, bias, compiler);
  plan->recurrent = pack_matrix(recurrent, cell.outputs, {}, compiler);
  if (cell.projection) {
    plan->projection =
        pack_matrix({cell.projection}, cell.cells, cell.projection_bias.content<float>(), compiler);
  }
  return make_lstm_step<RealLstmWork>(cell, std::shared_ptr<const RealPlan>(std::move(plan)));
}

}  // namespace baton::cpu
