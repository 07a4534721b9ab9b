#include "delegates/kernels/isa.h"

#include "delegates/kernels/processor.h"

namespace baton::kernels {
namespace {

enum class Family : uint8_t { kAny, kX86, kArm };

struct Level {
  Isa isa;
  const char* name;
  Family family;
};

constexpr Level kLevels[] = {
    {Isa::kGeneric, "generic", Family::kAny},
    {Isa::kSse4, "sse4", Family::kX86},
    {Isa::kAvx2, "avx2", Family::kX86},
    {Isa::kAvx512, "avx512", Family::kX86},
    {Isa::kAvx512Vnni, "avx512vnni", Family::kX86},
    {Isa::kAvx512Bf16, "avx512bf16", Family::kX86},
    {Isa::kAmx, "amx", Family::kX86},
    {Isa::kNeon, "neon", Family::kArm},
    {Isa::kDotProd, "dotprod", Family::kArm},
    {Isa::kI8mm, "i8mm", Family::kArm},
};

const Level& level_of(Isa isa) { return kLevels[static_cast<size_t>(isa)]; }

}  // namespace

const char* name_of(Isa isa) { return level_of(isa).name; }

std::optional<Isa> isa_named(std::string_view name) {
  for (const Level& level : kLevels) {
    if (name == level.name) return level.isa;
  }
  return std::nullopt;
}

bool includes(Isa level, Isa isa) {
  if (isa == Isa::kGeneric) return true;
  return level_of(level).family == level_of(isa).family && isa <= level;
}

const std::vector<Isa>& machine_levels() {
  static const std::vector<Isa> levels = ask_processor();
  return levels;
}

}  // namespace baton::kernels
