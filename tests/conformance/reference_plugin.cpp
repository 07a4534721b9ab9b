#include "tests/conformance/reference_plugin.h"

#include <algorithm>
#include <baton/plugin.hpp>
#include <cstring>
#include <map>
#include <vector>

#include "core/base/aligned_memory.h"
#include "core/base/checked.h"
#include "core/graph/propagate.h"
#include "core/ops/operator.h"

namespace baton::conformance {
namespace {

using sdk::Error;

// ---- What of the graph outlives a call ----------------------------------------------------------

// A tensor of the partition that needs nothing of the host any more.
struct OwnedTensor {
  std::string name;
  std::vector<int32_t> dims;
  std::vector<float> scales;
  std::vector<int64_t> zero_points;
  baton_quantization quantization{};
  sdk::Host::Memory content{nullptr, {nullptr}};  // of a constant
  baton_tensor abi{};
};

void own(sdk::Host host, const sdk::Tensor& tensor, OwnedTensor* owned) {
  owned->abi = *tensor.abi();
  owned->name = tensor.name();
  owned->dims.assign(tensor.dims().begin(), tensor.dims().end());
  owned->quantization = tensor.quantization();
  const baton_quantization& q = tensor.quantization();
  if (q.scales != nullptr) owned->scales.assign(q.scales, q.scales + q.count);
  if (q.zero_points != nullptr) owned->zero_points.assign(q.zero_points, q.zero_points + q.count);
  owned->quantization.scales = q.scales != nullptr ? owned->scales.data() : nullptr;
  owned->quantization.zero_points = q.zero_points != nullptr ? owned->zero_points.data() : nullptr;
  owned->abi.name = owned->name.c_str();
  owned->abi.dims = owned->dims.data();
  owned->abi.dims_signature = owned->dims.data();
  owned->abi.quantization = &owned->quantization;
  if (!tensor.constant()) return;
  owned->content = host.allocate(tensor.bytes() + kTensorPadding);
  if (tensor.bytes() != 0) {
    std::memcpy(owned->content.get(), tensor.data<void>(), tensor.bytes());
  }
  owned->abi.data = owned->content.get();
}

struct OwnedNode {
  const Operator* op = nullptr;
  std::vector<int32_t> inputs, outputs, intermediates;
  baton_node abi{};  // attributes: the host keeps them as long as the program
};

void own(const sdk::Node& node, OwnedNode* owned) {
  const baton_node& abi = *node.abi();
  owned->op = find_operator(abi.op, abi.name);
  owned->inputs.assign(abi.inputs, abi.inputs + abi.input_count);
  owned->outputs.assign(abi.outputs, abi.outputs + abi.output_count);
  owned->intermediates.assign(abi.intermediates, abi.intermediates + abi.intermediate_count);
  owned->abi = abi;
  owned->abi.name = owned->op->name;
  owned->abi.inputs = owned->inputs.data();
  owned->abi.outputs = owned->outputs.data();
  owned->abi.intermediates = owned->intermediates.data();
}

// ---- A run --------------------------------------------------------------------------------------

// What a kernel asks of its session, asked of the host.
class Services final : public SessionServices {
 public:
  explicit Services(const sdk::Execution& execution) : execution_(execution) {}

  void parallel_for(uint64_t count, uint64_t grain, baton_range_fn fn, void* user) override {
    const baton_execution* abi = execution_.abi();
    abi->parallel_for(abi, count, grain, fn, user);
  }
  uint32_t thread_count() const override { return execution_.thread_count(); }
  bool cancelled() const override { return execution_.is_cancelled(); }

  // For operators that are never offered.
  Status infer_subgraph(uint32_t, std::span<const Value* const>, std::span<Value* const>) override {
    return host_only();
  }
  Status call_subgraph(uint32_t, std::span<const Value* const>,
                       std::vector<const Value*>*) override {
    return host_only();
  }
  bool first_call(uint32_t) override { return false; }
  int32_t resource_id(const char*, const char*) override { return -1; }
  const Resource* resource(int32_t) override { return nullptr; }
  Status assign_resource(int32_t, const Value&) override { return host_only(); }
  Status place_output(Value&) override { return host_only(); }

 private:
  static Status host_only() { return error(BATON_UNSUPPORTED, "only the core's own session can"); }

  const sdk::Execution& execution_;
};

[[noreturn]] void fail(const OwnedNode& node, const Status& status, uint32_t reason) {
  throw Error(reason,
              format("%s (node %u): %s", node.op->name, node.abi.index, status.message().c_str()),
              status.code());
}

class ReferenceProgram : public sdk::Program {
 public:
  ReferenceProgram(sdk::Host host, const sdk::Graph& graph);
  std::unique_ptr<sdk::Instance> instantiate(const sdk::Shapes& shapes) override;

  const sdk::Host host;
  const uint32_t tensor_count;
  std::map<int32_t, OwnedTensor> tensors;
  std::vector<OwnedNode> nodes;
  std::vector<int32_t> inputs, outputs, states;
};

ReferenceProgram::ReferenceProgram(sdk::Host host, const sdk::Graph& graph)
    : host(host), tensor_count(graph.tensor_count()) {
  for (uint32_t i = 0; i < graph.input_count(); ++i) inputs.push_back(graph.input(i));
  for (uint32_t i = 0; i < graph.output_count(); ++i) outputs.push_back(graph.output(i));
  for (uint32_t i = 0; i < graph.state_count(); ++i) states.push_back(graph.state(i));
  nodes.resize(graph.node_count());
  for (uint32_t i = 0; i < graph.node_count(); ++i) {
    own(graph.node(i), &nodes[i]);
    for (const auto* list : {&nodes[i].inputs, &nodes[i].outputs, &nodes[i].intermediates}) {
      for (const int32_t index : *list) {
        if (index < 0 || tensors.count(index) != 0) continue;
        own(host, graph.tensor(index), &tensors[index]);
        graph.done_with_constant(index);
      }
    }
  }
}

class ReferenceInstance : public sdk::Instance {
 public:
  explicit ReferenceInstance(const ReferenceProgram& program) : program_(program) {}
  sdk::Needs reshape(const sdk::Shapes& shapes) override;
  void execute(const sdk::Execution& execution, const sdk::Bindings& bindings) override;

 private:
  Value& value(int32_t tensor) { return values_[static_cast<size_t>(tensor)]; }
  void place_inner_tensors();

  const ReferenceProgram& program_;
  std::vector<Value> values_;  // by tensor
  std::vector<std::unique_ptr<NodeContext>> contexts_;
  sdk::Host::Memory inner_{nullptr, {nullptr}};  // tensors that do not leave the partition
};

sdk::Needs ReferenceInstance::reshape(const sdk::Shapes& shapes) {
  contexts_.clear();
  values_.assign(program_.tensor_count, Value());
  for (const auto& [index, tensor] : program_.tensors) {
    value(index) = Value(tensor.abi);
    if (value(index).constant() || tensor.abi.bits == 0) continue;
    const auto dims = shapes.dims(index);
    const Status status = value(index).set_dims({dims.data(), dims.size()});
    if (!status.ok()) throw Error(BATON_REASON_SHAPE, status.message());
  }
  place_inner_tensors();
  sdk::Needs needs;
  for (const OwnedNode& node : program_.nodes) {
    contexts_.push_back(std::make_unique<NodeContext>(node.abi, values_, node.op));
    NodeContext& context = *contexts_.back();
    if (node.op->prepare == nullptr) continue;
    const Status status = node.op->prepare(context);
    // These shapes it cannot serve; the host asks anew.
    if (!status.ok()) fail(node, status, BATON_REASON_SHAPE);
    needs.scratch_bytes = std::max(needs.scratch_bytes, context.scratch_bytes());
  }
  return needs;
}

void ReferenceInstance::place_inner_tensors() {
  std::vector<std::pair<int32_t, uint64_t>> offsets;
  uint64_t bytes = 0;
  const auto contains = [](const std::vector<int32_t>& list, int32_t tensor) {
    return std::ranges::find(list, tensor) != list.end();
  };
  for (const OwnedNode& node : program_.nodes) {
    for (const int32_t tensor : node.outputs) {
      if (tensor < 0 || contains(program_.outputs, tensor)) continue;
      offsets.emplace_back(tensor, bytes);
      // A tensor has at most 2^46 bytes.
      const auto room =
          checked_round_up(value(tensor).bytes() + kTensorPadding, kTensorAlignment).value_or(0);
      const auto end = checked_add(bytes, room);
      if (!end) throw Error(BATON_REASON_TOO_LARGE, "its tensors have more than 2^64 bytes");
      bytes = *end;
    }
  }
  inner_ = program_.host.allocate(bytes);
  for (const auto& [tensor, offset] : offsets) {
    value(tensor).set_data(static_cast<uint8_t*>(inner_.get()) + offset);
  }
}

void ReferenceInstance::execute(const sdk::Execution& execution, const sdk::Bindings& bindings) {
  for (size_t i = 0; i < program_.inputs.size(); ++i) {
    value(program_.inputs[i])
        .set_data(sdk::Bindings::host<void>(bindings.input(static_cast<uint32_t>(i))));
  }
  for (size_t i = 0; i < program_.outputs.size(); ++i) {
    value(program_.outputs[i])
        .set_data(sdk::Bindings::host<void>(bindings.output(static_cast<uint32_t>(i))));
  }
  // Kernels change state where it lies: the new one, which begins as the old.
  for (size_t i = 0; i < program_.states.size(); ++i) {
    const baton_buffer& from = bindings.state_in(static_cast<uint32_t>(i));
    void* to = sdk::Bindings::host<void>(bindings.state_out(static_cast<uint32_t>(i)));
    if (from.bytes != 0) std::memcpy(to, sdk::Bindings::host<void>(from), from.bytes);
    value(program_.states[i]).set_data(to);
  }
  Services services(execution);
  for (size_t i = 0; i < contexts_.size(); ++i) {
    if (execution.is_cancelled()) throw sdk::cancelled();
    const OwnedNode& node = program_.nodes[i];
    NodeContext& context = *contexts_[i];
    if (computes_nothing(context, *node.op)) continue;
    context.set_services(&services);
    context.set_scratch(execution.scratch<void>());
    const Status status = node.op->run(context);
    context.set_services(nullptr);
    if (status.code() == BATON_CANCELLED) throw sdk::cancelled();
    if (!status.ok()) fail(node, status, BATON_REASON_OTHER);
  }
}

std::unique_ptr<sdk::Instance> ReferenceProgram::instantiate(const sdk::Shapes&) {
  return std::make_unique<ReferenceInstance>(*this);
}

// ---- The plugin ---------------------------------------------------------------------------------

class ReferencePlugin : public sdk::Plugin {
 public:
  explicit ReferencePlugin(sdk::Host host)
      : Plugin(host),
        device_(sdk::make_device("Reference kernels", "", BATON_DEVICE_CPU,
                                 BATON_DEVICE_USABLE | BATON_DEVICE_EXACT_INTEGER)) {}

  static sdk::About about() {
    return {"Baton", "1.0", "The reference kernels, by way of the plugin ABI."};
  }

  uint32_t device_count() override { return 1; }
  const baton_device_info* device(uint32_t device) override {
    return device == 0 ? &device_ : nullptr;
  }
  int32_t max_version(uint32_t, int32_t op) override {
    const Operator* known = find_operator(op, "");
    return known != nullptr && !(known->flags & kHostOnly) ? known->max_version : 0;
  }

  void examine(uint32_t, const sdk::Options&, const sdk::Graph& graph,
               const sdk::Answer& answer) override;
  std::unique_ptr<sdk::Program> compile(uint32_t, const sdk::Options&,
                                        const sdk::Graph& partition) override {
    return std::make_unique<ReferenceProgram>(host(), partition);
  }

 private:
  baton_device_info device_;
};

// The kernel's own checks, at these shapes. A shape rule that needs the content of an input can
// only have it from a constant.
Status check(const Operator& op, const sdk::Node& node, std::span<Value> values) {
  NodeContext context(*node.abi(), values, &op);
  BATON_RETURN_IF_ERROR(op.infer(context));
  for (const int32_t tensor : node.outputs()) {
    if (tensor < 0 || values[static_cast<size_t>(tensor)].shape_known()) continue;
    return Status(BATON_UNSUPPORTED, "its shape depends on an input that is no constant",
                  BATON_REASON_NOT_CONSTANT);
  }
  return op.prepare != nullptr ? op.prepare(context) : Status();
}

void ReferencePlugin::examine(uint32_t, const sdk::Options&, const sdk::Graph& graph,
                              const sdk::Answer& answer) {
  std::vector<Value> values(graph.tensor_count());
  for (uint32_t i = 0; i < graph.node_count(); ++i) {
    const sdk::Node node = graph.node(i);
    if (!node.offered()) continue;
    const Operator* op = find_operator(node.op(), node.name());
    if (node.op() == BATON_OP_CUSTOM || op == nullptr) {
      answer.no(node, BATON_REASON_OP_UNKNOWN,
                std::string("there is no kernel for ") + node.name());
      continue;
    }
    const baton_node& abi = *node.abi();
    for (const auto tensors :
         {node.inputs(), node.outputs(),
          sdk::Span<const int32_t>(abi.intermediates, abi.intermediate_count)}) {
      for (const int32_t tensor : tensors) {
        if (tensor < 0) continue;
        values[static_cast<size_t>(tensor)] = Value(*graph.tensor(tensor).abi());
      }
    }
    const Status status = check(*op, node, values);
    if (status.ok()) {
      answer.yes(node);
    } else {
      answer.no(
          node,
          status.reason() != BATON_REASON_NONE ? status.reason() : uint32_t{BATON_REASON_OTHER},
          status.message());
    }
  }
}

}  // namespace

const baton_plugin_info* reference_plugin_query(uint32_t host_abi) {
  return sdk::Border::query<ReferencePlugin>(kReferencePlugin, host_abi);
}

}  // namespace baton::conformance
