// The levels of instruction sets that kernels are written for. A level has all of the lower ones of
// its architecture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baton::kernels {

enum class Isa : uint8_t {
  kGeneric,  // plain C++: on every machine but Arm, where kNeon takes its place
  // x86-64
  kSse4,        // SSE4.2
  kAvx2,        // AVX2, FMA, F16C, BMI2
  kAvx512,      // AVX-512 F, BW, DQ, VL
  kAvx512Vnni,  // and VNNI
  kAvx512Bf16,  // and BF16
  kAmx,         // and AMX tiles of int8 and bf16
  // 64-bit Arm
  kNeon,
  kDotProd,  // SDOT, UDOT
  kI8mm,     // SMMLA, USDOT
};

// "avx512vnni": what users write.
const char* name_of(Isa isa);
std::optional<Isa> isa_named(std::string_view name);

// Whether a machine that has `level` can run code for `isa`.
bool includes(Isa level, Isa isa);

// Those of this machine, from the lowest to the highest; never none. Asks Linux for
// permission to use AMX where the processor has it.
const std::vector<Isa>& machine_levels();
inline Isa best_level() { return machine_levels().back(); }

}  // namespace baton::kernels
