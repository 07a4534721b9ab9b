// The loop of a kernel that multiplies and adds in registers.
#pragma once

#include <cstdint>
#include <cstring>

// Defines `name` for processors with `isa` (in the compiler's words). Each iteration adds one
// product to each of `count` sums: STEP(sum, a, b) gives the sum's new value. The empty assembly
// keeps the compiler from computing a product once for several sums or iterations, and one of the
// sums for all that are equal; REGISTER is the class of register that holds a Vector.
#define BATON_PEAK_LOOP(name, isa, Vector, Sum, count, REGISTER, STEP)              \
  __attribute__((target(isa))) void name(const void* a, const void* b, void* sums,  \
                                         uint64_t iterations) {                     \
    Vector a0, a1, b0;                                                              \
    std::memcpy(&a0, a, sizeof(Vector));                                            \
    std::memcpy(&a1, static_cast<const char*>(a) + sizeof(Vector), sizeof(Vector)); \
    std::memcpy(&b0, b, sizeof(Vector));                                            \
    Sum sum[count] = {};                                                            \
    for (Sum & each : sum) __asm__ volatile("" : "+" REGISTER(each));               \
    for (uint64_t i = 0; i < iterations; ++i) {                                     \
      for (int s = 0; s < (count); s += 2) {                                        \
        __asm__ volatile("" : "+" REGISTER(a0), "+" REGISTER(a1));                  \
        sum[s] = STEP(sum[s], a0, b0);                                              \
        sum[s + 1] = STEP(sum[s + 1], a1, b0);                                      \
      }                                                                             \
    }                                                                               \
    std::memcpy(sums, sum, sizeof(sum));                                            \
  }
