#include "tools/support/compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "tools/support/tensors.h"

namespace baton::tools {

double Difference::relative() const {
  return largest_value > 0 ? largest / largest_value : largest;
}

bool Difference::agrees() const {
  if (not_finite != 0) return false;
  return integer ? different == 0 : relative() <= tolerance;
}

std::string Difference::text() const {
  if (different == 0) return "equal";
  std::string text = fmt::format("{} of {} elements differ, the first at {}; largest difference "
                                 "{:.3g}, {:.2g} of the largest value",
                                 different, elements, first, largest, relative());
  if (not_finite != 0) text += fmt::format("; {} are NaN or infinite on one side only", not_finite);
  return text;
}

Difference compare(const baton_tensor& tensor, const void* actual, const void* expected,
                   double tolerance) {
  Difference result;
  result.tolerance = tolerance;
  result.integer = tensor.dtype != BATON_FLOAT32 && tensor.dtype != BATON_FLOAT64 &&
                   tensor.dtype != BATON_FLOAT16 && tensor.dtype != BATON_BFLOAT16;
  result.elements = element_count(tensor);
  for (uint64_t i = 0; i < result.elements; ++i) {
    const double a = element(tensor, actual, i);
    const double e = element(tensor, expected, i);
    if (std::isfinite(e)) result.largest_value = std::max(result.largest_value, std::fabs(e));
    if (a == e || (std::isnan(a) && std::isnan(e))) continue;
    if (result.different++ == 0) result.first = i;
    if (!std::isfinite(a) || !std::isfinite(e)) {
      ++result.not_finite;
    } else {
      result.largest = std::max(result.largest, std::fabs(a - e));
    }
  }
  return result;
}

}  // namespace baton::tools
