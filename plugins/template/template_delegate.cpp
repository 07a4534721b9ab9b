// A complete delegate, to start from: element-wise operators on float32 tensors.
//
// Baton loads the plugin, asks it about every node of a model (examine), and hands it the parts
// that it may run (compile). It goes like this:
//
//   TemplatePlugin    knows the devices, and which nodes it can run     one per runtime
//   TemplateProgram   a compiled partition                              shared by all sessions
//   TemplateInstance  a program with shapes and scratch memory          one per session
//
// Errors are exceptions of type Error; baton/plugin.hpp turns them into the plugin ABI's. To write
// your own: rename, put your operators into find_operator(), and your device into execute().
#include <baton/fixed_point.h>
#include <baton/plugin.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using namespace baton::sdk;

// ---- What the device can do --------------------------------------------------------------------

using Function = float (*)(float a, float b);

// The function of an operator; nullptr when this delegate does not have it.
Function find_operator(int32_t op) {
  switch (op) {
    case BATON_OP_ADD:
      return [](float a, float b) { return a + b; };
    case BATON_OP_SUB:
      return [](float a, float b) { return a - b; };
    case BATON_OP_MUL:
      return [](float a, float b) { return a * b; };
    case BATON_OP_MAXIMUM:
      return [](float a, float b) { return std::max(a, b); };
    case BATON_OP_MINIMUM:
      return [](float a, float b) { return std::min(a, b); };
    case BATON_OP_RELU:
      return [](float a, float) { return std::max(a, 0.0f); };
    case BATON_OP_RELU6:
      return [](float a, float) { return std::min(std::max(a, 0.0f), 6.0f); };
    default:
      return nullptr;
  }
}

// Some operators end in an activation.
bool has_activation(int32_t op) {
  return op == BATON_OP_ADD || op == BATON_OP_SUB || op == BATON_OP_MUL;
}

int32_t fused_activation(const Node& node) {
  switch (node.op()) {
    case BATON_OP_ADD:
      return node.attributes<baton_add_attributes>().fused_activation_function;
    case BATON_OP_SUB:
      return node.attributes<baton_sub_attributes>().fused_activation_function;
    case BATON_OP_MUL:
      return node.attributes<baton_mul_attributes>().fused_activation_function;
    default:
      return BATON_ACTIVATION_NONE;
  }
}

// Why the node cannot run here, or {BATON_REASON_NONE, ""}.
struct Refusal {
  uint32_t reason;
  std::string sentence;
};

Refusal check(const Graph& graph, const Node& node) {
  const Tensor output = graph.output_of(node, 0);
  for (uint32_t i = 0; i < node.inputs().size(); ++i) {
    const Tensor input = graph.input_of(node, i);
    if (input.dtype() != BATON_FLOAT32) return {BATON_REASON_DTYPE, "only float32 is supported"};
    // One value for all elements is fine, other broadcasts are not.
    const bool same_shape = std::equal(input.dims().begin(), input.dims().end(),
                                       output.dims().begin(), output.dims().end());
    if (!same_shape && input.count() != 1) {
      return {BATON_REASON_SHAPE, "the inputs have different shapes"};
    }
  }
  const int32_t activation = fused_activation(node);
  if (activation != BATON_ACTIVATION_NONE && activation != BATON_ACTIVATION_RELU &&
      activation != BATON_ACTIVATION_RELU6) {
    return {BATON_REASON_ATTRIBUTE, "only RELU and RELU6 are supported as fused activations"};
  }
  return {BATON_REASON_NONE, ""};
}

// ---- A compiled partition ----------------------------------------------------------------------

// Where a tensor is while the partition runs.
struct Place {
  enum Kind { kInput, kOutput, kConstant, kScratch } kind = kScratch;
  uint32_t position = 0;            // of an input or output; number of the tensor in scratch
  const float* constant = nullptr;  // Baton keeps it as long as the program
};

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Step {
  Function function;
  Place a, b, out;
  int32_t tensor_a, tensor_b, tensor_out;  // to ask for their shapes
  float low, high;                         // the fused activation
};

class TemplateProgram : public Program {
 public:
  explicit TemplateProgram(const Graph& graph) {
    for (uint32_t i = 0; i < graph.input_count(); ++i) {
      places_[graph.input(i)] = {Place::kInput, i, nullptr};
    }
    for (uint32_t i = 0; i < graph.output_count(); ++i) {
      places_[graph.output(i)] = {Place::kOutput, i, nullptr};
    }
    // The nodes come in an order in which they can run.
    for (uint32_t i = 0; i < graph.node_count(); ++i) {
      const Node node = graph.node(i);
      const int32_t a = node.inputs()[0];
      const int32_t b = node.has_input(1) ? node.inputs()[1] : a;
      const int32_t out = node.outputs()[0];
      Step step{find_operator(node.op()),
                place(graph, a),
                place(graph, b),
                place(graph, out),
                a,
                b,
                out,
                -kInfinity,
                kInfinity};
      if (has_activation(node.op())) {
        baton_activation_range_float(fused_activation(node), &step.low, &step.high);
      }
      steps.push_back(step);
    }
  }

  std::unique_ptr<Instance> instantiate(const Shapes& shapes) override;

  std::vector<Step> steps;
  std::vector<int32_t> scratch;  // tensors that exist only inside the partition

 private:
  Place place(const Graph& graph, int32_t tensor) {
    const auto known = places_.find(tensor);
    if (known != places_.end()) return known->second;
    Place place;
    if (graph.tensor(tensor).constant()) {
      place = {Place::kConstant, 0, graph.tensor(tensor).data<float>()};
    } else {
      place = {Place::kScratch, static_cast<uint32_t>(scratch.size()), nullptr};
      scratch.push_back(tensor);
    }
    return places_[tensor] = place;
  }

  std::unordered_map<int32_t, Place> places_;
};

// ---- One session's use of it -------------------------------------------------------------------

class TemplateInstance : public Instance {
 public:
  explicit TemplateInstance(const TemplateProgram& program) : program_(program) {}

  // Everything that depends on shapes. Baton provides the scratch memory that we ask for.
  Needs reshape(const Shapes& shapes) override {
    uint64_t floats = 0;
    offsets_.clear();
    for (const int32_t tensor : program_.scratch) {
      offsets_.push_back(floats);
      floats += static_cast<uint64_t>(shapes.count(tensor));
    }
    counts_.clear();
    for (const Step& step : program_.steps) {
      const int64_t out = shapes.count(step.tensor_out);
      const int64_t a = shapes.count(step.tensor_a);
      const int64_t b = shapes.count(step.tensor_b);
      // New shapes can need a broadcast that examine has never seen.
      if ((a != out && a != 1) || (b != out && b != 1)) {
        throw Error(BATON_REASON_SHAPE, "the inputs have different shapes after the resize");
      }
      counts_.push_back({out, a == out ? 1u : 0u, b == out ? 1u : 0u});
    }
    return {floats * sizeof(float)};
  }

  void execute(const Execution& execution, const Bindings& bindings) override {
    for (size_t i = 0; i < program_.steps.size(); ++i) {
      if (execution.is_cancelled()) throw cancelled();
      const Step& step = program_.steps[i];
      const Counts& counts = counts_[i];
      const float* a = find(step.a, execution, bindings);
      const float* b = find(step.b, execution, bindings);
      float* out = find(step.out, execution, bindings);
      // The session's threads share the elements.
      execution.parallel_for(static_cast<uint64_t>(counts.elements), 16384,
                             [&](uint32_t, uint64_t begin, uint64_t end) {
                               for (uint64_t k = begin; k < end; ++k) {
                                 const float y =
                                     step.function(a[k * counts.step_a], b[k * counts.step_b]);
                                 out[k] = std::min(std::max(y, step.low), step.high);
                               }
                             });
    }
  }

 private:
  struct Counts {
    int64_t elements;
    uint64_t step_a, step_b;  // 0 repeats the one element
  };

  float* find(const Place& place, const Execution& execution, const Bindings& bindings) const {
    switch (place.kind) {
      case Place::kInput:
        return const_cast<float*>(bindings.input_data<float>(place.position));
      case Place::kOutput:
        return bindings.output_data<float>(place.position);
      case Place::kConstant:
        return const_cast<float*>(place.constant);
      default:
        return execution.scratch<float>() + offsets_[place.position];
    }
  }

  const TemplateProgram& program_;
  std::vector<uint64_t> offsets_;
  std::vector<Counts> counts_;
};

std::unique_ptr<Instance> TemplateProgram::instantiate(const Shapes&) {
  return std::make_unique<TemplateInstance>(*this);
}

// ---- The plugin --------------------------------------------------------------------------------

constexpr baton_option_spec kOptions[] = {
    option(BATON_OPTION_INT, "min_elements", "0", "Refuses nodes with fewer output elements."),
};

class TemplatePlugin : public Plugin {
 public:
  explicit TemplatePlugin(Host host) : Plugin(host) {
    device_ = make_device("Template", "template 1.0", BATON_DEVICE_CPU, BATON_DEVICE_USABLE);
  }

  static About about() {
    return {"Baton", "1.0", "Element-wise float32 operators: a delegate to start from."};
  }
  static Span<const baton_option_spec> options() { return kOptions; }

  uint32_t device_count() override { return 1; }
  const baton_device_info* device(uint32_t) override { return &device_; }

  // The newest version of each operator that the code above knows.
  int32_t max_version(uint32_t, int32_t op) override { return find_operator(op) ? 3 : 0; }

  void examine(uint32_t, const Options& options, const Graph& graph,
               const Answer& answer) override {
    const int64_t min_elements = options.integer("min_elements");
    for (uint32_t i = 0; i < graph.node_count(); ++i) {
      const Node node = graph.node(i);
      if (!node.offered()) continue;
      if (find_operator(node.op()) == nullptr) {
        answer.no(node, BATON_REASON_OP_UNKNOWN, std::string("there is no ") + node.name());
        continue;
      }
      const Refusal refusal = check(graph, node);
      const int64_t elements = graph.output_of(node, 0).count();
      if (refusal.reason != BATON_REASON_NONE) {
        answer.no(node, refusal.reason, refusal.sentence);
      } else if (elements < min_elements) {
        answer.no(node, BATON_REASON_OPTION,
                  std::to_string(elements) + " elements are fewer than min_elements");
      } else {
        answer.yes(node, elements);  // about one nanosecond per element
      }
    }
  }

  std::unique_ptr<Program> compile(uint32_t, const Options&, const Graph& partition) override {
    return std::make_unique<TemplateProgram>(partition);
  }

 private:
  baton_device_info device_;
};

}  // namespace

BATON_DEFINE_PLUGIN(template, TemplatePlugin)
