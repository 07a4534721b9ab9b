// All that this machine runs.
#include <string>

#include "tests/kernels/f32_gemm_families.h"

namespace baton::kernels {

std::vector<F32GemmFamily> f32_gemm_families() {
  std::vector<F32GemmFamily> found;
  for (const Kernel& kernel : kernels()) {
    const auto* functions = std::get_if<const F32Gemm*>(&kernel.functions);
    if (functions == nullptr || !includes(best_level(), kernel.isa)) continue;
    found.push_back({&kernel, *functions, std::string(kernel.types) == "bf16", kernel.isa});
  }
  return found;
}

}  // namespace baton::kernels
