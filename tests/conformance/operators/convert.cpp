// From one element type or scale to another: QUANTIZE, DEQUANTIZE, CAST.
#include <algorithm>

#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

// Scales of their own, and zero points where the type has any, along one dimension.
Quantization along_axis(Draft& d, const Quantization& q, baton_dtype dtype, const Shape& shape) {
  const auto axis = static_cast<int32_t>(d.random().below(static_cast<uint32_t>(shape.size())));
  std::vector<float> scales(static_cast<size_t>(shape[static_cast<size_t>(axis)]));
  std::vector<int64_t> zero_points(scales.size());
  for (float& scale : scales) scale = q.scale[0] * static_cast<float>(d.random().real(0.5, 2));
  for (int64_t& zero_point : zero_points) {
    if (dtype != BATON_INT16)
      zero_point = (dtype == BATON_UINT8 ? 128 : 0) + d.random().between(-50, 50);
  }
  if (scales.empty()) return q;
  return tflite::per_axis(std::move(scales), axis, std::move(zero_points));
}

void quantize(Draft& d) {
  const double spread = d.pick({2.0, 0.01, 300.0});
  const Shape shape = d.shape_or_empty(d.pick({4u, 1u, 2u, 3u, 0u}));
  baton_dtype to = BATON_INT8;
  Quantization from = d.quantization(spread);
  Content content{.low = -spread, .high = spread};
  switch (d.dtype()) {
    case BATON_FLOAT32:
      to = d.pick({BATON_INT8, BATON_UINT8, BATON_INT16});
      break;
    case BATON_INT16:
      to = d.pick({BATON_INT8, BATON_INT16, BATON_INT32});
      break;
    case BATON_INT32:
      to = d.pick({BATON_INT8, BATON_INT16});
      from = tflite::per_tensor(static_cast<float>(spread / d.pick({1e3, 1e6, 2e9})));
      content.bounded = true;
      break;
    default:
      to = d.pick({BATON_INT8, BATON_UINT8});
  }
  const TensorId x = d.input(d.dtype(), shape, from, content);
  Quantization q = d.covering(to, d.range_of(x));
  if (to == BATON_INT32) q = tflite::per_tensor(from.scale[0] / 20);
  const bool per_axis = d.dtype() == BATON_FLOAT32 && !shape.empty() && d.pick_index(4) == 3;
  if (per_axis) q = along_axis(d, q, to, shape);
  d.node(BATON_OP_QUANTIZE, {x},
         std::vector<Draft::OutputSpec>{{to, q, per_axis ? shape : Shape{}}});
}

void dequantize(Draft& d) {
  const Shape shape = d.shape_or_empty(d.pick({4u, 1u, 2u, 3u, 0u}));
  Quantization q = d.quantization(d.pick({2.0, 0.01, 300.0}));
  const bool per_axis = d.quantised() && !shape.empty() && d.pick_index(4) == 3;
  if (per_axis) q = along_axis(d, q, d.dtype(), shape);
  const TensorId x = d.input(d.dtype(), shape, q, {.low = -30, .high = 30});
  d.node(BATON_OP_DEQUANTIZE, {x}, std::vector<Draft::OutputSpec>{{BATON_FLOAT32, {}}});
}

void cast(Draft& d) {
  const baton_dtype to =
      d.pick({BATON_FLOAT32, BATON_INT32, BATON_INT8, BATON_BOOL, BATON_UINT8, BATON_INT64,
              BATON_FLOAT16, BATON_INT16, BATON_UINT32, BATON_FLOAT64, BATON_UINT16, BATON_UINT64});
  const auto is_unsigned = [](baton_dtype dtype) {
    return dtype == BATON_UINT8 || dtype == BATON_UINT16 || dtype == BATON_UINT32 ||
           dtype == BATON_UINT64;
  };
  // What both types can say, zeros among them where it is about zero.
  const double limit = to == BATON_BOOL ? 2 : 100;
  const bool positive = is_unsigned(to) || is_unsigned(d.dtype());
  const TensorId x = d.input(d.dtype(), d.shape_or_empty(d.pick({4u, 1u, 2u, 3u, 0u})), {},
                             {.low = positive ? 0 : -limit, .high = limit});
  const std::vector<Draft::OutputSpec> output = {{to, {}}};
  d.node(BATON_OP_CAST, {x}, output,
         d.attributes({{"in_data_type", static_cast<double>(d.dtype())},
                       {"out_data_type", static_cast<double>(to)}}));
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_QUANTIZE, quantize, 48},
    {BATON_OP_DEQUANTIZE, dequantize, 48},
    {BATON_OP_CAST, cast, 24},
};

}  // namespace

extern const Recipes convert_recipes{kRecipes};

}  // namespace baton::conformance
