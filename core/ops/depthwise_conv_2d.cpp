// DEPTHWISE_CONV_2D: input [batch, height, width, channels], filter [1, height, width, output
// channels], bias [output channels]. Output channel c reads input channel c / multiplier.
#include <algorithm>

#include "core/ops/operator.h"
#include "core/ops/support/grain.h"
#include "core/ops/support/hybrid.h"
#include "core/ops/support/requantize.h"
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

struct DepthwiseData : OpData {
  DepthwiseShape shape;
  Requantization requantization;  // integers
  float low = 0;                  // float and hybrid
  float high = 0;
  Status (*run)(NodeContext&) = nullptr;
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
// first + count - 1 at one tap. Integers add modulo 2^32.
template <typename X, typename W>
void add_tap(const X* input, int32_t input_zero, const W* filter, int32_t filter_zero,
             int32_t first, int32_t count, int32_t multiplier, int32_t* sums) {
  if (multiplier == 1) {
    for (int32_t i = 0; i < count; ++i) {
      const int32_t product = static_cast<int16_t>(input[first + i] - input_zero) *
                              static_cast<int16_t>(filter[first + i] - filter_zero);
      sums[i] = baton_wrapping_add(sums[i], product);
    }
    return;
  }
  for (int32_t i = 0; i < count; ++i) {
    const int32_t c = first + i;
    sums[i] = baton_wrapping_add(sums[i],
                                 (input[c / multiplier] - input_zero) * (filter[c] - filter_zero));
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

Status run_float(NodeContext& ctx) {
  const auto& data = ctx.data<DepthwiseData>();
  const Value* bias_value = ctx.optional_input(2);
  const float* bias = bias_value ? bias_value->as<float>() : nullptr;
  const float* input = ctx.input(0).as<float>();
  const float* filter = ctx.input(1).as<float>();
  float* output = ctx.output(0).as<float>();
  ctx.parallel_for(data.shape.rows(), data.shape.grain(),
                   [&](uint32_t, int64_t begin, int64_t end) {
                     convolve<float>(data.shape, begin, end, input, 0, filter, 0, output,
                                     [&](float sum, int64_t, int32_t channel) {
                                       if (bias) sum += bias[channel];
                                       return std::min(std::max(sum, data.low), data.high);
                                     });
                   });
  return {};
}

template <typename T>
Status run_integer(NodeContext& ctx) {
  const auto& data = ctx.data<DepthwiseData>();
  const Value* bias = ctx.optional_input(2);
  const int32_t* bias_data = bias ? bias->as<int32_t>() : nullptr;
  const Value& input = ctx.input(0);
  const Value& filter = ctx.input(1);
  // int8 filters are taken as symmetric, whatever zero points the file gives.
  const int32_t filter_zero = filter.dtype() == BATON_UINT8 ? filter.zero_point() : 0;
  T* output = ctx.output(0).as<T>();
  ctx.parallel_for(
      data.shape.rows(), data.shape.grain(), [&](uint32_t, int64_t begin, int64_t end) {
        convolve<int32_t>(
            data.shape, begin, end, input.as<T>(), input.zero_point(), filter.as<T>(), filter_zero,
            output, [&](int32_t sum, int64_t, int32_t channel) {
              return static_cast<T>(data.requantization.apply(sum, bias_data, channel));
            });
      });
  return {};
}

// The input is quantised anew in each run, image by image, with a zero point.
Status run_hybrid(NodeContext& ctx) {
  const auto& data = ctx.data<DepthwiseData>();
  const DepthwiseShape& shape = data.shape;
  const Value& filter = ctx.input(1);
  const Value* bias_value = ctx.optional_input(2);
  const float* bias = bias_value ? bias_value->as<float>() : nullptr;
  const float* filter_scales = filter.quantization().scales;
  const bool one_scale = filter.quantization().count == 1;

  auto* scales = ctx.scratch<HybridScale>();
  auto* quantized = reinterpret_cast<int8_t*>(scales + shape.batches);
  for (int32_t b = 0; b < shape.batches; ++b) {
    scales[b] = quantize_asymmetric(ctx.input(0).as<float>() + b * shape.input_size(),
                                    shape.input_size(), quantized + b * shape.input_size());
  }

  float* output = ctx.output(0).as<float>();
  ctx.parallel_for(shape.rows(), shape.grain(), [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      // One row at a time: the zero point is the image's.
      convolve<int32_t>(
          shape, row, row + 1, quantized, scales[row / shape.y.output].zero_point,
          filter.as<int8_t>(), 0, output, [&](int32_t sum, int64_t batch, int32_t channel) {
            const float scale = filter_scales[one_scale ? 0 : channel] * scales[batch].scale;
            float real = static_cast<float>(sum) * scale;
            if (bias) real += bias[channel];
            return std::min(std::max(real, data.low), data.high);
          });
    }
  });
  return {};
}

Status prepare(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_depthwise_conv_2d_attributes>();
  const Value& input = ctx.input(0);
  const Value& filter = ctx.input(1);
  const Value& output = ctx.output(0);
  const Value* bias = ctx.optional_input(2);
  auto data = std::make_unique<DepthwiseData>();
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
    } else if (w == BATON_INT8) {
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
    data->run = x == BATON_INT8 ? run_integer<int8_t> : run_integer<uint8_t>;
  }
  if (data->run == nullptr) {
    return error(BATON_UNSUPPORTED,
                 "%s input with a %s filter is not supported; float32 with float32 or int8, int8 "
                 "with int8, and uint8 with uint8 are",
                 dtype_name(x), dtype_name(w));
  }
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
    .dtypes = dtype_bit(BATON_FLOAT32) | dtype_bit(BATON_INT8) | dtype_bit(BATON_UINT8),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
