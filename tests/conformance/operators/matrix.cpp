// FULLY_CONNECTED and BATCH_MATMUL.
#include <numeric>

#include "tests/conformance/operators/recipe.h"
#include "tests/conformance/operators/weighted.h"

namespace baton::conformance {
namespace {

int32_t pick_depth(Draft& d) {
  return d.pick({16, 3, 33, 1, 64, 7, 31, 8, 65, 15, 4, 63, 32, 9, 17, 100});
}

void fully_connected(Draft& d) {
  WeightedCase sum(d);
  const int32_t depth = pick_depth(d);
  const int32_t units = d.channels();
  Shape shape{d.random().one_in(24) ? 0 : d.pick({1, 3, 2, 5}), depth};
  const bool keep = d.pick_bool();
  switch (d.pick_index(5)) {
    case 0:
      if (depth % 2 == 0 && !keep) shape = {shape[0], depth / 2, 2};
      break;
    case 1:
      shape.insert(shape.begin(), 2);
      break;
    case 2:
      if (shape[0] == 1) shape.erase(shape.begin());
      break;
    default:
      break;
  }
  const TensorId x = sum.input(shape);
  const TensorId weights = sum.weights({.shape = {units, depth},
                                        .axis = 0,
                                        .depth = depth,
                                        .zero_point = true,
                                        .maybe_input = true});
  const TensorId bias = sum.bias(true);
  d.node(BATON_OP_FULLY_CONNECTED, {x, weights, bias}, sum.output(),
         d.attributes({{"fused_activation_function", sum.activation()},
                       {"keep_num_dims", keep ? 1.0 : 0.0},
                       {"asymmetric_quantize_inputs", d.pick_bool() ? 1.0 : 0.0}}));
}

void batch_matmul(Draft& d) {
  const bool adj_x = d.pick_bool();
  const bool adj_y = d.pick_bool();
  const int32_t rows = d.pick({3, 1, 8, 5, 17});
  const int32_t columns = d.channels();
  const int32_t depth = pick_depth(d);
  auto [x_shape, y_shape] =
      d.broadcast_pair(d.pick({Shape{}, Shape{2}, Shape{3, 2}, Shape{1}, Shape{2, 1, 3}}));
  const auto add_matrix = [](Shape* shape, bool transposed, int32_t first, int32_t second) {
    shape->push_back(transposed ? second : first);
    shape->push_back(transposed ? first : second);
  };
  add_matrix(&x_shape, adj_x, rows, depth);
  add_matrix(&y_shape, adj_y, depth, columns);
  const double spread = d.pick({1.0, 0.05, 7.0});
  const Content content{.low = -spread, .high = spread};
  const bool constant_x = !d.hybrid() && d.random().one_in(5);
  const Quantization x_scale = d.quantization(spread);
  const TensorId x = constant_x ? d.constant(d.dtype(), x_shape, x_scale, content)
                                : d.input(d.dtype(), x_shape, x_scale, content);
  TensorId y = kNoTensor;
  if (d.hybrid()) {
    const auto axis = static_cast<int32_t>(y_shape.size()) - (adj_y ? 2 : 1);
    Quantization q = tflite::per_tensor(0.01f);
    if (d.pick_bool()) {
      std::vector<float> scales(static_cast<size_t>(columns));
      for (float& scale : scales) scale = static_cast<float>(d.random().real(0.002, 0.02));
      q = tflite::per_axis(std::move(scales), axis);
    }
    y = d.constant(BATON_INT8, y_shape, q);
  } else {
    const baton_dtype dtype = d.dtype() == BATON_INT16 && d.pick_bool() ? BATON_INT8 : d.dtype();
    Quantization q = d.quantization(dtype, 2);
    if (dtype != d.dtype()) q.zero_point = {0};
    y = !constant_x && d.pick_bool() ? d.constant(dtype, y_shape, q) : d.input(dtype, y_shape, q);
  }
  d.node(BATON_OP_BATCH_MATMUL, {x, y}, d.covering(sum_range(d.range_of(x), d.range_of(y), depth)),
         d.attributes({{"adj_x", adj_x ? 1.0 : 0.0},
                       {"adj_y", adj_y ? 1.0 : 0.0},
                       {"asymmetric_quantize_inputs", d.pick_bool() ? 1.0 : 0.0}}));
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_FULLY_CONNECTED, fully_connected, 96, true},
    {BATON_OP_BATCH_MATMUL, batch_matmul, 64, true},
};

}  // namespace

extern const Recipes matrix_recipes{kRecipes};

}  // namespace baton::conformance
