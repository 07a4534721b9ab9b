// What the checks of operators have in common. Each gives the refusal, or none.
#pragma once

#include <initializer_list>
#include <string>

#include "delegates/cpu/operator.h"

namespace baton::cpu {

// "int8", as users write it.
const char* dtype_name(baton_dtype dtype);
// Per element; 0 for types that have no whole number of bytes.
uint64_t bytes_of(baton_dtype dtype);

// The operand is there and has one of the types.
Refusal require_dtype(const char* what, const Operand& operand,
                      std::initializer_list<baton_dtype> dtypes);
// The operand is there and its elements are whole bytes: all that moving needs.
Refusal require_plain(const char* what, const Operand& operand);
// Of an operand that is there.
Refusal require_rank(const char* what, const Operand& operand, uint32_t lowest, uint32_t highest);
Refusal require_same_dtype(const char* what, const Operand& a, const char* what_b,
                           const Operand& b);
// One scale and zero point for the whole tensor; the scale is a finite number above zero.
Refusal require_per_tensor(const char* what, const Operand& operand);

// The first of several that refuses. All of them are evaluated, those behind it too: none may rely
// on what an earlier one found.
inline Refusal first_of(std::initializer_list<Refusal> refusals) {
  for (const Refusal& refusal : refusals) {
    if (refusal) return refusal;
  }
  return {};
}

}  // namespace baton::cpu
