// Arm with SMMLA: 2x8 by 8x2 bytes to 2x2 sums.
#if defined(__aarch64__)

#include <vector>

#include "delegates/kernels/int8_gemm/arm_run.h"
#include "delegates/kernels/int8_gemm/arm_target.h"
#include "delegates/kernels/int8_gemm/arm_wrapping.h"
#include "delegates/kernels/kernel.h"
#include "delegates/kernels/rows.h"

namespace baton::kernels {

#if defined(BATON_ARM_I8MM)
namespace {

struct I8mm {
  using Block = SignedBlock<8>;
  static constexpr size_t kGroup = 8;
  static constexpr size_t kFewest = 2;

  // Halves of a step have sums of their own where these are few, as with SDOT.
  template <size_t kRows>
  static constexpr size_t kChains = kRows == 2 ? 2 : 1;

  // sums[chain][i][j]: rows 2i and 2i + 1 by columns 2j and 2j + 1.
  template <size_t kRows>
  BATON_ARM_TARGET("i8mm")
  static inline void half_step(const int8_t* a, const int8_t* w,
                               int32x4_t (&sums)[kRows / 2][kArmColumns / 2]) {
    int8x16_t rows[kRows / 2];
#pragma GCC unroll 8
    for (size_t i = 0; i < kRows / 2; ++i) rows[i] = vld1q_s8(a + 16 * i);
#pragma GCC unroll 8
    for (size_t j = 0; j < kArmColumns / 2; ++j) {
      const int8x16_t columns = vld1q_s8(w + 16 * j);
#pragma GCC unroll 8
      for (size_t i = 0; i < kRows / 2; ++i) {
        sums[i][j] = vmmlaq_s32(sums[i][j], rows[i], columns);
      }
    }
  }

  template <size_t kRows>
  BATON_ARM_TARGET("i8mm")
  static void multiply(const int8_t* a, const int8_t* w, size_t steps, const int32_t* bias,
                       int32_t* sums) {
    int32x4_t acc[kChains<kRows>][kRows / 2][kArmColumns / 2] = {};
#pragma GCC unroll 8
    for (size_t j = 0; j < kArmColumns / 2; ++j) {
      const int32x2_t two = vld1_s32(bias + 2 * j);
#pragma GCC unroll 8
      for (size_t i = 0; i < kRows / 2; ++i) acc[0][i][j] = vcombine_s32(two, two);
    }
    constexpr size_t kRowBytes = 8 * kRows, kColumnBytes = 8 * kArmColumns;
    for (; steps > 0; --steps, a += 2 * kRowBytes, w += 2 * kColumnBytes) {
      half_step<kRows>(a, w, acc[0]);
      half_step<kRows>(a + kRowBytes, w + kColumnBytes, acc[kChains<kRows> - 1]);
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < kRows / 2; ++i) {
#pragma GCC unroll 8
      for (size_t j = 0; j < kArmColumns / 2; ++j) {
        const int32x4_t block = kChains<kRows> == 1
                                    ? acc[0][i][j]
                                    : wrapping_add(acc[0][i][j], acc[kChains<kRows> - 1][i][j]);
        vst1_s32(sums + 2 * i * kArmColumns + 2 * j, vget_low_s32(block));
        vst1_s32(sums + (2 * i + 1) * kArmColumns + 2 * j, vget_high_s32(block));
      }
    }
  }
};

}  // namespace

void int8_gemm_arm_i8mm_rows(std::vector<Kernel>* rows) {
  rows->push_back({"gemm", "int8", Isa::kI8mm, "8x8", &kArmGemm<I8mm>});
}
#else
void int8_gemm_arm_i8mm_rows(std::vector<Kernel>*) {}
#endif

}  // namespace baton::kernels

#endif
