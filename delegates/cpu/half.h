// Half-precision numbers of IEEE 754.
#pragma once

#include <cstdint>

namespace baton::cpu {

// Exact.
void float_from_half(const uint16_t* half, uint64_t count, float* out);

// Rounded to nearest, ties to even; NaN stays NaN.
uint16_t half_from_float(float x);

}  // namespace baton::cpu
