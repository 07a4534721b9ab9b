// DEPTHWISE_CONV_2D: input [batch, height, width, channels], filter [1, height, width, output
// channels], bias [output channels]. Output channel c reads input channel c / multiplier.
#include <algorithm>

#include "core/ops/support/check.h"
#include "core/ops/support/grain.h"
#include "core/ops/support/weighted_sum.h"
#include "core/ops/support/window.h"

namespace baton::ops {
namespace {

struct DepthwiseShape {
  WindowAxis y;
  WindowAxis x;
  int32_t batches = 0;
  int32_t input_channels = 0;
  int32_t output_channels = 0;
  int32_t multiplier = 1;

  int64_t input_size() const { return static_cast<int64_t>(y.input) * x.input * input_channels; }
  int64_t rows() const { return static_cast<int64_t>(batches) * y.output; }
  int64_t grain() const { return grain_of(x.output, output_channels, y.filter, x.filter); }
};

struct DepthwiseData : WeightedSumData {
  DepthwiseShape shape;
};

Status make_shape(const NodeContext& ctx, DepthwiseShape* shape) {
  const auto& attributes = ctx.attributes<baton_depthwise_conv_2d_attributes>();
  const Value& input = ctx.input(0);
  const Value& filter = ctx.input(1);
  if (input.rank() != 4 || filter.rank() != 4) {
    return error(BATON_INVALID_MODEL, "the input has rank %d and the filter %d, both must be 4",
                 input.rank(), filter.rank());
  }
  if (filter.dim(0) != 1) {
    return error(BATON_INVALID_MODEL, "the filter's first dimension is %d, it must be 1",
                 filter.dim(0));
  }
  shape->batches = input.dim(0);
  shape->input_channels = input.dim(3);
  shape->output_channels = filter.dim(3);
  // The attribute depth_multiplier says the same once more; old files have it wrong.
  if (shape->input_channels < 1 || shape->output_channels % shape->input_channels != 0) {
    return error(BATON_INVALID_MODEL,
                 "the filter has %d channels, which is no multiple of the input's %d",
                 shape->output_channels, shape->input_channels);
  }
  shape->multiplier = shape->output_channels / shape->input_channels;
  BATON_RETURN_IF_ERROR(make_window("height", attributes.padding, input.dim(1), filter.dim(1),
                                    attributes.stride_h, attributes.dilation_h_factor, &shape->y));
  return make_window("width", attributes.padding, input.dim(2), filter.dim(2), attributes.stride_w,
                     attributes.dilation_w_factor, &shape->x);
}

Status infer(NodeContext& ctx) {
  DepthwiseShape shape;
  BATON_RETURN_IF_ERROR(make_shape(ctx, &shape));
  const Value* bias = ctx.optional_input(2);
  if (bias && (bias->rank() != 1 || bias->dim(0) != shape.output_channels)) {
    return error(BATON_INVALID_MODEL, "the bias is not a vector of %d elements",
                 shape.output_channels);
  }
  return ctx.set_output_dims(
      0, {shape.batches, shape.y.output, shape.x.output, shape.output_channels});
}

// Channels whose sums are kept at hand while the taps are walked.
constexpr int32_t kBlock = 64;

// sums[i] += (input - input_zero) * (filter - filter_zero) for output channels first ...
// first + count - 1 at one tap. Integers add modulo the range of Sum.
template <typename X, typename W, typename Sum>
void add_tap(const X* input, int32_t input_zero, const W* filter, int32_t filter_zero,
             int32_t first, int32_t count, int32_t multiplier, Sum* sums) {
  if (multiplier == 1) {
    for (int32_t i = 0; i < count; ++i) {
      const int32_t product = static_cast<int16_t>(input[first + i] - input_zero) *
                              static_cast<int16_t>(filter[first + i] - filter_zero);
      sums[i] = wrapping_sum(sums[i], Sum{product});
    }
    return;
  }
  for (int32_t i = 0; i < count; ++i) {
    const int32_t c = first + i;
    const int32_t product = (input[c / multiplier] - input_zero) * (filter[c] - filter_zero);
    sums[i] = wrapping_sum(sums[i], Sum{product});
  }
}

void add_tap(const float* input, int32_t, const float* filter, int32_t, int32_t first,
             int32_t count, int32_t multiplier, float* sums) {
  if (multiplier == 1) {
    for (int32_t i = 0; i < count; ++i) sums[i] += input[first + i] * filter[first + i];
    return;
  }
  for (int32_t i = 0; i < count; ++i) {
    const int32_t c = first + i;
    sums[i] += input[c / multiplier] * filter[c];
  }
}

// Output rows [begin, end) of all images. finish(sum, batch, channel) gives the output element.
template <typename Sum, typename X, typename W, typename Output, typename Finish>
void convolve(const DepthwiseShape& shape, int64_t begin, int64_t end, const X* input,
              int32_t input_zero, const W* filter, int32_t filter_zero, Output* output,
              const Finish& finish) {
  const int64_t line = static_cast<int64_t>(shape.x.input) * shape.input_channels;
  for (int64_t row = begin; row < end; ++row) {
    const int64_t batch = row / shape.y.output;
    const auto ty = shape.y.taps(static_cast<int32_t>(row % shape.y.output));
    const X* image = input + batch * shape.input_size();
    Output* out = output + row * shape.x.output * shape.output_channels;
    for (int32_t ox = 0; ox < shape.x.output; ++ox, out += shape.output_channels) {
      const auto tx = shape.x.taps(ox);
      for (int32_t first = 0; first < shape.output_channels; first += kBlock) {
        const int32_t count = std::min(kBlock, shape.output_channels - first);
        Sum sums[kBlock] = {};
        for (int32_t fy = ty.begin; fy < ty.end; ++fy) {
          const int64_t in_y = ty.first + static_cast<int64_t>(fy - ty.begin) * shape.y.dilation;
          for (int32_t fx = tx.begin; fx < tx.end; ++fx) {
            const int64_t in_x = tx.first + static_cast<int64_t>(fx - tx.begin) * shape.x.dilation;
            const int64_t tap = static_cast<int64_t>(fy) * shape.x.filter + fx;
            add_tap(image + in_y * line + in_x * shape.input_channels, input_zero,
                    filter + tap * shape.output_channels, filter_zero, first, count,
                    shape.multiplier, sums);
          }
        }
        for (int32_t i = 0; i < count; ++i) out[first + i] = finish(sums[i], batch, first + i);
      }
    }
  }
}

// All output rows, on the session's threads.
template <typename Sum, typename X, typename W, typename Output, typename Finish>
void convolve_all(const NodeContext& ctx, const DepthwiseShape& shape, const X* input,
                  int32_t input_zero, const W* filter, int32_t filter_zero, Output* output,
                  const Finish& finish) {
  ctx.parallel_for(shape.rows(), shape.grain(), [&](uint32_t, int64_t begin, int64_t end) {
    convolve<Sum>(shape, begin, end, input, input_zero, filter, filter_zero, output, finish);
  });
}

Status run_float(NodeContext& ctx) {
  const auto& data = ctx.data<DepthwiseData>();
  convolve_all<float>(ctx, data.shape, ctx.input(0).as<float>(), 0, ctx.input(1).as<float>(), 0,
                      ctx.output(0).as<float>(), FloatFinish{data, bias_data<float>(ctx)});
  return {};
}

template <typename T, typename W, typename Sum>
Status run_integer(NodeContext& ctx) {
  const auto& data = ctx.data<DepthwiseData>();
  convolve_all<Sum>(ctx, data.shape, ctx.input(0).as<T>(), ctx.input(0).zero_point(),
                    data.filter<W>(ctx.input(1)), data.filter_zero, ctx.output(0).as<T>(),
                    IntegerFinish<T, Sum>{data, bias_data<Sum>(ctx)});
  return {};
}

// The input is quantised with a zero point.
Status run_hybrid(NodeContext& ctx) {
  const auto& data = ctx.data<DepthwiseData>();
  const DepthwiseShape& shape = data.shape;
  const Value& filter = ctx.input(1);
  const float* filter_scales = filter.quantization().scales;
  const bool one_scale = filter.quantization().count == 1;
  const HybridImages images =
      quantize_images(ctx, ctx.input(0), shape.batches, shape.input_size(), quantize_asymmetric);
  const FloatFinish finish{data, bias_data<float>(ctx)};
  ctx.parallel_for(shape.rows(), shape.grain(), [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      // One row at a time: the zero point is the image's.
      const HybridScale image = images.scales[row / shape.y.output];
      convolve<int32_t>(shape, row, row + 1, images.values, image.zero_point, filter.as<int8_t>(),
                        0, ctx.output(0).as<float>(),
                        [&](int32_t sum, int64_t batch, int64_t channel) {
                          const float scale = filter_scales[one_scale ? 0 : channel] * image.scale;
                          return finish(static_cast<float>(sum) * scale, batch, channel);
                        });
    }
  });
  return {};
}

constexpr WeightedSumKernel kKernels[] = {
    {BATON_FLOAT32, BATON_FLOAT32, BATON_FLOAT32, run_float},
    {BATON_FLOAT32, BATON_INT8, BATON_FLOAT32, run_hybrid},
    {BATON_UINT8, BATON_UINT8, BATON_INT32, run_integer<uint8_t, uint8_t, int32_t>},
    {BATON_INT8, BATON_INT8, BATON_INT32, run_integer<int8_t, int8_t, int32_t>},
    {BATON_INT8, BATON_INT4, BATON_INT32, run_integer<int8_t, int8_t, int32_t>},
    {BATON_INT16, BATON_INT8, BATON_INT64, run_integer<int16_t, int8_t, int64_t>},
    {BATON_INT16, BATON_INT4, BATON_INT64, run_integer<int16_t, int8_t, int64_t>},
};

Status prepare(NodeContext& ctx) {
  auto data = std::make_unique<DepthwiseData>();
  BATON_RETURN_IF_ERROR(make_shape(ctx, &data->shape));
  WeightedSumNode node{.kernels = kKernels};
  node.channels = data->shape.output_channels;
  node.images = data->shape.batches;
  node.activation = ctx.attributes<baton_depthwise_conv_2d_attributes>().fused_activation_function;
  BATON_RETURN_IF_ERROR(prepare_weighted_sum(ctx, node, data.get()));
  ctx.set_data(std::move(data));
  return {};
}

Status run(NodeContext& ctx) { return ctx.data<DepthwiseData>().run(ctx); }

int32_t min_version(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_depthwise_conv_2d_attributes>();
  const Value& input = ctx.input(0);
  const Value& filter = ctx.input(1);
  if (filter.dtype() == BATON_INT4) return 7;
  if (input.dtype() == BATON_INT16) return 5;
  if (input.dtype() == BATON_FLOAT32 && filter.dtype() == BATON_INT8) {
    return filter.quantization().count > 1 ? 6 : 4;
  }
  if (input.dtype() == BATON_INT8) return 3;
  return attributes.dilation_w_factor != 1 || attributes.dilation_h_factor != 1 ? 2 : 1;
}

uint64_t work(const NodeContext& ctx) {
  const Value& filter = ctx.input(1);
  return static_cast<uint64_t>(ctx.output(0).count()) * static_cast<uint64_t>(filter.dim(1)) *
         static_cast<uint64_t>(filter.dim(2));
}

}  // namespace

extern const Operator depthwise_conv_2d{
    .code = BATON_OP_DEPTHWISE_CONV_2D,
    .name = "DEPTHWISE_CONV_2D",
    .summary =
        "2-D convolution of each channel by itself, with bias and fused activation; float "
        "activations are quantised for int8 filters.",
    .max_version = 7,
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
