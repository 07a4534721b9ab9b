// Fuzz target: any bytes as a model file, loaded and looked at.
#include "tests/fuzz/drive.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  baton::fuzz::require(baton::fuzz::inspect({data, size}));
  return 0;
}
