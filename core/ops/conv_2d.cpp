// CONV_2D: input [batch, height, width, channels], filter [output channels, height, width,
// channels / groups], bias [output channels].
#include <algorithm>

#include "core/ops/operator.h"
#include "core/ops/support/dot.h"
#include "core/ops/support/grain.h"
#include "core/ops/support/hybrid.h"
#include "core/ops/support/requantize.h"
#include "core/ops/support/window.h"

namespace baton::ops {
namespace {

struct ConvShape {
  WindowAxis y;
  WindowAxis x;
  int32_t batches = 0;
  int32_t input_channels = 0;
  int32_t filter_channels = 0;
  int32_t output_channels = 0;
  int32_t groups = 1;

  int64_t input_size() const { return static_cast<int64_t>(y.input) * x.input * input_channels; }
  int64_t filter_size() const {
    return static_cast<int64_t>(y.filter) * x.filter * filter_channels;
  }
  int64_t rows() const { return static_cast<int64_t>(batches) * y.output; }
};

struct ConvData : OpData {
  ConvShape shape;
  Requantization requantization;  // integers
  float low = 0;                  // float and hybrid
  float high = 0;
  Status (*run)(NodeContext&) = nullptr;
};

Status make_shape(const NodeContext& ctx, ConvShape* shape) {
  const auto& attributes = ctx.attributes<baton_conv_2d_attributes>();
  const Value& input = ctx.input(0);
  const Value& filter = ctx.input(1);
  if (input.rank() != 4 || filter.rank() != 4) {
    return error(BATON_INVALID_MODEL, "the input has rank %d and the filter %d, both must be 4",
                 input.rank(), filter.rank());
  }
  shape->batches = input.dim(0);
  shape->input_channels = input.dim(3);
  shape->filter_channels = filter.dim(3);
  shape->output_channels = filter.dim(0);
  if (shape->filter_channels < 1 || shape->input_channels < 1 ||
      shape->input_channels % shape->filter_channels != 0) {
    return error(BATON_INVALID_MODEL,
                 "the filter has %d input channels, the input has %d, which is no multiple",
                 shape->filter_channels, shape->input_channels);
  }
  shape->groups = shape->input_channels / shape->filter_channels;
  if (shape->output_channels % shape->groups != 0) {
    return error(BATON_INVALID_MODEL, "%d output channels cannot be split into %d groups",
                 shape->output_channels, shape->groups);
  }
  BATON_RETURN_IF_ERROR(make_window("height", attributes.padding, input.dim(1), filter.dim(1),
                                    attributes.stride_h, attributes.dilation_h_factor, &shape->y));
  return make_window("width", attributes.padding, input.dim(2), filter.dim(2), attributes.stride_w,
                     attributes.dilation_w_factor, &shape->x);
}

Status infer(NodeContext& ctx) {
  ConvShape shape;
  BATON_RETURN_IF_ERROR(make_shape(ctx, &shape));
  const Value* bias = ctx.optional_input(2);
  if (bias && bias->count() != shape.output_channels) {
    return error(BATON_INVALID_MODEL, "the bias has %lld elements, the filter has %d channels",
                 static_cast<long long>(bias->count()), shape.output_channels);
  }
  return ctx.set_output_dims(
      0, {shape.batches, shape.y.output, shape.x.output, shape.output_channels});
}

// Adds up one output pixel for kRows neighbouring channels. `input` is the pixel's image at the
// group's first channel, `filter` the first channel's weights.
template <int kRows, typename Sum, typename Dot>
void accumulate_pixel(const ConvShape& shape, const WindowAxis::Taps& ty,
                      const WindowAxis::Taps& tx, Sum* sums, const Dot& dot) {
  const int64_t line = static_cast<int64_t>(shape.x.input) * shape.input_channels;
  // Without dilation and groups, all taps of a line are one run of memory.
  const bool runs = shape.x.dilation == 1 && shape.groups == 1;
  const int64_t length = static_cast<int64_t>(runs ? tx.count() : 1) * shape.filter_channels;
  const int32_t steps = runs ? std::min(tx.count(), 1) : tx.count();
  for (int32_t fy = ty.begin; fy < ty.end; ++fy) {
    const int64_t in_y = ty.first + static_cast<int64_t>(fy - ty.begin) * shape.y.dilation;
    for (int32_t step = 0; step < steps; ++step) {
      const int64_t in_x = tx.first + static_cast<int64_t>(step) * shape.x.dilation;
      const int64_t tap = static_cast<int64_t>(fy) * shape.x.filter + tx.begin + step;
      dot.template add<kRows>(in_y * line + in_x * shape.input_channels,
                              tap * shape.filter_channels, length, sums);
    }
  }
}

template <typename X, typename W>
struct IntegerDot {
  const X* input;
  int32_t input_zero;
  const W* filter;
  int64_t filter_stride;
  int32_t filter_zero;

  using Sum = int32_t;
  template <int kRows>
  void add(int64_t x, int64_t w, int64_t count, int32_t* sums) const {
    accumulate_dots<kRows>(input + x, input_zero, filter + w, filter_stride, filter_zero, count,
                           sums);
  }
  IntegerDot at(int64_t x, int64_t w) const {
    return {input + x, input_zero, filter + w, filter_stride, filter_zero};
  }
};

struct FloatDot {
  const float* input;
  const float* filter;
  int64_t filter_stride;

  using Sum = float;
  template <int kRows>
  void add(int64_t x, int64_t w, int64_t count, float* sums) const {
    accumulate_dots<kRows>(input + x, filter + w, filter_stride, count, sums);
  }
  FloatDot at(int64_t x, int64_t w) const { return {input + x, filter + w, filter_stride}; }
};

// Output rows [begin, end) of all images. finish(sum, batch, channel) gives the output element.
template <typename Output, typename Dot, typename Finish>
void convolve(const ConvShape& shape, int64_t begin, int64_t end, const Dot& dot, Output* output,
              const Finish& finish) {
  using Sum = typename Dot::Sum;
  const int32_t group_outputs = shape.output_channels / shape.groups;
  for (int64_t row = begin; row < end; ++row) {
    const int64_t batch = row / shape.y.output;
    const auto ty = shape.y.taps(static_cast<int32_t>(row % shape.y.output));
    Output* out = output + row * shape.x.output * shape.output_channels;
    for (int32_t ox = 0; ox < shape.x.output; ++ox, out += shape.output_channels) {
      const auto tx = shape.x.taps(ox);
      for (int32_t c = 0; c < shape.output_channels;) {
        const int32_t group = c / group_outputs;
        const int32_t left = (group + 1) * group_outputs - c;
        const Dot here = dot.at(batch * shape.input_size() + int64_t{group} * shape.filter_channels,
                                c * shape.filter_size());
        Sum sums[kDotRows] = {};
        const int32_t count = left >= kDotRows ? kDotRows : 1;
        if (count == kDotRows) {
          accumulate_pixel<kDotRows>(shape, ty, tx, sums, here);
        } else {
          accumulate_pixel<1>(shape, ty, tx, sums, here);
        }
        for (int32_t i = 0; i < count; ++i) out[c + i] = finish(sums[i], batch, c + i);
        c += count;
      }
    }
  }
}

int64_t row_grain(const ConvShape& shape) {
  return grain_of(shape.x.output, shape.filter_size(), shape.output_channels);
}

Status run_float(NodeContext& ctx) {
  const auto& data = ctx.data<ConvData>();
  const ConvShape& shape = data.shape;
  const Value* bias_value = ctx.optional_input(2);
  const float* bias = bias_value ? bias_value->as<float>() : nullptr;
  const FloatDot dot{ctx.input(0).as<float>(), ctx.input(1).as<float>(), shape.filter_size()};
  float* output = ctx.output(0).as<float>();
  ctx.parallel_for(shape.rows(), row_grain(shape), [&](uint32_t, int64_t begin, int64_t end) {
    convolve(shape, begin, end, dot, output, [&](float sum, int64_t, int32_t channel) {
      if (bias) sum += bias[channel];
      return std::min(std::max(sum, data.low), data.high);
    });
  });
  return {};
}

template <typename T>
Status run_integer(NodeContext& ctx) {
  const auto& data = ctx.data<ConvData>();
  const ConvShape& shape = data.shape;
  const Value* bias = ctx.optional_input(2);
  const int32_t* bias_data = bias ? bias->as<int32_t>() : nullptr;
  const bool one_scale = ctx.input(1).quantization().count == 1;
  const IntegerDot<T, T> dot{ctx.input(0).as<T>(), ctx.input(0).zero_point(), ctx.input(1).as<T>(),
                             shape.filter_size(), one_scale ? ctx.input(1).zero_point() : 0};
  T* output = ctx.output(0).as<T>();
  ctx.parallel_for(shape.rows(), row_grain(shape), [&](uint32_t, int64_t begin, int64_t end) {
    convolve(shape, begin, end, dot, output, [&](int32_t sum, int64_t, int32_t channel) {
      return static_cast<T>(data.requantization.apply(sum, bias_data, channel));
    });
  });
  return {};
}

bool scales_differ(const Value& filter) {
  const baton_quantization& quantization = filter.quantization();
  return std::any_of(quantization.scales, quantization.scales + quantization.count,
                     [&](float scale) { return scale != quantization.scales[0]; });
}

// The input is quantised anew in each run, image by image: around zero, or (scales per channel, and
// grouped) with a zero point.
Status run_hybrid(NodeContext& ctx) {
  const auto& data = ctx.data<ConvData>();
  const ConvShape& shape = data.shape;
  const Value& filter = ctx.input(1);
  const Value* bias_value = ctx.optional_input(2);
  const float* bias = bias_value ? bias_value->as<float>() : nullptr;
  const float* filter_scales = filter.quantization().scales;
  const bool differ = scales_differ(filter);
  const bool asymmetric = differ || shape.groups != 1;

  auto* scales = ctx.scratch<HybridScale>();
  auto* quantized = reinterpret_cast<int8_t*>(scales + shape.batches);
  for (int32_t b = 0; b < shape.batches; ++b) {
    const float* image = ctx.input(0).as<float>() + b * shape.input_size();
    int8_t* target = quantized + b * shape.input_size();
    scales[b] = asymmetric ? quantize_asymmetric(image, shape.input_size(), target)
                           : quantize_symmetric(image, shape.input_size(), target);
  }

  float* output = ctx.output(0).as<float>();
  ctx.parallel_for(shape.rows(), row_grain(shape), [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      // One row at a time: the zero point is the image's.
      const IntegerDot<int8_t, int8_t> dot{quantized, scales[row / shape.y.output].zero_point,
                                           filter.as<int8_t>(), shape.filter_size(), 0};
      convolve(shape, row, row + 1, dot, output, [&](int32_t sum, int64_t batch, int32_t channel) {
        // The order of these products is part of the result.
        const auto exact = static_cast<float>(sum);
        float real = asymmetric ? exact * filter_scales[differ ? channel : 0] * scales[batch].scale
                                : exact * (scales[batch].scale * filter_scales[0]);
        if (bias) real += bias[channel];
        return std::min(std::max(real, data.low), data.high);
      });
    }
  });
  return {};
}

Status prepare(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_conv_2d_attributes>();
  const Value& input = ctx.input(0);
  const Value& filter = ctx.input(1);
  const Value& output = ctx.output(0);
  const Value* bias = ctx.optional_input(2);
  auto data = std::make_unique<ConvData>();
  BATON_RETURN_IF_ERROR(make_shape(ctx, &data->shape));
  const int32_t channels = data->shape.output_channels;
  if (output.dtype() != input.dtype()) {
    return error(BATON_INVALID_MODEL, "the output is %s, the input %s; they must be the same",
                 dtype_name(output.dtype()), dtype_name(input.dtype()));
  }
  const baton_dtype x = input.dtype();
  const baton_dtype w = filter.dtype();
  if (x == BATON_FLOAT32) {
    BATON_RETURN_IF_ERROR(check_bias(bias, BATON_FLOAT32, channels));
    baton_activation_range_float(attributes.fused_activation_function, &data->low, &data->high);
    if (w == BATON_FLOAT32) {
      data->run = run_float;
    } else if (w == BATON_INT8 || w == BATON_UINT8) {
      BATON_RETURN_IF_ERROR(check_weight_scales(filter, channels));
      data->run = run_hybrid;
      ctx.request_scratch(static_cast<uint64_t>(data->shape.batches) * sizeof(HybridScale) +
                          static_cast<uint64_t>(input.count()));
    }
  } else if ((x == BATON_INT8 || x == BATON_UINT8) && w == x) {
    BATON_RETURN_IF_ERROR(check_bias(bias, BATON_INT32, channels));
    BATON_RETURN_IF_ERROR(check_weight_scales(filter, channels));
    BATON_RETURN_IF_ERROR(make_requantization(
        input, filter, bias, output, attributes.fused_activation_function,
        x == BATON_INT8 ? ScaleRule::kPerChannel : ScaleRule::kPerTensor, &data->requantization));
    if (x == BATON_INT8) BATON_RETURN_IF_ERROR(check_symmetric(filter));
    data->run = x == BATON_INT8 ? run_integer<int8_t> : run_integer<uint8_t>;
  }
  if (data->run == nullptr) {
    return error(BATON_UNSUPPORTED,
                 "%s input with a %s filter is not supported; float32 with float32, int8 or uint8, "
                 "int8 with int8, and uint8 with uint8 are",
                 dtype_name(x), dtype_name(w));
  }
  ctx.set_data(std::move(data));
  return {};
}

Status run(NodeContext& ctx) { return ctx.data<ConvData>().run(ctx); }

int32_t min_version(const NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& filter = ctx.input(1);
  if (input.dtype() == BATON_INT16) {
    return ctx.attributes<baton_conv_2d_attributes>().quantized_bias_type != 0 ? 8 : 4;
  }
  if (filter.dtype() == BATON_INT4) return 7;
  if (input.rank() == 4 && filter.rank() == 4 && input.dim(3) != filter.dim(3)) return 6;
  if (input.dtype() == BATON_INT8) return 3;
  if (input.dtype() == BATON_FLOAT32 && filter.dtype() == BATON_INT8) {
    return filter.quantization().count > 1 ? 5 : 2;
  }
  return 1;
}

uint64_t work(const NodeContext& ctx) {
  const Value& filter = ctx.input(1);
  const uint64_t taps = static_cast<uint64_t>(filter.dim(1)) *
                        static_cast<uint64_t>(filter.dim(2)) * static_cast<uint64_t>(filter.dim(3));
  return static_cast<uint64_t>(ctx.output(0).count()) * taps;
}

}  // namespace

extern const Operator conv_2d{
    .code = BATON_OP_CONV_2D,
    .name = "CONV_2D",
    .summary =
        "2-D convolution with bias and fused activation; grouped when the filter has fewer "
        "channels than the input; float activations are quantised for 8-bit filters.",
    .max_version = 8,
    .inputs = {2, 3},
    .outputs = {1, 1},
    .dtypes = dtype_bit(BATON_FLOAT32) | dtype_bit(BATON_INT8) | dtype_bit(BATON_UINT8),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
