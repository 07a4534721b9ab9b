// L2_NORMALIZATION and LOCAL_RESPONSE_NORMALIZATION along the last dimension.
#include "delegates/kernels/normalize.h"

#include <algorithm>

#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/rows.h"
#include "delegates/cpu/types.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

// ---- L2_NORMALIZATION

Refusal check_l2(const NodeView& node) {
  const Operand& input = node.input(0);
  const Operand& output = node.output();
  if (node.attributes<baton_l2_norm_attributes>().fused_activation_function !=
      BATON_ACTIVATION_NONE) {
    return {BATON_REASON_ATTRIBUTE, "a fused activation is not supported"};
  }
  if (const Refusal refusal = check_rows(node)) return refusal;
  if (input.dtype() == BATON_FLOAT32) return {};
  if (const Refusal refusal = require_per_tensor("input", input)) return refusal;
  if (output.scale() == 1.0f / 128 &&
      output.zero_point() == (output.dtype() == BATON_UINT8 ? 128 : 0)) {
    return {};
  }
  return {BATON_REASON_QUANTIZATION,
          "the output's scale must be 1/128 and its zero point the middle of the range"};
}

template <typename T>
std::unique_ptr<Step> make_l2_step(const NodeView& node, kernels::L2Function function) {
  const int32_t zero = node.input(0).zero_point();
  return make_row_step<T>(node, 0.5, [=](int64_t depth, const T* in, T* out, int64_t rows) {
    function({in, out, static_cast<size_t>(rows), static_cast<size_t>(depth), zero});
  });
}

std::unique_ptr<Step> compile_l2(const NodeView& node, const Compiler& compiler) {
  const baton_dtype dtype = node.input(0).dtype();
  const auto function =
      kernels::find<kernels::L2Function>("l2_normalize", kernel_type(dtype), compiler.isa());
  switch (dtype) {
    case BATON_INT8:
      return make_l2_step<int8_t>(node, function);
    case BATON_UINT8:
      return make_l2_step<uint8_t>(node, function);
    default:
      return make_l2_step<float>(node, function);
  }
}

// ---- LOCAL_RESPONSE_NORMALIZATION

Refusal check_local_response(const NodeView& node) {
  return first_of({require_dtype("input", node.input(0), {BATON_FLOAT32}),
                   require_same_dtype("input", node.input(0), "output", node.output()),
                   require_rank("input", node.input(0), 4, 4)});
}

std::unique_ptr<Step> compile_local_response(const NodeView& node, const Compiler& compiler) {
  const int32_t input = node.input(0).index(), output = node.output().index();
  const auto attributes = node.attributes<baton_local_response_normalization_attributes>();
  const auto function =
      kernels::find<kernels::LocalResponseFunction>("local_response", "f32", compiler.isa());
  return make_step({input}, {output}, [=](const Sizes& sizes) {
    const int64_t depth = sizes.depth(input);
    kernels::LocalResponseRows rows;
    rows.depth = static_cast<size_t>(depth);
    rows.radius = static_cast<size_t>(std::clamp<int64_t>(attributes.radius, 0, depth));
    rows.bias = attributes.bias;
    rows.alpha = attributes.alpha;
    rows.beta = attributes.beta;
    const int64_t items = depth == 0 ? 0 : sizes.count(input) / depth;
    const double ns = static_cast<double>(depth) * (2 + static_cast<double>(rows.radius) / 4);
    auto work = make_work(static_cast<uint64_t>(items), grain_of_ns(ns),
                          [=](const Call& call, uint64_t begin, uint64_t end) {
                            kernels::LocalResponseRows piece = rows;
                            piece.in = call.input<float>(0) + begin * rows.depth;
                            piece.out = call.output<float>(0) + begin * rows.depth;
                            piece.rows = end - begin;
                            piece.scratch = call.worker_scratch<float>();
                            function(piece);
                          });
    work->worker_scratch_bytes = (rows.depth + 2 * rows.radius + 64) * sizeof(float);
    return work;
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_L2_NORMALIZATION, 2, check_l2, compile_l2},
    {BATON_OP_LOCAL_RESPONSE_NORMALIZATION, 1, check_local_response, compile_local_response},
};

}  // namespace

sdk::Span<const Operator> normalize_operators() { return kOperators; }

}  // namespace baton::cpu
