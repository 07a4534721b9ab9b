// DEPTHWISE_CONV_2D: float32 and 8-bit.
#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/requantization.h"
#include "delegates/cpu/window.h"
#include "delegates/kernels/depthwise.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

constexpr size_t kImage = 0, kFilter = 1, kBias = 2;  // the step's inputs
constexpr int32_t kMostFilterRows = 64;

ScaleRule rule_of(const Operand& input) {
  return input.dtype() == BATON_UINT8 ? ScaleRule::kPerTensor : ScaleRule::kPerChannel;
}

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
                              attributes.fused_activation_function, rule_of(input));
}

// The kernel's part that depends on the arithmetic; see conv_step.h.
struct FloatDepthwise {
  using Element = float;
  using Tile = kernels::F32DepthwiseTile;
  const kernels::F32Depthwise* kernel;
  float low, high;

  FloatDepthwise(const NodeView&, const Compiler& compiler, int32_t activation)
      : kernel(kernels::find<const kernels::F32Depthwise*>("depthwise", "f32", compiler.isa())) {
    baton_activation_range_float(activation, &low, &high);
  }
  void pack(const kernels::DepthwiseShape& shape, const void* filter, const void* bias,
            void* packed) const {
    kernel->pack(shape, static_cast<const float*>(filter), static_cast<const float*>(bias), packed);
  }
  void describe(Tile* tile) const {
    tile->low = low;
    tile->high = high;
  }
};

struct Int8Depthwise {
  using Element = uint8_t;  // of either sign
  using Tile = kernels::Int8DepthwiseTile;
  const kernels::Int8Depthwise* kernel;
  bool is_unsigned;
  int32_t input_zero, filter_zero;
  Requantization requantization;

  Int8Depthwise(const NodeView& node, const Compiler& compiler, int32_t activation)
      : kernel(kernels::find<const kernels::Int8Depthwise*>("depthwise", "int8", compiler.isa())),
        is_unsigned(node.input(0).dtype() == BATON_UINT8),
        input_zero(node.input(0).zero_point()),
        filter_zero(is_unsigned ? node.input(1).zero_point() : 0),
        requantization(make_requantization(node.input(0), node.input(1), node.output(), activation,
                                           rule_of(node.input(0)))) {}
  void pack(const kernels::DepthwiseShape& shape, const void* filter, const void* bias,
            void* packed) const {
    kernels::Int8DepthwiseWeights weights;
    weights.data = filter;
    weights.unsigned_weights = is_unsigned;
    weights.weights_zero = filter_zero;
    weights.unsigned_input = is_unsigned;
    weights.input_zero = input_zero;
    weights.bias = static_cast<const int32_t*>(bias);
    weights.multipliers = requantization.multipliers.data();
    weights.shifts = requantization.shifts.data();
    weights.one_scale = requantization.one_scale();
    kernel->pack(shape, weights, packed);
  }
  void describe(Tile* tile) const {
    tile->unsigned_input = is_unsigned;
    tile->unsigned_output = is_unsigned;
    tile->input_zero = input_zero;
    tile->out_zero = requantization.zero_point;
    tile->low = requantization.low;
    tile->high = requantization.high;
  }
};

template <typename Arithmetic>
struct Plan {
  Arithmetic arithmetic;
  kernels::DepthwiseShape shape;
  int32_t stride_h, stride_w, dilation_h, dilation_w, padding;
  std::optional<ImagePadding> image_padding;
  uint64_t packed_bytes = 0;
  std::shared_ptr<std::byte> packed;  // nullptr: packed in each run
};

template <typename Arithmetic>
class DepthwiseWork final : public Work {
 public:
  using Element = typename Arithmetic::Element;

  DepthwiseWork(const Plan<Arithmetic>& plan, const Sizes& sizes, int32_t input) : plan_(plan) {
    const auto dims = sizes.dims(input);
    const auto filter_h = static_cast<int32_t>(plan.shape.filter_height);
    const auto filter_w = static_cast<int32_t>(plan.shape.filter_width);
    if (plan.image_padding) {
      const ImagePadding& around = *plan.image_padding;
      y_ = make_padded_window(around.top, around.bottom, dims[1], filter_h, plan.stride_h,
                              plan.dilation_h);
      x_ = make_padded_window(around.left, around.right, dims[2], filter_w, plan.stride_w,
                              plan.dilation_w);
    } else {
      y_ = make_window(plan.padding, dims[1], filter_h, plan.stride_h, plan.dilation_h);
      x_ = make_window(plan.padding, dims[2], filter_w, plan.stride_w, plan.dilation_w);
    }
    input_channels_ = dims[3];
    phases.clear();
    if (plan.packed == nullptr) {
      phases.push_back({1, 1});
      scratch_bytes = plan.packed_bytes;
    }
    const double row_products = static_cast<double>(plan.shape.channels) * x_.output *
                                static_cast<double>(filter_h * filter_w);
    phases.push_back(
        {static_cast<uint64_t>(int64_t{dims[0]} * y_.output), grain_of_ns(row_products / 20)});
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
    typename Arithmetic::Tile tile;
    tile.packed = plan_.packed == nullptr ? call.scratch<void>() : plan_.packed.get();
    tile.shape = plan_.shape;
    tile.rows = rows;
    tile.input_width = x_.input;
    tile.input_pixel_stride = input_channels_;
    tile.stride = x_.stride;
    tile.dilation = x_.dilation;
    tile.pad = x_.before;
    tile.begin = 0;
    tile.end = x_.output;
    const auto channels = static_cast<int64_t>(plan_.shape.channels);
    tile.out_pixel_stride = channels;
    plan_.arithmetic.describe(&tile);
    const int64_t line = x_.input * input_channels_;
    for (int64_t row = begin; row < end; ++row) {
      const Element* image = call.input<Element>(kImage) + row / y_.output * y_.input * line;
      int64_t y = y_.start(row % y_.output);
      for (size_t fy = 0; fy < plan_.shape.filter_height; ++fy, y += y_.dilation) {
        rows[fy] = y >= 0 && y < y_.input ? image + y * line : nullptr;
      }
      tile.out = call.output<Element>(0) + row * x_.output * channels;
      plan_.arithmetic.kernel->run(tile);
    }
  }

  const Plan<Arithmetic>& plan_;
  Window y_, x_;
  int64_t input_channels_ = 0;
};

template <typename Arithmetic>
class DepthwiseStep final : public Step {
 public:
  DepthwiseStep(const NodeView& node, const Compiler& compiler) : plan_(plan_of(node, compiler)) {
    const Operand& filter = node.input(1);
    const Operand& bias = node.input(2);
    inputs = {node.input(0).index()};
    outputs = node.output_tensors();
    if (!filter.constant() || (bias && !bias.constant())) {
      inputs.push_back(filter.index());
      inputs.push_back(bias.index());
      return;
    }
    plan_.packed = compiler.allocate(plan_.packed_bytes);
    plan_.arithmetic.pack(plan_.shape, filter.data<void>(), bias ? bias.data<void>() : nullptr,
                          plan_.packed.get());
  }

  std::unique_ptr<Work> prepare(const Sizes& sizes) const override {
    return std::make_unique<DepthwiseWork<Arithmetic>>(plan_, sizes, inputs[kImage]);
  }

 private:
  static Plan<Arithmetic> plan_of(const NodeView& node, const Compiler& compiler) {
    const auto& attributes = node.attributes<baton_depthwise_conv_2d_attributes>();
    const Operand& filter = node.input(1);
    kernels::DepthwiseShape shape;
    shape.filter_height = static_cast<size_t>(filter.dim(1));
    shape.filter_width = static_cast<size_t>(filter.dim(2));
    shape.channels = static_cast<size_t>(filter.dim(3));
    shape.multiplier = static_cast<size_t>(filter.dim(3) / node.input(0).dim(3));
    Plan<Arithmetic> plan{
        Arithmetic(node, compiler, node.activation.value_or(attributes.fused_activation_function)),
        shape,
        attributes.stride_h,
        attributes.stride_w,
        attributes.dilation_h_factor,
        attributes.dilation_w_factor,
        attributes.padding,
        node.padding,
        0,
        nullptr};
    plan.packed_bytes = plan.arithmetic.kernel->packed_bytes(shape);
    return plan;
  }

  Plan<Arithmetic> plan_;
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
