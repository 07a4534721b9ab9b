#include <cstdio>

#include "benchmarks/cost/node_cost.h"
#include "benchmarks/machine/ceilings.h"
#include "benchmarks/machine/roofline.h"
#include "benchmarks/micro/benchmarks.h"

namespace baton::benchmarks {
namespace {

Ceilings find_ceilings() {
  Ceilings found = machine_ceilings(read_facts());
  if (found.disturbed) {
    std::fprintf(stderr,
                 "Others are at work on this machine: its ceilings are measured too low.\n");
  }
  return found;
}

const Ceilings& ceilings() {
  static const Ceilings found = find_ceilings();
  return found;
}

void run_kernel(benchmark::State& state, const File& file) {
  Ready ready(file);
  const double seconds = measure_runs(state, ready.session);
  const NodeCost cost = model_cost(ready.model.get()).nodes[0][0];
  const auto per_second = [](uint64_t each) {
    return benchmark::Counter(static_cast<double>(each),
                              benchmark::Counter::kIsIterationInvariantRate);
  };
  if (cost.multiply_adds != 0) state.counters["multiply_adds"] = per_second(cost.multiply_adds);
  state.counters["bytes"] = per_second(cost.bytes());
  // Too few iterations may take no time that the clock shows.
  if (seconds > 0) {
    state.counters["share_of_ceiling"] = ceiling_seconds(cost, ceilings(), 1) / seconds;
  }
}

}  // namespace

void add_kernels() {
  for (const KernelModel& model : kernel_models()) {
    benchmark::RegisterBenchmark(("kernel/" + model.name).c_str(), [file = model.file](
                                                                       benchmark::State& state) {
      run_kernel(state, file);
    })->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace baton::benchmarks
