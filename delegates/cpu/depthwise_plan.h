// A depthwise convolution for any arithmetic: its weights, and how to run a row of its output.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "delegates/cpu/hybrid.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/requantization.h"
#include "delegates/cpu/weight_scales.h"
#include "delegates/cpu/window.h"
#include "delegates/kernels/depthwise.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {

// Rows of a filter at most: for tables of row pointers on the stack.
constexpr int32_t kMostFilterRows = 64;

// What depends on the arithmetic; see conv_plan.h.
struct FloatDepthwise {
  using Element = float;
  using Tile = kernels::F32DepthwiseTile;
  const kernels::F32Depthwise* kernel;
  float low, high;
  // Hybrid nodes: the filter is int8, and each image of the input is rounded to 8 bits first.
  kernels::HybridFunction quantize = nullptr;
  std::vector<double> filter_scales;

  FloatDepthwise(const NodeView& node, const Compiler& compiler, int32_t activation)
      : kernel(kernels::find<const kernels::F32Depthwise*>("depthwise", "f32", compiler.isa())) {
    baton_activation_range_float(activation, &low, &high);
    if (node.input(1).dtype() == BATON_FLOAT32) return;
    quantize = hybrid_quantizer(true, compiler);
    filter_scales = weight_scales(node.input(1));
  }
  void pack(const kernels::DepthwiseShape& shape, const void* filter, const void* bias,
            void* packed) const {
    std::vector<float> real;
    if (quantize != nullptr) {
      const auto* values = static_cast<const int8_t*>(filter);
      const size_t count = shape.filter_height * shape.filter_width * shape.channels;
      for (size_t i = 0; i < count; ++i) {
        const size_t channel = filter_scales.size() == 1 ? 0 : i % shape.channels;
        real.push_back(static_cast<float>(filter_scales[channel] * values[i]));
      }
      filter = real.data();
    }
    kernel->pack(shape, static_cast<const float*>(filter), static_cast<const float*>(bias), packed);
  }
  void describe(Tile* tile) const {
    tile->low = low;
    tile->high = high;
  }
};

struct Int8Depthwise {
  static constexpr kernels::HybridFunction quantize = nullptr;
  using Element = uint8_t;  // of either sign
  using Tile = kernels::Int8DepthwiseTile;
  const kernels::Int8Depthwise* kernel;
  bool unsigned_input, unsigned_weights, unsigned_output;
  int32_t input_zero, filter_zero;
  Requantization requantization;

  Int8Depthwise(const NodeView& node, const Compiler& compiler, int32_t activation)
      : kernel(kernels::find<const kernels::Int8Depthwise*>("depthwise", "int8", compiler.isa())),
        unsigned_input(node.input(0).unsigned_bytes()),
        unsigned_weights(node.input(0).dtype() == BATON_UINT8),
        unsigned_output(node.output().unsigned_bytes()),
        input_zero(node.input(0).bytes_zero_point()),
        filter_zero(unsigned_weights ? node.input(1).zero_point() : 0),
        requantization(make_requantization(node.input(0), node.input(1), node.output(), activation,
                                           scale_rule_of(node.input(0)))) {}
  void pack(const kernels::DepthwiseShape& shape, const void* filter, const void* bias,
            void* packed) const {
    kernels::Int8DepthwiseWeights weights;
    weights.data = filter;
    weights.unsigned_weights = unsigned_weights;
    weights.weights_zero = filter_zero;
    weights.unsigned_input = unsigned_input;
    weights.input_zero = input_zero;
    weights.bias = static_cast<const int32_t*>(bias);
    weights.multipliers = requantization.multipliers.data();
    weights.shifts = requantization.shifts.data();
    weights.one_scale = requantization.one_scale();
    kernel->pack(shape, weights, packed);
  }
  void describe(Tile* tile) const {
    tile->unsigned_input = unsigned_input;
    tile->unsigned_output = unsigned_output;
    tile->input_zero = input_zero;
    tile->out_zero = requantization.zero_point;
    tile->low = requantization.low;
    tile->high = requantization.high;
  }
};

template <typename Arithmetic>
struct DepthwisePlan {
  using Element = typename Arithmetic::Element;

  DepthwisePlan(const NodeView& node, const Compiler& compiler)
      : attributes(node.attributes<baton_depthwise_conv_2d_attributes>()),
        arithmetic(node, compiler, node.activation.value_or(attributes.fused_activation_function)),
        image_padding(node.padding) {
    const Operand& filter = node.input(1);
    shape.filter_height = static_cast<size_t>(filter.dim(1));
    shape.filter_width = static_cast<size_t>(filter.dim(2));
    shape.channels = static_cast<size_t>(filter.dim(3));
    shape.multiplier = static_cast<size_t>(filter.dim(3) / node.input(0).dim(3));
    packed_bytes = arithmetic.kernel->packed_bytes(shape);
  }

  // Packs the filter and bias where both are constant.
  bool pack_constants(const Operand& filter, const Operand& bias, const Compiler& compiler) {
    if (!filter.constant() || (bias && !bias.constant())) return false;
    packed = compiler.allocate(packed_bytes);
    arithmetic.pack(shape, filter.data<void>(), bias ? bias.data<void>() : nullptr, packed.get());
    return true;
  }

  // Throws where another input than the compiled one is multiplied to the filter's channels.
  void check_channels(int64_t input_channels) const {
    if (input_channels * static_cast<int64_t>(shape.multiplier) ==
        static_cast<int64_t>(shape.channels)) {
      return;
    }
    throw sdk::Error(BATON_REASON_SHAPE, "the channels of the convolution's input change");
  }

  Window window_y(int32_t input) const {
    const auto filter = static_cast<int32_t>(shape.filter_height);
    if (image_padding) {
      return make_padded_window(image_padding->top, image_padding->bottom, input, filter,
                                attributes.stride_h, attributes.dilation_h_factor);
    }
    return make_window(attributes.padding, input, filter, attributes.stride_h,
                       attributes.dilation_h_factor);
  }
  Window window_x(int32_t input) const {
    const auto filter = static_cast<int32_t>(shape.filter_width);
    if (image_padding) {
      return make_padded_window(image_padding->left, image_padding->right, input, filter,
                                attributes.stride_w, attributes.dilation_w_factor);
    }
    return make_window(attributes.padding, input, filter, attributes.stride_w,
                       attributes.dilation_w_factor);
  }

  // The part of a tile that all rows share; `packed` is this->packed, or weights packed later.
  typename Arithmetic::Tile tile(const Window& x, int64_t input_channels,
                                 const void* packed_weights) const {
    typename Arithmetic::Tile tile;
    tile.packed = packed_weights;
    tile.shape = shape;
    tile.input_width = x.input;
    tile.input_pixel_stride = input_channels;
    tile.stride = x.stride;
    tile.dilation = x.dilation;
    tile.pad = x.before;
    tile.begin = 0;
    tile.end = x.output;
    tile.out_pixel_stride = static_cast<int64_t>(shape.channels);
    arithmetic.describe(&tile);
    return tile;
  }

  const baton_depthwise_conv_2d_attributes attributes;
  Arithmetic arithmetic;
  kernels::DepthwiseShape shape;
  std::optional<ImagePadding> image_padding;
  uint64_t packed_bytes = 0;
  std::shared_ptr<std::byte> packed;  // nullptr: packed in each run
};

}  // namespace baton::cpu
