// What CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED and TRANSPOSE_CONV share: a table of the types
// that a kernel exists for, the checks before it, and the last step from a sum to an output.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "core/ops/operator.h"
#include "core/ops/support/hybrid.h"
#include "core/ops/support/requantize.h"

namespace baton::ops {

struct WeightedSumKernel {
  baton_dtype input;
  baton_dtype filter;
  baton_dtype sum;  // of the sums, and so of the bias; float32 for hybrid kernels
  Status (*run)(NodeContext&);
};

struct WeightedSumNode {
  // The first kernel of a pair of types is for nodes without a bias.
  std::span<const WeightedSumKernel> kernels;
  int32_t channels = 0;  // of the output
  int64_t images = 0;    // that hybrid kernels quantise one by one
  int32_t activation = BATON_ACTIVATION_NONE;
  int32_t bias_type = BATON_FLOAT32;  // attribute quantized_bias_type; float32: not said
  bool symmetric_filter = false;      // of signed types: zero points are refused, else not used
  // A filter with a single scale has a zero point, and the bias must have its scale: as uint8 has
  // it always.
  bool one_scale_has_zero_point = false;
  int input_index = 0;
  int filter_index = 1;
  int bias_index = 2;
};

struct WeightedSumData : OpData {
  Requantization requantization;  // integers
  int32_t filter_zero = 0;
  float low = 0;  // float and hybrid
  float high = 0;
  std::vector<int8_t> unpacked;  // an int4 filter
  Status (*run)(NodeContext&) = nullptr;

  template <typename W>
  const W* filter(const Value& value) const {
    if constexpr (std::is_same_v<W, int8_t>) {
      if (!unpacked.empty()) return unpacked.data();
    }
    return value.as<W>();
  }
};

// Finds the kernel, checks types, bias and quantisation, and fills in `data`. Requests the scratch
// memory of hybrid kernels.
Status prepare_weighted_sum(NodeContext& ctx, const WeightedSumNode& node, WeightedSumData* data);

// The content of a bias; nullptr when there is none.
template <typename T>
const T* bias_data(const NodeContext& ctx, int index = 2) {
  const Value* bias = ctx.optional_input(index);
  return bias ? bias->as<T>() : nullptr;
}

// finish(sum, batch, channel) of the kernels that sum in float, and in integers.
struct FloatFinish {
  const WeightedSumData& data;
  const float* bias;

  float operator()(float sum, int64_t, int64_t channel) const {
    if (bias) sum += bias[channel];
    return std::min(std::max(sum, data.low), data.high);
  }
};

template <typename T, typename Sum>
struct IntegerFinish {
  const WeightedSumData& data;
  const Sum* bias;

  T operator()(Sum sum, int64_t, int64_t channel) const {
    return static_cast<T>(data.requantization.apply(sum, bias, channel));
  }
};

// Hybrid kernels quantise each image of their input anew in each run. The scratch memory holds one
// HybridScale for each image, and behind them the quantised images.
inline uint64_t hybrid_scratch(int64_t images, const Value& input) {
  return static_cast<uint64_t>(images) * sizeof(HybridScale) + static_cast<uint64_t>(input.count());
}

struct HybridImages {
  const HybridScale* scales;
  const int8_t* values;
};
// `size` elements to an image.
inline HybridImages quantize_images(const NodeContext& ctx, const Value& input, int64_t images,
                                    int64_t size,
                                    HybridScale (*quantize)(const float*, int64_t, int8_t*)) {
  auto* scales = ctx.scratch<HybridScale>();
  auto* values = reinterpret_cast<int8_t*>(scales + images);
  for (int64_t i = 0; i < images; ++i) {
    scales[i] = quantize(input.as<float>() + i * size, size, values + i * size);
  }
  return {scales, values};
}

}  // namespace baton::ops
