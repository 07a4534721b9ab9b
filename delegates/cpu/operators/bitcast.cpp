// BITCAST: the same bytes as elements of another type.
#include "delegates/cpu/move.h"

namespace baton::cpu {
namespace {

Refusal check(const NodeView& node) {
  return first_of({require_plain("input", node.input(0)), require_plain("output", node.output())});
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler&) {
  const int32_t output = node.output().index();
  const uint64_t element = bytes_of(node.output().dtype());
  // The one type that has bytes which are no value: as bool, what is not 0 is true.
  const bool to_bool = node.output().dtype() == BATON_BOOL;
  return make_step({node.input(0).index()}, {output}, [=](const Sizes& sizes) {
    const uint64_t bytes = static_cast<uint64_t>(sizes.count(output)) * element;
    if (!to_bool) return make_renaming(bytes);
    constexpr uint64_t kGrain = 1 << 15;
    return make_work(bytes, kGrain, [](const Call& call, uint64_t begin, uint64_t end) {
      const auto* from = call.input<uint8_t>(0);
      auto* to = call.output<uint8_t>(0);
      for (uint64_t i = begin; i < end; ++i) to[i] = from[i] != 0 ? 1 : 0;
    });
  });
}

constexpr Operator kOperators[] = {{BATON_OP_BITCAST, 1, check, compile}};

}  // namespace

sdk::Span<const Operator> bitcast_operators() { return kOperators; }

}  // namespace baton::cpu
