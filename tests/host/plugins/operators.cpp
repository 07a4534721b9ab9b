// A plugin that brings custom operators and no way to run them but the core.
//   TimesTwo   x -> 2 x, float32, with the session's threads
//   Stumble    fails, or throws, as its first option byte says
//   ShapeOnly  has a shape rule and no kernel
#include <baton/plugin.hpp>

#include <stdexcept>

namespace {

using namespace baton::sdk;

class OperatorsPlugin : public Plugin {
 public:
  using Plugin::Plugin;
  static About about() { return {"Baton's tests", "1.0", "Custom operators."}; }
  static Span<const baton_custom_operator> operators();

  uint32_t device_count() override { return 0; }
  const baton_device_info* device(uint32_t) override { return nullptr; }
  int32_t max_version(uint32_t, int32_t) override { return 0; }
  void examine(uint32_t, const Options&, const Graph&, const Answer&) override {}
  std::unique_ptr<Program> compile(uint32_t, const Options&, const Graph&) override { return {}; }
};

void same_shape(OperatorsPlugin&, const KernelCall& call) {
  if (call.input(0).dtype() != BATON_FLOAT32) {
    throw Error(BATON_REASON_DTYPE, "TimesTwo takes float32 only", BATON_UNSUPPORTED);
  }
  call.set_output_dims(0, call.input(0).dims());
}

void times_two(OperatorsPlugin&, const KernelCall& call) {
  const float* x = call.input(0).data<float>();
  float* y = call.output_data<float>(0);
  call.execution().parallel_for(static_cast<uint64_t>(call.output(0).count()), 1,
                                [&](uint32_t, uint64_t begin, uint64_t end) {
                                  for (uint64_t i = begin; i < end; ++i) y[i] = 2 * x[i];
                                });
}

void stumble(OperatorsPlugin&, const KernelCall& call) {
  const auto* options = static_cast<const char*>(call.node().abi()->custom_data);
  if (call.node().abi()->custom_bytes > 0 && options[0] == 't') {
    throw std::runtime_error("Stumble was told to throw");
  }
  throw Error(BATON_REASON_OTHER, "Stumble was told to fail");
}

constexpr baton_custom_operator shape_only() {
  baton_custom_operator op =
      custom_operator<OperatorsPlugin, same_shape, stumble>("ShapeOnly", 1, "Has no kernel.");
  op.run = nullptr;
  return op;
}

constexpr baton_custom_operator kOperators[] = {
    custom_operator<OperatorsPlugin, same_shape, times_two>("TimesTwo", 2, "Doubles."),
    custom_operator<OperatorsPlugin, same_shape, stumble>("Stumble", 1, "Fails."),
    shape_only(),
};

Span<const baton_custom_operator> OperatorsPlugin::operators() { return kOperators; }

}  // namespace

BATON_DEFINE_PLUGIN(test_operators, OperatorsPlugin)
