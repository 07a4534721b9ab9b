// How far two contents of one tensor are apart, and whether that is allowed: integers not at all,
// float32 by 1e-4 of the largest value (a whole model on a CPU), 1e-3 where a GPU ran part of it.
// Where the user asked for reduced precision there is no limit to hold it to: any finite number is
// allowed, and the difference is only shown.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "baton/baton.hpp"

namespace baton::tools {

inline constexpr double kReducedPrecision = std::numeric_limits<double>::infinity();

struct Difference {
  uint64_t elements = 0;
  uint64_t different = 0;
  uint64_t first = 0;       // element that differs
  uint64_t not_finite = 0;  // NaN or infinite where the expected one is not, or the reverse
  uint64_t both_not_finite = 0;
  double largest = 0;        // absolute
  double largest_value = 0;  // magnitude of what was expected
  bool integer = false;      // must be equal
  double tolerance = 1e-4;
  double sqnr_db = 0;  // signal to difference; infinite where nothing differs

  double relative() const;
  bool agrees() const;
  std::string text() const;  // one clause
};

// The same of any numbers, as floats; as many of each.
Difference compare(const std::vector<double>& actual, const std::vector<double>& expected,
                   double tolerance = 1e-4);
// `expected` has the same type and shape. Quantised elements are compared as stored. With the
// tolerance kReducedPrecision only 8- and 16-bit integers must be equal: indices, counts and truth
// values follow from numbers that were rounded.
Difference compare(const baton_tensor& tensor, const void* actual, const void* expected,
                   double tolerance = 1e-4);

}  // namespace baton::tools
