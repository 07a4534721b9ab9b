#include "delegates/cpu/matrix.h"

#include "baton/fixed_point.h"

namespace baton::cpu {
namespace {

// Of a group: half of a usual second-level cache, so that the group stays there from tile to tile.
constexpr uint64_t kGroupBytes = 256 << 10;
// Items that a product should have where it is large enough, for sharing among threads.
constexpr uint64_t kWantedItems = 16;
constexpr double kLeastItemNs = 2000;

size_t bytes_of_output(kernels::Requantize requantize) {
  const bool wide =
      requantize == kernels::Requantize::kFloat || requantize == kernels::Requantize::kSums;
  return wide ? 4 : 1;
}

}  // namespace

MatrixSplit::MatrixSplit(int64_t rows, size_t tile_rows, size_t panels, uint64_t panel_bytes,
                         double item_ns)
    : rows_(rows), panels_(panels) {
  if (rows == 0 || panels == 0) return;
  tiles_ = (static_cast<uint64_t>(rows) + tile_rows - 1) / tile_rows;
  uint64_t most = std::max<uint64_t>(1, kGroupBytes / std::max<uint64_t>(1, panel_bytes));
  const auto least = static_cast<uint64_t>(kLeastItemNs / item_ns) + 1;
  most = std::min(most, std::max(least, panels * tiles_ / kWantedItems));
  most = std::clamp<uint64_t>(most, 1, panels);
  groups_ = (panels + most - 1) / most;
  grain_ = grain_of_ns(item_ns * static_cast<double>(most));
}

const kernels::F32Gemm* f32_gemm(const Compiler& compiler) {
  const char* types = compiler.settings().precision == Precision::kBf16 ? "bf16" : "f32";
  return kernels::find<const kernels::F32Gemm*>("gemm", types, compiler.isa());
}

const kernels::Int8Gemm* int8_gemm(const Compiler& compiler) {
  return kernels::find<const kernels::Int8Gemm*>("gemm", "int8", compiler.isa());
}

void multiply(const F32Matrix& matrix, const void* packed, const F32Product& product,
              const MatrixSplit& split, uint64_t begin, uint64_t end) {
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
  split.for_each_tile(begin, end, [&](int64_t row, int64_t end_row, size_t panel, size_t last) {
    tile.rows = static_cast<size_t>(end_row - row);
    for (size_t i = 0; i < tile.rows; ++i) {
      pointers[i] = product.a + (row + static_cast<int64_t>(i)) * product.a_stride;
    }
    tile.first_column = matrix.column_of(panel);
    tile.columns = matrix.column_of(last) - tile.first_column;
    tile.out = product.out + row * product.out_stride + tile.first_column;
    if (product.residual) {
      tile.residual = product.residual + row * product.residual_stride + tile.first_column;
    }
    matrix.gemm->run(tile);
  });
}

void multiply(const Int8Matrix& matrix, const void* packed, const Int8Product& product,
              const MatrixSplit& split, uint64_t begin, uint64_t end) {
  const void* pointers[kMostTileRows];
  kernels::Int8GemmTile tile = product.tile;
  tile.a = pointers;
  tile.packed = packed;
  tile.taps = 1;
  tile.depth = matrix.depth;
  tile.out_stride = product.out_stride;
  const size_t bytes = bytes_of_output(tile.requantize);
  split.for_each_tile(begin, end, [&](int64_t row, int64_t end_row, size_t panel, size_t last) {
    tile.rows = static_cast<size_t>(end_row - row);
    for (size_t i = 0; i < tile.rows; ++i) {
      pointers[i] =
          static_cast<const char*>(product.a) + (row + static_cast<int64_t>(i)) * product.a_stride;
    }
    tile.first_column = matrix.column_of(panel);
    tile.columns = matrix.column_of(last) - tile.first_column;
    tile.out = static_cast<char*>(product.tile.out) +
               (static_cast<size_t>(row * product.out_stride) + tile.first_column) * bytes;
    if (product.row_scales) tile.row_scales = product.row_scales + row;
    if (product.row_zeros) tile.row_zeros = product.row_zeros + row;
    matrix.gemm->run(tile);
  });
}

void positive_multiplier(double real, int32_t* significand, int32_t* shift) {
  baton_quantize_multiplier(real, significand, shift);
  if (*significand != 0) return;
  // The high half of a product with 1 is -1, 0 or 1, of which the shift leaves nothing.
  *significand = 1;
  *shift = -31;
}

}  // namespace baton::cpu
