#pragma once

#include <baton/builtin_ops.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "core/schema/attributes.h"

namespace baton {

// What the format knows about one built-in operator.
struct BuiltinOperator {
  const char* name;            // "CONV_2D"
  int32_t code;                // BATON_OP_CONV_2D
  OptionsUnion options_union;  // where its attributes are kept ...
  uint8_t options_member;      // ... and in which table; 0 if it has none
  int32_t first_version;       // 0 if no version was ever registered
  int32_t last_version;

  // Null if the operator has no attributes.
  const AttributeLayout* attributes() const {
    return attribute_layout(options_union, options_member);
  }
};

// All built-in operators; the index is the number.
std::span<const BuiltinOperator> builtin_operators();

// The operator with a number; null if the format has none such.
const BuiltinOperator* builtin_operator(int32_t code);

// The operator with a name ("CONV_2D"); null if there is none.
const BuiltinOperator* builtin_operator(std::string_view name);

// The name of an operator, "UNKNOWN" if the format has no such number.
const char* operator_name(int32_t code);

}  // namespace baton
