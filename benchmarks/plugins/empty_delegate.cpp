// A delegate that takes every node and does nothing: what remains of a run is what it costs to
// cross over to a delegate.
//
// The host looks at the first execution of an instance, and after new shapes, and wants the outputs
// written: they are filled with zeros then. Later executions leave them as they are, which is the
// one rule of the ABI that this delegate breaks, so that no time of its own is measured:
// `fill=true` keeps it, too. Results are nonsense either way.
#include <baton/plugin.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

namespace {

using namespace baton::sdk;

constexpr baton_option_spec kOptions[] = {
    option(BATON_OPTION_BOOL, "fill", "false", "Writes zeros to the outputs in every execution."),
    option(BATON_OPTION_INT, "partition_nodes", "0",
           "Proposes partitions of so many nodes, in the order of the file; 0: the host chooses."),
};

class EmptyInstance : public Instance {
 public:
  EmptyInstance(uint32_t outputs, uint32_t states, bool always)
      : outputs_(outputs), states_(states), always_(always) {}

  Needs reshape(const Shapes&) override {
    fresh_ = true;
    return {};
  }

  void execute(const Execution&, const Bindings& bindings) override {
    if (!fresh_ && !always_) return;
    fresh_ = false;
    for (uint32_t i = 0; i < outputs_; ++i) clear(bindings.output(i));
    for (uint32_t i = 0; i < states_; ++i) clear(bindings.state_out(i));
  }

 private:
  static void clear(const baton_buffer& buffer) {
    if (buffer.bytes == 0) return;
    std::memset(Bindings::host<unsigned char>(buffer), 0, static_cast<size_t>(buffer.bytes));
  }

  const uint32_t outputs_, states_;
  const bool always_;
  bool fresh_ = true;
};

class EmptyProgram : public Program {
 public:
  EmptyProgram(const Graph& partition, bool always)
      : outputs_(partition.output_count()), states_(partition.state_count()), always_(always) {}
  std::unique_ptr<Instance> instantiate(const Shapes&) override {
    return std::make_unique<EmptyInstance>(outputs_, states_, always_);
  }

 private:
  const uint32_t outputs_, states_;
  const bool always_;
};

class EmptyPlugin : public Plugin {
 public:
  explicit EmptyPlugin(Host host) : Plugin(host) {
    device_ = make_device("Nothing", "", BATON_DEVICE_ACCELERATOR,
                          BATON_DEVICE_USABLE | BATON_DEVICE_RESIZABLE);
  }

  static About about() { return {"Baton", "1.0", "Takes every node and does nothing."}; }
  static Span<const baton_option_spec> options() { return kOptions; }

  uint32_t device_count() override { return 1; }
  const baton_device_info* device(uint32_t) override { return &device_; }
  int32_t max_version(uint32_t, int32_t) override { return std::numeric_limits<int32_t>::max(); }

  void examine(uint32_t, const Options& options, const Graph& graph,
               const Answer& answer) override {
    std::vector<uint32_t> nodes;
    for (uint32_t i = 0; i < graph.node_count(); ++i) {
      const Node node = graph.node(i);
      if (!node.offered()) continue;
      answer.yes(node, 0);
      nodes.push_back(node.index());
    }
    const int64_t each = options.integer("partition_nodes");
    if (each <= 0) return;
    for (size_t i = 0; i < nodes.size(); i += static_cast<size_t>(each)) {
      answer.group({nodes.data() + i, std::min(static_cast<size_t>(each), nodes.size() - i)});
    }
  }

  std::unique_ptr<Program> compile(uint32_t, const Options& options,
                                   const Graph& partition) override {
    return std::make_unique<EmptyProgram>(partition, options.boolean("fill"));
  }

 private:
  baton_device_info device_;
};

}  // namespace

BATON_DEFINE_PLUGIN(empty, EmptyPlugin)
