#include "tools/support/compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>

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
  std::string text = "equal";
  if (different != 0) {
    text = fmt::format(
        "{} of {} elements differ, the first at {}; largest difference {:.3g}, {:.2g} "
        "of the largest value",
        different, elements, first, largest, relative());
  }
  if (not_finite != 0) text += fmt::format("; {} are NaN or infinite on one side only", not_finite);
  if (both_not_finite != 0) {
    text += fmt::format("; {} are NaN or infinite on both sides", both_not_finite);
  }
  return text;
}

namespace {

bool is_real(baton_dtype dtype) {
  return dtype == BATON_FLOAT32 || dtype == BATON_FLOAT64 || dtype == BATON_FLOAT16 ||
         dtype == BATON_BFLOAT16;
}

bool is_quantised(baton_dtype dtype) {
  return dtype == BATON_INT8 || dtype == BATON_UINT8 || dtype == BATON_INT16;
}

template <typename Actual, typename Expected>
Difference compare_elements(uint64_t elements, const Actual& actual, const Expected& expected,
                            double tolerance) {
  Difference result;
  result.tolerance = tolerance;
  result.elements = elements;
  double signal = 0, noise = 0;
  for (uint64_t i = 0; i < elements; ++i) {
    const double a = actual(i);
    const double e = expected(i);
    if (std::isfinite(e)) {
      result.largest_value = std::max(result.largest_value, std::fabs(e));
      signal += e * e;
    }
    if (!std::isfinite(a) && !std::isfinite(e)) ++result.both_not_finite;
    if (a == e || (std::isnan(a) && std::isnan(e))) continue;
    if (result.different++ == 0) result.first = i;
    if (!std::isfinite(a) || !std::isfinite(e)) {
      ++result.not_finite;
    } else {
      result.largest = std::max(result.largest, std::fabs(a - e));
      noise += (a - e) * (a - e);
    }
  }
  result.sqnr_db = 10 * std::log10(signal / noise);
  return result;
}

}  // namespace

Difference compare(const std::vector<double>& actual, const std::vector<double>& expected,
                   double tolerance) {
  return compare_elements(
      actual.size(), [&](uint64_t i) { return actual[i]; }, [&](uint64_t i) { return expected[i]; },
      tolerance);
}

Difference compare(const baton_tensor& tensor, const void* actual, const void* expected,
                   double tolerance) {
  Difference result = compare_elements(
      element_count(tensor), [&](uint64_t i) { return element(tensor, actual, i); },
      [&](uint64_t i) { return element(tensor, expected, i); }, tolerance);
  result.integer =
      tolerance == kReducedPrecision ? is_quantised(tensor.dtype) : !is_real(tensor.dtype);
  // Not every 64-bit integer is a double.
  if (result.integer && result.different == 0 && tensor.bytes != 0 &&
      std::memcmp(actual, expected, static_cast<size_t>(tensor.bytes)) != 0) {
    result.different = 1;
  }
  return result;
}

}  // namespace baton::tools
