// baton diff: two delegates on one model, or two models, node by node.

#include <fmt/core.h>

#include <map>
#include <memory>
#include <optional>

#include "tools/commands.h"
#include "tools/support/arguments.h"
#include "tools/support/compare.h"
#include "tools/support/failure.h"
#include "tools/support/inputs.h"
#include "tools/support/numbers.h"
#include "tools/support/recorder.h"
#include "tools/support/setup.h"
#include "tools/support/table.h"
#include "tools/support/tensors.h"
#include "tools/support/text.h"

namespace baton::tools {
namespace {

using Json = nlohmann::ordered_json;

struct Flags {
  CommonFlags common;
  std::string model;
  std::vector<std::string> inputs;
  std::string against;
  std::string against_model;
  std::optional<double> tolerance;
  bool json = false;
};

struct Runner {
  std::string delegate;
  int32_t partition;
  bool folded;
};

// One of the two that are compared.
struct Side {
  const Model& model;
  Precisions precisions;
  Session session;
  Recorder recorder{model, session};
  // Who ran each node: known after the run.
  std::map<std::pair<uint32_t, uint32_t>, Runner> runners;
  std::string who;

  Side(const Setup& setup, const Model& of, const std::vector<DelegateChoice>& delegates)
      : model(of),
        precisions(setup.precisions(delegates)),
        session(check(check(of.compile(setup.compile_options(delegates))).session(setup.threads))) {
  }

  void run(const InputContents& contents, bool generated) {
    run_once(session, contents, generated);
    const Placement placement = session.placement();
    for (uint32_t i = 0; i < placement.node_count(); ++i) {
      const baton_node_placement& row = placement.node(i);
      runners[{row.subgraph, row.node}] = {row.delegate, row.partition, row.folded != 0};
    }
    precisions = precisions.in_use(placement);
    who = summary(placement, precisions);
  }
};

// What to compare: an output of a node of the first model, and its counterpart.
struct Pair {
  uint32_t node = 0;
  std::string op;
  std::string name;
  TensorId left;
  std::optional<TensorId> right;
};

std::vector<Pair> node_outputs(const Model& model) {
  std::vector<Pair> pairs;
  for (uint32_t s = 0; s < model.subgraph_count(); ++s) {
    const baton_graph& graph = *model.subgraph(s);
    for (uint32_t n = 0; n < graph.node_count(&graph); ++n) {
      const baton_node& node = *graph.node(&graph, n);
      for (uint32_t i = 0; i < node.output_count; ++i) {
        const int32_t t = node.outputs[i];
        if (t < 0) continue;
        pairs.push_back({node.index, node.name, graph.tensor(&graph, t)->name, {s, t}, {}});
      }
    }
  }
  return pairs;
}

// By tensor name; the models' outputs also by position.
void match(const Model& left, const Model& right, std::vector<Pair>* pairs) {
  std::map<std::string, TensorId> by_name;
  for (const Pair& pair : node_outputs(right)) by_name.try_emplace(pair.name, pair.left);
  const baton_graph& left_graph = *left.subgraph(0);
  const baton_graph& right_graph = *right.subgraph(0);
  for (Pair& pair : *pairs) {
    if (const auto found = by_name.find(pair.name); found != by_name.end()) {
      pair.right = found->second;
      continue;
    }
    if (pair.left.subgraph != 0) continue;
    for (uint32_t i = 0; i < left_graph.output_count(&left_graph); ++i) {
      if (left_graph.output(&left_graph, i) != pair.left.tensor) continue;
      if (i < right_graph.output_count(&right_graph)) {
        pair.right = TensorId{0, right_graph.output(&right_graph, i)};
      }
    }
  }
}

// The same numbers for the other model's inputs, by name or else by position.
InputContents converted(const Session& from, const InputContents& contents, const Session& to) {
  if (from.input_count() != to.input_count()) {
    fail("the models have {} and {} inputs: they cannot be fed alike", from.input_count(),
         to.input_count());
  }
  InputContents result;
  for (uint32_t i = 0; i < to.input_count(); ++i) {
    const int32_t named = from.find_input(to.input_name(i));
    const uint32_t source = named >= 0 ? static_cast<uint32_t>(named) : i;
    const baton_tensor& given = from.input(source);
    const baton_tensor& wanted = to.input(i);
    if (element_count(given) != element_count(wanted)) {
      fail("input '{}' is {}, input '{}' of the other model is {}: they cannot be fed alike",
           from.input_name(source), type_and_shape(given), to.input_name(i),
           type_and_shape(wanted));
    }
    const bool same = given.dtype == wanted.dtype && scale_of(given) == scale_of(wanted) &&
                      zero_point_of(given) == zero_point_of(wanted);
    result.push_back(same ? contents[source]
                          : stored_values(wanted, real_values(given, contents[source].data())));
  }
  return result;
}

// Why a side has nothing to show for a tensor; "" when it has something.
std::string absence(const Side& side, TensorId id) {
  const Recorded* recorded = side.recorder.find(id);
  if (recorded == nullptr) return "no numbers";
  if (recorded->written) return "";
  const baton_graph& graph = *side.model.subgraph(id.subgraph);
  for (uint32_t n = 0; n < graph.node_count(&graph); ++n) {
    const baton_node& node = *graph.node(&graph, n);
    if (std::find(node.outputs, node.outputs + node.output_count, id.tensor) ==
        node.outputs + node.output_count) {
      continue;
    }
    const auto row = side.runners.find({id.subgraph, node.index});
    if (row == side.runners.end()) break;
    if (row->second.folded) return "computed while planning";
    if (row->second.partition >= 0) {
      return fmt::format("inside partition {}", row->second.partition);
    }
    break;
  }
  return recorded->unreadable.empty() ? "not run" : "not readable: " + recorded->unreadable;
}

std::string delegate_of(const Side& side, uint32_t subgraph, uint32_t node) {
  const auto row = side.runners.find({subgraph, node});
  return row == side.runners.end() ? "" : row->second.delegate;
}

struct Comparison {
  std::string absent;  // why nothing was compared, or ""
  bool same_shape = true;
  bool converted = false;  // the types differ: real values were compared
  Difference difference;
  bool agrees(bool judge_converted) const {
    if (!absent.empty()) return true;
    return same_shape && ((converted && !judge_converted) || difference.agrees());
  }
};

Comparison compare_pair(const Side& left, const Side& right, const Pair& pair, double tolerance) {
  Comparison result;
  result.absent = absence(left, pair.left);
  if (!result.absent.empty()) return result;
  if (!pair.right) {
    result.absent = "no counterpart";
    return result;
  }
  result.absent = absence(right, *pair.right);
  if (!result.absent.empty()) {
    result.absent += " on the other side";
    return result;
  }
  const Recorded& actual = *left.recorder.find(pair.left);
  const Recorded& expected = *right.recorder.find(*pair.right);
  result.same_shape = &left.model != &right.model
                          ? element_count(actual.tensor) == element_count(expected.tensor)
                          : actual.dims == expected.dims;
  if (!result.same_shape) return result;
  result.converted = actual.tensor.dtype != expected.tensor.dtype;
  result.difference =
      result.converted
          ? compare(real_values(actual.tensor, actual.data.data()),
                    real_values(expected.tensor, expected.data.data()), tolerance)
          : compare(actual.tensor, actual.data.data(), expected.data.data(), tolerance);
  return result;
}

Json describe_comparison(const Comparison& comparison, bool agrees) {
  if (!comparison.absent.empty()) return {{"status", comparison.absent}};
  if (!comparison.same_shape) return {{"status", "shapes differ"}, {"agrees", false}};
  const Difference& difference = comparison.difference;
  return {{"status", "compared"},
          {"agrees", agrees},
          {"elements", difference.elements},
          {"different", difference.different},
          {"max_abs_diff", difference.largest},
          {"max_rel_diff", difference.relative()},
          {"not_finite_on_one_side", difference.not_finite},
          {"not_finite_on_both_sides", difference.both_not_finite},
          {"sqnr_db", difference.sqnr_db}};
}

// Some converters join the names of all that was fused.
std::string shortened(const std::string& name) {
  constexpr size_t kMost = 60;
  std::string text = plain(name);
  if (text.size() <= kMost) return text;
  size_t end = kMost;
  while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // inside a character
  return text.substr(0, end) + "...";
}

std::string text_of(const Comparison& comparison, bool with_sqnr) {
  if (!comparison.absent.empty()) return comparison.absent;
  if (!comparison.same_shape) return "shapes differ";
  std::string text = comparison.difference.text();
  if (with_sqnr && comparison.difference.different != 0) {
    text += fmt::format("; SQNR {:.1f} dB", comparison.difference.sqnr_db);
  }
  return text;
}

int compare_sides(Side& left, Side& right, const Flags& flags) {
  if (node_outputs(left.model).empty()) fail("'{}' has no nodes to compare", flags.model);
  const InputContents contents = input_contents(left.session, flags.inputs);
  const bool generated = some_generated(left.session, flags.inputs);
  left.run(contents, generated);
  right.run(
      flags.against_model.empty() ? contents : converted(left.session, contents, right.session),
      generated);

  std::vector<Pair> pairs = node_outputs(left.model);
  if (flags.against_model.empty()) {
    for (Pair& pair : pairs) pair.right = pair.left;
  } else {
    match(left.model, right.model, &pairs);
  }

  const bool exact = left.precisions.exact() && right.precisions.exact();
  const double tolerance =
      flags.tolerance.value_or(exact ? Difference().tolerance : kReducedPrecision);
  const bool several = left.model.subgraph_count() > 1;
  Table table({"node", "operator", "run by", "against", "difference", "tensor"});
  Json nodes = Json::array();
  std::string first, first_beyond;
  uint64_t compared = 0, different = 0, beyond = 0, hidden = 0;
  for (const Pair& pair : pairs) {
    const Comparison comparison = compare_pair(left, right, pair, tolerance);
    const bool agrees = comparison.agrees(flags.tolerance.has_value());
    const bool differs = comparison.absent.empty() &&
                         (!comparison.same_shape || comparison.difference.different != 0);
    const std::string place =
        fmt::format("{}node {} ({}), tensor '{}'",
                    several ? fmt::format("subgraph {}, ", pair.left.subgraph) : "", pair.node,
                    plain(pair.op), shortened(pair.name));
    ++(comparison.absent.empty() ? compared : hidden);
    if (differs && different++ == 0) first = place;
    if (!agrees && beyond++ == 0) first_beyond = place;

    const std::string run_by = delegate_of(left, pair.left.subgraph, pair.node);
    const std::string against =
        flags.against_model.empty() ? delegate_of(right, pair.left.subgraph, pair.node) : "";
    Json row{{"subgraph", pair.left.subgraph},
             {"node", pair.node},
             {"op", pair.op},
             {"delegate", run_by},
             {"against", against},
             {"tensor", pair.left.tensor},
             {"name", pair.name}};
    row.update(describe_comparison(comparison, agrees));
    nodes.push_back(std::move(row));
    table.add(
        {several ? fmt::format("{}:{}", pair.left.subgraph, pair.node) : std::to_string(pair.node),
         plain(pair.op), run_by, against, text_of(comparison, !flags.against_model.empty()),
         shortened(pair.name)});
  }

  if (flags.json) {
    Json json{{"model", flags.model},       {"against_model", flags.against_model},
              {"summary", left.who},        {"against_summary", right.who},
              {"compared", compared},       {"different", different},
              {"beyond_tolerance", beyond}, {"not_compared", hidden},
              {"first_difference", first},  {"agrees", compared != 0 && beyond == 0},
              {"nodes", std::move(nodes)}};
    print_json(json);
  } else {
    table.print();
    fmt::print("{}; against: {}\n", left.who, right.who);
    fmt::print("{} compared, {} not", counted(compared, "tensor"), hidden);
    if (different != 0) {
      fmt::print("; {} differ, the first at {}{}\n", different, first,
                 tolerance == kReducedPrecision ? "; precision is reduced: not judged" : "");
    } else {
      fmt::print("{}\n", compared == 0 ? "" : "; all are equal");
    }
  }
  if (beyond != 0) {
    fail("{} differ by more than is allowed, the first at {}", counted(beyond, "tensor"),
         first_beyond);
  }
  if (compared == 0) fail("no tensor could be compared");
  return 0;
}

}  // namespace

int diff_command(int argc, char** argv) {
  Flags flags;
  CLI::App app("Compares two delegates on one model, or two models, node by node.", "baton diff");
  app.add_option("MODEL", flags.model, "the .tflite file")->required();
  add_common_flags(app, &flags.common, true);
  add_input_flag(app, &flags.inputs);
  CLI::Option* against =
      app.add_option("--against", flags.against, "delegates to compare with (reference)");
  app.add_option("--against-model", flags.against_model,
                 "a .tflite file to compare with; tensors are matched by name")
      ->excludes(against);
  app.add_option("--tolerance", flags.tolerance,
                 "allowed difference of floats, relative to the tensor's largest value (1e-4, any "
                 "where precision is reduced); of other types in two models none unless given")
      ->check(finite_number<double>(Sign::kNotNegative));
  app.add_flag("--json", flags.json, "prints JSON");
  if (const auto status = parse_arguments(app, argc, argv)) return *status;

  Setup setup(flags.common);
  const auto other_delegates =
      flags.against.empty() ? std::vector<DelegateChoice>{} : parse_delegates(flags.against);
  const Model model = setup.load(flags.model);
  std::optional<Model> other;
  if (!flags.against_model.empty()) other = setup.load(flags.against_model);
  Side left(setup, model, *setup.config.delegates);
  Side right(setup, other ? *other : model, other ? *setup.config.delegates : other_delegates);
  return compare_sides(left, right, flags);
}

}  // namespace baton::tools
