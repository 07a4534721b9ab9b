// Operators along the last dimension: SOFTMAX, LOG_SOFTMAX, L2_NORMALIZATION,
// LOCAL_RESPONSE_NORMALIZATION.
#include <cmath>

#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

// Shapes of one row and more.
Shape rows_shape(Draft& d, int32_t length) {
  Shape shape = d.shape_or_empty(d.pick({2u, 4u, 1u, 3u}));
  shape.back() = length;
  return shape;
}

// Reals around zero, or so far from it that their exponential is no float.
Content exponents(Draft& d, double spread, double beta) {
  const double middle = d.pick({0.0, 0.0, 100.0, 0.0}) / beta;
  return {.low = middle - spread, .high = middle + spread};
}

void softmax(Draft& d) {
  const double beta = d.pick({1.0, 0.5, 2.0, 0.1, 1.7});
  // In units of the exponent; few rows where one element is all.
  const double spread = d.pick({1.5, 3.0, 12.0, 0.7}) / beta;
  const TensorId x = d.input(d.dtype(), rows_shape(d, d.pick({5, 16, 3, 33, 8, 1, 17, 4, 7, 100})),
                             d.quantization(spread), exponents(d, spread, beta));
  Quantization q;
  if (d.dtype() == BATON_INT16) q = tflite::per_tensor(1.0f / 32768);
  if (d.dtype() == BATON_INT8) q = tflite::per_tensor(1.0f / 256, -128);
  if (d.dtype() == BATON_UINT8) q = tflite::per_tensor(1.0f / 256, 0);
  Draft::OutputSpec output{d.dtype(), q};
  // Bytes may become 16 bits.
  const bool widened =
      (d.dtype() == BATON_INT8 || d.dtype() == BATON_UINT8) && d.pick_index(6) == 5;
  if (widened) output = {BATON_INT16, tflite::per_tensor(1.0f / 65536, -32768)};
  d.node(BATON_OP_SOFTMAX, {x}, std::vector<Draft::OutputSpec>{output},
         d.attributes({{"beta", beta}}));
}

void log_softmax(Draft& d) {
  const double spread = d.pick({2.0, 6.0, 0.5});
  const TensorId x = d.input(d.dtype(), rows_shape(d, d.channels()), d.quantization(spread),
                             exponents(d, spread, 1));
  Quantization q;
  if (d.quantised()) q = tflite::per_tensor(1.0f / 16, d.dtype() == BATON_UINT8 ? 255 : 127);
  d.node(BATON_OP_LOG_SOFTMAX, {x}, q);
}

void l2_normalization(Draft& d) {
  const double spread = d.pick({1.0, 30.0, 0.01});
  const TensorId x = d.input(d.dtype(), rows_shape(d, d.channels()), d.quantization(spread),
                             {.low = -spread, .high = spread});
  Quantization q;
  if (d.quantised()) q = tflite::per_tensor(1.0f / 128, d.dtype() == BATON_UINT8 ? 128 : 0);
  d.node(BATON_OP_L2_NORMALIZATION, {x}, q);
}

void local_response_normalization(Draft& d) {
  Shape shape = d.shape_or_empty(4);
  shape.back() = d.channels();
  const TensorId x = d.input(shape, {.low = -3, .high = 3});
  d.node(BATON_OP_LOCAL_RESPONSE_NORMALIZATION, {x}, Quantization{},
         d.attributes({{"radius", d.pick({5.0, 1.0, 2.0, 9.0, 40.0})},
                       {"bias", d.pick({1.0, 2.0, 0.3})},
                       {"alpha", d.pick({1.0, 0.1, 0.0001})},
                       {"beta", d.pick({0.5, 0.75, 1.0})}}));
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_SOFTMAX, softmax, 64},
    {BATON_OP_LOG_SOFTMAX, log_softmax, 48},
    {BATON_OP_L2_NORMALIZATION, l2_normalization, 48},
    {BATON_OP_LOCAL_RESPONSE_NORMALIZATION, local_response_normalization, 48},
};

}  // namespace

extern const Recipes rows_recipes{kRecipes};

}  // namespace baton::conformance
