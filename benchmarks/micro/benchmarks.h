// What the groups of micro-benchmarks share.
#pragma once

#include <benchmark/benchmark.h>

#include <ctime>
#include <string>

#include "baton/baton.hpp"
#include "benchmarks/micro/models.h"

namespace baton::benchmarks {

// Each group adds its own to Google Benchmark's list.
void add_kernels();    // reference kernels against the ceilings of the machine
void add_gemms();      // matrix kernels of the CPU delegate
void add_depthwise();  // depthwise kernels of the CPU delegate
void add_life();       // load, compile, create, resize: what happens before the first run
void add_crossing();   // a run apart from the work: dispatch of nodes, crossing to a delegate

// A model that is ready to run with one thread. Throws when it is not.
struct Ready {
  File file;
  Runtime runtime;
  Model model;
  Compiled compiled;
  Session session;

  explicit Ready(File bytes, const CompileOptions& options = {})
      : file(std::move(bytes)),
        runtime(or_throw(Runtime::create())),
        model(or_throw(runtime.load(file.data(), file.size()))),
        compiled(or_throw(model.compile(options))),
        session(or_throw(compiled.session(1))) {}
};

// Runs it as often as the benchmark wants, after one run that is not counted. The processor's time
// for each, in seconds.
inline double measure_runs(benchmark::State& state, Session& session) {
  or_throw(session.run());
  const auto used = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  const double before = used();
  for ([[maybe_unused]] auto _ : state) {
    if (const Status status = session.run(); !status) {
      state.SkipWithError(status.message().c_str());
      break;
    }
  }
  return (used() - before) / static_cast<double>(state.iterations());
}

}  // namespace baton::benchmarks
