// The table of kernels: one row each. Dispatch (find), tests and micro-benchmarks all read it.
//
// A kernel is a function on raw pointers, or a few that belong together (packing and running). It
// knows nothing of tensors, threads or memory management: who calls it splits the work, owns all
// memory and has checked all sizes. Kernels keep nothing between calls, allocate nothing, and may
// be called from any thread.
//
// Unless a family's header says otherwise: lengths are in elements, strides in elements, pointers
// need the alignment of their element type only; inputs have 64 readable bytes past the end of
// the tensor that they lie in, outputs are never written past their end. Input and output do not
// overlap, or are the same.
#pragma once

#include <cstdint>
#include <span>
#include <variant>

#include "delegates/kernels/isa.h"

namespace baton::kernels {

#define FAMILY_FUNCTION(Arguments) struct Arguments;
#define FAMILY_TABLE(Table) struct Table;
#include "delegates/kernels/families.inc"
#undef FAMILY_FUNCTION
#undef FAMILY_TABLE

// A pointer to the functions of a kernel; the contract is in the family's header.
#define FAMILY_FUNCTION(Arguments) , void (*)(const Arguments&)
#define FAMILY_TABLE(Table) , const Table*
using KernelFunctions = std::variant<std::monostate
#include "delegates/kernels/families.inc"
                                     >;
#undef FAMILY_FUNCTION
#undef FAMILY_TABLE

struct Kernel {
  const char* operation;  // "gemm", "depthwise", "logistic" ...
  const char* types;      // "f32", "u8s8" ...: what the family distinguishes
  Isa isa;
  const char* tile;  // "12x32": what one step of the innermost loop computes; "" where none
  KernelFunctions functions;
};

// Every kernel that was compiled in, whatever the machine; no order.
std::span<const Kernel> kernels();

// The kernel of the highest level within `level`; nullptr when there is none.
const Kernel* find_kernel(const char* operation, const char* types, Isa level);

// Its functions, as the family's type:  find<const F32Gemm*>("gemm", "f32", level)
template <typename Functions>
Functions find(const char* operation, const char* types, Isa level) {
  const Kernel* kernel = find_kernel(operation, types, level);
  const Functions* functions = kernel ? std::get_if<Functions>(&kernel->functions) : nullptr;
  return functions ? *functions : nullptr;
}

}  // namespace baton::kernels
