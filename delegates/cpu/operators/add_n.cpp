// ADD_N: the sum of some tensors of one shape, in order.
#include <limits>
#include <vector>

#include "delegates/cpu/elementwise.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/types.h"
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

Refusal check(const NodeView& node) {
  if (const Refusal refusal = require_unary(node, {BATON_FLOAT32, BATON_INT32})) return refusal;
  for (size_t i = 1; i < node.input_count(); ++i) {
    if (const Refusal refusal =
            require_same_dtype("first input", node.input(0), "another", node.input(i))) {
      return refusal;
    }
  }
  return {};
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  constexpr double kNs = 0.2;  // per element and input
  constexpr int64_t kBytes = 4;
  const int32_t output = node.output().index();
  const size_t inputs = node.input_count();
  const auto add = kernels::find<kernels::BinaryFunction>("add", kernel_type(node.input(0).dtype()),
                                                          compiler.isa());
  return make_step(node.input_tensors(), {output}, [=](const Sizes& sizes) {
    return make_flat_work(sizes.count(output), kNs * static_cast<double>(inputs),
                          [=](const Call& call, int64_t begin, int64_t end) {
                            kernels::BinaryArgs args;
                            args.low = -std::numeric_limits<float>::infinity();
                            args.high = std::numeric_limits<float>::infinity();
                            args.integer_low = std::numeric_limits<int32_t>::min();
                            args.integer_high = std::numeric_limits<int32_t>::max();
                            args.columns = static_cast<size_t>(end - begin);
                            args.out = call.output<std::byte>(0) + begin * kBytes;
                            args.a = call.input<std::byte>(0) + begin * kBytes;
                            for (size_t i = 1; i < inputs; ++i) {
                              args.b = call.input<std::byte>(i) + begin * kBytes;
                              add(args);
                              args.a = args.out;
                            }
                          });
  });
}

constexpr Operator kOperators[] = {{BATON_OP_ADD_N, 1, check, compile}};

}  // namespace

sdk::Span<const Operator> add_n_operators() { return kOperators; }

}  // namespace baton::cpu
