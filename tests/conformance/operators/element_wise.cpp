// Operators that go element by element, with broadcast.
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

constexpr std::initializer_list<int32_t> kActivations = {
    BATON_ACTIVATION_NONE, BATON_ACTIVATION_RELU, BATON_ACTIVATION_RELU6,
    BATON_ACTIVATION_RELU_N1_TO_1};

void add(Draft& d) {
  const Shape shape = d.shape_or_empty(d.pick({4u, 1u, 2u, 3u, 0u}));
  const TensorId x = d.input(shape);
  const TensorId y = d.operand(d.broadcast_to(shape));
  auto attributes = default_attributes<baton_add_attributes>();
  attributes.fused_activation_function = d.pick(kActivations);
  d.node(BATON_OP_ADD, {x, y}, d.quantization(), attributes);
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_ADD, add, 48},
};

}  // namespace

extern const Recipes element_wise_recipes{kRecipes};

}  // namespace baton::conformance
