#include <cstring>

#include "tests/conformance/operators/generic.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {

#define BATON_CONFORMANCE_RECIPES(name) extern const Recipes name##_recipes;
#include "tests/conformance/operators/recipes.inc"
#undef BATON_CONFORMANCE_RECIPES

const Recipe* find_recipe(const Operator& op) {
  const Recipes* const files[] = {
#define BATON_CONFORMANCE_RECIPES(name) &name##_recipes,
#include "tests/conformance/operators/recipes.inc"
#undef BATON_CONFORMANCE_RECIPES
  };
  for (const Recipes* file : files) {
    for (const Recipe& recipe : *file) {
      if (recipe.op != op.code) continue;
      if (op.code != BATON_OP_CUSTOM || std::strcmp(recipe.custom, op.name) == 0) return &recipe;
    }
  }
  return nullptr;
}

std::vector<Variant> variants(const Operator& op) {
  const Recipe* recipe = find_recipe(op);
  const uint32_t dtypes = recipe != nullptr && recipe->dtypes != 0 ? recipe->dtypes : op.dtypes;
  std::vector<Variant> list;
  for (baton_dtype dtype = 0; dtype < 32; ++dtype) {
    const bool whole_bytes = dtype_bits(dtype) != 0 && dtype_bits(dtype) % 8 == 0;
    if (!(dtypes & dtype_bit(dtype)) || !whole_bytes || dtype == BATON_RESOURCE) continue;
    list.push_back({dtype_name(dtype), dtype, false});
  }
  if (recipe != nullptr && recipe->hybrid) list.push_back({"hybrid", BATON_FLOAT32, true});
  return list;
}

uint32_t case_count(const Operator& op) {
  const Recipe* recipe = find_recipe(op);
  return recipe != nullptr ? recipe->count : Recipe{}.count;
}

std::optional<Draft> make_case(const Operator& op, const Variant& variant, uint64_t seed,
                               uint32_t number) {
  const Recipe* recipe = find_recipe(op);
  if (recipe == nullptr) return make_generic(op, variant, seed, number);
  Draft draft(op, seed, number, variant);
  recipe->make(draft);
  return draft;
}

}  // namespace baton::conformance
