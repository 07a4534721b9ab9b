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
      if (recipe.op == op.code) return &recipe;
    }
  }
  return nullptr;
}

std::vector<Variant> variants(const Operator& op) {
  std::vector<Variant> list;
  for (baton_dtype dtype = 0; dtype < 32; ++dtype) {
    if (op.dtypes & dtype_bit(dtype)) list.push_back({dtype_name(dtype), dtype, false});
  }
  const Recipe* recipe = find_recipe(op);
  if (recipe != nullptr && recipe->hybrid) list.push_back({"hybrid", BATON_FLOAT32, true});
  return list;
}

}  // namespace baton::conformance
