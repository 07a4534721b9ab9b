// Inputs: [batch, n], previous output [batch, units], weights [4 * units, n + units], bias
// [4 * units], previous state [batch, units]. Outputs: output, state, and two that are scratch in
// all but name: input and previous output joined, and the gates' sums.
#include "delegates/cpu/lstm_basic.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "baton/fixed_point.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/matrix.h"
#include "delegates/kernels/lstm.h"

namespace baton::cpu {
namespace {

enum Input : size_t { kData, kPreviousOutput, kWeights, kBias, kPreviousState, kInputs };
enum Output : size_t { kOutput, kState, kJoined, kSums, kOutputs };
// Order of the gates in the matrix.
enum Gate : int64_t { kInputGate, kNewInput, kForgetGate, kOutputGate, kGates };

// Of uint8 cells: scale 1/128 belongs to the kernel, too; the state has 4 integer bits.
constexpr int32_t kZeroPoint = 128;
constexpr int32_t kStateBits = 4;

Refusal check_sizes(const NodeView& node) {
  if (node.input_count() != kInputs || node.output_count() != kOutputs) {
    return {BATON_REASON_ATTRIBUTE, "the basic kernel has 5 inputs and 4 outputs"};
  }
  for (size_t i = 0; i < kInputs; ++i) {
    if (!node.input(i)) return {BATON_REASON_ATTRIBUTE, "an input is absent"};
    const uint32_t rank = i == kBias ? 1 : 2;
    if (Refusal refusal = require_rank("input", node.input(i), rank, rank)) return refusal;
  }
  if (!node.input(kWeights).constant() || !node.input(kBias).constant()) {
    return {BATON_REASON_NOT_CONSTANT, "weights and bias must be constant"};
  }
  const int32_t units = node.input(kPreviousOutput).dim(1);
  if (units < 1 || node.input(kWeights).dim(0) != kGates * units ||
      node.input(kWeights).dim(1) != int64_t{node.input(kData).dim(1)} + units ||
      node.input(kBias).dim(0) != kGates * units || node.input(kPreviousState).dim(1) != units) {
    return {BATON_REASON_SHAPE, "the sizes of weights, bias and state do not fit each other"};
  }
  return {};
}

// A variable is written with the output of the same meaning; others are carried by the file.
std::vector<int32_t> states_of(const NodeView& node) {
  std::vector<int32_t> states;
  for (const size_t i : {kPreviousOutput, kPreviousState}) {
    if (node.input(i).variable()) states.push_back(node.input(i).index());
  }
  return states;
}

struct Plan {
  AnyMatrix matrix;
  const kernels::F32Lstm* lstm = nullptr;
  int64_t inputs = 0, units = 0;
  int32_t multiplier = 0, shift = 0;  // uint8: from the sums to 3 integer bits
  int32_t data = -1, previous_output = -1, previous_state = -1;
  bool keeps_output = false, keeps_state = false;

  bool real() const { return matrix.real(); }
  int64_t depth() const { return inputs + units; }
  int64_t width() const { return kGates * units; }
};

class BasicLstmWork final : public Work {
 public:
  BasicLstmWork(std::shared_ptr<const Plan> plan, const Sizes& sizes);
  void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const override {
    if (phase == 1) {
      multiply_joined(call, begin, end);
      return;
    }
    for (auto row = static_cast<int64_t>(begin); row < static_cast<int64_t>(end); ++row) {
      if (phase == 0 && plan_->real()) join<float>(call, row);
      if (phase == 0 && !plan_->real()) join<uint8_t>(call, row);
      if (phase == 2 && plan_->real()) finish_real(call, row);
      if (phase == 2 && !plan_->real()) finish_uint8(call, row);
    }
  }

 private:
  // Positions among the step's inputs.
  enum { kStepData, kStepOutput, kStepState };

  template <typename T>
  void join(const Call& call, int64_t row) const {
    T* to = call.output<T>(kJoined) + row * plan_->depth();
    to = std::copy_n(call.input<T>(kStepData) + row * plan_->inputs, plan_->inputs, to);
    std::copy_n(call.input<T>(kStepOutput) + row * plan_->units, plan_->units, to);
  }
  void multiply_joined(const Call& call, uint64_t begin, uint64_t end) const;
  void finish_real(const Call& call, int64_t row) const;
  void finish_uint8(const Call& call, int64_t row) const;
  // Into the variables that there are.
  template <typename T, typename State>
  void keep(const Call& call, int64_t row) const {
    const int64_t first = row * plan_->units;
    if (plan_->keeps_output) {
      std::copy_n(call.output<T>(kOutput) + first, plan_->units, call.new_state<T>(0) + first);
    }
    if (plan_->keeps_state) {
      std::copy_n(call.output<State>(kState) + first, plan_->units,
                  call.new_state<State>(plan_->keeps_output ? 1 : 0) + first);
    }
  }

  std::shared_ptr<const Plan> plan_;
  Tiling tiling_;
};

BasicLstmWork::BasicLstmWork(std::shared_ptr<const Plan> plan, const Sizes& sizes)
    : plan_(std::move(plan)) {
  const int64_t batch = sizes.dim(plan_->data, 0);
  if (sizes.dim(plan_->previous_output, 0) != batch ||
      sizes.dim(plan_->previous_state, 0) != batch || sizes.dim(plan_->data, 1) != plan_->inputs) {
    throw sdk::Error(BATON_REASON_SHAPE, "the sizes of input and states do not fit the weights");
  }
  const auto rows = static_cast<uint64_t>(batch);
  tiling_ = plan_->matrix.tiling(batch, sizes.thread_count());
  phases = {{rows, 16},
            plan_->matrix.phase(tiling_),
            {rows, grain_of_ns(static_cast<double>(plan_->width()) * (plan_->real() ? 2 : 30))}};
  worker_scratch_bytes = plan_->matrix.scratch_bytes();
  if (!plan_->real()) {
    scratch_bytes = rows * static_cast<uint64_t>(plan_->width()) * sizeof(int32_t);
  }
}

void BasicLstmWork::multiply_joined(const Call& call, uint64_t begin, uint64_t end) const {
  if (plan_->real()) {
    F32Product product;
    product.a = call.output<float>(kJoined);
    product.a_stride = plan_->depth();
    product.out = call.output<float>(kSums);
    product.out_stride = plan_->width();
    product.scratch = call.worker_scratch<void>();
    multiply(plan_->matrix.f32, plan_->matrix.packed.get(), product, tiling_, begin, end);
    return;
  }
  Int8Product product;
  product.a = call.output<uint8_t>(kJoined);
  product.a_stride = plan_->depth();
  product.out_stride = plan_->width();
  product.tile.requantize = kernels::Requantize::kSums;
  product.tile.unsigned_input = true;
  product.tile.out = call.scratch<int32_t>();
  product.tile.scratch = call.worker_scratch<void>();
  multiply(plan_->matrix.int8, plan_->matrix.packed.get(), product, tiling_, begin, end);
}

void BasicLstmWork::finish_real(const Call& call, int64_t row) const {
  const int64_t units = plan_->units;
  const float* sums = call.output<float>(kSums) + row * plan_->width();
  kernels::F32LstmRow cell;
  cell.input = sums + kInputGate * units;
  cell.cell = sums + kNewInput * units;
  cell.forget = sums + kForgetGate * units;
  cell.output = sums + kOutputGate * units;
  cell.state = call.output<float>(kState) + row * units;
  cell.hidden = call.output<float>(kOutput) + row * units;
  cell.count = static_cast<size_t>(units);
  std::copy_n(call.input<float>(kStepState) + row * units, units, cell.state);
  plan_->lstm->update_state(cell);
  plan_->lstm->write_hidden(cell);
  keep<float, float>(call, row);
}

void BasicLstmWork::finish_uint8(const Call& call, int64_t row) const {
  const int64_t units = plan_->units;
  const int32_t* sums = call.scratch<int32_t>() + row * plan_->width();
  int16_t* gates = call.output<int16_t>(kSums) + row * plan_->width();
  for (int64_t i = 0; i < plan_->width(); ++i) {
    gates[i] = static_cast<int16_t>(baton_fixed16_saturate(
        baton_multiply_by_quantized_multiplier(sums[i], plan_->multiplier, plan_->shift)));
  }
  const int16_t* previous = call.input<int16_t>(kStepState) + row * units;
  int16_t* states = call.output<int16_t>(kState) + row * units;
  uint8_t* outputs = call.output<uint8_t>(kOutput) + row * units;
  for (int64_t i = 0; i < units; ++i) {
    const int16_t* gate = gates + i;
    const int32_t added =
        baton_fixed16_multiply(baton_fixed16_logistic(gate[kInputGate * units], 3),
                               baton_fixed16_tanh(gate[kNewInput * units], 3));
    const int32_t kept =
        baton_fixed16_multiply(baton_fixed16_logistic(gate[kForgetGate * units], 3), previous[i]);
    const int32_t state =
        baton_fixed16_saturate(baton_fixed16_rescale(added, 0, kStateBits) + kept);
    states[i] = static_cast<int16_t>(state);
    const int32_t output =
        baton_fixed16_multiply(baton_fixed16_logistic(gate[kOutputGate * units], 3),
                               baton_fixed16_tanh(baton_fixed16_rescale(state, kStateBits, 3), 3));
    outputs[i] = static_cast<uint8_t>(
        kZeroPoint + baton_clamp(baton_rounding_shift_right(output, 8), INT8_MIN, INT8_MAX));
  }
  keep<uint8_t, int16_t>(call, row);
}

}  // namespace

Refusal check_basic_lstm(const NodeView& node) {
  if (Refusal refusal = check_sizes(node)) return refusal;
  if (Refusal refusal = require_dtype("input", node.input(kData), {BATON_FLOAT32, BATON_UINT8})) {
    return refusal;
  }
  const bool real = node.input(kData).dtype() == BATON_FLOAT32;
  const baton_dtype activation = node.input(kData).dtype();
  const baton_dtype state = real ? BATON_FLOAT32 : BATON_INT16;
  if (Refusal refusal =
          first_of({require_dtype("previous output", node.input(kPreviousOutput), {activation}),
                    require_dtype("weights", node.input(kWeights), {activation}),
                    require_dtype("bias", node.input(kBias), {real ? BATON_FLOAT32 : BATON_INT32}),
                    require_dtype("previous state", node.input(kPreviousState), {state}),
                    require_dtype("output", node.output(kOutput), {activation}),
                    require_dtype("state", node.output(kState), {state}),
                    require_dtype("joined input", node.output(kJoined), {activation}),
                    require_dtype("sums", node.output(kSums), {state})})) {
    return refusal;
  }
  if (real) return {};
  const Operand& bias = node.input(kBias);
  if (!bias.quantized() || !(bias.scale() > 0) || !std::isfinite(bias.scale())) {
    return {BATON_REASON_QUANTIZATION, "the bias has no positive scale"};
  }
  int32_t exponent = 0;
  if (!baton_checked_log2(node.output(kState).scale(), &exponent) || exponent != -11) {
    return {BATON_REASON_QUANTIZATION, "the scale of the state is not 2^-11"};
  }
  return require_per_tensor("weights", node.input(kWeights));
}

std::unique_ptr<Step> compile_basic_lstm(const NodeView& node, const Compiler& compiler) {
  const Operand &weights = node.input(kWeights), &bias = node.input(kBias);
  auto plan = std::make_shared<Plan>();
  plan->units = node.input(kPreviousOutput).dim(1);
  plan->inputs = weights.dim(1) - plan->units;
  plan->data = node.input(kData).index();
  plan->previous_output = node.input(kPreviousOutput).index();
  plan->previous_state = node.input(kPreviousState).index();
  plan->keeps_output = node.input(kPreviousOutput).variable();
  plan->keeps_state = node.input(kPreviousState).variable();
  const auto columns = static_cast<size_t>(plan->width());
  const auto depth = static_cast<size_t>(plan->depth());
  AnyMatrix& matrix = plan->matrix;
  if (weights.dtype() == BATON_FLOAT32) {
    matrix.f32 = {f32_gemm(compiler), columns, depth};
    plan->lstm = kernels::find<const kernels::F32Lstm*>("lstm", "f32", compiler.isa());
    kernels::F32GemmWeights described = describe(matrix.f32, weights.data<float>());
    described.bias = bias.data<float>();
    matrix.packed = pack_constant(matrix.f32, described, compiler);
  } else {
    matrix.int8 = {int8_gemm(compiler), columns, depth};
    baton_quantize_multiplier(static_cast<double>(4096 * bias.scale()), &plan->multiplier,
                              &plan->shift);
    kernels::Int8GemmWeights described = describe(matrix.int8, weights.data<int8_t>());
    described.unsigned_weights = true;
    described.weights_zero = weights.zero_point();
    described.unsigned_input = true;
    described.input_zero = kZeroPoint;
    described.requantize = kernels::Requantize::kSums;
    described.bias = bias.data<int32_t>();
    matrix.packed = pack_constant(matrix.int8, described, compiler);
  }
  std::vector<int32_t> inputs = {plan->data, plan->previous_output, plan->previous_state};
  auto step = make_step(std::move(inputs), node.output_tensors(),
                        [plan = std::shared_ptr<const Plan>(plan)](const Sizes& sizes) {
                          return std::make_unique<BasicLstmWork>(plan, sizes);
                        });
  step->states = states_of(node);
  return step;
}

}  // namespace baton::cpu
