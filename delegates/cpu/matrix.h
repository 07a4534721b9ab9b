// Matrix products of operators: a kernel with the size of its right operand, packed weights, and
// rows at a constant stride that are cut into tiles.
//
//   F32Matrix matrix(find<const F32Gemm*>(...), columns, depth);
//   packed = pack_constant(matrix, weights, compiler);          in compile, or
//   matrix.gemm->pack(weights, first, end, scratch);             at run time, panels as items
//   MatrixSplit split = matrix.split(rows);                      in prepare: items of a phase
//   multiply(matrix, packed, product, split, begin, end);        in run
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>

#include "delegates/cpu/operator.h"
#include "delegates/kernels/gemm.h"
#include "delegates/kernels/int8_gemm.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {

// Rows of a tile at most, of any kernel: for tables of row pointers on the stack.
constexpr size_t kMostTileRows = 64;

// How a product splits into items: a tile of rows times a group of panels each. Tiles are of nearly
// equal heights, as few as there must be. Neighbouring items share the panels of their group.
class MatrixSplit {
 public:
  MatrixSplit() = default;
  // `item_ns`: of one tile times one panel, about.
  MatrixSplit(int64_t rows, size_t tile_rows, size_t panels, uint64_t panel_bytes, double item_ns);

  uint64_t items() const { return tiles_ * groups_; }
  uint64_t grain() const { return grain_; }
  Work::Phase phase() const { return {items(), grain_}; }
  uint64_t groups() const { return groups_; }

  // fn(first row, end row, first panel, end panel), for each tile of items [begin, end).
  template <typename Fn>
  void for_each_tile(uint64_t begin, uint64_t end, const Fn& fn) const {
    for (uint64_t item = begin; item < end; ++item) {
      const uint64_t group = item / tiles_, tile = item % tiles_;
      fn(row_of(tile), row_of(tile + 1), static_cast<size_t>(group * panels_ / groups_),
         static_cast<size_t>((group + 1) * panels_ / groups_));
    }
  }

 private:
  int64_t row_of(uint64_t tile) const {
    return static_cast<int64_t>(static_cast<uint64_t>(rows_) * tile / tiles_);
  }

  int64_t rows_ = 0;
  uint64_t tiles_ = 0, groups_ = 0, panels_ = 0, grain_ = 1;
};

template <typename Gemm>
struct Matrix {
  const Gemm* gemm = nullptr;
  size_t columns = 0;
  size_t depth = 0;

  size_t panels() const { return (columns + gemm->columns - 1) / gemm->columns; }
  uint64_t panel_bytes() const { return gemm->panel_bytes(1, depth); }
  uint64_t packed_bytes() const { return kernels::packed_bytes(*gemm, columns, 1, depth); }
  // The first column of a panel; the number of columns where there is no such panel.
  size_t column_of(size_t panel) const { return std::min(panel * gemm->columns, columns); }
  MatrixSplit split(int64_t rows) const {
    // Products per nanosecond, about: enough to tell a microsecond from a millisecond.
    constexpr double kRate = std::is_same_v<Gemm, kernels::F32Gemm> ? 30 : 90;
    const auto tile_rows = std::min<double>(static_cast<double>(rows), gemm->rows);
    const double products = tile_rows * static_cast<double>(depth * gemm->columns);
    // A pass over the weights costs at least reading them.
    const double read_ns = static_cast<double>(panel_bytes()) / 30;
    return MatrixSplit(rows, gemm->rows, panels(), panel_bytes(),
                       std::max(products / kRate, read_ns) + 5);
  }
};

using F32Matrix = Matrix<kernels::F32Gemm>;
using Int8Matrix = Matrix<kernels::Int8Gemm>;

// All panels of constant weights.
template <typename Gemm, typename Weights>
std::shared_ptr<std::byte> pack_constant(const Matrix<Gemm>& matrix, const Weights& weights,
                                         const Compiler& compiler) {
  std::shared_ptr<std::byte> packed = compiler.allocate(matrix.packed_bytes());
  matrix.gemm->pack(weights, 0, matrix.panels(), packed.get());
  return packed;
}

// The float32 kernels that the settings ask for.
const kernels::F32Gemm* f32_gemm(const Compiler& compiler);
const kernels::Int8Gemm* int8_gemm(const Compiler& compiler);

// What a product reads and writes, all rows of it; strides in elements.
struct F32Product {
  static constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float* a = nullptr;
  int64_t a_stride = 0;
  float* out = nullptr;
  int64_t out_stride = 0;
  float low = -kInfinity, high = kInfinity;
  const float* residual = nullptr;  // added, after the clamp; may be out
  int64_t residual_stride = 0;
};
void multiply(const F32Matrix& matrix, const void* packed, const F32Product& product,
              const MatrixSplit& split, uint64_t begin, uint64_t end);

struct Int8Product {
  const void* a = nullptr;
  int64_t a_stride = 0;
  int64_t out_stride = 0;
  const float* row_scales = nullptr;   // kFloat, as are row_zeros: one for each row
  const int32_t* row_zeros = nullptr;  // nullptr: none
  // What all tiles share: requantize, signs, out (of row 0), out_zero, limits, scratch. The rest is
  // filled in.
  kernels::Int8GemmTile tile;
};
void multiply(const Int8Matrix& matrix, const void* packed, const Int8Product& product,
              const MatrixSplit& split, uint64_t begin, uint64_t end);

// baton_quantize_multiplier, in a form that kernels take: their significands are above zero. A
// factor of 0, or so small that it counts as 0, becomes one by which everything is rounded to 0.
void positive_multiplier(double real, int32_t* significand, int32_t* shift);

}  // namespace baton::cpu
