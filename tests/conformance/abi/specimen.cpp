#include "tests/conformance/abi/specimen.h"

#include "tests/conformance/operators/never_offered.h"
#include "tests/conformance/operators/recipe.h"
#include "tests/conformance/probe.h"
#include "tests/conformance/random.h"

namespace baton::conformance {
namespace {

// The nodes of a partition: all that are taken, without the last ones as long as the others run in
// one piece only with a node between.
std::vector<uint32_t> partition_nodes(const Subgraph& subgraph, const Examination& examination) {
  std::vector<uint32_t> nodes;
  for (uint32_t i = 0; i < examination.nodes.size(); ++i) {
    if (examination.nodes[i].yes) nodes.push_back(i);
  }
  uint32_t between = 0;
  while (!is_convex(subgraph, nodes, &between)) nodes.pop_back();
  return nodes;
}

std::string first_refusal(const Subgraph& subgraph, const Examination& examination) {
  for (size_t i = 0; i < examination.nodes.size(); ++i) {
    const NodeAnswer& answer = examination.nodes[i];
    if (!answer.yes) return std::string(subgraph.nodes[i].abi.name) + ": " + answer.text;
  }
  return "the model has no node";
}

// For the reference kernels, which ask no plugin.
std::shared_ptr<HostServices> no_services() { return std::make_shared<HostServices>(LogSink{}); }

// What all tensors hold in each run.
Result<std::vector<std::vector<std::vector<uint8_t>>>> reference_contents(
    const Candidate& candidate, const Plugin& plugin, const Subgraph& subgraph,
    std::span<const Value> values) {
  BATON_ASSIGN_OR_RETURN(auto shown, TrialModel::create(candidate.shown, &plugin));
  BATON_ASSIGN_OR_RETURN(auto compiled, compile(*shown, nullptr, no_services()));
  TrialOptions options;
  options.runs = kSpecimenRuns;
  BATON_ASSIGN_OR_RETURN(auto outputs, run(compiled, candidate.fill, options));
  std::vector<std::vector<std::vector<uint8_t>>> contents(kSpecimenRuns);
  for (uint32_t run = 0; run < kSpecimenRuns; ++run) {
    contents[run].resize(subgraph.tensors.size());
    for (size_t i = 0; i < subgraph.inputs.size(); ++i) {
      const auto tensor = static_cast<size_t>(subgraph.inputs[i]);
      const Value& value = values[tensor];
      contents[run][tensor].resize(static_cast<size_t>(value.bytes()));
      candidate.fill(i, run, value, contents[run][tensor].data());
    }
    const auto& tensors = shown->graph()->main().outputs;
    for (size_t i = 0; i < tensors.size(); ++i) {
      contents[run][static_cast<size_t>(tensors[i])] = std::move(outputs[run][i].bytes);
    }
  }
  return contents;
}

Result<Taken> take_candidate(const std::shared_ptr<Delegate>& delegate, const std::string& name,
                             Candidate candidate) {
  const Plugin& plugin = delegate->plugin();
  Taken taken;
  auto specimen = std::make_unique<Specimen>();
  specimen->name = name;
  auto model = TrialModel::create(candidate.file, &plugin);
  if (!model.ok()) {
    // Not every candidate can have every size.
    taken.refusals = model.status().message();
    return taken;
  }
  specimen->model = std::move(*model);
  const Subgraph& subgraph = specimen->subgraph();
  auto values = default_values(*specimen->model);
  if (!values.ok()) {
    taken.refusals = values.status().message();
    return taken;
  }
  specimen->values = std::move(*values);

  ExamineRequest request;
  request.graph = specimen->graph();
  request.values = specimen->values;
  BATON_ASSIGN_OR_RETURN(const Examination examination, delegate->examine(request));
  std::vector<uint32_t> nodes = partition_nodes(subgraph, examination);
  if (nodes.empty()) {
    taken.refusals = first_refusal(subgraph, examination);
    return taken;
  }
  specimen->partition = make_partition(subgraph, std::move(nodes));
  auto contents = reference_contents(candidate, plugin, subgraph, specimen->values);
  if (!contents.ok()) {
    taken.refusals = "the reference kernels: " + contents.status().message();
    return taken;
  }
  specimen->contents = std::move(*contents);
  taken.specimen = std::move(specimen);
  return taken;
}

bool writes_something(const Specimen& specimen) {
  for (const int32_t tensor : specimen.partition.outputs) {
    if (specimen.value(tensor).bytes() != 0) return true;
  }
  return false;
}

// A few nodes of one element type, one after the other.
Result<Taken> take_bricks(const std::shared_ptr<Delegate>& delegate, uint64_t seed) {
  BATON_ASSIGN_OR_RETURN(const Probe found, probe(*delegate));
  for (const Material& material : found.materials) {
    Sketch sketch(material, seed);
    const tflite::TensorId middle = sketch.chain(sketch.input(), 2);
    sketch.b.output(sketch.chain(middle, 2));
    sketch.b.output(middle);
    BATON_ASSIGN_OR_RETURN(auto taken,
                           take_candidate(delegate, format("%s/bricks", dtype_name(material.dtype)),
                                          finish_candidate(sketch.b, fill_random(seed))));
    if (taken.specimen != nullptr) return taken;
  }
  return Taken{nullptr, found.refusals};
}

// A node of any operator that the core has.
Result<Taken> take_any_operator(const std::shared_ptr<Delegate>& delegate, uint64_t seed) {
  constexpr uint32_t kTries = 3;
  for (const Operator* op : all_operators()) {
    if (never_offered(*op) != nullptr) continue;
    for (const Variant& variant : variants(*op)) {
      for (uint32_t number = 0; number < kTries; ++number) {
        const auto draft = make_case(*op, variant, seed, number);
        if (!draft) continue;
        const std::vector<uint8_t> file = draft->b.finish();
        BATON_ASSIGN_OR_RETURN(auto taken,
                               take_candidate(delegate, format("%s/%s", variant.label, op->name),
                                              {file, file, draft->fill()}));
        if (taken.specimen != nullptr && writes_something(*taken.specimen)) return taken;
      }
    }
  }
  return Taken{nullptr, "it takes no node of any model of the suite"};
}

}  // namespace

Result<std::vector<Value>> default_values(const TrialModel& model) {
  BATON_ASSIGN_OR_RETURN(auto compiled, compile(model, nullptr, no_services()));
  return compiled->defaults(0).values;
}

Result<Taken> take(const std::shared_ptr<Delegate>& delegate, const std::string& name, int32_t size,
                   uint64_t seed) {
  if (name != kAnyCandidate) {
    return take_candidate(delegate, name, make_candidate(name, size, seed));
  }
  for (const char* candidate : candidate_names()) {
    BATON_ASSIGN_OR_RETURN(
        auto taken, take_candidate(delegate, candidate, make_candidate(candidate, size, seed)));
    if (taken.specimen != nullptr) return taken;
  }
  BATON_ASSIGN_OR_RETURN(auto taken, take_bricks(delegate, seed));
  if (taken.specimen != nullptr) return taken;
  return take_any_operator(delegate, seed);
}

std::unique_ptr<Specimen> part_of(const Specimen& specimen, std::vector<uint32_t> nodes) {
  auto part = std::make_unique<Specimen>(specimen);
  part->partition = make_partition(part->subgraph(), std::move(nodes));
  return part;
}

Scene::Scene(Bench& bench, const std::string& candidate, int32_t size, uint64_t seed)
    : bench_(bench) {
  auto delegate = bench.delegate();
  if (!delegate.ok()) {
    otherwise_ = failure(delegate.status().message());
    return;
  }
  delegate_ = std::move(*delegate);
  auto taken = take(delegate_, candidate, size, seed);
  if (!taken.ok()) {
    otherwise_ = failure(taken.status().message());
  } else if (taken->specimen == nullptr) {
    otherwise_ = unsupported(std::move(taken->refusals));
  } else {
    specimen_ = std::move(taken->specimen);
  }
}

void Scene::drop_delegate() {
  delegate_.reset();
  bench_.unload();
}

void Scene::let_go() {
  specimen_.reset();
  drop_delegate();
}

void add_case(std::vector<Case>* cases, const std::string& name, const std::string& candidate,
              SceneCase run) {
  cases->push_back(
      {name + "/" + candidate, "", "", [candidate, run = std::move(run)](Subject& subject) {
         Scene scene(subject.bench(), candidate);
         return scene.ready() ? run(scene) : scene.otherwise();
       }});
}

void add_cases(std::vector<Case>* cases, const std::string& name, const SceneCase& run) {
  for (const char* candidate : candidate_names()) add_case(cases, name, candidate, run);
  add_case(cases, name, kAnyCandidate, run);
}

}  // namespace baton::conformance
