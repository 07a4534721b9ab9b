// How a source file puts its kernels into the table.
//
// Plain files define `void NAME_rows(std::vector<Kernel>* rows)`, named in table.inc.
//
// Files on Highway are compiled once per target:
//
//   #undef HWY_TARGET_INCLUDE
//   #define HWY_TARGET_INCLUDE "delegates/kernels/unary.cpp"   // this file
//   #include "hwy/foreach_target.h"
//   // after foreach_target.h:
//   #include "hwy/highway.h"
//   #include "delegates/kernels/rows.h"
//
//   HWY_BEFORE_NAMESPACE();
//   namespace baton::kernels {
//   namespace HWY_NAMESPACE {
//   namespace hn = hwy::HWY_NAMESPACE;
//   namespace { ... kernels ... }
//   static void target_rows(Isa isa, std::vector<Kernel>* rows) {      // of this target
//     rows->push_back({"logistic", "f32", isa, "", &logistic});
//   }
//   }  // namespace HWY_NAMESPACE
//   }  // namespace baton::kernels
//   HWY_AFTER_NAMESPACE();
//   #if HWY_ONCE
//   namespace baton::kernels {
//   BATON_ROWS_OF_TARGETS(unary_rows)
//   }
//   #endif
//
// Inline functions of other headers must not be called from inside a target's namespace with
// another target's attributes in mind: include them before foreach_target.h.
#ifndef BATON_DELEGATES_KERNELS_ROWS_H_
#define BATON_DELEGATES_KERNELS_ROWS_H_

#include <vector>

#include "delegates/kernels/kernel.h"

#if defined(__x86_64__)
#define BATON_ROWS_OF_TARGETS(function)         \
  void function(std::vector<Kernel>* rows) {    \
    N_SCALAR::target_rows(Isa::kGeneric, rows); \
    N_SSE4::target_rows(Isa::kSse4, rows);      \
    N_AVX2::target_rows(Isa::kAvx2, rows);      \
    N_AVX3::target_rows(Isa::kAvx512, rows);    \
  }
#elif defined(__aarch64__)
#define BATON_ROWS_OF_TARGETS(function) \
  void function(std::vector<Kernel>* rows) { N_NEON::target_rows(Isa::kNeon, rows); }
#else
#define BATON_ROWS_OF_TARGETS(function) \
  void function(std::vector<Kernel>* rows) { N_SCALAR::target_rows(Isa::kGeneric, rows); }
#endif

#endif  // BATON_DELEGATES_KERNELS_ROWS_H_
