// Fuzz target: any bytes as a model file, compiled and run.
#include "tests/fuzz/drive.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace baton::fuzz;
  const std::span<const uint8_t> file{data, size};
  require(run(file, {.seed = fingerprint(file)}));
  return 0;
}
