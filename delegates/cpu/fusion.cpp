#include "delegates/cpu/fusion.h"

#include <algorithm>
#include <map>
#include <set>

#include "delegates/cpu/check.h"
#include "delegates/cpu/residual.h"

namespace baton::cpu {
namespace {

class Fuser {
 public:
  Fuser(const sdk::Graph& partition, std::vector<LoweredNode>* nodes) : nodes_(*nodes) {
    for (uint32_t i = 0; i < partition.output_count(); ++i) ++uses_[partition.output(i)];
    for (size_t i = 0; i < nodes_.size(); ++i) {
      for (const int32_t tensor : nodes_[i].view.input_tensors()) ++uses_[tensor];
      for (const int32_t tensor : nodes_[i].view.output_tensors()) producers_[tensor] = i;
    }
    gone_.assign(nodes_.size(), false);
  }

  void run() {
    for (size_t i = 0; i < nodes_.size(); ++i) {
      switch (nodes_[i].view.op()) {
        case BATON_OP_CONV_2D:
        case BATON_OP_DEPTHWISE_CONV_2D:
          take_padding(i);
          break;
        case BATON_OP_RELU:
        case BATON_OP_RELU6:
        case BATON_OP_RELU_N1_TO_1:
          give_activation(i);
          break;
        case BATON_OP_ADD:
          give_residual(i);
          break;
        default:
          break;
      }
    }
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (!gone_[i] && nodes_[i].view.op() == BATON_OP_CONCATENATION) join(i);
    }
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (!gone_[i] && nodes_[i].strip == nullptr) form_strip(i);
    }
    std::vector<LoweredNode> left;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (!gone_[i]) left.push_back(std::move(nodes_[i]));
    }
    nodes_ = std::move(left);
  }

 private:
  static constexpr size_t kNone = SIZE_MAX;

  // The node that makes a tensor which nobody else reads.
  size_t sole_producer(int32_t tensor) const {
    const auto found = producers_.find(tensor);
    if (found == producers_.end() || uses_.at(tensor) != 1) return kNone;
    return found->second;
  }

  // Node `from` does the work of `into`, too, in its place.
  void merge(size_t from, size_t into) {
    LoweredNode merged = std::move(nodes_[from]);
    gone_[from] = true;
    const std::vector<NodeShare>& more = nodes_[into].shares;
    merged.shares.insert(merged.shares.end(), more.begin(), more.end());
    nodes_[into] = std::move(merged);
    const NodeView& view = nodes_[into].view;
    producers_[view.result().index()] = into;
  }

  // A PAD before a convolution that pads nothing itself.
  void take_padding(size_t index) {
    NodeView& conv = nodes_[index].view;
    const bool valid =
        conv.op() == BATON_OP_CONV_2D
            ? conv.attributes<baton_conv_2d_attributes>().padding == BATON_PADDING_VALID
            : conv.attributes<baton_depthwise_conv_2d_attributes>().padding == BATON_PADDING_VALID;
    const size_t found = sole_producer(conv.input(0).index());
    if (!valid || found == kNone || nodes_[found].view.op() != BATON_OP_PAD) return;
    const NodeView& pad = nodes_[found].view;
    const Operand& amounts = pad.input(1);
    if (!amounts.constant() || amounts.dtype() != BATON_INT32 || amounts.count() != 8 ||
        pad.input(0).rank() != 4 || pad.input(0).dtype() != conv.input(0).dtype() ||
        !same_quantization(pad.input(0), conv.input(0))) {
      return;
    }
    const auto* before_after = amounts.data<int32_t>();  // of batch, height, width, channels
    if (std::any_of(before_after, before_after + 8, [](int32_t n) { return n < 0; })) return;
    if (before_after[0] + before_after[1] + before_after[6] + before_after[7] != 0) return;
    conv.padding = ImagePadding{before_after[2], before_after[3], before_after[4], before_after[5]};
    conv.set_input(0, pad.input(0));
    gone_[found] = true;
  }

  static bool same_quantization(const Operand& a, const Operand& b) {
    if (a.dtype() == BATON_FLOAT32) return true;
    return a.per_tensor() && b.per_tensor() && a.scale() == b.scale() &&
           a.zero_point() == b.zero_point();
  }

  // A float RELU after a convolution without an activation of its own.
  void give_activation(size_t index) {
    const NodeView& relu = nodes_[index].view;
    const size_t found = sole_producer(relu.input(0).index());
    if (found == kNone || relu.input(0).dtype() != BATON_FLOAT32) return;
    NodeView& conv = nodes_[found].view;
    if (conv.residual || conv.activation) return;
    int32_t own = BATON_ACTIVATION_RELU;
    if (conv.op() == BATON_OP_CONV_2D) {
      own = conv.attributes<baton_conv_2d_attributes>().fused_activation_function;
    } else if (conv.op() == BATON_OP_DEPTHWISE_CONV_2D) {
      own = conv.attributes<baton_depthwise_conv_2d_attributes>().fused_activation_function;
    }
    if (own != BATON_ACTIVATION_NONE) return;
    conv.activation = relu.op() == BATON_OP_RELU    ? BATON_ACTIVATION_RELU
                      : relu.op() == BATON_OP_RELU6 ? BATON_ACTIVATION_RELU6
                                                    : BATON_ACTIVATION_RELU_N1_TO_1;
    conv.set_output(0, relu.output());
    nodes_[index].shares.clear();  // limits cost nothing there
    merge(found, index);
  }

  // An ADD of a convolution's output to another tensor of the same shape.
  void give_residual(size_t index) {
    const NodeView& add = nodes_[index].view;
    const int32_t activation = add.attributes<baton_add_attributes>().fused_activation_function;
    size_t best = kNone, operand = 0;
    for (size_t i = 0; i < 2; ++i) {
      const size_t found = sole_producer(add.input(i).index());
      if (found == kNone || !can_take_residual(nodes_[found].view, add, 1 - i, activation)) {
        continue;
      }
      // The later one: the other operand may be the earlier one's.
      if (best == kNone || found > best) {
        best = found;
        operand = 1 - i;
      }
    }
    if (best == kNone) return;
    NodeView& conv = nodes_[best].view;
    conv.residual = Residual{add.input(operand), add.output(), activation};
    merge(best, index);
  }

  static bool can_take_residual(const NodeView& conv, const NodeView& add, size_t operand,
                                int32_t activation) {
    const Operand& own = conv.output();
    const Operand& other = add.input(operand);
    const Operand& sum = add.output();
    if (conv.op() != BATON_OP_CONV_2D || conv.residual || conv.input(1).dtype() != own.dtype() ||
        other.dtype() != own.dtype() || sum.dtype() != own.dtype() || !same_dims(own, other) ||
        !same_dims(own, sum)) {
      return false;
    }
    return own.dtype() == BATON_FLOAT32 || can_add_residual(own, other, sum, activation);
  }

  // A CONCATENATION along the channels of nothing but convolutions: each writes its part.
  void join(size_t index) {
    const NodeView& concatenation = nodes_[index].view;
    const Operand& whole = concatenation.output();
    const auto& attributes = concatenation.attributes<baton_concatenation_attributes>();
    const auto rank = static_cast<int32_t>(whole.rank());
    if (rank != 4 || (attributes.axis != rank - 1 && attributes.axis != -1) ||
        attributes.fused_activation_function != BATON_ACTIVATION_NONE) {
      return;
    }
    for (size_t i = 0; i < concatenation.input_count(); ++i) {
      const Operand& part = concatenation.input(i);
      const size_t found = sole_producer(part.index());
      if (found == kNone || nodes_[found].view.op() != BATON_OP_CONV_2D ||
          nodes_[found].view.residual || part.dtype() != whole.dtype() ||
          !same_quantization(part, whole)) {
        return;
      }
    }
    int64_t channel = 0;
    for (size_t i = 0; i < concatenation.input_count(); ++i) {
      const Operand& part = concatenation.input(i);
      LoweredNode& conv = nodes_[producers_.at(part.index())];
      conv.view.join = Join{whole, channel};
      channel += part.dim(3);
    }
    gone_[index] = true;
  }

  // A depthwise convolution with the convolutions around it, where what lies between them is large.
  void form_strip(size_t index) {
    const NodeView& depthwise = nodes_[index].view;
    if (!can_be_in_strip(depthwise)) return;
    const size_t before = sole_producer(depthwise.input(0).index());
    const size_t after = sole_consumer(depthwise.output().index());
    const bool expands = before != kNone && nodes_[before].strip == nullptr &&
                         is_large(depthwise.input(0)) && can_expand(nodes_[before].view);
    const bool projects =
        after != kNone && is_large(depthwise.output()) && can_project(nodes_[after].view);
    if (!expands && !projects) return;
    const size_t place = projects ? after : index;
    auto strip = std::make_shared<Strip>(
        Strip{expands ? std::optional(nodes_[before].view) : std::nullopt, depthwise,
              projects ? std::optional(nodes_[after].view) : std::nullopt});
    if (expands) merge(before, index);
    if (projects) {
      // The projection's view tells the others what it makes.
      const NodeView last = nodes_[after].view;
      merge(index, after);
      nodes_[after].view = last;
    } else {
      nodes_[index].view = strip->depthwise;
    }
    nodes_[place].strip = std::move(strip);
    producers_[nodes_[place].view.result().index()] = place;
  }

  // Larger than what a second-level cache keeps beside the weights.
  static bool is_large(const Operand& tensor) {
    constexpr int64_t kLargeBytes = 768 << 10;
    return tensor.count() * static_cast<int64_t>(bytes_of(tensor.dtype())) >= kLargeBytes;
  }

  // The only node that reads a tensor.
  size_t sole_consumer(int32_t tensor) const {
    const auto found = uses_.find(tensor);
    if (found == uses_.end() || found->second != 1) return kNone;
    for (size_t i = 0; i < nodes_.size(); ++i) {
      if (!gone_[i] && nodes_[i].strip == nullptr && nodes_[i].view.input(0).index() == tensor) {
        return i;
      }
    }
    return kNone;
  }

  static bool same_dims(const Operand& a, const Operand& b) {
    return std::equal(a.dims().begin(), a.dims().end(), b.dims().begin(), b.dims().end());
  }

  std::vector<LoweredNode>& nodes_;
  std::map<int32_t, int> uses_;
  std::map<int32_t, size_t> producers_;
  std::vector<bool> gone_;
};

}  // namespace

void fuse(const sdk::Graph& partition, std::vector<LoweredNode>* nodes) {
  Fuser(partition, nodes).run();
}

}  // namespace baton::cpu
