// FILL and ZEROS_LIKE: tensors of one value.
#include <cstring>

#include "delegates/cpu/elementwise.h"
#include "delegates/cpu/operator.h"

namespace baton::cpu {
namespace {

constexpr double kNs = 0.1;  // per element

Refusal require_whole_bytes(const Operand& output) {
  if (bytes_of(output.dtype()) != 0) return {};
  return {BATON_REASON_DTYPE, std::string("the output has type ") + dtype_name(output.dtype()) +
                                  ", whose elements are no whole bytes"};
}

Refusal check_fill(const NodeView& node) {
  return first_of({require_same_dtype("value", node.input(1), "output", node.output()),
                   require_whole_bytes(node.output())});
}

std::unique_ptr<Step> compile_fill(const NodeView& node, const Compiler&) {
  const int32_t output = node.output().index();
  const auto bytes = static_cast<int64_t>(bytes_of(node.output().dtype()));
  // The shape, input 0, is known when this is prepared.
  return make_step({node.input(1).index()}, {output}, [=](const Sizes& sizes) {
    return make_flat_work(sizes.count(output), kNs,
                          [bytes](const Call& call, int64_t begin, int64_t end) {
                            const auto* value = call.input<unsigned char>(0);
                            auto* to = call.output<unsigned char>(0);
                            if (bytes == 1) {
                              std::memset(to + begin, *value, static_cast<size_t>(end - begin));
                              return;
                            }
                            for (int64_t i = begin; i < end; ++i) {
                              std::memcpy(to + i * bytes, value, static_cast<size_t>(bytes));
                            }
                          });
  });
}

Refusal check_zeros_like(const NodeView& node) {
  return first_of({require_same_dtype("input", node.input(0), "output", node.output()),
                   require_whole_bytes(node.output())});
}

std::unique_ptr<Step> compile_zeros_like(const NodeView& node, const Compiler&) {
  const int32_t output = node.output().index();
  const auto bytes = static_cast<int64_t>(bytes_of(node.output().dtype()));
  return make_step({}, {output}, [=](const Sizes& sizes) {
    return make_flat_work(sizes.count(output), kNs,
                          [bytes](const Call& call, int64_t begin, int64_t end) {
                            std::memset(call.output<unsigned char>(0) + begin * bytes, 0,
                                        static_cast<size_t>((end - begin) * bytes));
                          });
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_FILL, 4, check_fill, compile_fill},
    {BATON_OP_ZEROS_LIKE, 1, check_zeros_like, compile_zeros_like},
};

}  // namespace

sdk::Span<const Operator> fill_operators() { return kOperators; }

}  // namespace baton::cpu
