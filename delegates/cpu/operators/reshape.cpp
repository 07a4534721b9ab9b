// RESHAPE, SQUEEZE, EXPAND_DIMS: the same bytes under another shape.
#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"

namespace baton::cpu {
namespace {

Refusal check(const NodeView& node) {
  return first_of({require_dtype("input", node.input(0),
                                 {BATON_FLOAT32, BATON_FLOAT16, BATON_INT8, BATON_UINT8,
                                  BATON_INT16, BATON_INT32, BATON_INT64, BATON_BOOL}),
                   require_same_dtype("input", node.input(0), "output", node.output())});
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler&) {
  const int32_t input = node.input(0).index();
  const uint64_t element = bytes_of(node.input(0).dtype());
  return make_step({input}, {node.output().index()}, [=](const Sizes& sizes) {
    return make_renaming(static_cast<uint64_t>(sizes.count(input)) * element);
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_RESHAPE, 1, check, compile},
    {BATON_OP_SQUEEZE, 2, check, compile},
    {BATON_OP_EXPAND_DIMS, 1, check, compile},
};

}  // namespace

sdk::Span<const Operator> reshape_operators() { return kOperators; }

}  // namespace baton::cpu
