// The AVX-512 epilogue of 8-bit matrix products, for kernels that Highway has no target for.
#pragma once

#include "delegates/kernels/int8_gemm/exact.h"

namespace baton::kernels {

void finish_panel_avx512(const PanelSums& sums);

}  // namespace baton::kernels
