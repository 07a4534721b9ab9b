#include "benchmarks/machine/isa.h"

#include <gtest/gtest.h>

namespace baton::benchmarks {
namespace {

using Names = std::vector<std::string>;

constexpr uint32_t bit(int number) { return uint32_t{1} << number; }

// Everything that there is.
X86Features all_features() {
  X86Features f;
  f.leaf1_ecx = bit(12) | bit(19) | bit(27);
  f.leaf7_ebx = bit(5) | bit(16) | bit(30) | bit(31);
  f.leaf7_ecx = bit(11);
  f.leaf7_edx = bit(22) | bit(24) | bit(25);
  f.leaf7_1_eax = bit(4) | bit(5);
  f.xcr0 = bit(1) | bit(2) | bit(5) | bit(6) | bit(7) | bit(17) | bit(18);
  f.tiles_granted = true;
  return f;
}

TEST(Isa, X86WithEverything) {
  EXPECT_EQ(x86_isa(all_features()),
            (Names{"sse4.1", "avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512_vnni",
                   "avx512_bf16", "avx_vnni", "amx_int8", "amx_bf16"}));
}

TEST(Isa, X86RegistersThatTheSystemDoesNotSaveAreNotThere) {
  X86Features f = all_features();
  f.xcr0 &= ~uint64_t{bit(6)};
  EXPECT_FALSE(has_isa(x86_isa(f), "avx512f"));
  EXPECT_TRUE(has_isa(x86_isa(f), "avx2+fma+avx_vnni"));
  f.xcr0 = 0;
  EXPECT_EQ(x86_isa(f), Names{"sse4.1"});
}

TEST(Isa, X86TilesNeedPermission) {
  X86Features f = all_features();
  f.tiles_granted = false;
  EXPECT_FALSE(has_isa(x86_isa(f), "amx_int8"));
  f.tiles_granted = true;
  f.xcr0 &= ~uint64_t{bit(18)};
  EXPECT_FALSE(has_isa(x86_isa(f), "amx_bf16"));
}

TEST(Isa, Arm) {
  EXPECT_EQ(arm_isa(bit(1), 0), Names{"neon"});
  EXPECT_EQ(arm_isa(bit(1) | bit(10) | bit(20), bit(13) | bit(14)),
            (Names{"neon", "fp16", "dotprod", "i8mm", "bf16"}));
}

TEST(Isa, AllPartsOfANameAreNeeded) {
  const Names isa = {"avx2", "fma"};
  EXPECT_TRUE(has_isa(isa, ""));
  EXPECT_TRUE(has_isa(isa, "avx2"));
  EXPECT_TRUE(has_isa(isa, "avx2+fma"));
  EXPECT_FALSE(has_isa(isa, "avx2+avx512f"));
  EXPECT_FALSE(has_isa(isa, "avx"));
}

TEST(Isa, ThisMachineHasItsBaseline) {
#if defined(__x86_64__) && defined(__GNUC__)
  EXPECT_EQ(has_isa(machine_isa(), "sse4.1"), __builtin_cpu_supports("sse4.1") != 0);
  EXPECT_EQ(has_isa(machine_isa(), "avx2"), __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(has_isa(machine_isa(), "avx512f"), __builtin_cpu_supports("avx512f") != 0);
  EXPECT_EQ(has_isa(machine_isa(), "avx512_vnni"), __builtin_cpu_supports("avx512vnni") != 0);
#elif defined(__aarch64__)
  EXPECT_TRUE(has_isa(machine_isa(), "neon"));
#endif
}

}  // namespace
}  // namespace baton::benchmarks
