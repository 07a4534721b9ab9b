// SVDF: input [batch, n], feature weights [filters, n], time weights [filters, memory], optional
// bias [units], state [batch, filters * memory]. A unit has `rank` filters; the state is each
// filter's last `memory` features, the newest at the end.
//
// All features are one product; then each unit weighs the history of its filters.
#include <algorithm>

#include "baton/fixed_point.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/hybrid.h"
#include "delegates/cpu/matrix.h"
#include "delegates/cpu/real_activation.h"
#include "delegates/cpu/requantization.h"
#include "delegates/cpu/weight_scales.h"

namespace baton::cpu {
namespace {

using kernels::Requantize;
using Attributes = baton_svdf_attributes;

enum Input : size_t { kInput, kFeatures, kTime, kBias, kState, kInputs };
constexpr const char* kNames[kInputs] = {"input", "feature weights", "time weights", "bias",
                                         "state"};

enum class Kind : uint8_t { kFloat, kHybrid, kInteger };
struct KindRow {
  baton_dtype input, features, time, bias, state;
  Kind kind;
};
constexpr KindRow kKinds[] = {
    {BATON_FLOAT32, BATON_FLOAT32, BATON_FLOAT32, BATON_FLOAT32, BATON_FLOAT32, Kind::kFloat},
    {BATON_FLOAT32, BATON_INT8, BATON_INT8, BATON_FLOAT32, BATON_FLOAT32, Kind::kHybrid},
    // Weights that are uint8 by name hold signed numbers, too.
    {BATON_FLOAT32, BATON_UINT8, BATON_UINT8, BATON_FLOAT32, BATON_FLOAT32, Kind::kHybrid},
    {BATON_INT8, BATON_INT8, BATON_INT16, BATON_INT32, BATON_INT16, Kind::kInteger},
};
const KindRow* kind_of(const NodeView& node) {
  for (const KindRow& row : kKinds) {
    if (node.input(kInput).dtype() == row.input && node.input(kFeatures).dtype() == row.features &&
        node.input(kTime).dtype() == row.time && node.input(kState).dtype() == row.state &&
        (!node.input(kBias) || node.input(kBias).dtype() == row.bias) &&
        node.output().dtype() == row.input) {
      return &row;
    }
  }
  return nullptr;
}

Refusal check_sizes(const NodeView& node) {
  for (const size_t i : {kInput, kFeatures, kTime, kState}) {
    if (!node.input(i)) return {BATON_REASON_ATTRIBUTE, std::string("there is no ") + kNames[i]};
    if (Refusal refusal = require_rank(kNames[i], node.input(i), 2, 2)) return refusal;
  }
  for (const size_t i : {kFeatures, kTime, kBias}) {
    if (!node.input(i) || node.input(i).constant()) continue;
    return {BATON_REASON_NOT_CONSTANT, std::string("the ") + kNames[i] + " must be constant"};
  }
  const Operand &features = node.input(kFeatures), &time = node.input(kTime);
  const Operand& bias = node.input(kBias);
  const int32_t rank = node.attributes<Attributes>().rank;
  const int32_t filters = features.dim(0), memory = time.dim(1);
  if (rank < 1 || filters % rank != 0 || time.dim(0) != filters || memory < 1 ||
      features.dim(1) != node.input(kInput).dim(1) ||
      node.input(kState).dim(1) != int64_t{filters} * memory ||
      (bias && (bias.rank() != 1 || bias.dim(0) != filters / rank))) {
    return {BATON_REASON_SHAPE, "the sizes of weights, bias and state do not fit each other"};
  }
  return {};
}

Refusal check(const NodeView& node) {
  if (Refusal refusal = check_sizes(node)) return refusal;
  const KindRow* row = kind_of(node);
  if (row == nullptr) {
    return {BATON_REASON_DTYPE,
            "supported are: all float32; float32 with 8-bit weights; int8 with int16 time weights "
            "and state"};
  }
  if (!node.input(kState).variable()) {
    return {BATON_REASON_ATTRIBUTE, "the state is no variable tensor"};
  }
  const int32_t activation = node.attributes<Attributes>().fused_activation_function;
  if (row->kind != Kind::kInteger) {
    if (Refusal refusal = check_real_activation(activation)) return refusal;
    if (row->kind == Kind::kFloat) return {};
    return first_of({require_weight_scales(kNames[kFeatures], node.input(kFeatures), -1, 1),
                     require_weight_scales(kNames[kTime], node.input(kTime), -1, 1)});
  }
  if (activation != BATON_ACTIVATION_RELU) {
    return {BATON_REASON_ATTRIBUTE, "int8 needs the fused activation RELU"};
  }
  return first_of({require_per_tensor(kNames[kInput], node.input(kInput)),
                   require_per_tensor(kNames[kFeatures], node.input(kFeatures)),
                   require_per_tensor(kNames[kTime], node.input(kTime)),
                   require_per_tensor(kNames[kState], node.input(kState)),
                   require_per_tensor("output", node.output())});
}

struct Plan {
  Kind kind = Kind::kFloat;
  AnyMatrix features;
  int64_t inputs = 0, units = 0, rank = 0, memory = 0;
  int32_t activation = 0;
  int32_t input = -1, state = -1;
  kernels::HybridFunction quantize = nullptr;
  bool asymmetric = false;
  int32_t input_zero = 0, output_zero = 0;
  int32_t feature_multiplier = 0, feature_shift = 0, output_multiplier = 0, output_shift = 0;
  std::vector<float> time, bias;  // kFloat, kHybrid: as real numbers
  std::vector<int16_t> integer_time;
  std::vector<int32_t> integer_bias;

  int64_t filters() const { return units * rank; }
};

class SvdfWork final : public Work {
 public:
  SvdfWork(std::shared_ptr<const Plan> plan, const Sizes& sizes);
  void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const override {
    if (phase + 3 == phases.size()) quantize(call, begin, end);
    if (phase + 2 == phases.size()) multiply_features(call, begin, end);
    if (phase + 1 == phases.size()) weigh(call, begin, end);
  }

 private:
  void quantize(const Call& call, uint64_t begin, uint64_t end) const;
  void multiply_features(const Call& call, uint64_t begin, uint64_t end) const;
  void weigh(const Call& call, uint64_t begin, uint64_t end) const;
  void weigh_real(const Call& call, int64_t begin, int64_t end) const;
  void weigh_integer(const Call& call, int64_t begin, int64_t end) const;
  HybridRows rows(const Call& call) const {
    auto* scratch = call.scratch<std::byte>();
    return {reinterpret_cast<int8_t*>(scratch + quantized_at_),
            reinterpret_cast<float*>(scratch + scales_at_),
            reinterpret_cast<int32_t*>(scratch + zeros_at_)};
  }

  std::shared_ptr<const Plan> plan_;
  Tiling tiling_;
  // In scratch memory, behind the features (of 32 bits).
  uint64_t quantized_at_ = 0, scales_at_ = 0, zeros_at_ = 0;
};

SvdfWork::SvdfWork(std::shared_ptr<const Plan> plan, const Sizes& sizes) : plan_(std::move(plan)) {
  const int64_t batch = sizes.dim(plan_->input, 0);
  if (sizes.dim(plan_->state, 0) != batch || sizes.dim(plan_->input, 1) != plan_->inputs) {
    throw sdk::Error(BATON_REASON_SHAPE, "the sizes of input and state do not fit the weights");
  }
  const auto rows = static_cast<uint64_t>(batch);
  take_scratch(rows * static_cast<uint64_t>(plan_->filters()) * sizeof(float));
  phases.clear();
  if (plan_->kind == Kind::kHybrid) {
    quantized_at_ = take_scratch(rows * static_cast<uint64_t>(plan_->inputs));
    scales_at_ = take_scratch(rows * sizeof(float));
    zeros_at_ = take_scratch(rows * sizeof(int32_t));
    phases.push_back({rows, grain_of_ns(static_cast<double>(plan_->inputs))});
  }
  tiling_ = plan_->features.tiling(batch, sizes.thread_count());
  phases.push_back(plan_->features.phase(tiling_));
  worker_scratch_bytes = plan_->features.scratch_bytes();
  const double unit_ns = static_cast<double>(plan_->rank * (plan_->memory + 10));
  phases.push_back({rows * static_cast<uint64_t>(plan_->units), grain_of_ns(unit_ns)});
}

void SvdfWork::quantize(const Call& call, uint64_t begin, uint64_t end) const {
  const auto first = static_cast<int64_t>(begin);
  HybridRows to = rows(call);
  to.quantized += first * plan_->inputs;
  to.scales += first;
  to.zero_points += first;
  quantize_rows(plan_->quantize, call.input<float>(0) + first * plan_->inputs, plan_->inputs,
                static_cast<int64_t>(end) - first, plan_->inputs, to);
}

void SvdfWork::multiply_features(const Call& call, uint64_t begin, uint64_t end) const {
  if (plan_->kind == Kind::kFloat) {
    F32Product product;
    product.a = call.input<float>(0);
    product.a_stride = plan_->inputs;
    product.out = call.scratch<float>();
    product.out_stride = plan_->filters();
    product.scratch = call.worker_scratch<void>();
    multiply(plan_->features.f32, plan_->features.packed.get(), product, tiling_, begin, end);
    return;
  }
  Int8Product product;
  product.a_stride = plan_->inputs;
  product.out_stride = plan_->filters();
  product.tile.out = call.scratch<void>();
  product.tile.scratch = call.worker_scratch<void>();
  if (plan_->kind == Kind::kInteger) {
    product.a = call.input<void>(0);
    product.tile.requantize = Requantize::kSums;
  } else {
    const HybridRows quantized = rows(call);
    product.a = quantized.quantized;
    product.row_scales = quantized.scales;
    if (plan_->asymmetric) product.row_zeros = quantized.zero_points;
    product.tile.requantize = Requantize::kFloat;
    product.tile.float_low = -F32Product::kInfinity;
    product.tile.float_high = F32Product::kInfinity;
  }
  multiply(plan_->features.int8, plan_->features.packed.get(), product, tiling_, begin, end);
}

void SvdfWork::weigh(const Call& call, uint64_t begin, uint64_t end) const {
  const auto first = static_cast<int64_t>(begin), last = static_cast<int64_t>(end);
  if (plan_->kind == Kind::kInteger) {
    weigh_integer(call, first, last);
  } else {
    weigh_real(call, first, last);
    apply_real_activation(plan_->activation, call.output<float>(0) + first, last - first);
  }
}

// The filter's history without its oldest feature, and with a new one.
template <typename State>
const State* push(const Call& call, int64_t filter, int64_t memory, State feature) {
  const State* old = call.input<State>(1) + filter * memory;
  State* history = call.new_state<State>(0) + filter * memory;
  std::copy(old + 1, old + memory, history);
  history[memory - 1] = feature;
  return history;
}

void SvdfWork::weigh_real(const Call& call, int64_t begin, int64_t end) const {
  const int64_t units = plan_->units, rank = plan_->rank, memory = plan_->memory;
  const auto* features = call.scratch<float>();
  for (int64_t i = begin; i < end; ++i) {
    const int64_t unit = i % units;
    float sum = plan_->bias.empty() ? 0 : plan_->bias[static_cast<size_t>(unit)];
    for (int64_t k = 0; k < rank; ++k) {
      const float* history = push(call, i * rank + k, memory, features[i * rank + k]);
      const float* weights = plan_->time.data() + (unit * rank + k) * memory;
      // Several chains of additions, which need not wait for each other.
      float sums[4] = {};
      int64_t t = 0;
      for (; t + 4 <= memory; t += 4) {
        for (int64_t s = 0; s < 4; ++s) sums[s] += weights[t + s] * history[t + s];
      }
      for (; t < memory; ++t) sums[0] += weights[t] * history[t];
      sum += (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }
    call.output<float>(0)[i] = sum;
  }
}

void SvdfWork::weigh_integer(const Call& call, int64_t begin, int64_t end) const {
  const int64_t units = plan_->units, rank = plan_->rank, memory = plan_->memory;
  const auto* features = call.scratch<int32_t>();
  for (int64_t i = begin; i < end; ++i) {
    const int64_t unit = i % units;
    uint32_t sum = 0;
    if (!plan_->integer_bias.empty()) {
      sum = static_cast<uint32_t>(plan_->integer_bias[static_cast<size_t>(unit)]);
    }
    for (int64_t k = 0; k < rank; ++k) {
      const int32_t feature = baton_multiply_by_quantized_multiplier(
          features[i * rank + k], plan_->feature_multiplier, plan_->feature_shift);
      const int16_t* history =
          push(call, i * rank + k, memory,
               static_cast<int16_t>(baton_clamp(feature, INT16_MIN, INT16_MAX)));
      const int16_t* weights = plan_->integer_time.data() + (unit * rank + k) * memory;
      for (int64_t t = 0; t < memory; ++t) {
        sum += static_cast<uint32_t>(int32_t{weights[t]} * history[t]);
      }
    }
    const int32_t scaled = baton_multiply_by_quantized_multiplier(
        baton_wrap_int32(sum), plan_->output_multiplier, plan_->output_shift);
    call.output<int8_t>(0)[i] = static_cast<int8_t>(
        baton_clamp(baton_wrapping_add(scaled, plan_->output_zero), INT8_MIN, INT8_MAX));
  }
}

void pack_features(const NodeView& node, const Compiler& compiler, Plan* plan) {
  const Operand& features = node.input(kFeatures);
  const auto columns = static_cast<size_t>(plan->filters());
  const auto depth = static_cast<size_t>(plan->inputs);
  AnyMatrix& matrix = plan->features;
  if (plan->kind == Kind::kFloat) {
    matrix.f32 = {f32_gemm(compiler), columns, depth};
    matrix.packed =
        pack_constant(matrix.f32, describe(matrix.f32, features.data<float>()), compiler);
    return;
  }
  matrix.int8 = {int8_gemm(compiler), columns, depth};
  kernels::Int8GemmWeights weights = describe(matrix.int8, features.data<int8_t>());
  const std::vector<double> scales = weight_scales(features);
  weights.one_scale = true;
  weights.scales = scales.data();
  weights.requantize = plan->kind == Kind::kHybrid ? Requantize::kFloat : Requantize::kSums;
  weights.input_zero = plan->input_zero;
  matrix.packed = pack_constant(matrix.int8, weights, compiler);
}

void compile_integer(const NodeView& node, Plan* plan) {
  const float state = node.input(kState).scale();
  plan->input_zero = node.input(kInput).zero_point();
  plan->output_zero = node.output().zero_point();
  baton_quantize_multiplier(baton_conv_scale_per_channel(node.input(kInput).scale(),
                                                         node.input(kFeatures).scale(), state),
                            &plan->feature_multiplier, &plan->feature_shift);
  baton_quantize_multiplier(
      baton_conv_scale_per_channel(state, node.input(kTime).scale(), node.output().scale()),
      &plan->output_multiplier, &plan->output_shift);
  plan->integer_time = node.input(kTime).content<int16_t>();
  plan->integer_bias = node.input(kBias).content<int32_t>();
}

void compile_real(const NodeView& node, const Compiler& compiler, Plan* plan) {
  const Operand& time = node.input(kTime);
  plan->bias = node.input(kBias).content<float>();
  if (plan->kind == Kind::kFloat) {
    plan->time = time.content<float>();
    return;
  }
  for (const int8_t weight : time.content<int8_t>()) {
    plan->time.push_back(static_cast<float>(weight) * time.scale());
  }
  plan->asymmetric = node.attributes<Attributes>().asymmetric_quantize_inputs != 0;
  plan->quantize = hybrid_quantizer(plan->asymmetric, compiler);
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  const auto& attributes = node.attributes<Attributes>();
  auto plan = std::make_shared<Plan>();
  plan->kind = kind_of(node)->kind;
  plan->rank = attributes.rank;
  plan->inputs = node.input(kFeatures).dim(1);
  plan->units = node.input(kFeatures).dim(0) / attributes.rank;
  plan->memory = node.input(kTime).dim(1);
  plan->activation = attributes.fused_activation_function;
  plan->input = node.input(kInput).index();
  plan->state = node.input(kState).index();
  if (plan->kind == Kind::kInteger) {
    compile_integer(node, plan.get());
  } else {
    compile_real(node, compiler, plan.get());
  }
  pack_features(node, compiler, plan.get());
  auto step = make_step({plan->input, plan->state}, {node.output().index()},
                        [plan = std::shared_ptr<const Plan>(plan)](const Sizes& sizes) {
                          return std::make_unique<SvdfWork>(plan, sizes);
                        });
  step->states = {plan->state};
  return step;
}

constexpr Operator kOperators[] = {{BATON_OP_SVDF, 4, check, compile}};

}  // namespace

sdk::Span<const Operator> svdf_operators() { return kOperators; }

}  // namespace baton::cpu
