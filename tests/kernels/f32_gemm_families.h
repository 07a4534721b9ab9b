// The kernels that f32_gemm_test.cpp tests: f32_gemm_table.cpp finds those of the table,
// amx_emulation_test.cpp adds one that is not in it.
#pragma once

#include <vector>

#include "delegates/kernels/gemm.h"
#include "delegates/kernels/kernel.h"

namespace baton::kernels {

struct F32GemmFamily {
  const Kernel* kernel;
  const F32Gemm* gemm;
  bool rounds;  // operands to bfloat16
  Isa needs;    // to run it: a model of a level's registers needs less than the level
};

std::vector<F32GemmFamily> f32_gemm_families();

}  // namespace baton::kernels
