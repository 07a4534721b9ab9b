#include "delegates/cpu/program.h"

#include <set>
#include <string>

#include "delegates/cpu/operator.h"

namespace baton::cpu {
namespace {

void check_again(const LoweredNode& node) {
  if (const Refusal refusal = node.op->check(node.view)) {
    throw sdk::Error(refusal.reason, "node " + std::to_string(node.view.index()) + " (" +
                                         node.view.name() + "): " + refusal.sentence);
  }
}

std::unique_ptr<Step> compile_node(const LoweredNode& node, const Compiler& compiler) {
  std::unique_ptr<Step> step;
  if (node.strip != nullptr) {
    step = compile_strip(*node.strip, compiler);
  } else {
    check_again(node);
    step = node.op->compile(node.view, compiler);
  }
  step->shares = node.shares;
  return step;
}

// Of constants that share memory when they are packed: float16 becomes float32.
uint64_t small_constant_bytes(const sdk::Graph& partition) {
  std::set<int32_t> constants;
  for (uint32_t i = 0; i < partition.node_count(); ++i) {
    for (const int32_t tensor : partition.node(i).inputs()) {
      if (tensor >= 0 && partition.tensor(tensor).constant()) constants.insert(tensor);
    }
  }
  uint64_t sum = 0;
  for (const int32_t tensor : constants) {
    const sdk::Tensor constant = partition.tensor(tensor);
    const uint64_t bytes = constant.bytes() * (constant.dtype() == BATON_FLOAT16 ? 2 : 1);
    if (bytes < WeightMemory::kHugePage) sum += bytes;
  }
  return sum;
}

// Lets go of constants that steps have packed.
void drop_packed_constants(const sdk::Graph& partition,
                           const std::vector<std::unique_ptr<Step>>& steps, Lowered* lowered) {
  std::set<int32_t> read;
  for (const auto& step : steps) read.insert(step->inputs.begin(), step->inputs.end());
  for (auto it = lowered->constants.begin(); it != lowered->constants.end();) {
    it = read.count(it->first) != 0 ? std::next(it) : lowered->constants.erase(it);
  }
  for (uint32_t i = 0; i < partition.node_count(); ++i) {
    for (const int32_t tensor : partition.node(i).inputs()) {
      if (tensor < 0 || read.count(tensor) != 0 || !partition.tensor(tensor).constant()) continue;
      partition.done_with_constant(tensor);
      read.insert(tensor);
    }
  }
}

}  // namespace

CpuProgram::CpuProgram(const Settings& settings, const sdk::Graph& partition, const sdk::Host& host)
    : settings(settings) {
  WeightMemory memory(host, small_constant_bytes(partition));
  const Compiler compiler(this->settings, host, partition, &memory);
  lowered = lower(partition, compiler);
  for (const LoweredNode& node : lowered.nodes) steps.push_back(compile_node(node, compiler));
  // Views show the graph, which is gone after this call.
  lowered.nodes.clear();
  drop_packed_constants(partition, steps, &lowered);
  storage = std::make_unique<Storage>(partition, lowered, steps);
  for (uint32_t i = 0; i < partition.node_count(); ++i) {
    nodes.push_back(partition.node(i).index());
  }
}

std::unique_ptr<sdk::Instance> CpuProgram::instantiate(const sdk::Shapes&) {
  return std::make_unique<CpuInstance>(*this);
}

}  // namespace baton::cpu
