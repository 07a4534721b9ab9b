// Scales, zero points, and constants quantised with them.
//
//   real = scale * (quantised - zero_point); quantised values are rounded half away from zero.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "converter/quantize/quantize.h"
#include "converter/tflite/constants.h"
#include "converter/tflite/model.h"

namespace baton::quantize {

// One scale for a whole tensor.
struct Scale {
  float scale = 1;
  int32_t zero_point = 0;

  auto operator<=>(const Scale&) const = default;
};

// An 8-bit type and the part of it that is used.
struct Format {
  baton_dtype dtype = BATON_INT8;
  int32_t low = -128;
  int32_t high = 127;
};

inline constexpr Format kInt8Activations{BATON_INT8, -128, 127};
inline constexpr Format kInt8Weights{BATON_INT8, -127, 127};
inline constexpr Format kUint8Activations{BATON_UINT8, 0, 255};
// As training made them: without the lowest value.
inline constexpr Format kUint8Weights{BATON_UINT8, 1, 255};

// Scales below this would overflow what kernels make of them; nothing real is so small.
inline constexpr float kSmallestScale = 1e-8f;

// The scale that spreads [min, max], widened to hold 0, over the format. 0 is exact. The range must
// be finite.
Scale spread(Range range, const Format& format);

// The range of a constant's values; empty when there are none, or one is not finite.
std::optional<Range> range_of(std::span<const float> values);

Range unite(Range a, Range b);

tflite::Bytes quantize_values(std::span<const float> values, Scale scale, const Format& format);

// A constant in its quantised form.
struct Constant {
  baton_dtype dtype = BATON_INT8;
  tflite::Bytes bytes;
  tflite::Quantization quantization;
};

// The bias that is to be added to the products of activations and weights: a large one beside small
// weights makes their scale coarser, so that it fits into 32 bits.
struct BiasLimit {
  std::span<const float> values;  // one for each output channel; none: no bias
  float input_scale = 1;
};

// Weights around zero with a scale for each index of dimension `channels`, or one (kPerTensor).
Constant symmetric_weights(std::span<const float> values, const tflite::Shape& shape, int channels,
                           const BiasLimit& bias = {});

// uint8 weights with one scale and a zero point.
Constant uint8_weights(std::span<const float> values, const BiasLimit& bias);

// An int32 bias at the product of the input's scale and each of the weights'.
Constant int32_bias(std::span<const float> values, float input_scale,
                    const tflite::Quantization& weights);

}  // namespace baton::quantize
