#include "tests/conformance/limits.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tools/support/significand.h"

namespace baton::conformance {

bool Limits::reduced() const { return significand_bits < tools::kFloat32Bits; }

double Limits::of_floats(uint64_t depth) const {
  constexpr double kEpsilon = std::numeric_limits<float>::epsilon();
  constexpr double kMost = 0.25;
  const double root = std::sqrt(static_cast<double>(depth));
  const double float32 = std::max(1e-5, 10 * kEpsilon * root);
  if (!reduced()) return float32;
  return std::max(float32, std::min(kMost, std::ldexp(4, -significand_bits) * root));
}

Limits limits_of(const Delegate& delegate) {
  Limits limits;
  limits.units = delegate.device_has(BATON_DEVICE_EXACT_INTEGER) ? 0 : 1;
  for (const auto& [name, value] : delegate.options()) {
    const int bits = name == "precision" ? tools::significand_bits(value) : 0;
    if (bits != 0) limits.significand_bits = bits;
  }
  return limits;
}

}  // namespace baton::conformance
