#include "core/schema/operators.h"

#include <iterator>

namespace baton {
namespace {

struct Options {
  std::string_view table;
  OptionsUnion options_union;
  uint8_t member;
};

constexpr Options kOptions[] = {
    {"None", OptionsUnion::kBuiltinOptions, 0},
#define BATON_ATTRIBUTE_TYPE(struct_name, table, union_name, member) \
  {#table, OptionsUnion::k##union_name, member},
#include "core/schema/attribute_types.inc"
};

// Null is no constant that could be read, so a misspelt table does not compile.
constexpr const Options* options_of(std::string_view table) {
  for (const Options& options : kOptions) {
    if (options.table == table) return &options;
  }
  return nullptr;
}

constexpr BuiltinOperator kOperators[] = {
#define BATON_OPERATOR(name, options, first, last) \
  {                                                \
      #name,                                       \
      BATON_OP_##name,                             \
      options_of(#options)->options_union,         \
      options_of(#options)->member,                \
      first,                                       \
      last},
#include "core/schema/operators.inc"
};

static_assert(std::size(kOperators) == BATON_OP_COUNT);
static_assert([] {
  for (size_t i = 0; i < std::size(kOperators); ++i) {
    if (kOperators[i].code != static_cast<int32_t>(i)) return false;
  }
  return true;
}());

}  // namespace

std::span<const BuiltinOperator> builtin_operators() { return kOperators; }

const BuiltinOperator* builtin_operator(int32_t code) {
  if (code < 0 || static_cast<size_t>(code) >= std::size(kOperators)) return nullptr;
  return &kOperators[code];
}

const BuiltinOperator* builtin_operator(std::string_view name) {
  for (const BuiltinOperator& known : kOperators) {
    if (name == known.name) return &known;
  }
  return nullptr;
}

const char* operator_name(int32_t code) {
  const BuiltinOperator* known = builtin_operator(code);
  return known != nullptr ? known->name : "UNKNOWN";
}

}  // namespace baton
