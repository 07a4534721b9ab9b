// baton_micro: what single operators, and single steps in the life of a model, take.
//   baton_micro [--benchmark_filter=REGEX] [--benchmark_format=json] ...
#include <cstdio>
#include <exception>

#include "benchmarks/micro/benchmarks.h"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  try {
    baton::benchmarks::add_depthwise();
    baton::benchmarks::add_kernels();
    baton::benchmarks::add_gemms();
    baton::benchmarks::add_life();
    baton::benchmarks::add_crossing();
    benchmark::RunSpecifiedBenchmarks();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "baton_micro: %s\n", error.what());
    return 1;
  }
  benchmark::Shutdown();
  return 0;
}
