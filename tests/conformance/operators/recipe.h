// How cases of an operator are made. An operator of the core's table that has no recipe gets cases
// by its arity, element types and attributes alone (see generic.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/ops/operator.h"
#include "tests/conformance/operators/draft.h"

namespace baton::conformance {

struct Recipe {
  int32_t op;            // BATON_OP_
  void (*make)(Draft&);  // adds tensors and the one node
  uint32_t count = 24;   // cases for each variant
  // One variant for each element type that the operator's table names, and these besides.
  bool hybrid = false;
  const char* custom = "";  // the name of a custom operator
  // The variants' types where those that the table names are not the ones of interest: of indices,
  // of conditions, of shapes. 0: the table's.
  uint32_t dtypes = 0;
};

// Recipes of one file of this folder, listed in recipes.inc.
using Recipes = std::span<const Recipe>;

// nullptr: there is none.
const Recipe* find_recipe(const Operator& op);

// Columns for an operator, from its table and recipe: element types of fixed size, as only these
// tensors are offered to delegates.
std::vector<Variant> variants(const Operator& op);

// How many cases an operator has for each variant.
uint32_t case_count(const Operator& op);

// Case `number`: from the recipe, or the generic one, which may find none.
std::optional<Draft> make_case(const Operator& op, const Variant& variant, uint64_t seed,
                               uint32_t number);

}  // namespace baton::conformance
