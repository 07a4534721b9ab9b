#if defined(__aarch64__)

#include <arm_neon.h>

#include "benchmarks/machine/peak_loop.h"
#include "benchmarks/machine/peaks.h"

namespace baton::benchmarks {
namespace {

// How the compilers name the processors that have a feature.
#if defined(__clang__)
#define NEON "neon"
#define WITH(feature) feature
#else
#define NEON "+simd"
#define WITH(feature) "arch=armv8.2-a+" feature
#endif

#define MULTIPLY_ADD(sum, a, b) vfmaq_f32(sum, a, b)
BATON_PEAK_LOOP(float_neon, NEON, float32x4_t, float32x4_t, 16, "w", MULTIPLY_ADD)

// Both halves' products in 16 bits, pairs of those to 32.
#define BYTES(sum, a, b) \
  vpadalq_s16(sum, vmlal_high_s8(vmull_s8(vget_low_s8(a), vget_low_s8(b)), a, b))
BATON_PEAK_LOOP(bytes_neon, NEON, int8x16_t, int32x4_t, 12, "w", BYTES)

// Clang 14 has these intrinsics only where the whole file is compiled for such processors.
#if !defined(__clang__) || defined(__ARM_FEATURE_DOTPROD)
#define HAS_DOTPROD
#define DOT(sum, a, b) vdotq_s32(sum, a, b)
BATON_PEAK_LOOP(bytes_dotprod, WITH("dotprod"), int8x16_t, int32x4_t, 16, "w", DOT)
#endif

#if !defined(__clang__) || defined(__ARM_FEATURE_MATMUL_INT8)
#define HAS_I8MM
#define MATRIX_BYTES(sum, a, b) vmmlaq_s32(sum, a, b)
BATON_PEAK_LOOP(bytes_i8mm, WITH("i8mm"), int8x16_t, int32x4_t, 16, "w", MATRIX_BYTES)
#endif

#if !defined(__clang__) || defined(__ARM_FEATURE_BF16_VECTOR_ARITHMETIC)
#define HAS_BF16
#define MATRIX_BFLOAT16(sum, a, b) vbfmmlaq_f32(sum, a, b)
BATON_PEAK_LOOP(bfloat16_matrix, WITH("bf16"), bfloat16x8_t, float32x4_t, 16, "w", MATRIX_BFLOAT16)
#endif

using enum Precision;
using enum SumLayout;

constexpr PeakKernel kPeaks[] = {
    {kFloat32, "neon", kLanes, 16, 1, 4, 1, float_neon},
    {kInt8, "neon", kHalves, 12, 1, 4, 4, bytes_neon},
#if defined(HAS_DOTPROD)
    {kInt8, "dotprod", kLanes, 16, 1, 4, 4, bytes_dotprod},
#endif
#if defined(HAS_I8MM)
    {kInt8, "i8mm", kMatrix, 16, 2, 2, 8, bytes_i8mm},
#endif
#if defined(HAS_BF16)
    {kBfloat16, "bf16", kMatrix, 16, 2, 2, 4, bfloat16_matrix},
#endif
};

uint64_t read_neon(const std::byte* data, size_t bytes, uint64_t passes) {
  uint64x2_t sum[8] = {};
  for (uint64_t pass = 0; pass < passes; ++pass) {
    // Each pass reads anew.
    __asm__ volatile("" : : : "memory");
    for (size_t i = 0; i < bytes; i += sizeof(sum)) {
      for (size_t s = 0; s < 8; ++s) {
        uint64x2_t words;
        std::memcpy(&words, data + i + s * sizeof(words), sizeof(words));
        sum[s] = veorq_u64(sum[s], words);
      }
    }
  }
  uint64_t result = 0;
  for (const uint64x2_t& words : sum) result ^= vgetq_lane_u64(words, 0) ^ vgetq_lane_u64(words, 1);
  return result;
}

constexpr ReadKernel kReads[] = {{"", read_neon}};

}  // namespace

std::span<const PeakKernel> peak_kernels() { return kPeaks; }
std::span<const ReadKernel> read_kernels() { return kReads; }

}  // namespace baton::benchmarks

#endif
