// baton zoo: writes well-known networks with made-up weights.

#include "benchmarks/zoo/zoo.h"

#include <fmt/core.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "tools/commands.h"
#include "tools/support/arguments.h"
#include "tools/support/failure.h"
#include "tools/support/near_name.h"
#include "tools/support/numbers.h"
#include "tools/support/progress.h"
#include "tools/support/table.h"
#include "tools/support/tensors.h"

namespace baton::tools {
namespace {

using Json = nlohmann::ordered_json;

Json describe_figure(const zoo::Figure& figure) {
  return figure.known() ? Json(std::llround(figure.millions * 1e6)) : Json();
}

Json describe_zoo() {
  Json networks = Json::array();
  for (const zoo::Entry& entry : zoo::entries()) {
    const zoo::Facts facts = zoo::facts(entry.name);
    Json inputs = Json::array();
    for (const zoo::Input& input : facts.inputs) {
      inputs.push_back({{"name", input.name}, {"dtype", input.type}, {"shape", input.shape}});
    }
    networks.push_back({{"name", entry.name},
                        {"family", entry.family},
                        {"inputs", inputs},
                        {"multiply_adds", facts.multiply_adds},
                        {"parameters", facts.parameters},
                        {"published",
                         {{"multiply_adds", describe_figure(entry.multiply_adds)},
                          {"multiply_adds_not_counted", entry.not_counted},
                          {"parameters", describe_figure(entry.parameters)},
                          {"source", entry.source}}}});
  }
  return {{"schema", 1}, {"types", zoo::type_names()}, {"networks", networks}};
}

std::string millions(uint64_t count) {
  return fmt::format("{:.2f}", static_cast<double>(count) / 1e6);
}
std::string published(const zoo::Figure& figure) {
  return figure.known() ? fmt::format("{:.6g}", figure.millions) : "";
}

std::string input_text(const zoo::Input& input) {
  std::string sizes;
  for (const int32_t size : input.shape) {
    sizes += (sizes.empty() ? "" : ",") + std::to_string(size);
  }
  return fmt::format("{}[{}]", input.type, sizes);
}

void print_zoo() {
  Table table({"name", "input", "multiply-adds (M)", "published", "parameters (M)", "published"});
  for (const zoo::Entry& entry : zoo::entries()) {
    const zoo::Facts facts = zoo::facts(entry.name);
    std::string inputs;
    for (const zoo::Input& input : facts.inputs) {
      inputs += (inputs.empty() ? "" : " ") + input_text(input);
    }
    table.add({std::string(entry.name), inputs, millions(facts.multiply_adds),
               published(entry.multiply_adds), millions(facts.parameters),
               published(entry.parameters)});
  }
  table.print();
  std::string types;
  for (const std::string& type : zoo::type_names()) types += (types.empty() ? "" : ", ") + type;
  fmt::print("types: {}\n", types);
}

void require_network(const std::string& name) {
  if (zoo::has(name)) return;
  std::vector<std::string> names;
  for (const zoo::Entry& entry : zoo::entries()) names.emplace_back(entry.name);
  misuse("the zoo has no network '{}'{}; see baton zoo --list", name, did_you_mean(name, names));
}

zoo::Type chosen_type(const std::string& name) {
  if (const auto type = zoo::type_of(name)) return *type;
  misuse("--type: there is no type '{}'{}; see baton zoo --list", name,
         did_you_mean(name, zoo::type_names()));
}

}  // namespace

int zoo_command(int argc, char** argv) {
  std::string name, path, type = "float32";
  uint64_t seed = 0;
  bool list = false, as_json = false;
  CLI::App app("Writes a well-known network, with made-up weights, as a .tflite file.",
               "baton zoo");
  app.add_option("NAME", name, "the network");
  app.add_option("OUT", path, "the file; one that is there is replaced");
  app.add_option("--type", type, "float32, float16, int8, uint8 or dynamic")->capture_default_str();
  app.add_option("--seed", seed, "other weights")->capture_default_str()->check(whole_number());
  app.add_flag("--list", list, "prints what there is");
  app.add_flag("--json", as_json, "with --list: prints JSON");
  if (const auto status = parse_arguments(app, argc, argv)) return *status;

  if (list) {
    if (!name.empty()) misuse("--list takes no network, '{}' was given", name);
    if (as_json) {
      print_json(describe_zoo());
    } else {
      print_zoo();
    }
    return 0;
  }
  if (as_json) misuse("--json goes with --list");
  if (name.empty()) misuse("NAME is required; see baton zoo --list");
  require_network(name);
  if (path.empty()) misuse("OUT is required: the file to write '{}' to", name);
  const zoo::Type chosen = chosen_type(type);

  require_writable(path);
  // Each step has a line of its own, however soon it begins.
  std::optional<Progress> progress;
  zoo::write(name, chosen, seed, path, [&](const std::string& doing) {
    progress.emplace().show(fmt::format("{}: {}", name, doing));
  });
  return 0;
}

}  // namespace baton::tools
