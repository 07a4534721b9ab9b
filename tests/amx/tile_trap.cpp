#include "tests/amx/tile_trap.h"

#include <ucontext.h>

#include <cstdio>
#include <cstdlib>

#include "tests/amx/tile_instructions.h"

namespace baton::kernels {
namespace {

constinit thread_local TileModel tiles;
std::atomic<uint64_t> own_count = 0;
std::atomic<uint64_t>* carried_out = &own_count;
struct sigaction before = {};

void leave_to_others(int signal, siginfo_t* info, void* context) {
  if ((before.sa_flags & SA_SIGINFO) != 0) return before.sa_sigaction(signal, info, context);
  if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    return before.sa_handler(signal);
  }
  std::fprintf(stderr, "an instruction that the processor refuses, and that is not on tiles\n");
  std::abort();
}

// The signal comes from the instruction itself, between two others of a kernel: nothing of the C
// library is interrupted.
void on_refusal(int signal, siginfo_t* info, void* context) {
  greg_t* values = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  TileInstruction it;
  if (!decode(reinterpret_cast<const uint8_t*>(values[REG_RIP]), values, &it) ||
      !carry_out(it, &tiles)) {
    return leave_to_others(signal, info, context);
  }
  carried_out->fetch_add(1, std::memory_order_relaxed);
  values[REG_RIP] += it.length;
}

}  // namespace

TileTrap::TileTrap() {
  struct sigaction action = {};
  action.sa_sigaction = &on_refusal;
  action.sa_flags = SA_SIGINFO;
  tile_fault_if(sigaction(SIGILL, &action, &before) != 0, "SIGILL has no handler");
}

TileTrap::~TileTrap() {
  struct sigaction now = {};
  sigaction(SIGILL, nullptr, &now);
  // Else somebody came later, and calls this one.
  if (now.sa_sigaction == &on_refusal) sigaction(SIGILL, &before, nullptr);
}

uint64_t tile_instructions_carried_out() { return *carried_out; }

void count_tile_instructions_in(std::atomic<uint64_t>* count) { carried_out = count; }

}  // namespace baton::kernels
