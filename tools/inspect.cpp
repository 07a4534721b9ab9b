// baton inspect: what is in a model file.

#include <fmt/core.h>

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

Json describe_border(const baton_graph& graph, int32_t index) {
  const baton_tensor& tensor = *graph.tensor(&graph, index);
  Json json = describe(tensor, tensor.name);
  json["shape_signature"] =
      std::vector<int32_t>(tensor.dims_signature, tensor.dims_signature + tensor.rank);
  return json;
}

Json describe_subgraph(const Model& model, uint32_t index) {
  const baton_graph& graph = *model.subgraph(index);
  Json json{{"name", baton_model_subgraph_name(model.get(), index)},
            {"nodes", graph.node_count(&graph)},
            {"tensors", graph.tensor_count(&graph)},
            {"inputs", Json::array()},
            {"outputs", Json::array()}};
  for (uint32_t i = 0; i < graph.input_count(&graph); ++i) {
    json["inputs"].push_back(describe_border(graph, graph.input(&graph, i)));
  }
  for (uint32_t i = 0; i < graph.output_count(&graph); ++i) {
    json["outputs"].push_back(describe_border(graph, graph.output(&graph, i)));
  }
  return json;
}

// Constants; one that several tensors share counts once.
Json describe_parameters(const Model& model) {
  std::set<const void*> seen;
  uint64_t tensors = 0, elements = 0, bytes = 0;
  for (uint32_t s = 0; s < model.subgraph_count(); ++s) {
    const baton_graph& graph = *model.subgraph(s);
    for (uint32_t t = 0; t < graph.tensor_count(&graph); ++t) {
      const baton_tensor& tensor = *graph.tensor(&graph, static_cast<int32_t>(t));
      if ((tensor.flags & BATON_TENSOR_CONSTANT) == 0 || tensor.bytes == 0) continue;
      if (!seen.insert(tensor.data).second) continue;
      ++tensors;
      elements += element_count(tensor);
      bytes += tensor.bytes;
    }
  }
  return {{"tensors", tensors}, {"elements", elements}, {"bytes", bytes}};
}

struct OperatorUse {
  uint64_t count = 0;
  int32_t version = 0;      // highest in the file
  int32_t min_version = 0;  // highest that a node needs
  uint64_t missing = 0;     // nodes without a kernel
  bool custom = false;
};

Json describe_operators(const Model& model, Json* warnings) {
  std::map<std::string, OperatorUse> uses;
  std::vector<std::string> order;
  for (uint32_t s = 0; s < model.subgraph_count(); ++s) {
    const baton_graph& graph = *model.subgraph(s);
    for (uint32_t n = 0; n < graph.node_count(&graph); ++n) {
      const baton_node& node = *graph.node(&graph, n);
      const auto [found, added] = uses.try_emplace(node.name);
      if (added) order.emplace_back(node.name);
      OperatorUse& use = found->second;
      ++use.count;
      use.version = std::max(use.version, node.version);
      use.min_version = std::max(use.min_version, node.min_version);
      use.custom = node.op == BATON_OP_CUSTOM;
      if (baton_model_has_operator(model.get(), s, node.index) == 0) ++use.missing;
    }
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](const auto& a, const auto& b) { return uses[a].count > uses[b].count; });
  Json json = Json::array();
  for (const std::string& name : order) {
    const OperatorUse& use = uses[name];
    json.push_back({{"name", name},
                    {"count", use.count},
                    {"version", use.version},
                    {"min_version", use.min_version},
                    {"custom", use.custom},
                    {"has_kernel", use.missing == 0}});
    if (use.missing == 0) continue;
    warnings->push_back(fmt::format(
        "{}operator '{}' ({}) has no kernel in the core or a loaded plugin: it needs a plugin that "
        "brings it, or a delegate that takes it",
        use.custom ? "custom " : "", name, counted(use.missing, "node")));
  }
  return json;
}

Json describe_signatures(const Model& model) {
  using Argument = const char* (*)(const baton_model*, uint32_t, uint32_t, int32_t*);
  Json json = Json::array();
  for (uint32_t s = 0; s < baton_model_signature_count(model.get()); ++s) {
    const auto arguments = [&](Argument argument) {
      Json list = Json::array();
      int32_t tensor = -1;
      for (uint32_t i = 0; const char* name = argument(model.get(), s, i, &tensor); ++i) {
        list.push_back({{"name", name}, {"tensor", tensor}});
      }
      return list;
    };
    json.push_back({{"key", baton_model_signature_key(model.get(), s)},
                    {"subgraph", baton_model_signature_subgraph(model.get(), s)},
                    {"inputs", arguments(baton_model_signature_input)},
                    {"outputs", arguments(baton_model_signature_output)}});
  }
  return json;
}

Json describe_metadata(const Model& model) {
  Json json = Json::array();
  const char* name = nullptr;
  const void* data = nullptr;
  uint64_t bytes = 0;
  for (uint32_t i = 0; baton_model_metadata(model.get(), i, &name, &data, &bytes) != 0; ++i) {
    json.push_back({{"name", name}, {"bytes", bytes}});
  }
  return json;
}

Json describe_model(const Model& model, const std::string& path) {
  Json warnings = Json::array();
  for (uint32_t i = 0; const char* oddity = baton_model_oddity(model.get(), i); ++i) {
    warnings.push_back(oddity);
  }
  Json json{{"model", path},
            {"bytes", baton_model_bytes(model.get())},
            {"description", baton_model_description(model.get())},
            {"inputs", Json::array()},
            {"outputs", Json::array()},
            {"operators", describe_operators(model, &warnings)},
            {"parameters", describe_parameters(model)},
            {"subgraphs", Json::array()},
            {"signatures", describe_signatures(model)},
            {"metadata", describe_metadata(model)}};
  for (uint32_t i = 0; i < model.subgraph_count(); ++i) {
    json["subgraphs"].push_back(describe_subgraph(model, i));
  }
  if (model.subgraph_count() != 0) {
    json["inputs"] = json["subgraphs"][0]["inputs"];
    json["outputs"] = json["subgraphs"][0]["outputs"];
  }
  json["warnings"] = std::move(warnings);
  return json;
}

// "[1,-1,3]"
std::string shape_text(const Json& shape) {
  std::string text;
  for (const Json& dim : shape) text += fmt::format("{}{}", text.empty() ? "" : ",", dim.dump());
  return "[" + text + "]";
}

void print_borders(const char* title, const Json& tensors) {
  fmt::print("{}:\n", title);
  Table table({"index", "name", "type", "shape", "bytes", "scale", "zero point"});
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Json& tensor = tensors[i];
    const bool varies = tensor["shape_signature"] != tensor["shape"];
    const bool quantised = tensor["scale"].get<double>() != 0;
    table.add({std::to_string(i), text_of(tensor, "name"), text_of(tensor, "dtype"),
               shape_text(tensor["shape"]) +
                   (varies ? " of " + shape_text(tensor["shape_signature"]) : ""),
               tensor["bytes"].dump(),
               quantised ? fmt::format("{:.6g}", tensor["scale"].get<double>()) : "",
               quantised ? tensor["zero_point"].dump() : ""});
  }
  table.print();
}

void print_model(const Json& json) {
  const Json& parameters = json["parameters"];
  fmt::print("{}: {}", text_of(json, "model"), size_text(json["bytes"].get<uint64_t>()));
  if (!text_of(json, "description").empty()) fmt::print(", \"{}\"", text_of(json, "description"));
  fmt::print("\nparameters: {} elements in {}, {}\n", parameters["elements"].dump(),
             counted(parameters["tensors"].get<uint64_t>(), "constant"),
             size_text(parameters["bytes"].get<uint64_t>()));
  print_borders("inputs", json["inputs"]);
  print_borders("outputs", json["outputs"]);

  fmt::print("operators:\n");
  Table operators({"count", "name", "version", "needs version", ""});
  for (const Json& op : json["operators"]) {
    operators.add({op["count"].dump(), text_of(op, "name"), op["version"].dump(),
                   op["min_version"].dump(), op["has_kernel"].get<bool>() ? "" : "no kernel"});
  }
  operators.print();

  if (json["subgraphs"].size() > 1) {
    fmt::print("subgraphs:\n");
    Table subgraphs({"index", "name", "nodes", "tensors", "inputs", "outputs"});
    for (size_t i = 0; i < json["subgraphs"].size(); ++i) {
      const Json& subgraph = json["subgraphs"][i];
      subgraphs.add({std::to_string(i), text_of(subgraph, "name"), subgraph["nodes"].dump(),
                     subgraph["tensors"].dump(), std::to_string(subgraph["inputs"].size()),
                     std::to_string(subgraph["outputs"].size())});
    }
    subgraphs.print();
  }
  const auto names = [](const Json& arguments) {
    std::string list;
    for (const Json& argument : arguments) {
      list += (list.empty() ? "" : ", ") + text_of(argument, "name");
    }
    return list;
  };
  if (!json["signatures"].empty()) {
    fmt::print("signatures:\n");
    Table signatures({"key", "subgraph", "inputs", "outputs"});
    for (const Json& signature : json["signatures"]) {
      signatures.add({text_of(signature, "key"), signature["subgraph"].dump(),
                      names(signature["inputs"]), names(signature["outputs"])});
    }
    signatures.print();
  }
  if (!json["metadata"].empty()) {
    fmt::print("metadata:\n");
    Table metadata({"name", "bytes"});
    for (const Json& entry : json["metadata"]) {
      metadata.add({text_of(entry, "name"), entry["bytes"].dump()});
    }
    metadata.print();
  }
  for (const Json& warning : json["warnings"]) {
    fmt::print("warning: {}\n", plain(warning.get<std::string>()));
  }
}

}  // namespace

int inspect_command(int argc, char** argv) {
  CommonFlags common;
  std::string path;
  bool as_json = false;
  CLI::App app("Says what is in a model file.", "baton inspect");
  app.add_option("MODEL", path, "the .tflite file")->required();
  add_common_flags(app, &common, false);
  app.add_flag("--json", as_json, "prints JSON");
  if (const auto status = parse_arguments(app, argc, argv)) return *status;

  Setup setup(common);
  const Model model = setup.load(path);
  const Json json = describe_model(model, path);
  if (as_json) {
    print_json(json);
  } else {
    print_model(json);
  }
  return 0;
}

}  // namespace baton::tools
