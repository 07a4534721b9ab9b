#include <cstring>
#include <vector>

#include "delegates/kernels/kernel.h"
#include "delegates/kernels/rows.h"

namespace baton::kernels {

#if defined(__x86_64__)
#define ROWS_X86 ROWS
#define ROWS_ARM(function)
#define ROWS_NOT_ARM ROWS
#elif defined(__aarch64__)
#define ROWS_X86(function)
#define ROWS_ARM ROWS
#define ROWS_NOT_ARM(function)
#else
#define ROWS_X86(function)
#define ROWS_ARM(function)
#define ROWS_NOT_ARM ROWS
#endif

#define ROWS(function) void function(std::vector<Kernel>* rows);
#include "delegates/kernels/table.inc"
#undef ROWS

std::span<const Kernel> kernels() {
  static const std::vector<Kernel> table = [] {
    std::vector<Kernel> rows;
#define ROWS(function) function(&rows);
#include "delegates/kernels/table.inc"
#undef ROWS
    return rows;
  }();
  return table;
}

const Kernel* find_kernel(const char* operation, const char* types, Isa level) {
  const Kernel* best = nullptr;
  for (const Kernel& kernel : kernels()) {
    if (!includes(level, kernel.isa) || std::strcmp(kernel.operation, operation) != 0 ||
        std::strcmp(kernel.types, types) != 0) {
      continue;
    }
    if (best == nullptr || kernel.isa > best->isa) best = &kernel;
  }
  return best;
}

}  // namespace baton::kernels
