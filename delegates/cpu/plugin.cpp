// The CPU delegate: fast kernels for the machine's own instruction sets, on the session's threads.
#include <string>

#include "delegates/cpu/cost.h"
#include "delegates/cpu/extensions.h"
#include "delegates/cpu/lowering.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/program.h"
#include "delegates/cpu/settings.h"

namespace baton::cpu {
namespace {

class CpuPlugin final : public sdk::Plugin {
 public:
  explicit CpuPlugin(sdk::Host host)
      : Plugin(host), driver_(kernels::name_of(kernels::best_level())) {
    device_ =
        sdk::make_device("CPU", driver_.c_str(), BATON_DEVICE_CPU,
                         BATON_DEVICE_USABLE | BATON_DEVICE_EXACT_INTEGER | BATON_DEVICE_RESIZABLE);
    device_.launch_ns = 300;
  }

  static sdk::About about() {
    return {"Baton", "0.1.0", "Kernels for the instruction sets of this machine's processor."};
  }
  static sdk::Span<const baton_option_spec> options() { return option_specs(); }

  uint32_t device_count() override { return 1; }
  const baton_device_info* device(uint32_t) override { return &device_; }
  int32_t max_version(uint32_t, int32_t op) override {
    const Operator* found = find_operator(op);
    return found ? found->max_version : 0;
  }

  void examine(uint32_t, const sdk::Options& options, const sdk::Graph& graph,
               const sdk::Answer& answer) override {
    read_settings(options);
    for (uint32_t i = 0; i < graph.node_count(); ++i) {
      const sdk::Node node = graph.node(i);
      if (!node.offered()) continue;
      const Operator* op = find_operator(node.op());
      if (op == nullptr) {
        answer.no(node, BATON_REASON_OP_UNKNOWN, std::string("there is no ") + node.name());
        continue;
      }
      const NodeView view = view_of(graph, node);
      if (const Refusal refusal = op->check(view)) {
        answer.no(node, refusal.reason, refusal.sentence);
      } else {
        answer.yes(node, estimate_ns(view));
      }
    }
  }

  std::unique_ptr<sdk::Program> compile(uint32_t, const sdk::Options& options,
                                        const sdk::Graph& partition) override {
    return std::make_unique<CpuProgram>(read_settings(options), partition, host());
  }

  const void* extension(std::string_view id) override { return cpu::extension(id); }

 private:
  std::string driver_;
  baton_device_info device_;
};

}  // namespace
}  // namespace baton::cpu

BATON_DEFINE_PLUGIN(cpu, baton::cpu::CpuPlugin)
