#include <cstring>

#include "core/ops/operator.h"

namespace baton {
namespace ops {
#define BATON_OPERATOR(name) extern const Operator name;
#include "core/ops/table.inc"
#undef BATON_OPERATOR
}  // namespace ops

namespace {
const Operator* const kOperators[] = {
#define BATON_OPERATOR(name) &ops::name,
#include "core/ops/table.inc"
#undef BATON_OPERATOR
};
}  // namespace

std::span<const Operator* const> all_operators() { return kOperators; }

const Operator* find_operator(int32_t code, const char* custom_name) {
  for (const Operator* op : kOperators) {
    if (op->code != code) continue;
    if (code != BATON_OP_CUSTOM) return op;
    if (custom_name != nullptr && std::strcmp(custom_name, op->name) == 0) return op;
  }
  return nullptr;
}

}  // namespace baton
