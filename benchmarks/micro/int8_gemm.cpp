#include "delegates/kernels/int8_gemm.h"

#include <string>
#include <vector>

#include "benchmarks/micro/aligned.h"
#include "benchmarks/micro/benchmarks.h"
#include "benchmarks/micro/gemm_shapes.h"
#include "delegates/kernels/kernel.h"

namespace baton::benchmarks {
namespace {

using kernels::Int8Gemm;
using kernels::Int8GemmTile;
using kernels::Int8GemmWeights;
using kernels::Kernel;
using kernels::Requantize;

// Signed throughout. With kSums, what is missing is the time that the epilogue takes.
class Int8Product {
 public:
  Int8Product(const Int8Gemm& gemm, const GemmShape& shape, Requantize requantize)
      : gemm_(gemm),
        shape_(shape),
        requantize_(requantize),
        out_bytes_(requantize == Requantize::kSums ? sizeof(int32_t) : 1),
        input_((shape.rows + shape.taps) * shape.depth + kSlack, 3),
        output_(shape.rows * shape.columns * out_bytes_),
        packed_(aligned_bytes(packed_bytes(gemm, shape.columns, shape.taps, shape.depth))),
        scratch_(aligned_bytes(gemm.scratch_bytes(shape.taps, shape.depth))),
        pointers_(shape.taps * gemm.rows) {
    const std::vector<int8_t> weights(shape.columns * shape.taps * shape.depth + kSlack, -2);
    const int32_t multiplier = 1500000000, shift = -9;
    Int8GemmWeights from;
    from.data = weights.data();
    from.column_stride = static_cast<int64_t>(shape.taps * shape.depth);
    from.tap_stride = static_cast<int64_t>(shape.depth);
    from.columns = shape.columns;
    from.taps = shape.taps;
    from.depth = shape.depth;
    from.requantize = requantize;
    from.multipliers = &multiplier;
    from.shifts = &shift;
    from.one_scale = true;
    gemm.pack(from, 0, (shape.columns + gemm.columns - 1) / gemm.columns, packed_.get());
  }

  // Tiles of rows of about the same height, each with all columns.
  void run() {
    const size_t tiles = (shape_.rows + gemm_.rows - 1) / gemm_.rows;
    for (size_t i = 0; i < tiles; ++i) {
      run_rows(shape_.rows * i / tiles, shape_.rows * (i + 1) / tiles);
    }
  }

  double multiply_adds() const {
    return static_cast<double>(shape_.rows * shape_.columns * shape_.taps * shape_.depth);
  }

 private:
  static constexpr size_t kSlack = 64;

  void run_rows(size_t begin, size_t end) {
    // Tap t of a row is tap 0 of a later row, as in a filter of one row.
    for (size_t t = 0; t < shape_.taps; ++t) {
      for (size_t m = begin; m < end; ++m) {
        pointers_[t * gemm_.rows + m - begin] = &input_[(m + t) * shape_.depth];
      }
    }
    Int8GemmTile tile;
    tile.a = pointers_.data();
    tile.packed = packed_.get();
    tile.taps = shape_.taps;
    tile.depth = shape_.depth;
    tile.rows = end - begin;
    tile.columns = shape_.columns;
    tile.requantize = requantize_;
    tile.out = &output_[begin * shape_.columns * out_bytes_];
    tile.out_stride = static_cast<int64_t>(shape_.columns);
    tile.low = -128;
    tile.high = 127;
    tile.scratch = scratch_.get();
    gemm_.run(tile);
  }

  const Int8Gemm& gemm_;
  const GemmShape& shape_;
  Requantize requantize_;
  size_t out_bytes_;
  std::vector<int8_t> input_;
  std::vector<uint8_t> output_;
  AlignedBytes packed_, scratch_;
  std::vector<const void*> pointers_;
};

void measure(benchmark::State& state, const Int8Gemm& gemm, const GemmShape& shape,
             Requantize requantize) {
  Int8Product product(gemm, shape, requantize);
  for ([[maybe_unused]] auto _ : state) product.run();
  state.counters["multiply_adds"] =
      benchmark::Counter(product.multiply_adds(), benchmark::Counter::kIsIterationInvariantRate);
}

struct Kind {
  const char* name;
  Requantize requantize;
};
constexpr Kind kKinds[] = {{"int8", Requantize::kFixed}, {"sums", Requantize::kSums}};

}  // namespace

void add_int8_gemms() {
  for (const Kernel& kernel : kernels::kernels()) {
    const auto* gemm = std::get_if<const Int8Gemm*>(&kernel.functions);
    if (gemm == nullptr || !includes(kernels::best_level(), kernel.isa)) continue;
    for (const GemmShape& shape : kGemmShapes) {
      for (const Kind& kind : kKinds) {
        const std::string name =
            std::string("int8_gemm/") + shape.name + "/" + kind.name + "/" + name_of(kernel.isa);
        benchmark::RegisterBenchmark(name.c_str(), [functions = *gemm, &shape,
                                                    &kind](benchmark::State& state) {
          measure(state, *functions, shape, kind.requantize);
        })->Unit(benchmark::kMicrosecond);
      }
    }
  }
}

}  // namespace baton::benchmarks
