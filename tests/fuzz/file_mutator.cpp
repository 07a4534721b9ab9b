// libFuzzer's own mutations know nothing of offsets: half of the time ours, which do, are used.
#include "tests/fuzz/mutate.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  baton::fuzz::Noise noise(seed);
  if (noise.one_in(2)) return LLVMFuzzerMutate(data, size, max_size);
  std::vector<uint8_t> file(data, data + size);
  mutate(file, noise, max_size);
  if (!file.empty()) std::memcpy(data, file.data(), file.size());
  return file.size();
}
