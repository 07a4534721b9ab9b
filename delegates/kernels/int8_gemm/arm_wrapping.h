// Sums modulo 2^32 of NEON lanes: the compilers may take it that signed ones do not overflow.
#pragma once

#include <arm_neon.h>

namespace baton::kernels {

inline int32x4_t wrapping_add(int32x4_t a, int32x4_t b) {
  return vreinterpretq_s32_u32(vaddq_u32(vreinterpretq_u32_s32(a), vreinterpretq_u32_s32(b)));
}
// x - a * b
inline int32x4_t wrapping_multiply_subtract(int32x4_t x, int32x4_t a, int32x4_t b) {
  return vreinterpretq_s32_u32(
      vmlsq_u32(vreinterpretq_u32_s32(x), vreinterpretq_u32_s32(a), vreinterpretq_u32_s32(b)));
}

}  // namespace baton::kernels
