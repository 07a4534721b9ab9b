// How close an output is to what was expected. Figures first, so that tables can be printed; the
// verdict is a comparison with a tolerance.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "baton/types.h"
#include "tests/support/golden.h"

namespace baton::test {

struct Comparison {
  bool comparable = false;   // sizes agree
  size_t elements = 0;       // compared; 0 when only a hash was
  size_t different = 0;      // not the same bits (floats: not the same value)
  double largest_error = 0;  // absolute; infinite where only one side is NaN or infinite
  double largest_value = 0;  // magnitude of what was expected
  size_t worst = 0;          // index of the largest error
  std::string text;          // one line for people

  // Error relative to the largest value; absolute when everything expected is 0.
  double relative_error() const;
};

// Two arrays of one type.
Comparison compare_bytes(baton_dtype dtype, std::span<const std::byte> actual,
                         std::span<const std::byte> expected);
// Floats against an oracle in double.
Comparison compare_values(std::span<const float> actual, const std::vector<double>& expected);
// An output of a model against what was recorded, whole, sampled or hashed.
Comparison compare_golden(const GoldenTensor& golden, std::span<const std::byte> actual);

// Whether a comparison with a recording is good enough: integers and booleans bit for bit, floats
// within `tolerance` of the largest value.
bool agrees(const GoldenTensor& golden, const Comparison& comparison, double tolerance);

// The same as a GoogleTest expectation, with the place named in the failure; gives back the
// figures.
Comparison expect_golden(const GoldenTensor& golden, std::span<const std::byte> actual,
                         double tolerance, const std::string& place);

// Tolerance of one float32 operator that sums `depth` products: max(1e-5, 10 eps sqrt(depth)).
double float_tolerance(size_t depth);

// GoogleTest expectation: floats within `tolerance` of the largest expected value.
Comparison expect_close(std::span<const float> actual, const std::vector<double>& expected,
                        double tolerance, const std::string& place);

// GoogleTest expectation: stored integers within `units` of the exact real values, which are
// limited to what the type can hold.
template <typename T>
void expect_quantised(std::span<const T> actual, const std::vector<double>& expected, double scale,
                      int64_t zero_point, double units, const std::string& place);

}  // namespace baton::test
