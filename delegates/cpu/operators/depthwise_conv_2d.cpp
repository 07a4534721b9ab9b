// DEPTHWISE_CONV_2D: float32 and 8-bit.
#include "delegates/cpu/check.h"
#include "delegates/cpu/depthwise_plan.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/requantization.h"

namespace baton::cpu {
namespace {

constexpr size_t kImage = 0, kFilter = 1, kBias = 2;  // the step's inputs

Refusal check(const NodeView& node) {
  const auto& attributes = node.attributes<baton_depthwise_conv_2d_attributes>();
  const Operand& input = node.input(0);
  const Operand& filter = node.input(1);
  const Operand& bias = node.input(2);
  if (Refusal refusal =
          first_of({require_dtype("input", input, {BATON_FLOAT32, BATON_INT8, BATON_UINT8}),
                    require_same_dtype("input", input, "output", node.output()),
                    require_dtype("filter", filter, {input.dtype()}),
                    require_rank("input", input, 4, 4), require_rank("filter", filter, 4, 4)})) {
    return refusal;
  }
  const int32_t channels = filter.dim(3);
  if (filter.dim(0) != 1 || filter.count() == 0 || input.dim(3) < 1 ||
      channels % input.dim(3) != 0) {
    return {BATON_REASON_SHAPE, "the filter's channels are no multiple of the input's"};
  }
  if (filter.dim(1) > kMostFilterRows) {
    return {BATON_REASON_SHAPE, "the filter is higher than " + std::to_string(kMostFilterRows)};
  }
  if (attributes.stride_h < 1 || attributes.stride_w < 1 || attributes.dilation_h_factor < 1 ||
      attributes.dilation_w_factor < 1) {
    return {BATON_REASON_ATTRIBUTE, "strides and dilations must be at least 1"};
  }
  if (bias && bias.count() != channels) {
    return {BATON_REASON_SHAPE, "the bias has another size than the filter's channels"};
  }
  if (input.dtype() == BATON_FLOAT32) {
    return bias ? require_dtype("bias", bias, {BATON_FLOAT32}) : Refusal{};
  }
  if (bias && bias.dtype() != BATON_INT32) return require_dtype("bias", bias, {BATON_INT32});
  return check_requantization(input, filter, bias, node.output(), channels,
                              attributes.fused_activation_function, depthwise_rule_of(input));
}

template <typename Arithmetic>
class DepthwiseWork final : public Work {
 public:
  using Element = typename Arithmetic::Element;
  using Plan = DepthwisePlan<Arithmetic>;

  DepthwiseWork(const Plan& plan, const Sizes& sizes, int32_t input)
      : plan_(plan),
        y_(plan.window_y(sizes.dim(input, 1))),
        x_(plan.window_x(sizes.dim(input, 2))),
        input_channels_(sizes.dim(input, 3)) {
    phases.clear();
    if (plan.packed == nullptr) {
      phases.push_back({1, 1});
      scratch_bytes = plan.packed_bytes;
    }
    const double row_products = static_cast<double>(plan.shape.channels) * x_.output *
                                static_cast<double>(plan.shape.filter_height) *
                                static_cast<double>(plan.shape.filter_width);
    phases.push_back({static_cast<uint64_t>(int64_t{sizes.dim(input, 0)} * y_.output),
                      grain_of_ns(row_products / 20)});
  }

  void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const override {
    if (plan_.packed == nullptr && phase == 0) {
      if (begin == end) return;
      plan_.arithmetic.pack(plan_.shape, call.input<void>(kFilter), call.input<void>(kBias),
                            call.scratch<void>());
    } else {
      convolve(call, static_cast<int64_t>(begin), static_cast<int64_t>(end));
    }
  }

 private:
  void convolve(const Call& call, int64_t begin, int64_t end) const {
    const void* rows[kMostFilterRows];
    auto tile = plan_.tile(x_, input_channels_,
                           plan_.packed == nullptr ? call.scratch<void>() : plan_.packed.get());
    tile.rows = rows;
    const int64_t line = x_.input * input_channels_;
    const int64_t out_line = x_.output * tile.out_pixel_stride;
    for (int64_t row = begin; row < end; ++row) {
      const Element* image = call.input<Element>(kImage) + row / y_.output * y_.input * line;
      int64_t y = y_.start(row % y_.output);
      for (size_t fy = 0; fy < plan_.shape.filter_height; ++fy, y += y_.dilation) {
        rows[fy] = y >= 0 && y < y_.input ? image + y * line : nullptr;
      }
      tile.out = call.output<Element>(0) + row * out_line;
      plan_.arithmetic.kernel->run(tile);
    }
  }

  const Plan& plan_;
  const Window y_, x_;
  const int64_t input_channels_;
};

template <typename Arithmetic>
class DepthwiseStep final : public Step {
 public:
  DepthwiseStep(const NodeView& node, const Compiler& compiler) : plan_(node, compiler) {
    inputs = {node.input(0).index()};
    outputs = node.output_tensors();
    if (!plan_.pack_constants(node.input(1), node.input(2), compiler)) {
      inputs.push_back(node.input(1).index());
      inputs.push_back(node.input(2).index());
    }
  }

  std::unique_ptr<Work> prepare(const Sizes& sizes) const override {
    return std::make_unique<DepthwiseWork<Arithmetic>>(plan_, sizes, inputs[kImage]);
  }

 private:
  DepthwisePlan<Arithmetic> plan_;
};

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  if (node.input(0).dtype() == BATON_FLOAT32) {
    return std::make_unique<DepthwiseStep<FloatDepthwise>>(node, compiler);
  }
  return std::make_unique<DepthwiseStep<Int8Depthwise>>(node, compiler);
}

constexpr Operator kOperators[] = {{BATON_OP_DEPTHWISE_CONV_2D, 7, check, compile}};

}  // namespace

sdk::Span<const Operator> depthwise_conv_2d_operators() { return kOperators; }

}  // namespace baton::cpu
