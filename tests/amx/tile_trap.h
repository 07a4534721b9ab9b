// Lets a processor without AMX run code with instructions on tiles: they are refused (SIGILL), and
// then carried out by a model of the registers, one for each thread.
#pragma once

#include <signal.h>

#include <atomic>
#include <cstdint>

namespace baton::kernels {

// In force while it lives. Other refused instructions go to the handler that there was before;
// where there was none the process ends, with a sentence.
class TileTrap {
 public:
  TileTrap();
  ~TileTrap();
  TileTrap(const TileTrap&) = delete;
  TileTrap& operator=(const TileTrap&) = delete;
};

// Instructions so far, of all threads.
uint64_t tile_instructions_carried_out();
// From now on they are counted there. It has to stay as long as there are instructions.
void count_tile_instructions_in(std::atomic<uint64_t>* count);

}  // namespace baton::kernels
