#include "delegates/cpu/lowering.h"

#include <set>
#include <string>

#include "delegates/cpu/cost.h"
#include "delegates/cpu/fusion.h"
#include "delegates/cpu/half.h"
#include "delegates/cpu/matrix.h"
#include "delegates/cpu/unsigned_bytes.h"

namespace baton::cpu {
namespace {

// Float16 constants that a DEQUANTIZE makes float32: done once, here.
bool fold_dequantize(const sdk::Graph& graph, const sdk::Node& node, const Compiler& compiler,
                     Lowered* lowered) {
  if (node.op() != BATON_OP_DEQUANTIZE) return false;
  const sdk::Tensor input = graph.input_of(node, 0);
  if (!input.constant() || input.dtype() != BATON_FLOAT16) return false;
  const auto count = static_cast<uint64_t>(input.count());
  std::shared_ptr<std::byte> memory = compiler.allocate_alone(count * sizeof(float));
  float_from_half(input.data<uint16_t>(), count, reinterpret_cast<float*>(memory.get()));
  lowered->constants[node.outputs()[0]] = {std::move(memory), input.index()};
  return true;
}

// Before the weights are packed, so that there are never three copies of them. Two nodes may read
// one constant.
void let_go_of_folded(const sdk::Graph& partition, const Lowered& lowered) {
  std::set<int32_t> read;
  for (const LoweredNode& node : lowered.nodes) {
    for (const int32_t tensor : node.view.input_tensors()) read.insert(tensor);
  }
  for (uint32_t i = 0; i < partition.node_count(); ++i) {
    const sdk::Node node = partition.node(i);
    if (lowered.constants.count(node.outputs()[0]) == 0 || read.count(node.inputs()[0]) != 0) {
      continue;
    }
    partition.done_with_constant(node.inputs()[0]);
  }
}

}  // namespace

NodeView view_of(const sdk::Graph& graph, const sdk::Node& node) {
  std::vector<Operand> inputs, outputs, intermediates;
  for (const int32_t index : node.inputs()) {
    const sdk::Tensor tensor = graph.tensor(index);
    inputs.emplace_back(tensor, tensor && tensor.constant() ? tensor.data<void>() : nullptr);
  }
  for (const int32_t index : node.outputs()) outputs.emplace_back(graph.tensor(index), nullptr);
  for (uint32_t i = 0; i < node.abi()->intermediate_count; ++i) {
    intermediates.emplace_back(graph.tensor(node.abi()->intermediates[i]), nullptr);
  }
  return NodeView(node, std::move(inputs), std::move(outputs), std::move(intermediates));
}

Lowered lower(const sdk::Graph& partition, const Compiler& compiler) {
  Lowered lowered;
  std::set<int32_t> results;
  for (uint32_t i = 0; i < partition.output_count(); ++i) results.insert(partition.output(i));
  for (uint32_t i = 0; i < partition.node_count(); ++i) {
    const sdk::Node node = partition.node(i);
    const Operator* op = find_operator(node.op());
    if (op == nullptr) {
      throw sdk::Error(BATON_REASON_OP_UNKNOWN,
                       std::string("node ") + std::to_string(node.index()) + " (" + node.name() +
                           ") is not among the delegate's operators");
    }
    const bool is_result = results.count(node.outputs()[0]) != 0;
    if (!is_result && fold_dequantize(partition, node, compiler, &lowered)) continue;
    NodeView view = view_of(partition, node);
    for (size_t k = 0; k < view.input_count(); ++k) {
      const auto found = lowered.constants.find(view.input(k).index());
      if (found == lowered.constants.end()) continue;
      const Lowered::Computed& computed = found->second;
      view.set_input(
          k, Operand(partition.tensor(found->first), computed.memory.get(), computed.source));
    }
    const NodeShare share{node.index(), estimate_work_ns(view)};
    lowered.nodes.push_back({std::move(view), op, {share}, nullptr});
  }
  let_go_of_folded(partition, lowered);
  fuse(partition, &lowered.nodes);
  if (int8_gemm(compiler)->wants_unsigned_rows) {
    lowered.lifted = lift_bytes(partition, &lowered.nodes);
  }
  return lowered;
}

}  // namespace baton::cpu
