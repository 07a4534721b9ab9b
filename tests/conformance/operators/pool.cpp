// AVERAGE_POOL_2D and MAX_POOL_2D: the output has the input's scale.
#include "tests/conformance/operators/activation.h"
#include "tests/conformance/operators/recipe.h"
#include "tests/conformance/operators/window.h"

namespace baton::conformance {
namespace {

void pool(Draft& d) {
  const int32_t activation = d.pick(kClamps);
  // Means are nearer to zero than the elements.
  const double spread = clamp_spread(d, activation) * d.pick({1.0, 2.5});
  const int32_t padding = d.pick({BATON_PADDING_SAME, BATON_PADDING_VALID});
  const WindowAxis y = pick_window_axis(d, padding, false);
  const WindowAxis x = pick_window_axis(d, padding, false);
  const Quantization q = d.quantization(spread);
  const TensorId input = d.input(d.dtype(), {pick_batch(d), y.input, x.input, d.channels()}, q,
                                 {.low = -spread, .high = spread});
  d.node(d.op().code, {input}, q,
         d.attributes({{"padding", static_cast<double>(padding)},
                       {"stride_h", static_cast<double>(y.stride)},
                       {"stride_w", static_cast<double>(x.stride)},
                       {"filter_height", static_cast<double>(y.filter)},
                       {"filter_width", static_cast<double>(x.filter)},
                       {"fused_activation_function", static_cast<double>(activation)}}));
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_AVERAGE_POOL_2D, pool, 64},
    {BATON_OP_MAX_POOL_2D, pool, 64},
};

}  // namespace

extern const Recipes pool_recipes{kRecipes};

}  // namespace baton::conformance
