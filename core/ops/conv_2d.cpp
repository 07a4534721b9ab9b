// CONV_2D: input [batch, height, width, channels], filter [output channels, height, width,
// channels / groups], bias [output channels].
#include <algorithm>

#include "core/ops/support/check.h"
#include "core/ops/support/dot.h"
#include "core/ops/support/grain.h"
#include "core/ops/support/weighted_sum.h"
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

struct ConvData : WeightedSumData {
  ConvShape shape;
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

// All output rows, on the session's threads.
template <typename Dot, typename Output, typename Finish>
void convolve_all(const NodeContext& ctx, const ConvShape& shape, const Dot& dot, Output* output,
                  const Finish& finish) {
  const int64_t grain = grain_of(shape.x.output, shape.filter_size(), shape.output_channels);
  ctx.parallel_for(shape.rows(), grain, [&](uint32_t, int64_t begin, int64_t end) {
    convolve(shape, begin, end, dot, output, finish);
  });
}

Status run_float(NodeContext& ctx) {
  const auto& data = ctx.data<ConvData>();
  const FloatDot dot{ctx.input(0).as<float>(), ctx.input(1).as<float>(), data.shape.filter_size()};
  convolve_all(ctx, data.shape, dot, ctx.output(0).as<float>(),
               FloatFinish{data, bias_data<float>(ctx)});
  return {};
}

template <typename T, typename W, typename Sum>
Status run_integer(NodeContext& ctx) {
  const auto& data = ctx.data<ConvData>();
  const IntegerDot<T, W, Sum> dot{ctx.input(0).as<T>(), ctx.input(0).zero_point(),
                                  data.filter<W>(ctx.input(1)), data.shape.filter_size(),
                                  data.filter_zero};
  convolve_all(ctx, data.shape, dot, ctx.output(0).as<T>(),
               IntegerFinish<T, Sum>{data, bias_data<Sum>(ctx)});
  return {};
}

bool scales_differ(const Value& filter) {
  const baton_quantization& quantization = filter.quantization();
  return std::any_of(quantization.scales, quantization.scales + quantization.count,
                     [&](float scale) { return scale != quantization.scales[0]; });
}

// The input is quantised around zero, or (scales per channel, and grouped) with a zero point.
Status run_hybrid(NodeContext& ctx) {
  const auto& data = ctx.data<ConvData>();
  const ConvShape& shape = data.shape;
  const Value& filter = ctx.input(1);
  const float* filter_scales = filter.quantization().scales;
  const bool differ = scales_differ(filter);
  const bool asymmetric = differ || shape.groups != 1;
  const HybridImages images =
      quantize_images(ctx, ctx.input(0), shape.batches, shape.input_size(),
                      asymmetric ? quantize_asymmetric : quantize_symmetric);
  const FloatFinish finish{data, bias_data<float>(ctx)};
  const int64_t grain = grain_of(shape.x.output, shape.filter_size(), shape.output_channels);
  ctx.parallel_for(shape.rows(), grain, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      // One row at a time: the zero point is the image's.
      const HybridScale image = images.scales[row / shape.y.output];
      const IntegerDot<int8_t, int8_t> dot{images.values, image.zero_point,
                                           data.filter<int8_t>(filter), shape.filter_size(), 0};
      convolve(shape, row, row + 1, dot, ctx.output(0).as<float>(),
               [&](int32_t sum, int64_t batch, int64_t channel) {
                 // The order of these products is part of the result.
                 const auto exact = static_cast<float>(sum);
                 return finish(asymmetric
                                   ? exact * filter_scales[differ ? channel : 0] * image.scale
                                   : exact * (image.scale * filter_scales[0]),
                               batch, channel);
               });
    }
  });
  return {};
}

constexpr WeightedSumKernel kKernels[] = {
    {BATON_FLOAT32, BATON_FLOAT32, BATON_FLOAT32, run_float},
    {BATON_FLOAT32, BATON_INT8, BATON_FLOAT32, run_hybrid},
    {BATON_FLOAT32, BATON_UINT8, BATON_FLOAT32, run_hybrid},
    {BATON_FLOAT32, BATON_INT4, BATON_FLOAT32, run_hybrid},
    {BATON_UINT8, BATON_UINT8, BATON_INT32, run_integer<uint8_t, uint8_t, int32_t>},
    {BATON_INT8, BATON_INT8, BATON_INT32, run_integer<int8_t, int8_t, int32_t>},
    {BATON_INT8, BATON_INT4, BATON_INT32, run_integer<int8_t, int8_t, int32_t>},
    {BATON_INT16, BATON_INT8, BATON_INT64, run_integer<int16_t, int8_t, int64_t>},
    {BATON_INT16, BATON_INT8, BATON_INT32, run_integer<int16_t, int8_t, int32_t>},
    {BATON_INT16, BATON_INT4, BATON_INT64, run_integer<int16_t, int8_t, int64_t>},
    {BATON_INT16, BATON_INT4, BATON_INT32, run_integer<int16_t, int8_t, int32_t>},
};

Status prepare(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_conv_2d_attributes>();
  auto data = std::make_unique<ConvData>();
  BATON_RETURN_IF_ERROR(make_shape(ctx, &data->shape));
  WeightedSumNode node{.kernels = kKernels};
  node.channels = data->shape.output_channels;
  node.images = data->shape.batches;
  node.activation = attributes.fused_activation_function;
  node.bias_type = attributes.quantized_bias_type;
  node.symmetric_filter = true;
  BATON_RETURN_IF_ERROR(prepare_weighted_sum(ctx, node, data.get()));
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
    .dtypes = dtypes_of<float, int8_t, uint8_t, int16_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
