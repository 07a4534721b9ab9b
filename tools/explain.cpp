// baton explain: who runs each node, and why not the others.

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "tools/commands.h"
#include "tools/support/arguments.h"
#include "tools/support/failure.h"
#include "tools/support/setup.h"
#include "tools/support/table.h"
#include "tools/support/tensors.h"
#include "tools/support/text.h"

namespace baton::tools {
namespace {

using Json = nlohmann::ordered_json;

Json describe_tensor(const baton_graph& graph, int32_t index) {
  const baton_tensor& tensor = *graph.tensor(&graph, index);
  return {{"tensor", index},
          {"name", tensor.name},
          {"type", type_and_shape(tensor)},
          {"bytes", tensor.bytes}};
}

// Which tensors cross the border of a set of nodes; values that are known while planning do not.
void add_borders(const baton_graph& graph, const Placement& placement, uint32_t subgraph,
                 const std::set<uint32_t>& nodes, Json* partition) {
  std::set<uint32_t> folded;
  for (uint32_t i = 0; i < placement.node_count(); ++i) {
    const baton_node_placement& row = placement.node(i);
    if (row.subgraph == subgraph && row.folded) folded.insert(row.node);
  }
  std::set<int32_t> inside, known, outside_reads;
  for (uint32_t i = 0; i < graph.node_count(&graph); ++i) {
    const baton_node& node = *graph.node(&graph, i);
    auto* made = nodes.contains(node.index)    ? &inside
                 : folded.contains(node.index) ? &known
                                               : nullptr;
    if (made != nullptr) made->insert(node.outputs, node.outputs + node.output_count);
    if (made == nullptr) outside_reads.insert(node.inputs, node.inputs + node.input_count);
  }
  for (uint32_t i = 0; i < graph.output_count(&graph); ++i) {
    outside_reads.insert(graph.output(&graph, i));
  }
  std::set<int32_t> inputs, outputs;
  for (uint32_t i = 0; i < graph.node_count(&graph); ++i) {
    const baton_node& node = *graph.node(&graph, i);
    if (!nodes.contains(node.index)) continue;
    for (uint32_t j = 0; j < node.input_count; ++j) {
      const int32_t t = node.inputs[j];
      if (t < 0 || inside.contains(t) || known.contains(t)) continue;
      if (graph.tensor(&graph, t)->flags & (BATON_TENSOR_CONSTANT | BATON_TENSOR_VARIABLE))
        continue;
      inputs.insert(t);
    }
  }
  std::set_intersection(inside.begin(), inside.end(), outside_reads.begin(), outside_reads.end(),
                        std::inserter(outputs, outputs.end()));
  for (const int32_t t : inputs) (*partition)["inputs"].push_back(describe_tensor(graph, t));
  for (const int32_t t : outputs) (*partition)["outputs"].push_back(describe_tensor(graph, t));
}

Json describe_partition(const Model& model, const Placement& placement, uint32_t position) {
  const baton_partition_placement& row = placement.partition(position);
  std::set<uint32_t> nodes;
  for (uint32_t i = 0; i < placement.node_count(); ++i) {
    const baton_node_placement& node = placement.node(i);
    if (node.subgraph == row.subgraph && node.partition == static_cast<int32_t>(row.partition)) {
      nodes.insert(node.node);
    }
  }
  Json json{{"subgraph", row.subgraph}, {"partition", row.partition},
            {"delegate", row.delegate}, {"device", row.device},
            {"nodes", nodes},           {"inputs", Json::array()},
            {"outputs", Json::array()}, {"crossing_bytes", row.crossing_bytes}};
  add_borders(*model.subgraph(row.subgraph), placement, row.subgraph, nodes, &json);
  return json;
}

Json describe_node(const Placement& placement, uint32_t position) {
  const baton_node_placement& row = placement.node(position);
  Json json{{"subgraph", row.subgraph},  {"node", row.node},       {"op", row.op_name},
            {"delegate", row.delegate},  {"device", row.device},   {"partition", row.partition},
            {"folded", row.folded != 0}, {"cost_ns", row.cost_ns}, {"refusals", Json::array()}};
  for (uint32_t i = 0; i < row.refusal_count; ++i) {
    const baton_refusal& refusal = placement.refusal(position, i);
    json["refusals"].push_back({{"delegate", refusal.delegate},
                                {"reason", baton_reason_name(refusal.reason)},
                                {"text", refusal.text}});
  }
  return json;
}

void print_partitions(const Json& partitions) {
  if (partitions.empty()) return;
  fmt::print("partitions:\n");
  Table table(
      {"subgraph", "partition", "delegate", "device", "nodes", "inputs", "outputs", "crossing"});
  for (const Json& partition : partitions) {
    table.add({partition["subgraph"].dump(), partition["partition"].dump(),
               text_of(partition, "delegate"), text_of(partition, "device"),
               std::to_string(partition["nodes"].size()),
               std::to_string(partition["inputs"].size()),
               std::to_string(partition["outputs"].size()),
               size_text(partition["crossing_bytes"].get<uint64_t>())});
  }
  table.print();
  fmt::print("border tensors:\n");
  Table borders({"subgraph", "partition", "", "tensor", "name", "type", "bytes"});
  for (const Json& partition : partitions) {
    for (const char* side : {"inputs", "outputs"}) {
      for (const Json& tensor : partition[side]) {
        borders.add({partition["subgraph"].dump(), partition["partition"].dump(),
                     side[0] == 'i' ? "in" : "out", tensor["tensor"].dump(),
                     text_of(tensor, "name"), text_of(tensor, "type"), tensor["bytes"].dump()});
      }
    }
  }
  borders.print();
}

// Nodes with the same fate.
struct Group {
  std::string runs_on;
  const Json* refusals = nullptr;
  uint32_t subgraph = 0;
  std::vector<uint32_t> nodes;
  std::vector<std::string> order;  // of operators
  std::map<std::string, uint64_t> operators;
};

std::string runs_on(const Json& node) {
  if (node["folded"].get<bool>()) return "computed while planning";
  if (node["partition"].get<int32_t>() < 0) return text_of(node, "delegate");
  return fmt::format("{} ({}), partition {}", text_of(node, "delegate"), text_of(node, "device"),
                     node["partition"].dump());
}

void print_nodes(const Json& nodes, bool several_subgraphs) {
  std::vector<Group> groups;
  std::map<std::string, size_t> by_key;
  for (const Json& node : nodes) {
    const std::string who = runs_on(node);
    const std::string key = node["subgraph"].dump() + "|" + who + "|" +
                            node["refusals"].dump(-1, ' ', false, Json::error_handler_t::replace);
    const auto [found, added] = by_key.try_emplace(key, groups.size());
    if (added) {
      groups.emplace_back();
      groups.back().runs_on = who;
      groups.back().refusals = &node["refusals"];
      groups.back().subgraph = node["subgraph"].get<uint32_t>();
    }
    Group& group = groups[found->second];
    group.nodes.push_back(node["node"].get<uint32_t>());
    const std::string op = text_of(node, "op");
    if (group.operators[op]++ == 0) group.order.push_back(op);
  }
  fmt::print("nodes:\n");
  for (const Group& group : groups) {
    std::string operators;
    for (const std::string& op : group.order) {
      operators +=
          fmt::format("{}{} {}", operators.empty() ? "" : ", ", group.operators.at(op), op);
    }
    fmt::print("  {}{} {}: {}\n    {}: {}\n",
               several_subgraphs ? fmt::format("subgraph {}, ", group.subgraph) : "",
               group.nodes.size() == 1 ? "node" : "nodes", ranges(group.nodes), group.runs_on,
               counted(group.nodes.size(), "node"), operators);
    for (const Json& refusal : *group.refusals) {
      fmt::print("    not {}: {}: {}\n", text_of(refusal, "delegate"), text_of(refusal, "reason"),
                 text_of(refusal, "text"));
    }
  }
}

}  // namespace

int explain_command(int argc, char** argv) {
  CommonFlags common;
  std::string path;
  bool as_json = false;
  CLI::App app("Says who runs each node, and why not the others.", "baton explain");
  app.add_option("MODEL", path, "the .tflite file")->required();
  add_common_flags(app, &common, true);
  app.add_flag("--json", as_json, "prints JSON");
  if (const auto status = parse_arguments(app, argc, argv)) return *status;

  Setup setup(common);
  const Model model = setup.load(path);
  const Compiled compiled = check(model.compile(setup.compile_options()));
  // A delegate may yet fail when it gets its memory.
  const Session session = check(compiled.session(setup.threads));
  const Placement placement = session.placement();

  Json json{{"model", path},
            {"delegates", Json::array()},
            {"events", Json::array()},
            {"partitions", Json::array()},
            {"nodes", Json::array()}};
  for (const DelegateChoice& choice : *setup.config.delegates) {
    json["delegates"].push_back(choice.name);
  }
  for (uint32_t i = 0; const char* event = placement.event(i); ++i) json["events"].push_back(event);
  for (uint32_t i = 0; i < placement.partition_count(); ++i) {
    json["partitions"].push_back(describe_partition(model, placement, i));
  }
  for (uint32_t i = 0; i < placement.node_count(); ++i) {
    json["nodes"].push_back(describe_node(placement, i));
  }
  json["summary"] = summary(placement, setup.precisions(), "runs");
  if (as_json) {
    print_json(json);
    return 0;
  }
  fmt::print("{}: {}\n", plain(path), counted(placement.node_count(), "node"));
  for (const Json& event : json["events"]) {
    fmt::print("event: {}\n", plain(event.get<std::string>()));
  }
  print_partitions(json["partitions"]);
  print_nodes(json["nodes"], model.subgraph_count() > 1);
  fmt::print("{}\n", text_of(json, "summary"));
  return 0;
}

}  // namespace baton::tools
