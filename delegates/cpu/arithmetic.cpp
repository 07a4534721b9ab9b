#include "delegates/cpu/arithmetic.h"

#include "baton/fixed_point.h"
#include "delegates/cpu/matrix.h"
#include "delegates/cpu/residual.h"
#include "delegates/cpu/weight_scales.h"

namespace baton::cpu {
namespace {

// What is one for all channels stays so.
template <typename T>
std::vector<T> repeated(const std::vector<T>& values, int32_t times) {
  if (values.size() == 1) return values;
  std::vector<T> result;
  for (int32_t i = 0; i < times; ++i) result.insert(result.end(), values.begin(), values.end());
  return result;
}

}  // namespace

FloatArithmetic::FloatArithmetic(const Compiler& compiler, int32_t activation,
                                 const std::optional<Residual>& residual)
    : gemm(f32_gemm(compiler)) {
  baton_activation_range_float(activation, &low_, &high_);
  if (residual) baton_activation_range_float(residual->activation, &low2_, &high2_);
}

void FloatArithmetic::describe(Weights* weights, const void* filter, const void* bias,
                               int64_t first_channel, int64_t first_weight) const {
  weights->data = static_cast<const float*>(filter) + first_weight;
  if (bias != nullptr) weights->bias = static_cast<const float*>(bias) + first_channel;
}

void FloatArithmetic::describe(Tile* tile) const {
  tile->low = low_;
  tile->high = high_;
  tile->low2 = low2_;
  tile->high2 = high2_;
}

Int8Arithmetic::Int8Arithmetic(const Compiler& compiler, const NodeView& node, int32_t filter_zero,
                               kernels::Requantize requantize, Requantization requantization)
    : gemm(int8_gemm(compiler)),
      outside(static_cast<uint8_t>(node.input(0).bytes_zero_point())),
      unsigned_input_(node.input(0).unsigned_bytes()),
      unsigned_weights_(node.input(0).dtype() == BATON_UINT8),
      unsigned_output_(node.result().unsigned_bytes()),
      input_zero_(node.input(0).bytes_zero_point()),
      filter_zero_(filter_zero),
      requantize_(requantize),
      requantization_(std::move(requantization)) {
  if (node.residual) add_ = int8_residual_of(node.output(), *node.residual);
}

Int8Arithmetic Int8Arithmetic::with_repeated_channels(int32_t times) const {
  Int8Arithmetic result = *this;
  result.requantization_.multipliers = repeated(requantization_.multipliers, times);
  result.requantization_.shifts = repeated(requantization_.shifts, times);
  result.requantization_.factors = repeated(requantization_.factors, times);
  return result;
}

void Int8Arithmetic::describe(Weights* weights, const void* filter, const void* bias,
                              int64_t first_channel, int64_t first_weight) const {
  weights->data = static_cast<const uint8_t*>(filter) + first_weight;
  weights->unsigned_weights = unsigned_weights_;
  weights->weights_zero = filter_zero_;
  weights->unsigned_input = unsigned_input_;
  weights->input_zero = input_zero_;
  if (bias != nullptr) weights->bias = static_cast<const int32_t*>(bias) + first_channel;
  weights->requantize = requantize_;
  weights->one_scale = requantization_.one_scale();
  const int64_t first_scale = weights->one_scale ? 0 : first_channel;
  weights->multipliers = requantization_.multipliers.data() + first_scale;
  weights->shifts = requantization_.shifts.data() + first_scale;
  weights->scales = requantization_.factors.data() + first_scale;
}

void Int8Arithmetic::describe(Tile* tile) const {
  tile->requantize = requantize_;
  tile->unsigned_input = unsigned_input_;
  tile->unsigned_output = unsigned_output_;
  tile->out_zero = requantization_.zero_point;
  tile->low = requantization_.low;
  tile->high = requantization_.high;
  tile->add = add_ ? &*add_ : nullptr;
}

HybridArithmetic::HybridArithmetic(const Compiler& compiler, const Operand& filter,
                                   int32_t activation, bool asymmetric)
    : gemm(int8_gemm(compiler)),
      quantize(hybrid_quantizer(asymmetric, compiler)),
      asymmetric(asymmetric),
      scales_(weight_scales(filter)) {
  baton_activation_range_float(activation, &low_, &high_);
}

HybridArithmetic HybridArithmetic::with_repeated_channels(int32_t times) const {
  HybridArithmetic result = *this;
  result.scales_ = repeated(scales_, times);
  return result;
}

void HybridArithmetic::describe(Weights* weights, const void* filter, const void* bias,
                                int64_t first_channel, int64_t first_weight) const {
  weights->data = static_cast<const int8_t*>(filter) + first_weight;
  weights->requantize = kernels::Requantize::kFloat;
  weights->one_scale = scales_.size() == 1;
  weights->scales = scales_.data() + (weights->one_scale ? 0 : first_channel);
  if (bias != nullptr) weights->float_bias = static_cast<const float*>(bias) + first_channel;
}

void HybridArithmetic::describe(Tile* tile) const {
  tile->requantize = kernels::Requantize::kFloat;
  tile->float_low = low_;
  tile->float_high = high_;
}

}  // namespace baton::cpu
