#include "delegates/kernels/processor.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace baton::kernels {

namespace {

[[maybe_unused]] constexpr bool bit(uint64_t word, int number) { return (word >> number & 1) != 0; }

#if defined(__x86_64__)
// Of the whole process, for all its threads and for children that it forks; Linux 5.16 and later
// have it refused until it is asked for. What else may refuse: a sandbox, or a thread whose
// alternative signal stack is too small for the registers.
bool may_use_tiles() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}
#endif

}  // namespace

#if defined(__x86_64__)
std::vector<Isa> ask_processor() {
  uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
  uint32_t leaf1_ecx = 0, leaf7_ebx = 0, leaf7_ecx = 0, leaf7_edx = 0, leaf7_1_eax = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx)) leaf1_ecx = ecx;
  if (__get_cpuid_count(7, 0, &eax, &leaf7_ebx, &leaf7_ecx, &leaf7_edx) && eax >= 1 &&
      __get_cpuid_count(7, 1, &leaf7_1_eax, &ebx, &ecx, &edx) == 0) {
    leaf7_1_eax = 0;
  }
  // The register sets that the operating system saves.
  uint64_t saved = 0;
  if (bit(leaf1_ecx, 27)) {
    uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    saved = uint64_t{high} << 32 | low;
  }
  const bool sse4 = bit(leaf1_ecx, 9) && bit(leaf1_ecx, 19) && bit(leaf1_ecx, 20) &&
                    bit(leaf1_ecx, 1) && bit(leaf1_ecx, 25);
  const bool avx2 = sse4 && (saved & 0x6) == 0x6 && bit(leaf7_ebx, 5) && bit(leaf1_ecx, 12) &&
                    bit(leaf1_ecx, 29) && bit(leaf7_ebx, 3) && bit(leaf7_ebx, 8);
  const bool avx512 = avx2 && (saved & 0xe0) == 0xe0 && bit(leaf7_ebx, 16) && bit(leaf7_ebx, 17) &&
                      bit(leaf7_ebx, 30) && bit(leaf7_ebx, 31);
  const bool vnni = avx512 && bit(leaf7_ecx, 11);
  const bool bf16 = vnni && bit(leaf7_1_eax, 5);
  const bool amx = bf16 && (saved & 0x60000) == 0x60000 && bit(leaf7_edx, 22) &&
                   bit(leaf7_edx, 24) && bit(leaf7_edx, 25) && may_use_tiles();
  std::vector<Isa> levels = {Isa::kGeneric};
  if (sse4) levels.push_back(Isa::kSse4);
  if (avx2) levels.push_back(Isa::kAvx2);
  if (avx512) levels.push_back(Isa::kAvx512);
  if (vnni) levels.push_back(Isa::kAvx512Vnni);
  if (bf16) levels.push_back(Isa::kAvx512Bf16);
  if (amx) levels.push_back(Isa::kAmx);
  return levels;
}
#elif defined(__aarch64__)
std::vector<Isa> ask_processor() {
  std::vector<Isa> levels = {Isa::kNeon};  // every 64-bit Arm has it
  const bool dotprod = bit(getauxval(AT_HWCAP), 20);
  if (dotprod) levels.push_back(Isa::kDotProd);
  if (dotprod && bit(getauxval(AT_HWCAP2), 13)) levels.push_back(Isa::kI8mm);
  return levels;
}
#else
std::vector<Isa> ask_processor() { return {Isa::kGeneric}; }
#endif

}  // namespace baton::kernels
