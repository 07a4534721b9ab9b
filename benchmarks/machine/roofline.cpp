#include "benchmarks/machine/roofline.h"

#include <algorithm>

namespace baton::benchmarks {
namespace {

double with_threads(const Ceilings& ceilings, const Rates& rates, uint32_t threads) {
  if (threads >= ceilings.threads) return rates.all_threads;
  return std::min(rates.one_thread * std::max(threads, 1u), rates.all_threads);
}

double seconds(uint64_t work, double rate) {
  return rate > 0 ? static_cast<double>(work) / rate : 0;
}

}  // namespace

double peak_multiply_adds(const Ceilings& ceilings, Precision precision, uint32_t threads) {
  const std::string name = precision_name(precision);
  double best = 0;
  for (const ComputeCeiling& row : ceilings.compute) {
    if (row.precision == name)
      best = std::max(best, with_threads(ceilings, row.multiply_adds, threads));
  }
  if (best > 0 || precision == Precision::kFloat32) return best;
  return peak_multiply_adds(
      ceilings, precision == Precision::kInt16 ? Precision::kInt8 : Precision::kFloat32, threads);
}

double peak_multiply_adds(const Ceilings& ceilings, const NodeCost& cost, uint32_t threads) {
  const double peak = peak_multiply_adds(ceilings, cost.precision, threads);
  return cost.hybrid ? std::max(peak, peak_multiply_adds(ceilings, Precision::kInt8, threads))
                     : peak;
}

double peak_bytes(const Ceilings& ceilings, uint64_t bytes, uint32_t threads) {
  for (const CacheCeiling& cache : ceilings.caches) {
    // Threads have caches of their own, or share one.
    const uint64_t caches =
        (std::max(threads, 1u) + cache.shared_by - 1) / std::max(cache.shared_by, 1u);
    if (bytes / std::max<uint64_t>(caches, 1) <= cache.bytes) {
      return with_threads(ceilings, cache.read_bytes, threads);
    }
  }
  return std::max(with_threads(ceilings, ceilings.memory_read_bytes, threads),
                  with_threads(ceilings, ceilings.memory_copy_bytes, threads));
}

double ceiling_seconds(const NodeCost& cost, const Ceilings& ceilings, uint32_t threads) {
  return std::max(seconds(cost.multiply_adds, peak_multiply_adds(ceilings, cost, threads)),
                  seconds(cost.bytes(), peak_bytes(ceilings, cost.bytes(), threads)));
}

}  // namespace baton::benchmarks
