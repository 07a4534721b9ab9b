#include "delegates/cpu/residual.h"

#include "baton/fixed_point.h"

namespace baton::cpu {
namespace {

constexpr int32_t kLeftShift = 20;  // keeps 8-bit differences within an int32

bool limits_of(const Operand& sum, int32_t activation, int32_t* low, int32_t* high) {
  const bool is_signed = sum.dtype() == BATON_INT8;
  return baton_activation_range(activation, sum.scale(), sum.zero_point(), is_signed ? -128 : 0,
                                is_signed ? 127 : 255, low, high) != 0;
}

}  // namespace

bool can_add_residual(const Operand& own, const Operand& residual, const Operand& sum,
                      int32_t activation) {
  baton_add_multipliers factors;
  int32_t low = 0, high = 0;
  return own.per_tensor() && residual.per_tensor() && sum.per_tensor() &&
         limits_of(sum, activation, &low, &high) &&
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
  add.zero1 = residual.operand.zero_point();
  add.multiplier1 = factors.input_multiplier[1];
  add.shift1 = factors.input_shift[1];
  add.multiplier_sum = factors.output_multiplier;
  add.shift_sum = factors.output_shift;
  add.sum_zero = residual.sum.zero_point();
  limits_of(residual.sum, residual.activation, &add.low2, &add.high2);
  return add;
}

}  // namespace baton::cpu
