// RNN: input [batch, n], weights [units, n], recurrent weights [units, units], bias [units], hidden
// state [batch, units]. One product of the joined input and state with the joined weights.
#include <algorithm>

#include "delegates/cpu/check.h"
#include "delegates/cpu/matrix.h"
#include "delegates/cpu/real_activation.h"

namespace baton::cpu {
namespace {

enum Input : size_t { kInput, kWeights, kRecurrent, kBias, kState, kInputs };

Refusal check(const NodeView& node) {
  constexpr const char* kNames[kInputs] = {"input", "weights", "recurrent weights", "bias",
                                           "state"};
  for (size_t i = 0; i < kInputs; ++i) {
    const uint32_t rank = i == kBias ? 1 : 2;
    if (Refusal refusal = first_of({require_dtype(kNames[i], node.input(i), {BATON_FLOAT32}),
                                    require_rank(kNames[i], node.input(i), rank, rank)})) {
      return refusal;
    }
  }
  for (const size_t i : {kWeights, kRecurrent, kBias}) {
    if (node.input(i).constant()) continue;
    return {BATON_REASON_NOT_CONSTANT, std::string("the ") + kNames[i] + " must be constant"};
  }
  const Operand &weights = node.input(kWeights), &recurrent = node.input(kRecurrent);
  const int32_t units = weights.dim(0);
  if (recurrent.dim(0) != units || recurrent.dim(1) != units || node.input(kBias).dim(0) != units ||
      node.input(kState).dim(1) != units || node.input(kInput).dim(1) != weights.dim(1)) {
    return {BATON_REASON_SHAPE, "the sizes of weights, bias and state do not fit each other"};
  }
  if (!node.input(kState).variable()) {
    return {BATON_REASON_ATTRIBUTE, "the state is no variable tensor"};
  }
  return first_of(
      {require_dtype("output", node.output(), {BATON_FLOAT32}),
       check_real_activation(node.attributes<baton_rnn_attributes>().fused_activation_function)});
}

struct Plan {
  F32Matrix matrix;
  std::shared_ptr<std::byte> packed;
  int64_t inputs = 0, units = 0;
  int32_t activation = 0;
  int32_t input = -1, state = -1;
};

class RnnWork final : public Work {
 public:
  RnnWork(std::shared_ptr<const Plan> plan, const Sizes& sizes) : plan_(std::move(plan)) {
    const int64_t batch = sizes.dim(plan_->input, 0);
    if (sizes.dim(plan_->state, 0) != batch || sizes.dim(plan_->input, 1) != plan_->inputs) {
      throw sdk::Error(BATON_REASON_SHAPE, "the sizes of input and state do not fit the weights");
    }
    const auto rows = static_cast<uint64_t>(batch);
    tiling_ = plan_->matrix.tiling(batch, sizes.thread_count());
    phases = {{rows, 64}, plan_->matrix.phase(tiling_), {rows, 1}};
    scratch_bytes = rows * plan_->matrix.depth * sizeof(float) + 64;
    worker_scratch_bytes = plan_->matrix.scratch_bytes();
  }

  void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const override {
    if (phase == 0) join(call, begin, end);
    if (phase == 1) multiply_joined(call, begin, end);
    if (phase == 2) finish(call, begin, end);
  }

 private:
  void join(const Call& call, uint64_t begin, uint64_t end) const {
    const int64_t inputs = plan_->inputs, units = plan_->units;
    for (auto row = static_cast<int64_t>(begin); row < static_cast<int64_t>(end); ++row) {
      float* to = call.scratch<float>() + row * (inputs + units);
      to = std::copy_n(call.input<float>(0) + row * inputs, inputs, to);
      std::copy_n(call.input<float>(1) + row * units, units, to);
    }
  }
  void multiply_joined(const Call& call, uint64_t begin, uint64_t end) const {
    F32Product product;
    product.a = call.scratch<float>();
    product.a_stride = plan_->inputs + plan_->units;
    product.out = call.output<float>(0);
    product.out_stride = plan_->units;
    product.scratch = call.worker_scratch<void>();
    multiply(plan_->matrix, plan_->packed.get(), product, tiling_, begin, end);
  }
  void finish(const Call& call, uint64_t begin, uint64_t end) const {
    const auto first = static_cast<int64_t>(begin) * plan_->units;
    const auto count = static_cast<int64_t>(end - begin) * plan_->units;
    apply_real_activation(plan_->activation, call.output<float>(0) + first, count);
    std::copy_n(call.output<float>(0) + first, count, call.new_state<float>(0) + first);
  }

  std::shared_ptr<const Plan> plan_;
  Tiling tiling_;
};

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  const Operand &weights = node.input(kWeights), &recurrent = node.input(kRecurrent);
  auto plan = std::make_shared<Plan>();
  plan->units = weights.dim(0);
  plan->inputs = weights.dim(1);
  plan->activation = node.attributes<baton_rnn_attributes>().fused_activation_function;
  plan->input = node.input(kInput).index();
  plan->state = node.input(kState).index();
  plan->matrix = {f32_gemm(compiler), static_cast<size_t>(plan->units),
                  static_cast<size_t>(plan->inputs + plan->units)};
  const std::vector<float> joined = join_columns<float>(
      {{weights.data<float>(), plan->inputs}, {recurrent.data<float>(), plan->units}}, plan->units);
  kernels::F32GemmWeights described = describe(plan->matrix, joined.data());
  described.bias = node.input(kBias).data<float>();
  plan->packed = pack_constant(plan->matrix, described, compiler);
  auto step = make_step({plan->input, plan->state}, {node.output().index()},
                        [plan = std::shared_ptr<const Plan>(plan)](const Sizes& sizes) {
                          return std::make_unique<RnnWork>(plan, sizes);
                        });
  step->states = {plan->state};
  return step;
}

constexpr Operator kOperators[] = {{BATON_OP_RNN, 1, check, compile}};

}  // namespace

sdk::Span<const Operator> rnn_operators() { return kOperators; }

}  // namespace baton::cpu
