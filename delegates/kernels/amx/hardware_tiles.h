// The tile registers of the processor.
//
// Written as instructions and not with the compilers' intrinsics: those take literal register
// numbers only, and GCC's do not say which memory they read.
#pragma once

#include "delegates/kernels/amx/tiles.h"

namespace baton::kernels {

struct HardwareTiles {
  void configure(const TileConfig& config) { __asm__ volatile("ldtilecfg %0" : : "m"(config)); }
  void release() { __asm__ volatile("tilerelease" : : : "memory"); }

  template <int kTile>
  void load(const void* from, int64_t stride) {
    __asm__ volatile("tileloadd (%1,%2,1), %%tmm%c0"
                     :
                     : "i"(kTile), "r"(from), "r"(stride)
                     : "memory");
  }
  template <int kTile>
  void store(void* to, int64_t stride) {
    __asm__ volatile("tilestored %%tmm%c0, (%1,%2,1)"
                     :
                     : "i"(kTile), "r"(to), "r"(stride)
                     : "memory");
  }

  // The last operand of the product is the first here.
  template <Dot kDot, int kSums, int kA, int kB>
  void dot() {
    if constexpr (kDot == Dot::kSignedBytes) {
      __asm__ volatile("tdpbssd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kSums), "i"(kA), "i"(kB));
    } else if constexpr (kDot == Dot::kUnsignedBytes) {
      __asm__ volatile("tdpbusd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kSums), "i"(kA), "i"(kB));
    } else {
      __asm__ volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kSums), "i"(kA), "i"(kB));
    }
  }
};

}  // namespace baton::kernels
