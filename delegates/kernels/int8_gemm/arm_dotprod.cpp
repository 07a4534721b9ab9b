// Arm with SDOT: four products of bytes to a lane.
#if defined(__aarch64__)

#include <vector>

#include "delegates/kernels/int8_gemm/arm_run.h"
#include "delegates/kernels/int8_gemm/arm_target.h"
#include "delegates/kernels/int8_gemm/arm_wrapping.h"
#include "delegates/kernels/kernel.h"
#include "delegates/kernels/rows.h"

namespace baton::kernels {

#if defined(BATON_ARM_DOTPROD)
namespace {

struct DotProd {
  using Block = SignedBlock<16>;
  static constexpr size_t kGroup = 4;
  static constexpr size_t kFewest = 1;

  // Few rows have too few sums to keep two units busy for the four cycles that a sum takes: each
  // group of four k has sums of its own then.
  template <size_t kRows>
  static constexpr size_t kChains = kRows == 1   ? 4
                                    : kRows == 2 ? 2
                                                 : 1;

  template <size_t kRows, int kLane>
  BATON_ARM_TARGET("dotprod")
  static inline void step(const int8x16_t (&a)[kRows], const int8_t* w,
                          int32x4_t (&sums)[kChains<kRows>][kRows][2]) {
    constexpr size_t kChain = kLane % kChains<kRows>;
    const int8x16_t low = vld1q_s8(w + kLane * 4 * kArmColumns);
    const int8x16_t high = vld1q_s8(w + kLane * 4 * kArmColumns + 16);
#pragma GCC unroll 8
    for (size_t m = 0; m < kRows; ++m) {
      sums[kChain][m][0] = vdotq_laneq_s32(sums[kChain][m][0], low, a[m], kLane);
      sums[kChain][m][1] = vdotq_laneq_s32(sums[kChain][m][1], high, a[m], kLane);
    }
  }

  template <size_t kRows>
  BATON_ARM_TARGET("dotprod")
  static void multiply(const int8_t* a, const int8_t* w, size_t steps, const int32_t* bias,
                       int32_t* sums) {
    int32x4_t acc[kChains<kRows>][kRows][2] = {};
#pragma GCC unroll 8
    for (size_t m = 0; m < kRows; ++m) {
      acc[0][m][0] = vld1q_s32(bias);
      acc[0][m][1] = vld1q_s32(bias + 4);
    }
    for (; steps > 0; --steps, a += kArmStep * kRows, w += kArmStep * kArmColumns) {
      int8x16_t rows[kRows];
#pragma GCC unroll 8
      for (size_t m = 0; m < kRows; ++m) rows[m] = vld1q_s8(a + kArmStep * m);
      step<kRows, 0>(rows, w, acc);
      step<kRows, 1>(rows, w, acc);
      step<kRows, 2>(rows, w, acc);
      step<kRows, 3>(rows, w, acc);
    }
#pragma GCC unroll 8
    for (size_t chain = 1; chain < kChains<kRows>; ++chain) {
#pragma GCC unroll 8
      for (size_t m = 0; m < kRows; ++m) {
        acc[0][m][0] = wrapping_add(acc[0][m][0], acc[chain][m][0]);
        acc[0][m][1] = wrapping_add(acc[0][m][1], acc[chain][m][1]);
      }
    }
#pragma GCC unroll 8
    for (size_t m = 0; m < kRows; ++m) {
      vst1q_s32(sums + m * kArmColumns, acc[0][m][0]);
      vst1q_s32(sums + m * kArmColumns + 4, acc[0][m][1]);
    }
  }
};

}  // namespace

void int8_gemm_arm_dotprod_rows(std::vector<Kernel>* rows) {
  rows->push_back({"gemm", "int8", Isa::kDotProd, "8x8", &kArmGemm<DotProd>});
}
#else
void int8_gemm_arm_dotprod_rows(std::vector<Kernel>*) {}
#endif

}  // namespace baton::kernels

#endif
