#include "delegates/cpu/unsigned_bytes.h"

#include <memory>

namespace baton::cpu {
namespace {

bool is_conv(const NodeView& node) {
  return (node.op() == BATON_OP_CONV_2D || node.op() == BATON_OP_DEPTHWISE_CONV_2D) &&
         node.input(0).dtype() == BATON_INT8 && !node.join;
}

// Calls visit(view) for each node, and for each in a strip.
template <typename Visit>
void for_each_view(std::vector<LoweredNode>* nodes, const Visit& visit) {
  for (LoweredNode& node : *nodes) {
    if (node.strip == nullptr) {
      visit(node.view);
      continue;
    }
    auto strip = std::make_shared<Strip>(*node.strip);
    if (strip->expand) visit(*strip->expand);
    visit(strip->depthwise);
    if (strip->project) visit(*strip->project);
    node.strip = std::move(strip);
  }
}

class Lifter {
 public:
  Lifter(const sdk::Graph& partition, std::vector<LoweredNode>* nodes) : nodes_(nodes) {
    std::set<int32_t> seen;  // by others than convolutions
    for (uint32_t i = 0; i < partition.output_count(); ++i) seen.insert(partition.output(i));
    for_each_view(nodes_, [&](const NodeView& node) {
      const size_t first = is_conv(node) ? 1 : 0;  // of the inputs that are read as they are
      for (size_t i = first; i < node.input_count(); ++i) seen.insert(node.input(i).index());
      if (is_conv(node)) {
        lifted_.insert(node.result().index());
        if (node.residual) {
          sums_.push_back({node.residual->operand.index(), node.residual->sum.index()});
        }
      } else {
        for (const int32_t tensor : node.output_tensors()) seen.insert(tensor);
        seen.insert(node.result().index());
      }
    });
    for (const int32_t tensor : seen) lifted_.erase(tensor);
    settle_sums();
  }

  std::set<int32_t> run() {
    for_each_view(nodes_, [&](NodeView& node) {
      if (!is_conv(node)) return;
      node.set_input(0, lifted(node.input(0)));
      if (node.residual) {
        node.residual->operand = lifted(node.residual->operand);
        node.residual->sum = lifted(node.residual->sum);
      } else {
        node.set_output(0, lifted(node.output()));
      }
    });
    return lifted_;
  }

 private:
  // A residual is of the sum's kind.
  struct Sum {
    int32_t operand, sum;
  };
  void settle_sums() {
    for (bool settled = false; !settled;) {
      settled = true;
      for (const Sum& sum : sums_) {
        if (lifted_.count(sum.operand) == lifted_.count(sum.sum)) continue;
        lifted_.erase(sum.operand);
        lifted_.erase(sum.sum);
        settled = false;
      }
    }
  }

  Operand lifted(Operand operand) const {
    if (lifted_.count(operand.index()) != 0) operand.lift();
    return operand;
  }

  std::vector<LoweredNode>* nodes_;
  std::set<int32_t> lifted_;
  std::vector<Sum> sums_;
};

}  // namespace

std::set<int32_t> lift_bytes(const sdk::Graph& partition, std::vector<LoweredNode>* nodes) {
  return Lifter(partition, nodes).run();
}

}  // namespace baton::cpu
