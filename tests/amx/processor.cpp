// In place of delegates/kernels/processor.cpp in a plugin for tests: the machine has AMX, and the
// instructions that it then refuses are carried out by a model.
#include "delegates/kernels/processor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/amx/tile_trap.h"

namespace baton::kernels {
namespace {

// A test whose plugin runs in other processes, which may end at any time, has them count in a file:
// a number of 8 bytes. What cannot be counted is missed by the test.
void count_in_file(const char* path) {
  const int file = open(path, O_RDWR);
  void* memory = mmap(nullptr, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory == MAP_FAILED) return;
  count_tile_instructions_in(static_cast<std::atomic<uint64_t>*>(memory));
}

// From when the plugin is opened until it is closed.
struct Processor {
  Processor() {
    if (const char* path = std::getenv("BATON_AMX_COUNT")) count_in_file(path);
  }
  TileTrap trap;
};
const Processor processor;

}  // namespace

std::vector<Isa> ask_processor() {
  // The code around the tiles needs it; tests ask before they open the plugin.
  if (!__builtin_cpu_supports("avx512bf16")) return {Isa::kGeneric};
  return {Isa::kGeneric,    Isa::kSse4,       Isa::kAvx2, Isa::kAvx512,
          Isa::kAvx512Vnni, Isa::kAvx512Bf16, Isa::kAmx};
}

}  // namespace baton::kernels

// For tests that have opened the plugin to find out whether the tiles were used.
extern "C" __attribute__((visibility("default"))) uint64_t baton_amx_carried_out() {
  return baton::kernels::tile_instructions_carried_out();
}
