#include "core/host/plugin_operator.h"

#include <string>
#include <vector>

#include "core/host/execution_view.h"
#include "core/host/plugin.h"

namespace baton {
namespace {

// The tensors as run shows them: with data. Sized once, filled in before each run.
struct RunData : OpData {
  std::vector<baton_tensor> inputs;
  std::vector<baton_tensor> outputs;
};

struct Call {
  NodeContext* node;
  RunData* data;  // nullptr in infer
  Status failed;  // the first bad shape

  static Call& of(const baton_kernel_call* call) { return *static_cast<Call*>(call->context); }
};

const baton_tensor* call_input(const baton_kernel_call* abi, uint32_t position) {
  const Call& call = Call::of(abi);
  const int i = static_cast<int>(position);
  if (position >= call.node->node().input_count || !call.node->has_input(i)) return nullptr;
  return call.data != nullptr ? &call.data->inputs[position] : &call.node->input(i).info();
}

const baton_tensor* call_output(const baton_kernel_call* abi, uint32_t position) {
  const Call& call = Call::of(abi);
  if (position >= call.node->node().output_count) return nullptr;
  return call.data != nullptr ? &call.data->outputs[position]
                              : &call.node->output(static_cast<int>(position)).info();
}

void* call_output_data(const baton_kernel_call* abi, uint32_t position) {
  const Call& call = Call::of(abi);
  if (call.data == nullptr || position >= call.node->node().output_count) return nullptr;
  return call.node->output(static_cast<int>(position)).data();
}

int32_t call_set_output_dims(const baton_kernel_call* abi, uint32_t position, uint32_t rank,
                             const int32_t* dims) {
  Call& call = Call::of(abi);
  if (call.data != nullptr || position >= call.node->node().output_count) {
    return BATON_INVALID_ARGUMENT;
  }
  Status status = call.node->set_output_dims(static_cast<int>(position), {dims, rank});
  const baton_status code = status.code();
  if (!status.ok() && call.failed.ok()) call.failed = std::move(status);
  return code;
}

const PluginOperator& self(const NodeContext& node) {
  return *static_cast<const PluginOperator*>(node.op()->user);
}

using KernelFn = int32_t (*)(baton_plugin*, const baton_kernel_call*);

Status call_plugin(NodeContext& node, KernelFn fn, const char* stage, RunData* data) {
  const PluginOperator& op = self(node);
  Call call{&node, data, {}};
  baton_kernel_call abi{};
  abi.struct_size = sizeof(abi);
  abi.context = &call;
  abi.node = &node.node();
  abi.input = &call_input;
  abi.output = &call_output;
  abi.output_data = &call_output_data;
  abi.set_output_dims = &call_set_output_dims;
  ExecutionView execution(node.services(), nullptr);
  Status status = op.plugin.call(Plugin::Serial::kNo, op.plugin.label(), stage, [&] {
    const baton_execution* entered = execution.enter();
    abi.execution = data != nullptr ? entered : nullptr;
    return fn(op.plugin.object(), &abi);
  });
  return status.ok() ? std::move(call.failed) : std::move(status);
}

Status infer(NodeContext& node) {
  const PluginOperator& op = self(node);
  if (node.node().version > op.source.max_version) {
    return error(BATON_UNSUPPORTED, "%s has version %d, plugin %s knows version %d at most",
                 op.op.name, node.node().version, op.plugin.name().c_str(), op.source.max_version);
  }
  return call_plugin(node, op.source.infer, "infer the shapes of its operator", nullptr);
}

Status prepare(NodeContext& node) {
  const PluginOperator& op = self(node);
  if (op.source.run == nullptr) {
    return error(BATON_UNSUPPORTED,
                 "plugin %s brings %s for its delegate only: name the plugin with --delegate",
                 op.plugin.name().c_str(), op.op.name);
  }
  auto data = std::make_unique<RunData>();
  data->inputs.resize(node.node().input_count);
  data->outputs.resize(node.node().output_count);
  node.set_data(std::move(data));
  return {};
}

Status run(NodeContext& node) {
  RunData& data = const_cast<RunData&>(node.data<RunData>());
  for (int i = 0; i < node.input_count(); ++i) {
    if (!node.has_input(i)) continue;
    data.inputs[static_cast<size_t>(i)] = node.input(i).info();
    data.inputs[static_cast<size_t>(i)].data = node.input(i).data();
  }
  for (int i = 0; i < node.output_count(); ++i) {
    data.outputs[static_cast<size_t>(i)] = node.output(i).info();
  }
  return call_plugin(node, self(node).source.run, "run its operator", &data);
}

}  // namespace

PluginOperator::PluginOperator(const Plugin& owner, const baton_custom_operator& table)
    : plugin(owner), source(table) {
  op.code = BATON_OP_CUSTOM;
  op.name = table.name;
  op.summary = table.help != nullptr ? table.help : "";
  op.max_version = table.max_version;
  op.inputs = {0, -1};
  op.outputs = {0, -1};
  op.infer = &infer;
  op.prepare = &prepare;
  op.run = &run;
  op.user = this;
}

}  // namespace baton
