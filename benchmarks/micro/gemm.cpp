#include "delegates/kernels/gemm.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "benchmarks/micro/aligned.h"
#include "benchmarks/micro/benchmarks.h"
#include "benchmarks/micro/gemm_shapes.h"
#include "delegates/kernels/kernel.h"

namespace baton::benchmarks {
namespace {

using kernels::F32Gemm;
using kernels::F32GemmTile;
using kernels::F32GemmWeights;
using kernels::Kernel;

// Panels of a block stay in the level-2 cache while all rows pass by.
constexpr size_t kBlockBytes = 384 * 1024;

// A product that is ready to run, with tiles of rows as a delegate makes them.
class Product {
 public:
  Product(const F32Gemm& gemm, const GemmShape& shape)
      : gemm_(gemm),
        shape_(shape),
        packed_(aligned_bytes(packed_bytes(gemm, shape.columns, shape.taps, shape.depth))),
        scratch_(aligned_bytes(gemm.scratch_bytes(shape.taps, shape.depth))),
        // Tap t of row m lies where tap 0 of row m + t does, as with a filter of one row.
        a_((shape.rows + shape.taps) * shape.depth + kSlack, 0.5f),
        out_(shape.rows * shape.columns) {
    const std::vector<float> weights(shape.columns * shape.taps * shape.depth + kSlack, 0.25f);
    F32GemmWeights from;
    from.data = weights.data();
    from.column_stride = static_cast<int64_t>(shape.taps * shape.depth);
    from.tap_stride = static_cast<int64_t>(shape.depth);
    from.columns = shape.columns;
    from.taps = shape.taps;
    from.depth = shape.depth;
    gemm.pack(from, 0, panels(), packed_.get());

    const size_t tiles = (shape.rows + gemm.rows - 1) / gemm.rows;
    for (size_t i = 0; i <= tiles; ++i) first_rows_.push_back(shape.rows * i / tiles);
    pointers_.resize(tiles * shape.taps * gemm.rows);
    for (size_t tile = 0; tile < tiles; ++tile) {
      for (size_t t = 0; t < shape.taps; ++t) {
        for (size_t m = first_rows_[tile]; m < first_rows_[tile + 1]; ++m) {
          pointers_[(tile * shape.taps + t) * gemm.rows + m - first_rows_[tile]] =
              &a_[(m + t) * shape.depth];
        }
      }
    }
  }

  void run() {
    const size_t bytes = gemm_.panel_bytes(shape_.taps, shape_.depth);
    const size_t block = std::max<size_t>(1, kBlockBytes / bytes);
    for (size_t panel = 0; panel < panels(); panel += block) {
      for (size_t tile = 0; tile + 1 < first_rows_.size(); ++tile) run_tile(tile, panel, block);
    }
  }

 private:
  static constexpr size_t kSlack = 16;

  size_t panels() const { return (shape_.columns + gemm_.columns - 1) / gemm_.columns; }

  void run_tile(size_t index, size_t panel, size_t count) {
    F32GemmTile tile;
    tile.a = &pointers_[index * shape_.taps * gemm_.rows];
    tile.packed = packed_.get();
    tile.taps = shape_.taps;
    tile.depth = shape_.depth;
    tile.rows = first_rows_[index + 1] - first_rows_[index];
    tile.first_column = panel * gemm_.columns;
    tile.columns = std::min(count * gemm_.columns, shape_.columns - tile.first_column);
    tile.out = &out_[first_rows_[index] * shape_.columns + tile.first_column];
    tile.out_stride = static_cast<int64_t>(shape_.columns);
    tile.low = 0;
    tile.high = std::numeric_limits<float>::infinity();
    tile.scratch = scratch_.get();
    gemm_.run(tile);
  }

  const F32Gemm& gemm_;
  const GemmShape& shape_;
  AlignedBytes packed_, scratch_;
  std::vector<float> a_, out_;
  std::vector<size_t> first_rows_;  // of each tile, and the end
  std::vector<const float*> pointers_;
};

void measure(benchmark::State& state, const F32Gemm& gemm, const GemmShape& shape) {
  Product product(gemm, shape);
  for ([[maybe_unused]] auto _ : state) product.run();
  const double multiply_adds =
      static_cast<double>(shape.rows * shape.columns * shape.taps * shape.depth);
  state.counters["multiply_adds"] =
      benchmark::Counter(multiply_adds, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

void add_gemms() {
  for (const Kernel& kernel : kernels::kernels()) {
    const auto* gemm = std::get_if<const F32Gemm*>(&kernel.functions);
    if (gemm == nullptr || !includes(kernels::best_level(), kernel.isa)) continue;
    for (const GemmShape& shape : kGemmShapes) {
      const std::string name =
          std::string("gemm/") + shape.name + "/" + kernel.types + "/" + name_of(kernel.isa);
      benchmark::RegisterBenchmark(name.c_str(), [functions = *gemm,
                                                  &shape](benchmark::State& state) {
        measure(state, *functions, shape);
      })->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace baton::benchmarks
