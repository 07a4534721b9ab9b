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

}  // namespace baton::cpu
