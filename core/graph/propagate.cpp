#include "core/graph/propagate.h"

namespace baton {
namespace {

constexpr uint64_t kFoldAlignment = 64;

// Forgets what a former propagation found out.
Status reset_outputs(const Subgraph& subgraph, std::span<Value> values) {
  for (const Node& node : subgraph.nodes) {
    for (const int32_t output : node.outputs()) {
      Value& value = values[static_cast<size_t>(output)];
      if (value.known()) {
        value.set_known(false);
        value.set_data(nullptr);
      }
      BATON_RETURN_IF_ERROR(value.set_dims(value.dims()));
    }
  }
  return {};
}

bool inputs_have_shapes(const Node& node, std::span<const Value> values) {
  for (const int32_t input : node.inputs()) {
    if (input >= 0 && !values[static_cast<size_t>(input)].shape_known()) return false;
  }
  return true;
}

bool outputs_have_shapes(const Node& node, std::span<const Value> values) {
  for (const int32_t output : node.outputs()) {
    if (!values[static_cast<size_t>(output)].shape_known()) return false;
  }
  return true;
}

bool can_fold(const Node& node, std::span<const Value> values) {
  const uint32_t flags = node.op->flags;
  if (!(flags & kFoldable) || (flags & kSideEffect) || node.op->run == nullptr) return false;
  if (!(flags & kShapeOnly)) {
    for (const int32_t input : node.inputs()) {
      if (input >= 0 && !values[static_cast<size_t>(input)].known()) return false;
    }
  }
  uint64_t bytes = 0;
  for (const int32_t output : node.outputs()) {
    const Value& value = values[static_cast<size_t>(output)];
    if (value.info().bits == 0 || value.variable()) return false;
    bytes += value.bytes();
    if (bytes > kMaxFoldedBytes) return false;
  }
  return true;
}

uint8_t* align(uint8_t* memory) {
  const auto address = reinterpret_cast<uintptr_t>(memory);
  return memory + ((kFoldAlignment - address % kFoldAlignment) % kFoldAlignment);
}

std::unique_ptr<uint8_t[]> allocate(uint64_t bytes) {
  return std::make_unique<uint8_t[]>(static_cast<size_t>(bytes + kFoldAlignment));
}

// Memory for the outputs, each aligned and with a readable tail.
std::unique_ptr<uint8_t[]> place_outputs(const Node& node, std::span<Value> values) {
  const auto room = [](const Value& value) {
    return (value.bytes() + 2 * kFoldAlignment - 1) / kFoldAlignment * kFoldAlignment;
  };
  uint64_t total = 0;
  for (const int32_t output : node.outputs()) total += room(values[static_cast<size_t>(output)]);
  auto memory = allocate(total);
  uint8_t* at = align(memory.get());
  for (const int32_t output : node.outputs()) {
    Value& value = values[static_cast<size_t>(output)];
    value.set_data(at);
    at += room(value);
  }
  return memory;
}

// A kernel that cannot run gets no say here: the same error comes, with its place, when the session
// prepares the node.
bool run_once(NodeContext& context, const Operator& op) {
  context.set_services(nullptr);
  if (op.prepare != nullptr && !op.prepare(context).ok()) return false;
  if (computes_nothing(context, op)) return true;
  std::unique_ptr<uint8_t[]> scratch;
  if (context.scratch_bytes() != 0) {
    if (context.scratch_bytes() > (uint64_t{1} << 20)) return false;
    scratch = allocate(context.scratch_bytes());
    context.set_scratch(align(scratch.get()));
  }
  return op.run(context).ok();
}

bool fold(NodeContext& context, const Node& node, std::span<Value> values,
          Propagation& propagation) {
  auto memory = place_outputs(node, values);
  const bool folded = run_once(context, *node.op);
  for (const int32_t output : node.outputs()) {
    Value& value = values[static_cast<size_t>(output)];
    if (!folded) value.set_data(nullptr);
    value.set_known(folded);
  }
  if (folded) propagation.folded.push_back(std::move(memory));
  return folded;
}

// Tensors whose shape is the file's word only, because the core lacks an operator before them.
class Hearsay {
 public:
  explicit Hearsay(size_t tensors) : tensors_(tensors, false) {}
  bool reaches(const Node& node) const {
    for (const int32_t input : node.inputs()) {
      if (input >= 0 && tensors_[static_cast<size_t>(input)]) return true;
    }
    return false;
  }
  void spread(const Node& node) {
    for (const int32_t output : node.outputs()) tensors_[static_cast<size_t>(output)] = true;
  }

 private:
  std::vector<bool> tensors_;
};

NodeShape leave_unknown(const Node& node, std::span<Value> values) {
  for (const int32_t output : node.outputs()) {
    values[static_cast<size_t>(output)].set_shape_unknown();
  }
  return NodeShape::kDynamic;
}

Result<NodeShape> propagate_node(const Node& node, std::span<Value> values,
                                 SessionServices* services, Hearsay& hearsay,
                                 Propagation& propagation) {
  const bool from_hearsay = hearsay.reaches(node);
  if (node.op == nullptr || from_hearsay) hearsay.spread(node);
  if (!inputs_have_shapes(node, values)) return leave_unknown(node, values);
  if (node.op == nullptr) return NodeShape::kKnown;
  NodeContext context(node.abi, values, node.op);
  context.set_services(services);
  if (Status status = node.op->infer(context); !status.ok()) {
    // Files often leave shapes empty: no reason to refuse one that a delegate could run.
    if (from_hearsay) return leave_unknown(node, values);
    return status;
  }
  // All or none: a dynamic node's outputs get their memory in the run.
  if (!outputs_have_shapes(node, values)) return leave_unknown(node, values);
  if (can_fold(node, values) && fold(context, node, values, propagation)) return NodeShape::kFolded;
  return NodeShape::kKnown;
}

}  // namespace

bool computes_nothing(const NodeContext& context, const Operator& op) {
  if ((op.flags & kSideEffect) || op.user != nullptr || context.output_count() == 0) return false;
  for (int i = 0; i < context.input_count(); ++i) {
    if (context.has_input(i) && context.input(i).variable()) return false;
  }
  for (int i = 0; i < context.output_count(); ++i) {
    const Value& output = context.output(i);
    // The bytes of strings are found in the run.
    if (!output.shape_known() || output.info().bits == 0 || output.bytes() != 0) return false;
  }
  return true;
}

Result<Propagation> propagate(const Subgraph& subgraph, std::span<Value> values,
                              SessionServices* services) {
  BATON_RETURN_IF_ERROR(reset_outputs(subgraph, values));
  Propagation propagation;
  propagation.nodes.reserve(subgraph.nodes.size());
  Hearsay hearsay(values.size());
  for (const Node& node : subgraph.nodes) {
    auto shape = propagate_node(node, values, services, hearsay, propagation);
    if (!shape.ok()) return shape.status().at(subgraph.place(node.abi.index));
    propagation.nodes.push_back(*shape);
  }
  return propagation;
}

}  // namespace baton
