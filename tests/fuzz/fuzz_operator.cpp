// Fuzz target: any bytes as choices that make a model of one operator, which is compiled and run.
#include "tests/fuzz/drive.h"
#include "tests/fuzz/operator_case.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace baton::fuzz;
  Choices choices({data, size});
  const std::vector<uint8_t> file = operator_case(choices);
  if (!file.empty()) require(run(file, {.seed = fingerprint({data, size})}));
  return 0;
}
