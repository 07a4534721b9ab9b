#include "delegates/cpu/half.h"

#include <bit>

namespace baton::cpu {
namespace {

float from_half(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t magnitude = half & 0x7fffu;
  if (magnitude >= 0x7c00u) {  // infinity, NaN
    return std::bit_cast<float>(sign | 0x7f800000u | (magnitude & 0x3ffu) << 13);
  }
  // The exponent's bias moves from 15 to 127; the multiplication does it for subnormals, too.
  const float scaled = std::bit_cast<float>(magnitude << 13) * 0x1p112f;
  return std::bit_cast<float>(std::bit_cast<uint32_t>(scaled) | sign);
}

}  // namespace

void float_from_half(const uint16_t* half, uint64_t count, float* out) {
  for (uint64_t i = 0; i < count; ++i) out[i] = from_half(half[i]);
}

uint16_t half_from_float(float x) {
  constexpr uint32_t kInfinity = 0x7f800000u, kTooLarge = 0x477ff000u,
                     kSmallestNormal = 0x38800000u;
  const auto bits = std::bit_cast<uint32_t>(x);
  const uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
  uint32_t half = 0;
  if (magnitude > kInfinity) {
    half = 0x7e00u;
  } else if (magnitude >= kTooLarge) {
    half = 0x7c00u;
  } else if (magnitude < kSmallestNormal) {
    // Beside 0.5, a float's last bit is a subnormal half's.
    half = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) -
           std::bit_cast<uint32_t>(0.5f);
  } else {
    const uint32_t odd = magnitude >> 13 & 1u;
    half = (magnitude - (112u << 23) + 0xfffu + odd) >> 13;  // the exponent's bias
  }
  return static_cast<uint16_t>(sign | half);
}

}  // namespace baton::cpu
