// The instruction sets that this machine has and that kernels choose between, by the names of
// Linux' /proc/cpuinfo where it has one: "sse4.1", "avx2", "avx512_vnni", "amx_int8", "dotprod" ...
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace baton::benchmarks {

// What an x86 processor and its operating system say.
struct X86Features {
  uint32_t leaf1_ecx = 0;
  uint32_t leaf7_ebx = 0;
  uint32_t leaf7_ecx = 0;
  uint32_t leaf7_edx = 0;
  uint32_t leaf7_1_eax = 0;
  uint64_t xcr0 = 0;           // register sets that the operating system saves
  bool tiles_granted = false;  // it lets this process use AMX
};
std::vector<std::string> x86_isa(const X86Features& features);

// The auxiliary vector's words of 64-bit Arm.
std::vector<std::string> arm_isa(uint64_t hwcap, uint64_t hwcap2);

// Of this machine. Asks Linux for permission to use AMX where the processor has it.
const std::vector<std::string>& machine_isa();

// Whether all of "avx2+fma" are there.
bool has_isa(const std::vector<std::string>& isa, std::string_view needed);

}  // namespace baton::benchmarks
