// Any 64-bit Arm: products of 16 bits.
#if defined(__aarch64__)

#include <vector>

#include "delegates/kernels/int8_gemm/arm_run.h"
#include "delegates/kernels/kernel.h"
#include "delegates/kernels/rows.h"

namespace baton::kernels {
namespace {

struct Neon {
  using Block = WideBlock;
  static constexpr size_t kGroup = 1;
  static constexpr size_t kFewest = 1;

  // One k of eight: lane kLane of the rows.
  template <size_t kRows, int kLane>
  static inline void step(const int16x8_t (&a)[kRows], const int16_t* w,
                          int32x4_t (&sums)[kRows][2]) {
    const int16x8_t columns = vld1q_s16(w + kLane * kArmColumns);
#pragma GCC unroll 8
    for (size_t m = 0; m < kRows; ++m) {
      sums[m][0] = vmlal_laneq_s16(sums[m][0], vget_low_s16(columns), a[m], kLane);
      sums[m][1] = vmlal_high_laneq_s16(sums[m][1], columns, a[m], kLane);
    }
  }

  template <size_t kRows>
  static void multiply(const int16_t* a, const int16_t* w, size_t steps, const int32_t* bias,
                       int32_t* sums) {
    int32x4_t acc[kRows][2];
#pragma GCC unroll 8
    for (size_t m = 0; m < kRows; ++m) {
      acc[m][0] = vld1q_s32(bias);
      acc[m][1] = vld1q_s32(bias + 4);
    }
    for (size_t half = 0; half < 2 * steps; ++half, a += 8 * kRows, w += 8 * kArmColumns) {
      int16x8_t rows[kRows];
#pragma GCC unroll 8
      for (size_t m = 0; m < kRows; ++m) rows[m] = vld1q_s16(a + 8 * m);
      step<kRows, 0>(rows, w, acc);
      step<kRows, 1>(rows, w, acc);
      step<kRows, 2>(rows, w, acc);
      step<kRows, 3>(rows, w, acc);
      step<kRows, 4>(rows, w, acc);
      step<kRows, 5>(rows, w, acc);
      step<kRows, 6>(rows, w, acc);
      step<kRows, 7>(rows, w, acc);
    }
#pragma GCC unroll 8
    for (size_t m = 0; m < kRows; ++m) {
      vst1q_s32(sums + m * kArmColumns, acc[m][0]);
      vst1q_s32(sums + m * kArmColumns + 4, acc[m][1]);
    }
  }
};

}  // namespace

void int8_gemm_arm_neon_rows(std::vector<Kernel>* rows) {
  rows->push_back({"gemm", "int8", Isa::kNeon, "8x8", &kArmGemm<Neon>});
}

}  // namespace baton::kernels

#endif
