#include "benchmarks/machine/isa.h"

#include <algorithm>

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace baton::benchmarks {
namespace {

constexpr bool bit(uint64_t word, int number) { return (word >> number & 1) != 0; }

#if defined(__x86_64__)
X86Features ask_processor() {
  X86Features features;
  uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) features.leaf1_ecx = ecx;
  uint32_t subleaves = 0;
  if (__get_cpuid_count(7, 0, &subleaves, &features.leaf7_ebx, &features.leaf7_ecx,
                        &features.leaf7_edx) &&
      subleaves >= 1 && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx)) {
    features.leaf7_1_eax = eax;
  }
  if (bit(features.leaf1_ecx, 27)) {  // XGETBV may be used
    uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    features.xcr0 = uint64_t{high} << 32 | low;
  }
  if (bit(features.leaf7_edx, 24)) {
    constexpr long kRequestPermission = 0x1023, kTileData = 18;
    features.tiles_granted = syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
  }
  return features;
}
#endif

}  // namespace

std::vector<std::string> x86_isa(const X86Features& f) {
  const bool avx_state = bit(f.xcr0, 1) && bit(f.xcr0, 2);
  const bool avx512_state = avx_state && bit(f.xcr0, 5) && bit(f.xcr0, 6) && bit(f.xcr0, 7);
  const bool tiles = bit(f.xcr0, 17) && bit(f.xcr0, 18) && f.tiles_granted && bit(f.leaf7_edx, 24);
  const bool avx512 = avx512_state && bit(f.leaf7_ebx, 16);
  const struct {
    const char* name;
    bool there;
  } table[] = {
      {"sse4.1", bit(f.leaf1_ecx, 19)},
      {"avx2", avx_state && bit(f.leaf7_ebx, 5)},
      {"fma", avx_state && bit(f.leaf1_ecx, 12)},
      {"avx512f", avx512},
      {"avx512bw", avx512 && bit(f.leaf7_ebx, 30)},
      {"avx512vl", avx512 && bit(f.leaf7_ebx, 31)},
      {"avx512_vnni", avx512 && bit(f.leaf7_ecx, 11)},
      {"avx512_bf16", avx512 && bit(f.leaf7_1_eax, 5)},
      {"avx_vnni", avx_state && bit(f.leaf7_1_eax, 4)},
      {"amx_int8", tiles && bit(f.leaf7_edx, 25)},
      {"amx_bf16", tiles && bit(f.leaf7_edx, 22)},
  };
  std::vector<std::string> isa;
  for (const auto& row : table) {
    if (row.there) isa.emplace_back(row.name);
  }
  return isa;
}

std::vector<std::string> arm_isa(uint64_t hwcap, uint64_t hwcap2) {
  const struct {
    const char* name;
    bool there;
  } table[] = {
      {"neon", bit(hwcap, 1)},   {"fp16", bit(hwcap, 10)},  {"dotprod", bit(hwcap, 20)},
      {"i8mm", bit(hwcap2, 13)}, {"bf16", bit(hwcap2, 14)},
  };
  std::vector<std::string> isa;
  for (const auto& row : table) {
    if (row.there) isa.emplace_back(row.name);
  }
  return isa;
}

const std::vector<std::string>& machine_isa() {
#if defined(__x86_64__)
  static const std::vector<std::string> isa = x86_isa(ask_processor());
#elif defined(__aarch64__)
  static const std::vector<std::string> isa = arm_isa(getauxval(AT_HWCAP), getauxval(AT_HWCAP2));
#else
  static const std::vector<std::string> isa;
#endif
  return isa;
}

bool has_isa(const std::vector<std::string>& isa, std::string_view needed) {
  while (!needed.empty()) {
    const size_t end = std::min(needed.find('+'), needed.size());
    if (std::find(isa.begin(), isa.end(), needed.substr(0, end)) == isa.end()) return false;
    needed.remove_prefix(std::min(end + 1, needed.size()));
  }
  return true;
}

}  // namespace baton::benchmarks
