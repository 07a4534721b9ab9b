#include <cstdint>
#include <stdexcept>
#include <string>

#include "benchmarks/micro/benchmarks.h"

namespace baton::benchmarks {
namespace {

constexpr int32_t kElements = 16;

// With one node it is nearly all the run itself; what each further one adds is its dispatch.
void dispatch(benchmark::State& state) {
  const auto nodes = static_cast<uint32_t>(state.range(0));
  Ready ready(chain_model(nodes, kElements));
  measure_runs(state, ready.session);
  state.counters["per_node"] = benchmark::Counter(
      nodes, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// All nodes go to a delegate that does nothing, in as many partitions of `nodes` nodes.
void cross(benchmark::State& state, const CompileOptions::Options& more) {
  const auto partitions = static_cast<uint32_t>(state.range(0));
  constexpr uint32_t kNodes = 4;
  CompileOptions::Options options = {{"partition_nodes", std::to_string(kNodes)}};
  options.insert(options.end(), more.begin(), more.end());
  CompileOptions compile;
  compile.delegate(BATON_TEST_PLUGINS_DIR "/libbaton_empty.so", options).strict().ignore_costs();
  Ready ready(chain_model(partitions * kNodes, kElements), compile);
  if (ready.session.placement().partition_count() != partitions) {
    state.SkipWithError("the plan has another number of partitions");
    return;
  }
  measure_runs(state, ready.session);
  state.counters["per_partition"] = benchmark::Counter(
      partitions, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

}  // namespace

void add_crossing() {
  benchmark::RegisterBenchmark("run/reference_nodes", dispatch)
      ->Arg(1)
      ->Arg(10)
      ->Arg(100)
      ->Arg(1000);
  benchmark::RegisterBenchmark("run/empty_partitions",
                               [](benchmark::State& state) { cross(state, {}); })
      ->Arg(1)
      ->Arg(10)
      ->Arg(100);
  benchmark::RegisterBenchmark("run/empty_partitions_that_fill", [](benchmark::State& state) {
    cross(state, {{"fill", "true"}});
  })->Arg(100);
}

}  // namespace baton::benchmarks
