// The cases that every kernel of the family Int8Gemm must pass, in groups.
#pragma once

#include <span>

#include "delegates/kernels/int8_gemm.h"

namespace baton::kernels {

struct Int8GemmGroup {
  const char* name;
  void (*check)(const Int8Gemm& gemm);
};

std::span<const Int8GemmGroup> int8_gemm_groups();

}  // namespace baton::kernels
