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

Compiler::Compiler(const Settings& settings, const sdk::Host& host, const sdk::Graph& partition,
                   WeightMemory* memory)
    : settings_(settings),
      partition_(partition),
      file_constants_(static_cast<const baton_host_ext_file_constants*>(
          host.abi()->get_extension(host.abi(), BATON_HOST_EXT_FILE_CONSTANTS))),
      memory_(memory) {}

const void* Compiler::file_constant(int32_t tensor) const {
  return file_constants_ == nullptr ? nullptr : file_constants_->find(partition_.abi(), tensor);
}

}  // namespace baton::cpu
