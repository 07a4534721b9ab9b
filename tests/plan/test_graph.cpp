#include "tests/plan/test_graph.h"

#include <algorithm>

namespace baton::test {
namespace {

constexpr baton_quantization kNotQuantized{};
Status nothing(NodeContext&) { return {}; }
uint64_t thousand(const NodeContext&) { return 1000; }

}  // namespace

const Operator kPlainOp{.name = "PLAIN", .run = nothing, .work = thousand};
const Operator kEffectOp{.name = "EFFECT", .flags = kSideEffect, .run = nothing, .work = thousand};
const Operator kNoKernelOp{.name = "NO_KERNEL"};

const int32_t* TestGraph::keep(std::vector<int32_t> list) {
  lists_.push_back(std::move(list));
  return lists_.back().data();
}

int32_t TestGraph::tensor(int32_t bytes, uint32_t flags) {
  baton_tensor tensor{};
  tensor.struct_size = sizeof(tensor);
  tensor.index = static_cast<int32_t>(subgraph_.tensors.size());
  tensor.name = "t";
  tensor.dtype = BATON_UINT8;
  tensor.bits = 8;
  tensor.flags = flags;
  tensor.rank = 1;
  tensor.dims = tensor.dims_signature = keep({bytes});
  tensor.quantization = &kNotQuantized;
  tensor.bytes = static_cast<uint64_t>(bytes);
  subgraph_.tensors.push_back(tensor);
  subgraph_.producer.push_back(-1);
  if (flags & BATON_TENSOR_VARIABLE) subgraph_.variables.push_back(tensor.index);
  return tensor.index;
}

int32_t TestGraph::input(int32_t bytes) {
  subgraph_.inputs.push_back(tensor(bytes));
  return subgraph_.inputs.back();
}

uint32_t TestGraph::node(std::vector<int32_t> inputs, const Operator* op, int32_t bytes) {
  const auto index = static_cast<uint32_t>(subgraph_.nodes.size());
  const int32_t out = tensor(bytes);
  subgraph_.producer[static_cast<size_t>(out)] = static_cast<int32_t>(index);
  Node node;
  node.abi.struct_size = sizeof(node.abi);
  node.abi.index = index;
  node.abi.name = op != nullptr ? op->name : "UNKNOWN";
  node.abi.input_count = static_cast<uint32_t>(inputs.size());
  node.abi.inputs = keep(std::move(inputs));
  node.abi.output_count = 1;
  node.abi.outputs = keep({out});
  node.op = op;
  subgraph_.nodes.push_back(std::move(node));
  propagation_.nodes.push_back(NodeShape::kKnown);
  return index;
}

uint32_t TestGraph::after(const std::vector<uint32_t>& nodes, const Operator* op) {
  std::vector<int32_t> inputs;
  for (const uint32_t node : nodes) inputs.push_back(output_of(node));
  return node(std::move(inputs), op);
}

std::vector<Value> TestGraph::values() const {
  std::vector<Value> values;
  for (const baton_tensor& tensor : subgraph_.tensors) values.emplace_back(tensor);
  return values;
}

SubgraphPlan TestGraph::plan(const std::vector<DelegateOffer>& offers,
                             const PlanOptions& options) const {
  const std::vector<Value> values = this->values();
  return make_plan(subgraph_, values, propagation_, offers, options);
}

DelegateOffer offer_for(const TestGraph& graph, const std::vector<uint32_t>& nodes,
                        int64_t cost_ns) {
  DelegateOffer offer;
  for (uint32_t i = 0; i < graph.size(); ++i) {
    NodeAnswer answer;
    answer.offered = true;
    if (std::ranges::find(nodes, i) != nodes.end()) {
      answer.yes = true;
      answer.cost_ns = cost_ns;
    } else {
      answer.reason = BATON_REASON_DTYPE;
      answer.text = "no " + std::to_string(i);
    }
    offer.nodes.push_back(std::move(answer));
  }
  return offer;
}

void make_random(std::mt19937& random, const RandomOptions& options, RandomCase* result) {
  std::uniform_real_distribution<double> chance(0, 1);
  const auto below = [&](size_t n) {
    return std::uniform_int_distribution<size_t>(0, n - 1)(random);
  };
  TestGraph& graph = result->graph;
  const int32_t input = graph.input();
  const int32_t variables[] = {graph.tensor(64, BATON_TENSOR_VARIABLE),
                               graph.tensor(64, BATON_TENSOR_VARIABLE)};
  const size_t reach = 1 + below(options.nodes);  // some graphs are long, some wide
  std::vector<std::vector<uint32_t>> accepted(options.delegates);
  for (uint32_t i = 0; i < options.nodes; ++i) {
    std::vector<int32_t> inputs;
    const size_t count = i == 0 ? 0 : below(3);
    for (size_t k = 0; k < count; ++k) {
      const size_t back = 1 + below(std::min<size_t>(i, reach));
      inputs.push_back(graph.output_of(static_cast<uint32_t>(i - back)));
    }
    if (inputs.empty()) inputs = {input, -1};
    if (chance(random) < options.variables) inputs.push_back(variables[below(2)]);
    graph.node(std::move(inputs), chance(random) < options.effects ? &kEffectOp : &kPlainOp);
    if (chance(random) < options.folded) {
      graph.fold(i);
      result->owner.push_back(kReference);
    } else if (chance(random) < options.reference) {
      result->owner.push_back(kReference);
    } else {
      const size_t d = below(options.delegates);
      result->owner.push_back(static_cast<int32_t>(d));
      accepted[d].push_back(i);
    }
  }
  for (uint32_t i = 0; i < options.nodes; ++i) {
    if (below(4) == 0) graph.output(graph.output_of(i));
  }
  for (const auto& nodes : accepted) result->offers.push_back(offer_for(graph, nodes));
}

std::string describe(const SubgraphPlan& plan) {
  std::string text;
  for (const Placement& placement : plan.placements) {
    text +=
        format("node: delegate %d, partition %d, folded %d, %lld ns\n", placement.delegate,
               placement.partition, placement.folded, static_cast<long long>(placement.cost_ns));
    for (const Refusal& refusal : placement.refusals) {
      text += format("  not %d: %u %s\n", refusal.delegate, refusal.reason, refusal.text.c_str());
    }
  }
  for (const PlannedPartition& partition : plan.partitions) {
    text += format("partition of %d:", partition.delegate);
    for (const uint32_t node : partition.nodes) text += format(" %u", node);
    for (const auto* list : {&partition.inputs, &partition.outputs, &partition.states}) {
      text += " |";
      for (const int32_t tensor : *list) text += format(" %d", tensor);
    }
    text += "\n";
  }
  for (const PlanStep& step : plan.steps) {
    text += format("%s %u\n", step.is_partition ? "partition" : "node", step.index);
  }
  return text;
}

}  // namespace baton::test
