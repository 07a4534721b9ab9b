#include "delegates/cpu/cost.h"

namespace baton::cpu {
namespace {

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
      return node.input(0).rank() > 0 ? node.input(0).dim(node.input(0).rank() - 1) : 0;
    default:
      return 0;
  }
}

}  // namespace

int64_t estimate_ns(const NodeView& node) {
  constexpr int64_t kProductsPerNs = 32, kElementsPerNs = 4, kStepNs = 50;
  const int64_t elements = node.output().count();
  return kStepNs + elements * depth_of_product(node) / kProductsPerNs + elements / kElementsPerNs;
}

}  // namespace baton::cpu
