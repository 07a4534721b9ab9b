// DEPTHWISE_CONV_2D: float32, 8-bit, and hybrid (float32 with an int8 filter).
#include <cstring>
#include <string>
#include <vector>

#include "delegates/cpu/arithmetic.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/depthwise_plan.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/requantization.h"
#include "delegates/cpu/weight_scales.h"
#include "delegates/cpu/wide_conv.h"

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
                    require_rank("input", input, 4, 4), require_rank("filter", filter, 4, 4)})) {
    return refusal;
  }
  const bool hybrid = input.dtype() == BATON_FLOAT32 && filter.dtype() == BATON_INT8;
  if (!hybrid && filter.dtype() != input.dtype()) {
    return require_dtype("filter", filter, {input.dtype()});
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
    if (hybrid) {
      if (Refusal refusal = require_weight_scales("filter", filter, 3, channels)) return refusal;
    }
    return bias ? require_dtype("bias", bias, {BATON_FLOAT32}) : Refusal{};
  }
  if (bias && bias.dtype() != BATON_INT32) return require_dtype("bias", bias, {BATON_INT32});
  return check_requantization(input, filter, bias, node.output(), 3,
                              attributes.fused_activation_function, scale_rule_of(input));
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
    plan.check_channels(input_channels_);
    phases.clear();
    if (plan.packed == nullptr) {
      phases.push_back({1, 1});
      scratch_bytes = plan.packed_bytes;
    }
    if (plan.arithmetic.quantize != nullptr) plan_images(sizes, input);
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
    } else if (phase + 1 < phases.size()) {
      quantize(call, begin, end);
    } else {
      convolve(call, static_cast<int64_t>(begin), static_cast<int64_t>(end));
    }
  }

 private:
  // Hybrid: the images as the reference rounds them, as real numbers in the scratch memory.
  void plan_images(const Sizes& sizes, int32_t input) {
    const auto images = static_cast<uint64_t>(sizes.dim(input, 0));
    image_size_ = images == 0 ? 0 : static_cast<uint64_t>(sizes.count(input)) / images;
    images_offset_ = take_scratch(images * image_size_ * sizeof(float));
    worker_scratch_bytes = image_size_ + 64;
    phases.push_back({images, grain_of_ns(static_cast<double>(image_size_) / 2)});
  }

  void quantize(const Call& call, uint64_t begin, uint64_t end) const {
    auto* quantized = call.worker_scratch<int8_t>();
    for (uint64_t image = begin; image < end; ++image) {
      float scale = 1;
      int32_t zero_point = 0;
      plan_.arithmetic.quantize({call.input<float>(kImage) + image * image_size_, image_size_,
                                 quantized, &scale, &zero_point});
      float* real = reinterpret_cast<float*>(call.scratch<std::byte>() + images_offset_) +
                    image * image_size_;
      for (uint64_t i = 0; i < image_size_; ++i) {
        real[i] = static_cast<float>(quantized[i] - zero_point) * scale;
      }
    }
  }

  void convolve(const Call& call, int64_t begin, int64_t end) const {
    const void* rows[kMostFilterRows];
    auto tile = plan_.tile(x_, input_channels_,
                           plan_.packed == nullptr ? call.scratch<void>() : plan_.packed.get());
    tile.rows = rows;
    const auto* images =
        plan_.arithmetic.quantize == nullptr
            ? call.input<Element>(kImage)
            : reinterpret_cast<const Element*>(call.scratch<std::byte>() + images_offset_);
    const int64_t line = x_.input * input_channels_;
    const int64_t out_line = x_.output * tile.out_pixel_stride;
    for (int64_t row = begin; row < end; ++row) {
      const Element* image = images + row / y_.output * y_.input * line;
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
  uint64_t image_size_ = 0, images_offset_ = 0;  // where images are quantised
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
      filter_dims_.assign(node.input(1).dims().begin(), node.input(1).dims().end());
    }
  }

  std::unique_ptr<Work> prepare(const Sizes& sizes) const override {
    if (plan_.packed == nullptr) sizes.require_dims(inputs[kFilter], filter_dims_);
    return std::make_unique<DepthwiseWork<Arithmetic>>(plan_, sizes, inputs[kImage]);
  }

 private:
  DepthwisePlan<Arithmetic> plan_;
  std::vector<int32_t> filter_dims_;  // where it is not constant
};

// ---- Of one input channel: an ordinary convolution.

std::unique_ptr<Step> make_conv_step_of(const NodeView& node, const ConvShape& shape,
                                        const Compiler& compiler) {
  const Operand &input = node.input(0), &filter = node.input(1);
  const int32_t activation = node.activation.value_or(
      node.attributes<baton_depthwise_conv_2d_attributes>().fused_activation_function);
  if (input.dtype() == BATON_FLOAT32) {
    return make_any_conv_step(node, shape, FloatArithmetic(compiler, activation, {}), compiler);
  }
  const bool is_unsigned = input.dtype() == BATON_UINT8;
  return make_any_conv_step(
      node, shape,
      Int8Arithmetic(
          compiler, node, is_unsigned ? filter.zero_point() : 0, kernels::Requantize::kFixed,
          make_requantization(input, filter, node.output(), activation, scale_rule_of(input))),
      compiler);
}

// nullptr where it is none, or none that is faster.
std::unique_ptr<Step> compile_as_conv(const NodeView& node, const Compiler& compiler) {
  const auto& attributes = node.attributes<baton_depthwise_conv_2d_attributes>();
  const Operand &input = node.input(0), &filter = node.input(1), &bias = node.input(2);
  const bool constant = filter.constant() && (!bias || bias.constant());
  if (input.dim(3) != 1 || !constant || filter.dtype() != input.dtype() ||
      attributes.dilation_w_factor != 1 || filter.dim(2) == 1 ||
      compiler.settings().precision != Precision::kExact) {
    return nullptr;
  }
  ConvShape shape;
  shape.filter_height = filter.dim(1);
  shape.filter_width = filter.dim(2);
  shape.depth = 1;
  shape.channels = filter.dim(3);
  shape.stride_h = attributes.stride_h;
  shape.stride_w = attributes.stride_w;
  shape.dilation_h = attributes.dilation_h_factor;
  shape.padding = attributes.padding;
  shape.image_padding = node.padding;
  shape.merged = true;
  // Channels come first.
  const size_t element = bytes_of(filter.dtype());
  const auto channels = static_cast<size_t>(shape.channels);
  const auto taps = static_cast<size_t>(shape.filter_size());
  std::vector<std::byte> weights(channels * taps * element);
  for (size_t c = 0; c < channels; ++c) {
    for (size_t t = 0; t < taps; ++t) {
      std::memcpy(&weights[(c * taps + t) * element],
                  filter.data<std::byte>() + (t * channels + c) * element, element);
    }
  }
  NodeView view = node;
  view.set_input(1, filter.with_data(weights.data()));
  return make_conv_step_of(view, shape, compiler);
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  if (auto step = compile_as_conv(node, compiler)) return step;
  if (node.input(0).dtype() == BATON_FLOAT32) {
    return std::make_unique<DepthwiseStep<FloatDepthwise>>(node, compiler);
  }
  return std::make_unique<DepthwiseStep<Int8Depthwise>>(node, compiler);
}

constexpr Operator kOperators[] = {{BATON_OP_DEPTHWISE_CONV_2D, 7, check, compile}};

}  // namespace

sdk::Span<const Operator> depthwise_conv_2d_operators() { return kOperators; }

}  // namespace baton::cpu
