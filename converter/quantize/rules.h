// What quantisation knows about operators: one row each. An operator without a row stays float.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace baton::quantize {

// What an input is to its operator.
enum class Role {
  kOther,       // shapes, indices, conditions, state: left alone
  kActivation,  // 8 bits with one scale in the integer schemes
  kWeights,     // a constant that is quantised on its own, in all schemes
  kBias,        // a constant in int32 at the product of the scales; float beside float activations
  // An activation in the integer schemes; quantised like weights where only weights are, if it is
  // a constant.
  kTable,
};

// Where scale and zero point of the float outputs come from in the integer schemes.
enum class OutputScale {
  kOwn,    // the range of its values
  kSame,   // the operator only moves or compares values: one scale for all activations
  kFixed,  // the format prescribes it
};

// How the kernel takes int8 weights beside float activations.
enum class DynamicForm {
  kNone,
  kHybrid,  // as they are
  kMoved,   // it moves their elements only: the output is int8 as well, and DEQUANTIZE follows
};

inline constexpr int kPerTensor = -1;

struct Rule {
  int32_t code = 0;
  // One letter per input: '-' other, 'a' activation, 'w' weights, 'v' weights unless they are a
  // vector, 'b' bias, 't' table. A '*' at the end: the letter before it for all further inputs.
  const char* inputs = "";
  bool int8 = false;
  bool uint8 = false;
  OutputScale output = OutputScale::kOwn;
  float fixed_scale = 0;
  int32_t fixed_zero_point = 0;  // of int8; uint8's is 128 more
  // The output's scale has to be at least the input's times this.
  float smallest_scale_ratio = 0;
  // The dimension of int8 weights that has a scale for each index, or kPerTensor.
  int channels = kPerTensor;
  DynamicForm dynamic = DynamicForm::kNone;
  int dynamic_channels = kPerTensor;
};

std::span<const Rule> all_rules();
// nullptr when the operator has no row.
const Rule* find_rule(int32_t code);

// Of input `position`; `rank` is the input's.
Role role_of(const Rule& rule, size_t position, size_t rank);

}  // namespace baton::quantize
