// Depthwise kernels, each level of this machine on layers of MobileNet and EfficientNet: a whole
// image on one thread, borders included.
#include <cstring>
#include <string>
#include <vector>

#include "benchmarks/micro/aligned.h"
#include "benchmarks/micro/benchmarks.h"
#include "delegates/kernels/depthwise.h"
#include "delegates/kernels/kernel.h"

namespace baton::benchmarks {
namespace {

// Square images and filters, padding as SAME has it.
struct Layer {
  int64_t size;
  size_t channels;
  size_t filter;
  int64_t stride;

  int64_t output() const { return (size + stride - 1) / stride; }
  int64_t pad() const {
    const int64_t needed = (output() - 1) * stride + static_cast<int64_t>(filter) - size;
    return needed > 0 ? needed / 2 : 0;
  }
  kernels::DepthwiseShape shape() const { return {filter, filter, channels, 1}; }
  size_t taps() const { return filter * filter; }
  uint64_t multiply_adds() const {
    return static_cast<uint64_t>(output() * output()) * channels * taps();
  }
  std::string name() const {
    return std::to_string(size) + "x" + std::to_string(size) + "x" + std::to_string(channels) +
           "_" + std::to_string(filter) + "x" + std::to_string(filter) + "_s" +
           std::to_string(stride);
  }
};

constexpr Layer kLayers[] = {
    {112, 32, 3, 1}, {112, 96, 3, 2}, {56, 144, 3, 1}, {28, 192, 3, 1}, {14, 384, 3, 1},
    {14, 576, 3, 1}, {7, 960, 3, 1},  {56, 72, 5, 2},  {28, 120, 5, 1}, {14, 480, 5, 1},
};

// One operator's memory and its calls of the kernel.
template <typename Element, typename Functions, typename Tile>
struct Work {
  const Layer& layer;
  const Functions& kernel;
  std::vector<Element> input;
  std::vector<Element> output;
  AlignedBytes packed;
  Tile tile;

  Work(const Layer& shape, const Functions& functions)
      : layer(shape),
        kernel(functions),
        input(static_cast<size_t>(layer.size * layer.size) * layer.channels + 64),
        output(static_cast<size_t>(layer.output() * layer.output()) * layer.channels),
        packed(aligned_bytes(kernel.packed_bytes(layer.shape()))) {
    for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<Element>(i % 13);
    tile.input_width = layer.size;
    tile.input_pixel_stride = tile.out_pixel_stride = static_cast<int64_t>(layer.channels);
    tile.stride = layer.stride;
    tile.pad = layer.pad();
    tile.end = layer.output();
    tile.packed = packed.get();
    tile.shape = layer.shape();
  }

  void run() {
    std::vector<const void*> rows(layer.filter);
    tile.rows = rows.data();
    const int64_t channels = static_cast<int64_t>(layer.channels);
    for (int64_t y = 0; y < layer.output(); ++y) {
      for (size_t fy = 0; fy < layer.filter; ++fy) {
        const int64_t row = y * layer.stride - layer.pad() + static_cast<int64_t>(fy);
        const bool inside = row >= 0 && row < layer.size;
        rows[fy] = inside ? input.data() + row * layer.size * channels : nullptr;
      }
      tile.out = output.data() + y * layer.output() * channels;
      kernel.run(tile);
    }
  }
};

template <typename W>
void measure(benchmark::State& state, W* work) {
  for ([[maybe_unused]] auto _ : state) {
    work->run();
    benchmark::ClobberMemory();
  }
  state.counters["multiply_adds"] =
      benchmark::Counter(static_cast<double>(work->layer.multiply_adds()),
                         benchmark::Counter::kIsIterationInvariantRate);
}

void run_f32(benchmark::State& state, const Layer& layer, const kernels::F32Depthwise& kernel) {
  Work<float, kernels::F32Depthwise, kernels::F32DepthwiseTile> work(layer, kernel);
  const std::vector<float> weights(layer.taps() * layer.channels, 0.25f);
  kernel.pack(layer.shape(), weights.data(), nullptr, work.packed.get());
  work.tile.high = 6;
  measure(state, &work);
}

void run_int8(benchmark::State& state, const Layer& layer, const kernels::Int8Depthwise& kernel) {
  Work<int8_t, kernels::Int8Depthwise, kernels::Int8DepthwiseTile> work(layer, kernel);
  const std::vector<int8_t> weights(layer.taps() * layer.channels, 3);
  const std::vector<int32_t> multipliers(layer.channels, 1500000000), shifts(layer.channels, -6);
  kernels::Int8DepthwiseWeights source;
  source.data = weights.data();
  source.multipliers = multipliers.data();
  source.shifts = shifts.data();
  kernel.pack(layer.shape(), source, work.packed.get());
  work.tile.low = -128;
  work.tile.high = 127;
  measure(state, &work);
}

}  // namespace

void add_depthwise() {
  for (const kernels::Kernel& kernel : kernels::kernels()) {
    if (std::strcmp(kernel.operation, "depthwise") != 0 ||
        !kernels::includes(kernels::best_level(), kernel.isa)) {
      continue;
    }
    for (const Layer& layer : kLayers) {
      const std::string name = std::string("depthwise/") + kernel.types + "/" +
                               kernels::name_of(kernel.isa) + "/" + layer.name();
      benchmark::RegisterBenchmark(name.c_str(), [&kernel, &layer](benchmark::State& state) {
        if (const auto* f32 = std::get_if<const kernels::F32Depthwise*>(&kernel.functions)) {
          run_f32(state, layer, **f32);
        } else {
          run_int8(state, layer, *std::get<const kernels::Int8Depthwise*>(kernel.functions));
        }
      })->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace baton::benchmarks
