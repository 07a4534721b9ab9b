#include "delegates/cpu/matrix.h"

namespace baton::cpu {
namespace {

size_t bytes_of_output(kernels::Requantize requantize) {
  const bool wide =
      requantize == kernels::Requantize::kFloat || requantize == kernels::Requantize::kSums;
  return wide ? 4 : 1;
}

// The rows and columns of an item; gives its first row.
template <typename Tile>
int64_t place(const Tiling& tiling, uint64_t item, Tile* tile) {
  const int64_t block = static_cast<int64_t>(item) / tiling.tiles;
  const int64_t index = static_cast<int64_t>(item) % tiling.tiles;
  tile->rows = static_cast<size_t>(tiling.row_count(index));
  tile->first_column = static_cast<size_t>(tiling.first_column(block));
  tile->columns = static_cast<size_t>(tiling.column_count(block));
  return tiling.first_row(index);
}

}  // namespace

const kernels::F32Gemm* f32_gemm(const Compiler& compiler) {
  const char* types = compiler.settings().precision == Precision::kBf16 ? "bf16" : "f32";
  return kernels::find<const kernels::F32Gemm*>("gemm", types, compiler.isa());
}

const kernels::Int8Gemm* int8_gemm(const Compiler& compiler) {
  return kernels::find<const kernels::Int8Gemm*>("gemm", "int8", compiler.isa());
}

void multiply(const F32Matrix& matrix, const void* packed, const F32Product& product,
              const Tiling& tiling, uint64_t begin, uint64_t end) {
  const float* pointers[kMostTileRows];
  kernels::F32GemmTile tile;
  tile.a = pointers;
  tile.packed = packed;
  tile.depth = matrix.depth;
  tile.out_stride = product.out_stride;
  tile.low = product.low;
  tile.high = product.high;
  tile.residual_stride = product.residual_stride;
  tile.low2 = -F32Product::kInfinity;
  tile.high2 = F32Product::kInfinity;
  tile.scratch = product.scratch;
  for (uint64_t item = begin; item < end; ++item) {
    const int64_t row = place(tiling, item, &tile);
    for (size_t i = 0; i < tile.rows; ++i) {
      pointers[i] = product.a + (row + static_cast<int64_t>(i)) * product.a_stride;
    }
    tile.out = product.out + row * product.out_stride + tile.first_column;
    if (product.residual) {
      tile.residual = product.residual + row * product.residual_stride + tile.first_column;
    }
    matrix.gemm->run(tile);
  }
}

void multiply(const Int8Matrix& matrix, const void* packed, const Int8Product& product,
              const Tiling& tiling, uint64_t begin, uint64_t end) {
  const void* pointers[kMostTileRows];
  kernels::Int8GemmTile tile = product.tile;
  tile.a = pointers;
  tile.packed = packed;
  tile.taps = 1;
  tile.depth = matrix.depth;
  tile.out_stride = product.out_stride;
  const size_t bytes = bytes_of_output(tile.requantize);
  for (uint64_t item = begin; item < end; ++item) {
    const int64_t row = place(tiling, item, &tile);
    for (size_t i = 0; i < tile.rows; ++i) {
      pointers[i] =
          static_cast<const char*>(product.a) + (row + static_cast<int64_t>(i)) * product.a_stride;
    }
    tile.out = static_cast<char*>(product.tile.out) +
               (static_cast<size_t>(row * product.out_stride) + tile.first_column) * bytes;
    if (product.row_scales) tile.row_scales = product.row_scales + row;
    if (product.row_zeros) tile.row_zeros = product.row_zeros + row;
    matrix.gemm->run(tile);
  }
}

}  // namespace baton::cpu
