// What a compiler makes of plain loops, on processors that have no file of their own.
#if !defined(__x86_64__) && !defined(__aarch64__)

#include <cstring>

#include "benchmarks/machine/peaks.h"

namespace baton::benchmarks {
namespace {

constexpr uint32_t kLanesEach = 4, kSums = 8;

// Another loop than BATON_PEAK_LOOP: without vectors there is no register class to name.
void float_loop(const void* a, const void* b, void* sums, uint64_t iterations) {
  float x[2][kLanesEach], y[kLanesEach], sum[kSums][kLanesEach] = {};
  std::memcpy(x, a, sizeof(x));
  std::memcpy(y, b, sizeof(y));
  for (uint64_t i = 0; i < iterations; ++i) {
    __asm__ volatile("" : : "r"(x) : "memory");
    for (uint32_t s = 0; s < kSums; ++s) {
      for (uint32_t l = 0; l < kLanesEach; ++l) sum[s][l] += x[s % 2][l] * y[l];
    }
  }
  std::memcpy(sums, sum, sizeof(sum));
}

constexpr PeakKernel kPeaks[] = {
    {Precision::kFloat32, "", SumLayout::kLanes, kSums, 1, kLanesEach, 1, float_loop}};

uint64_t read_words(const std::byte* data, size_t bytes, uint64_t passes) {
  uint64_t sum[8] = {};
  for (uint64_t pass = 0; pass < passes; ++pass) {
    // Each pass reads anew.
    __asm__ volatile("" : : : "memory");
    for (size_t i = 0; i < bytes; i += sizeof(sum)) {
      uint64_t words[8];
      std::memcpy(words, data + i, sizeof(words));
      for (int s = 0; s < 8; ++s) sum[s] ^= words[s];
    }
  }
  uint64_t result = 0;
  for (const uint64_t word : sum) result ^= word;
  return result;
}

constexpr ReadKernel kReads[] = {{"", read_words}};

}  // namespace

std::span<const PeakKernel> peak_kernels() { return kPeaks; }
std::span<const ReadKernel> read_kernels() { return kReads; }

}  // namespace baton::benchmarks

#endif
