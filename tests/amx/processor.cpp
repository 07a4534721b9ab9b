// In place of delegates/kernels/processor.cpp in a plugin for tests: the machine has AMX, and the
// instructions that it then refuses are carried out by a model.
#include "delegates/kernels/processor.h"

#include "tests/amx/tile_trap.h"

namespace baton::kernels {
namespace {

// From when the plugin is opened until it is closed.
const TileTrap trap;

}  // namespace

std::vector<Isa> ask_processor() {
  // The code around the tiles needs it; tests ask before they open the plugin.
  if (!__builtin_cpu_supports("avx512bf16")) return {Isa::kGeneric};
  return {Isa::kGeneric,    Isa::kSse4,       Isa::kAvx2, Isa::kAvx512,
          Isa::kAvx512Vnni, Isa::kAvx512Bf16, Isa::kAmx};
}

}  // namespace baton::kernels

// For tests to find out whether the tiles were used.
extern "C" __attribute__((visibility("default"))) uint64_t baton_amx_carried_out() {
  return baton::kernels::tile_instructions_carried_out();
}
