// TRANSPOSE_CONV: output shape [4], filter [output channels, height, width, channels], input
// [batch, height, width, channels], bias [output channels]. Each input pixel adds to the window of
// output pixels that a convolution of this stride and padding would read it from.
#include <algorithm>

#include "core/ops/support/check.h"
#include "core/ops/support/dot.h"
#include "core/ops/support/grain.h"
#include "core/ops/support/weighted_sum.h"

namespace baton::ops {
namespace {

constexpr int kShape = 0, kFilter = 1, kInput = 2, kBias = 3;

struct TransposeAxis {
  int32_t input = 0;
  int32_t filter = 0;
  int32_t stride = 1;
  int32_t output = 0;
  int32_t before = 0;  // cells of padding in front of the output

  // The input positions [begin, end) that reach an output position. Position i does so with tap
  // first - (i - begin) * stride.
  struct Reach {
    int32_t begin;
    int32_t end;
    int32_t first;
  };
  Reach reach(int32_t position) const {
    const int64_t place = static_cast<int64_t>(position) + before;
    const int64_t begin = place < filter ? 0 : (place - filter) / stride + 1;
    const int64_t end = std::min<int64_t>(input, place / stride + 1);
    if (end <= begin) return {0, 0, 0};
    return {static_cast<int32_t>(begin), static_cast<int32_t>(end),
            static_cast<int32_t>(place - begin * stride)};
  }
};

Status make_axis(const char* name, int32_t padding, int32_t input, int32_t filter, int32_t stride,
                 int32_t output, TransposeAxis* axis) {
  if (stride < 1) {
    return error(BATON_INVALID_MODEL, "the stride along the %s is %d, it must be at least 1", name,
                 stride);
  }
  if (filter < 1) {
    return error(BATON_INVALID_MODEL, "the filter's %s is %d, it must be at least 1", name, filter);
  }
  // The padding of the convolution that goes the other way, from this output.
  const int32_t length = baton_padding_output_size(padding, output, filter, stride, 1);
  const int32_t before =
      length < 0 ? 0 : baton_padding_before(output, filter, stride, 1, length, nullptr);
  *axis = {input, filter, stride, output, before};
  return {};
}

struct TransposeConvShape {
  TransposeAxis y;
  TransposeAxis x;
  int32_t batches = 0;
  int32_t input_channels = 0;
  int32_t output_channels = 0;

  int64_t line() const { return static_cast<int64_t>(x.input) * input_channels; }
  int64_t filter_size() const { return static_cast<int64_t>(y.filter) * x.filter * input_channels; }
  int64_t rows() const { return static_cast<int64_t>(batches) * y.output; }
  int64_t grain() const {
    return grain_of(x.output, output_channels, filter_size(), 1.0 / y.stride, 1.0 / x.stride);
  }
};

// `output` has four sizes.
Status make_shape(const NodeContext& ctx, std::span<const int32_t> output,
                  TransposeConvShape* shape) {
  const auto& attributes = ctx.attributes<baton_transpose_conv_attributes>();
  const Value& filter = ctx.input(kFilter);
  const Value& input = ctx.input(kInput);
  if (attributes.padding != BATON_PADDING_SAME && attributes.padding != BATON_PADDING_VALID) {
    return error(BATON_INVALID_MODEL, "padding %d is not known; 0 (SAME) and 1 (VALID) are",
                 attributes.padding);
  }
  shape->batches = input.dim(0);
  shape->input_channels = input.dim(3);
  shape->output_channels = filter.dim(0);
  if (output[0] != shape->batches || output[3] != shape->output_channels) {
    return error(BATON_INVALID_MODEL,
                 "the output shape asks for %d images of %d channels; the input has %d images, the "
                 "filter %d output channels",
                 output[0], output[3], shape->batches, shape->output_channels);
  }
  BATON_RETURN_IF_ERROR(make_axis("height", attributes.padding, input.dim(1), filter.dim(1),
                                  attributes.stride_h, output[1], &shape->y));
  return make_axis("width", attributes.padding, input.dim(2), filter.dim(2), attributes.stride_w,
                   output[2], &shape->x);
}

Status infer(NodeContext& ctx) {
  const Value& output_shape = ctx.input(kShape);
  const Value& filter = ctx.input(kFilter);
  const Value& input = ctx.input(kInput);
  BATON_RETURN_IF_ERROR(check_dtype("output shape", output_shape.dtype(), dtypes_of<int32_t>()));
  if (output_shape.rank() != 1 || output_shape.dim(0) != 4) {
    return error(BATON_INVALID_MODEL, "the output shape is not a vector of 4 sizes");
  }
  if (input.rank() != 4 || filter.rank() != 4) {
    return error(BATON_INVALID_MODEL, "the input has rank %d and the filter %d, both must be 4",
                 input.rank(), filter.rank());
  }
  if (input.dim(3) != filter.dim(3)) {
    return error(BATON_INVALID_MODEL, "the filter has %d input channels, the input %d",
                 filter.dim(3), input.dim(3));
  }
  const Value* bias = ctx.optional_input(kBias);
  if (bias && bias->count() != filter.dim(0)) {
    return error(BATON_INVALID_MODEL, "the bias has %lld elements, the filter has %d channels",
                 static_cast<long long>(bias->count()), filter.dim(0));
  }
  if (!output_shape.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  const std::span<const int32_t> dims(output_shape.as<const int32_t>(), 4);
  TransposeConvShape shape;
  BATON_RETURN_IF_ERROR(make_shape(ctx, dims, &shape));
  return ctx.set_output_dims(0, dims);
}

struct TransposeConvData : WeightedSumData {
  TransposeConvShape shape;
};

// One output pixel for kRows neighbouring channels. Input pixels are added in their order, which
// decides the last bits of floats.
template <int kRows, typename Dot>
void accumulate_pixel(const TransposeConvShape& shape, const TransposeAxis::Reach& ry,
                      const TransposeAxis::Reach& rx, const Dot& dot, typename Dot::Sum* sums) {
  for (int32_t iy = ry.begin; iy < ry.end; ++iy) {
    const int64_t fy = ry.first - static_cast<int64_t>(iy - ry.begin) * shape.y.stride;
    for (int32_t ix = rx.begin; ix < rx.end; ++ix) {
      const int64_t fx = rx.first - static_cast<int64_t>(ix - rx.begin) * shape.x.stride;
      dot.template add<kRows>(iy * shape.line() + static_cast<int64_t>(ix) * shape.input_channels,
                              (fy * shape.x.filter + fx) * shape.input_channels,
                              shape.input_channels, sums);
    }
  }
}

// All output rows, on the session's threads. dot_of(batch) is an image with the filter,
// finish(sum, batch, channel) gives the output element.
template <typename DotOf, typename Output, typename Finish>
void scatter(const NodeContext& ctx, const TransposeConvShape& shape, const DotOf& dot_of,
             Output* output, const Finish& finish) {
  ctx.parallel_for(shape.rows(), shape.grain(), [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t batch = row / shape.y.output;
      const auto image = dot_of(batch);
      const auto ry = shape.y.reach(static_cast<int32_t>(row % shape.y.output));
      Output* out = output + row * shape.x.output * shape.output_channels;
      for (int32_t ox = 0; ox < shape.x.output; ++ox, out += shape.output_channels) {
        const auto rx = shape.x.reach(ox);
        for (int32_t c = 0; c < shape.output_channels;) {
          const auto dot = image.at(0, c * shape.filter_size());
          typename decltype(dot_of(batch))::Sum sums[kDotRows] = {};
          const int32_t count = shape.output_channels - c >= kDotRows ? kDotRows : 1;
          if (count == kDotRows) {
            accumulate_pixel<kDotRows>(shape, ry, rx, dot, sums);
          } else {
            accumulate_pixel<1>(shape, ry, rx, dot, sums);
          }
          for (int32_t i = 0; i < count; ++i) out[c + i] = finish(sums[i], batch, c + i);
          c += count;
        }
      }
    }
  });
}

Status run_float(NodeContext& ctx) {
  const auto& data = ctx.data<TransposeConvData>();
  const TransposeConvShape& shape = data.shape;
  const int64_t size = shape.y.input * shape.line();
  const FloatDot all{ctx.input(kInput).as<float>(), ctx.input(kFilter).as<float>(),
                     shape.filter_size()};
  scatter(
      ctx, shape, [&](int64_t batch) { return all.at(batch * size, 0); }, ctx.output(0).as<float>(),
      FloatFinish{data, bias_data<float>(ctx, kBias)});
  return {};
}

template <typename T, typename W, typename Sum>
Status run_integer(NodeContext& ctx) {
  const auto& data = ctx.data<TransposeConvData>();
  const TransposeConvShape& shape = data.shape;
  const int64_t size = shape.y.input * shape.line();
  const IntegerDot<T, W, Sum> all{ctx.input(kInput).as<T>(), ctx.input(kInput).zero_point(),
                                  ctx.input(kFilter).as<W>(), shape.filter_size(),
                                  data.filter_zero};
  scatter(
      ctx, shape, [&](int64_t batch) { return all.at(batch * size, 0); }, ctx.output(0).as<T>(),
      IntegerFinish<T, Sum>{data, bias_data<Sum>(ctx, kBias)});
  return {};
}

// The input is quantised with a zero point.
Status run_hybrid(NodeContext& ctx) {
  const auto& data = ctx.data<TransposeConvData>();
  const TransposeConvShape& shape = data.shape;
  const Value& filter = ctx.input(kFilter);
  const float* filter_scales = filter.quantization().scales;
  const bool one_scale = filter.quantization().count == 1;
  const int64_t size = shape.y.input * shape.line();
  const HybridImages images =
      quantize_images(ctx, ctx.input(kInput), shape.batches, size, quantize_asymmetric);
  const FloatFinish finish{data, bias_data<float>(ctx, kBias)};
  scatter(
      ctx, shape,
      [&](int64_t batch) {
        return IntegerDot<int8_t, int8_t>{images.values + batch * size,
                                          images.scales[batch].zero_point, filter.as<int8_t>(),
                                          shape.filter_size(), 0};
      },
      ctx.output(0).as<float>(),
      [&](int32_t sum, int64_t batch, int64_t channel) {
        const float scale = filter_scales[one_scale ? 0 : channel] * images.scales[batch].scale;
        return finish(static_cast<float>(sum) * scale, batch, channel);
      });
  return {};
}

constexpr WeightedSumKernel kKernels[] = {
    {BATON_FLOAT32, BATON_FLOAT32, BATON_FLOAT32, run_float},
    {BATON_FLOAT32, BATON_INT8, BATON_FLOAT32, run_hybrid},
    {BATON_UINT8, BATON_UINT8, BATON_INT32, run_integer<uint8_t, uint8_t, int32_t>},
    {BATON_INT8, BATON_INT8, BATON_INT32, run_integer<int8_t, int8_t, int32_t>},
    {BATON_INT16, BATON_INT8, BATON_INT64, run_integer<int16_t, int8_t, int64_t>},
    {BATON_INT16, BATON_INT8, BATON_INT32, run_integer<int16_t, int8_t, int32_t>},
};

Status prepare(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_transpose_conv_attributes>();
  auto data = std::make_unique<TransposeConvData>();
  BATON_RETURN_IF_ERROR(make_shape(ctx, ctx.output(0).dims(), &data->shape));
  WeightedSumNode node{.kernels = kKernels};
  node.channels = data->shape.output_channels;
  node.images = data->shape.batches;
  node.activation = attributes.fused_activation_function;
  node.bias_type = attributes.quantized_bias_type;
  node.input_index = kInput;
  node.filter_index = kFilter;
  node.bias_index = kBias;
  BATON_RETURN_IF_ERROR(prepare_weighted_sum(ctx, node, data.get()));
  ctx.set_data(std::move(data));
  return {};
}

Status run(NodeContext& ctx) { return ctx.data<TransposeConvData>().run(ctx); }

int32_t min_version(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_transpose_conv_attributes>();
  if (ctx.input(kInput).dtype() == BATON_INT16 && attributes.quantized_bias_type != 0) return 5;
  if (attributes.fused_activation_function != BATON_ACTIVATION_NONE) return 4;
  if (ctx.has_input(kBias)) return 3;
  return ctx.input(kFilter).dtype() == BATON_INT8 ? 2 : 1;
}

uint64_t work(const NodeContext& ctx) {
  const Value& filter = ctx.input(kFilter);
  const auto windows = static_cast<uint64_t>(filter.dim(0)) * static_cast<uint64_t>(filter.dim(1)) *
                       static_cast<uint64_t>(filter.dim(2));
  return static_cast<uint64_t>(ctx.input(kInput).count()) * windows;
}

}  // namespace

extern const Operator transpose_conv{
    .code = BATON_OP_TRANSPOSE_CONV,
    .name = "TRANSPOSE_CONV",
    .summary =
        "Transposed 2-D convolution to a given output shape, with bias and fused activation; float "
        "activations are quantised for int8 filters.",
    .max_version = 5,
    .inputs = {3, 4},
    .dtypes = dtypes_of<float, int8_t, uint8_t, int16_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
