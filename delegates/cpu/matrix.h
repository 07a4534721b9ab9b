// Matrix products of operators: a kernel with the size of its right operand, packed weights, and
// rows at a constant stride that are cut into tiles (tiling.h).
//
//   F32Matrix matrix{f32_gemm(compiler), columns, depth};
//   packed = pack_constant(matrix, weights, compiler);          in compile, or
//   matrix.gemm->pack(weights, first, end, scratch);             at run time, panels as items
//   Tiling tiling = matrix.tiling(rows, threads);                in prepare
//   phases = {matrix.phase(tiling)};
//   multiply(matrix, packed, product, tiling, begin, end);       in run, for items of the phase
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <type_traits>
#include <vector>

#include "delegates/cpu/operator.h"
#include "delegates/cpu/tiling.h"
#include "delegates/kernels/gemm.h"
#include "delegates/kernels/int8_gemm.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {

// Rows of a tile at most, of any kernel: for tables of row pointers on the stack.
constexpr size_t kMostTileRows = 64;

template <typename Gemm>
struct Matrix {
  const Gemm* gemm = nullptr;
  size_t columns = 0;
  size_t depth = 0;

  size_t panels() const { return (columns + gemm->columns - 1) / gemm->columns; }
  uint64_t panel_bytes() const { return gemm->panel_bytes(1, depth); }
  uint64_t packed_bytes() const { return kernels::packed_bytes(*gemm, columns, 1, depth); }
  Tiling tiling(int64_t rows, uint32_t threads) const {
    return make_tiling(rows, static_cast<int64_t>(columns), static_cast<int64_t>(gemm->rows),
                       static_cast<int64_t>(gemm->columns), static_cast<int64_t>(panel_bytes()),
                       threads);
  }
  // Items of the tiling, or of several alike.
  Work::Phase phase(const Tiling& tiling, uint64_t count = 1) const {
    // Products and bytes of weights per nanosecond, about: few rows wait for memory.
    constexpr double kProducts = std::is_same_v<Gemm, kernels::F32Gemm> ? 40 : 100;
    constexpr double kBytes = 30;
    if (tiling.items() == 0) return {0, 1};
    const double tile_rows = static_cast<double>(tiling.rows) / static_cast<double>(tiling.tiles);
    const auto weights = static_cast<double>(tiling.block_columns) * static_cast<double>(depth);
    const double read_ns = static_cast<double>(panel_bytes()) / kBytes *
                           static_cast<double>(tiling.block_columns) /
                           static_cast<double>(gemm->columns);
    return {count * static_cast<uint64_t>(tiling.items()),
            grain_of_ns(std::max(tile_rows * weights / kProducts, read_ns))};
  }
  uint64_t scratch_bytes() const { return gemm->scratch_bytes(1, depth); }
};

using F32Matrix = Matrix<kernels::F32Gemm>;
using Int8Matrix = Matrix<kernels::Int8Gemm>;

// A matrix of either kind: the one that has a kernel.
struct AnyMatrix {
  F32Matrix f32;
  Int8Matrix int8;
  std::shared_ptr<std::byte> packed;  // its weights, where they are constant

  bool real() const { return f32.gemm != nullptr; }
  size_t panels() const { return real() ? f32.panels() : int8.panels(); }
  uint64_t packed_bytes() const { return real() ? f32.packed_bytes() : int8.packed_bytes(); }
  Tiling tiling(int64_t rows, uint32_t threads) const {
    return real() ? f32.tiling(rows, threads) : int8.tiling(rows, threads);
  }
  Work::Phase phase(const Tiling& tiling, uint64_t count = 1) const {
    return real() ? f32.phase(tiling, count) : int8.phase(tiling, count);
  }
  uint64_t scratch_bytes() const { return real() ? f32.scratch_bytes() : int8.scratch_bytes(); }
};

// All panels of constant weights.
template <typename Gemm, typename Weights>
std::shared_ptr<std::byte> pack_constant(const Matrix<Gemm>& matrix, const Weights& weights,
                                         const Compiler& compiler) {
  std::shared_ptr<std::byte> packed = compiler.allocate(matrix.packed_bytes());
  matrix.gemm->pack(weights, 0, matrix.panels(), packed.get());
  return packed;
}

// Weights [columns, depth] for pack(): everything but bias and quantisation.
inline kernels::F32GemmWeights describe(const F32Matrix& matrix, const float* data) {
  kernels::F32GemmWeights weights;
  weights.data = data;
  weights.column_stride = static_cast<int64_t>(matrix.depth);
  weights.columns = matrix.columns;
  weights.depth = matrix.depth;
  return weights;
}
inline kernels::Int8GemmWeights describe(const Int8Matrix& matrix, const int8_t* data) {
  kernels::Int8GemmWeights weights;
  weights.data = data;
  weights.column_stride = static_cast<int64_t>(matrix.depth);
  weights.columns = matrix.columns;
  weights.depth = matrix.depth;
  return weights;
}

// Matrices of `rows` rows side by side.
template <typename T>
struct MatrixPart {
  const T* data;
  int64_t columns;
};
template <typename T>
std::vector<T> join_columns(std::initializer_list<MatrixPart<T>> parts, int64_t rows) {
  std::vector<T> joined;
  for (int64_t row = 0; row < rows; ++row) {
    for (const MatrixPart<T>& part : parts) {
      const T* from = part.data + row * part.columns;
      joined.insert(joined.end(), from, from + part.columns);
    }
  }
  return joined;
}

// The kernels that the settings ask for.
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
  void* scratch = nullptr;  // Matrix::scratch_bytes() of the worker's own
};
void multiply(const F32Matrix& matrix, const void* packed, const F32Product& product,
              const Tiling& tiling, uint64_t begin, uint64_t end);

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
              const Tiling& tiling, uint64_t begin, uint64_t end);

}  // namespace baton::cpu
