// BATCH_MATMUL in parts: what compile finds out, and the work.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "delegates/cpu/hybrid.h"
#include "delegates/cpu/matrix.h"

namespace baton::cpu {

// The types of x, y and the output.
enum class MatMulKind : uint8_t { kFloat, kHybrid, kInt8, kInt8ToInt32 };

// Everything that does not depend on shapes.
struct MatMulPlan {
  MatMulKind kind = MatMulKind::kFloat;
  bool adj_x = false, adj_y = false;
  int32_t x = -1, y = -1, output = -1;
  const kernels::F32Gemm* f32 = nullptr;
  const kernels::Int8Gemm* int8 = nullptr;
  kernels::HybridFunction quantize = nullptr;
  bool asymmetric = false;
  int32_t x_zero = 0, y_zero = 0, out_zero = 0;
  double scale = 0;
  int32_t multiplier = 0, shift = 0;
  std::vector<double> scales;         // kHybrid
  std::shared_ptr<std::byte> packed;  // all matrices of y, where it is constant

  bool real() const { return kind == MatMulKind::kFloat; }
  uint64_t x_bytes() const {
    return kind == MatMulKind::kInt8 || kind == MatMulKind::kInt8ToInt32 ? 1 : 4;
  }
  kernels::Int8GemmWeights int8_weights() const;
  // One matrix of y, whose weights are elsewhere.
  AnyMatrix matrix(size_t columns, size_t depth) const {
    return {{f32, columns, depth}, {int8, columns, depth}, nullptr};
  }
};

// Panels [first, end) of one matrix of y, [depth, columns] or the other way round.
void pack_matrix(const MatMulPlan& plan, const AnyMatrix& matrix, const void* y, size_t first,
                 size_t end, void* packed);

// The reference adds the zero point with saturation, the kernels do not: no sum may come there.
inline bool may_saturate(int64_t depth, double scale) {
  const double largest = static_cast<double>(depth) * 255 * 255;
  return largest * std::max(2 * scale, 1.0) >= 0x7fffff00;
}

inline constexpr const char* kMaySaturate = "the products can add up to more than 32 bits hold";

// One of the last two sizes, as the product sees them.
inline int32_t size_from_end(sdk::Span<const int32_t> dims, bool transposed, size_t from_end) {
  return dims[dims.size() - (transposed ? 3 - from_end : from_end)];
}

// Inputs of the step: x, and y where it is not packed. Throws sdk::Error for sizes that it cannot
// do.
std::unique_ptr<Work> make_matmul_work(std::shared_ptr<const MatMulPlan> plan, const Sizes& sizes);

}  // namespace baton::cpu
