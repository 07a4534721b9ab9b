#include "delegates/cpu/cost.h"

namespace baton::cpu {
namespace {

int64_t depth_of_matrices(const NodeView& node) {
  const Operand& x = node.input(0);
  const bool transposed = node.attributes<baton_batch_mat_mul_attributes>().adj_x;
  return x.rank() < 2 ? 0 : x.dim(x.rank() - (transposed ? 2 : 1));
}

// Multiply-adds per output element: the size of the filter but for its output channels.
int64_t depth_of_product(const NodeView& node) {
  const Operand& weights = node.input(1);
  if (!weights || weights.rank() == 0) return 0;
  switch (node.op()) {
    case BATON_OP_CONV_2D:
    case BATON_OP_FULLY_CONNECTED:
      return weights.dim(0) > 0 ? weights.count() / weights.dim(0) : 0;
    case BATON_OP_DEPTHWISE_CONV_2D:
      return weights.rank() == 4 ? int64_t{weights.dim(1)} * weights.dim(2) : 0;
    case BATON_OP_BATCH_MATMUL:
      return depth_of_matrices(node);
    default:
      return 0;
  }
}

}  // namespace

double estimate_work_ns(const NodeView& node) {
  constexpr double kProductsPerNs = 32, kElementsPerNs = 4;
  const auto elements = static_cast<double>(node.output().count());
  const auto depth = static_cast<double>(depth_of_product(node));
  return elements * (depth / kProductsPerNs + 1 / kElementsPerNs);
}

int64_t estimate_ns(const NodeView& node) {
  constexpr int64_t kStepNs = 50;
  return kStepNs + static_cast<int64_t>(estimate_work_ns(node));
}

}  // namespace baton::cpu
