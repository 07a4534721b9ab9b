#include "benchmarks/machine/ceilings.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

#include "benchmarks/machine/isa.h"
#include "benchmarks/machine/peaks.h"
#include "benchmarks/machine/timing.h"
#include "benchmarks/machine/warnings.h"

namespace baton::benchmarks {
namespace {

// Short and many: the best of them is one that nobody interrupted.
constexpr double kEachSeconds = 0.001;
constexpr int kRepeats = 24;
constexpr int kMemoryRepeats = 4;
constexpr size_t kLine = 4096;

// Whatever the threads read, so that reading it is not left out.
volatile uint64_t g_read;

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<std::byte, Free>;

// nullptr when there is none.
Memory allocate(size_t bytes) {
  return Memory(
      static_cast<std::byte*>(std::aligned_alloc(kLine, (bytes + kLine - 1) / kLine * kLine)));
}

// What was reached is a ceiling from below; one thread is some of all.
void raise(Rates* rates, double one, double all) {
  rates->one_thread = std::max(rates->one_thread, one);
  rates->all_threads = std::max({rates->all_threads, rates->one_thread, all});
}

// ---- Multiply-adds ------------------------------------------------------------------------------

double multiply_adds_per_second(const PeakKernel& kernel, uint32_t threads) {
  // One and zero bits in moderation: no denormal numbers, no infinity for a long time.
  constexpr size_t kOperandBytes = 2048;
  alignas(64) std::byte operands[kOperandBytes];
  std::memset(operands, 0x30, sizeof(operands));
  const auto run = [&](uint64_t iterations) {
    alignas(64) std::byte sums[4096];
    kernel.run(operands, operands, sums, iterations);
  };
  const uint64_t iterations = repeats_for(kEachSeconds, run);
  const double seconds = best_seconds(threads, kRepeats, [&](uint32_t) { run(iterations); });
  return static_cast<double>(iterations) *
         static_cast<double>(kernel.multiply_adds_per_iteration()) * threads / seconds;
}

// ---- Bytes --------------------------------------------------------------------------------------

const ReadKernel& best_read(const std::vector<std::string>& isa) {
  const std::span<const ReadKernel> kernels = read_kernels();
  size_t best = 0;
  for (size_t i = 0; i < kernels.size(); ++i) {
    if (has_isa(isa, kernels[i].isa)) best = i;
  }
  return kernels[best];
}

// Each thread reads a part of its own again and again: memory + thread * each.
double read_bytes_per_second(const ReadKernel& kernel, const std::byte* memory, size_t each,
                             uint32_t threads, int repeats) {
  const auto read = [&](uint32_t thread, uint64_t passes) {
    g_read = kernel.run(memory + thread * each, each, passes);
  };
  const uint64_t passes = repeats_for(kEachSeconds, [&](uint64_t count) { read(0, count); });
  const double seconds =
      best_seconds(threads, repeats, [&](uint32_t thread) { read(thread, passes); });
  return static_cast<double>(each) * static_cast<double>(passes) * threads / seconds;
}

// From one half of the thread's part to the other.
double copy_bytes_per_second(std::byte* memory, size_t each, uint32_t threads) {
  const size_t half = each / 2 / kLine * kLine;
  const double seconds = best_seconds(threads, kMemoryRepeats, [&](uint32_t thread) {
    std::byte* part = memory + thread * each;
    std::memcpy(part + half, part, half);
  });
  return 2.0 * static_cast<double>(half) * threads / seconds;
}

// A part of `bytes` for one of `sharers`, in whole lines.
size_t part_of(uint64_t bytes, uint64_t sharers) {
  return std::max<size_t>(
      static_cast<size_t>(bytes / std::max<uint64_t>(sharers, 1)) / kLine * kLine, kLine);
}

void measure_memory(const Facts& facts, Ceilings* ceilings) {
  const ReadKernel& read = best_read(facts.isa);
  const uint32_t threads = ceilings->threads;
  uint64_t last = 0;
  for (const Cache& cache : facts.caches) last = std::max(last, cache.bytes);
  uint64_t bytes = std::clamp<uint64_t>(4 * last, uint64_t{64} << 20, uint64_t{512} << 20);
  if (facts.available_bytes != 0) bytes = std::min(bytes, facts.available_bytes / 4);
  const size_t each = part_of(bytes, threads);
  const Memory memory = allocate(each * threads);
  if (memory == nullptr) return;
  // Each thread touches its own part first: memory that is near it.
  best_seconds(threads, 1,
               [&](uint32_t thread) { std::memset(memory.get() + thread * each, 1, each); });

  for (const Cache& cache : facts.caches) {
    CacheCeiling ceiling = {cache.level, cache.bytes, cache.shared_by, {}};
    // A quarter of it at the best of some places: which lines stay depends on where the pages lie.
    const size_t part =
        std::min(part_of(cache.bytes / 4, std::min(threads, cache.shared_by)), each);
    constexpr size_t kPlaces = 3;
    for (size_t place = 0; place < kPlaces; ++place) {
      const size_t offset = (each - part) * threads / kPlaces * place / kLine * kLine;
      const auto read_with = [&](uint32_t users) {
        return read_bytes_per_second(read, memory.get() + offset, part, users, kRepeats);
      };
      raise(&ceiling.read_bytes, read_with(1), threads == 1 ? 0 : read_with(threads));
    }
    ceilings->caches.push_back(ceiling);
  }
  const size_t whole = each * threads;
  raise(&ceilings->memory_read_bytes,
        read_bytes_per_second(read, memory.get(), whole, 1, kMemoryRepeats),
        read_bytes_per_second(read, memory.get(), each, threads, kMemoryRepeats));
  raise(&ceilings->memory_copy_bytes, copy_bytes_per_second(memory.get(), whole, 1),
        copy_bytes_per_second(memory.get(), each, threads));
}

}  // namespace

Ceilings measure_ceilings(const Facts& facts) {
  const LoadMeter meter;
  Ceilings ceilings;
  ceilings.threads = std::max(facts.online_cpus, 1u);
  for (const PeakKernel& kernel : peak_kernels()) {
    const char* precision = precision_name(kernel.precision);
    if (!has_isa(facts.isa, kernel.isa)) {
      ceilings.not_run.push_back(std::string(precision) + " " + kernel.isa);
      continue;
    }
    ComputeCeiling ceiling = {precision, kernel.isa, {}};
    raise(&ceiling.multiply_adds, multiply_adds_per_second(kernel, 1),
          ceilings.threads == 1 ? 0 : multiply_adds_per_second(kernel, ceilings.threads));
    ceilings.compute.push_back(ceiling);
  }
  measure_memory(facts, &ceilings);
  const std::optional<Load> load = meter.since_start();
  ceilings.disturbed = load && !is_quiet(*load, facts.cores);
  return ceilings;
}

}  // namespace baton::benchmarks
