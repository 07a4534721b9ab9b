#include <memory>

#include "benchmarks/cost/node_cost.h"
#include "benchmarks/machine/ceilings.h"
#include "benchmarks/machine/roofline.h"
#include "benchmarks/micro/benchmarks.h"

namespace baton::benchmarks {
namespace {

const Ceilings& ceilings() {
  static const Ceilings found = machine_ceilings(read_facts());
  return found;
}

void run_kernel(benchmark::State& state, const File& file) {
  Ready ready(file);
  measure_runs(state, ready.session);
  const NodeCost cost = model_cost(ready.model.get()).nodes[0][0];
  const auto per_second = [](double each, benchmark::Counter::OneK unit) {
    return benchmark::Counter(each, benchmark::Counter::kIsIterationInvariantRate, unit);
  };
  if (cost.multiply_adds != 0) {
    state.counters["multiply_adds"] =
        per_second(static_cast<double>(cost.multiply_adds), benchmark::Counter::kIs1000);
  }
  state.counters["bytes"] =
      per_second(static_cast<double>(cost.bytes()), benchmark::Counter::kIs1000);
  // Seconds of the ceiling over seconds of the kernel.
  state.counters["share_of_ceiling"] =
      per_second(ceiling_seconds(cost, ceilings(), 1), benchmark::Counter::kIs1000);
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
