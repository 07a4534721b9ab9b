// The rows of the table for processors with AMX.
#include <vector>

#include "delegates/kernels/kernel.h"
#include "delegates/kernels/rows.h"

#if defined(__x86_64__)
#include "delegates/kernels/amx/bf16_gemm.h"
#include "delegates/kernels/amx/hardware_tiles.h"
#include "delegates/kernels/amx/int8_gemm.h"

namespace baton::kernels {

void amx_rows(std::vector<Kernel>* rows) {
  rows->push_back({"gemm", "bf16", Isa::kAmx, "32x32", &kAmxBf16Gemm<HardwareTiles>});
  rows->push_back({"gemm", "int8", Isa::kAmx, "32x32", &kAmxInt8Gemm<HardwareTiles>});
}

}  // namespace baton::kernels
#endif
