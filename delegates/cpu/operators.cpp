#include <unordered_map>

#include "delegates/cpu/operator.h"

namespace baton::cpu {

#define OPERATORS(name) sdk::Span<const Operator> name##_operators();
#include "delegates/cpu/operators.inc"
#undef OPERATORS

const Operator* find_operator(int32_t op) {
  static const auto table = [] {
    std::unordered_map<int32_t, const Operator*> by_code;
    const auto add = [&](sdk::Span<const Operator> operators) {
      for (const Operator& each : operators) by_code[each.op] = &each;
    };
#define OPERATORS(name) add(name##_operators());
#include "delegates/cpu/operators.inc"
#undef OPERATORS
    return by_code;
  }();
  const auto found = table.find(op);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace baton::cpu
