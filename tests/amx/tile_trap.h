// Lets a processor without AMX run code with instructions on tiles: they are refused (SIGILL), and
// then carried out by a model of the registers, one for each thread.
#pragma once

#include <signal.h>

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

}  // namespace baton::kernels
