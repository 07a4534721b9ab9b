#include <cstdint>
#include <optional>
#include <vector>

#include "benchmarks/micro/benchmarks.h"

namespace baton::benchmarks {
namespace {

// From memory: verified, its graph built.
void load(benchmark::State& state, const File& file) {
  const Runtime runtime = or_throw(Runtime::create());
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(or_throw(runtime.load(file.data(), file.size())).get());
  }
}

// Shapes and plan; no delegate compiles anything.
void compile(benchmark::State& state, const File& file) {
  const Ready ready(file);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(or_throw(ready.model.compile()).get());
  }
}

void create_session(benchmark::State& state, const File& file) {
  const Ready ready(file);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(or_throw(ready.compiled.session(1)).get());
  }
}

// To the double of the batch and back.
void resize(benchmark::State& state, const File& file) {
  Ready ready(file);
  const baton_tensor& input = ready.session.input(0);
  std::vector<int32_t> dims(input.dims, input.dims + input.rank);
  for ([[maybe_unused]] auto _ : state) {
    dims[0] = 3 - dims[0];  // 1, 2
    or_throw(ready.session.resize_input(0, dims));
    or_throw(ready.session.prepare());
  }
}

constexpr struct {
  const char* name;
  void (*run)(benchmark::State& state, const File& file);
} kStages[] = {{"load", load},
               {"compile", compile},
               {"create_session", create_session},
               {"resize_and_prepare", resize}};

}  // namespace

void add_life() {
  const File files[] = {mobilenet_model(), chain_model(1000, 16)};
  const char* const names[] = {"mobilenet_v1", "chain_1000"};
  for (size_t i = 0; i < std::size(files); ++i) {
    for (const auto& stage : kStages) {
      benchmark::RegisterBenchmark(
          (std::string("life/") + stage.name + "/" + names[i]).c_str(),
          [run = stage.run, file = files[i]](benchmark::State& state) { run(state, file); })
          ->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace baton::benchmarks
