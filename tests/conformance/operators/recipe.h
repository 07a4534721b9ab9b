// How cases of an operator are made. An operator of the core's table that has no recipe gets cases
// by its arity, element types and attributes alone (see generic.cpp).
#pragma once

#include <cstdint>
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
};

// Recipes of one file of this folder, listed in recipes.inc.
using Recipes = std::span<const Recipe>;

// nullptr: there is none.
const Recipe* find_recipe(const Operator& op);

// Cases for any operator: inputs of one shape or shapes that broadcast, attributes by their kinds.
// Not every one is a model that runs.
void make_generic(const Operator& op, Draft& draft);

// Columns for an operator, from its table and recipe.
std::vector<Variant> variants(const Operator& op);

}  // namespace baton::conformance
