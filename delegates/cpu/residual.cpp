#include "delegates/cpu/residual.h"

#include "baton/fixed_point.h"
#include "delegates/cpu/quantized.h"

namespace baton::cpu {
namespace {

constexpr int32_t kLeftShift = 20;  // keeps 8-bit differences within an int32

}  // namespace

bool can_add_residual(const Operand& own, const Operand& residual, const Operand& sum,
                      int32_t activation) {
  baton_add_multipliers factors;
  return own.per_tensor() && residual.per_tensor() && sum.per_tensor() &&
         !require_activation_range(activation, sum) &&
         baton_prepare_add(own.scale(), residual.scale(), sum.scale(), kLeftShift, &factors) != 0;
}

kernels::Int8Residual int8_residual_of(const Operand& own, const Residual& residual) {
  baton_add_multipliers factors;
  baton_prepare_add(own.scale(), residual.operand.scale(), residual.sum.scale(), kLeftShift,
                    &factors);
  kernels::Int8Residual add;
  add.left_shift = kLeftShift;
  add.zero0 = own.zero_point();
  add.multiplier0 = factors.input_multiplier[0];
  add.shift0 = factors.input_shift[0];
  add.zero1 = residual.operand.bytes_zero_point();
  add.multiplier1 = factors.input_multiplier[1];
  add.shift1 = factors.input_shift[1];
  add.multiplier_sum = factors.output_multiplier;
  add.shift_sum = factors.output_shift;
  add.sum_zero = residual.sum.bytes_zero_point();
  const ByteRange range = activation_range(residual.activation, residual.sum);
  add.low2 = range.low + residual.sum.lift_by();
  add.high2 = range.high + residual.sum.lift_by();
  return add;
}

}  // namespace baton::cpu
