// Plain-loop oracles in double for convolutions and pools, and the numbers they are tried with.
// Nothing here knows the kernels: padding is found by walking the positions that SAME and VALID
// define, sums run over every tap and skip those outside.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "tests/ops/op_harness.h"

namespace baton::test {

using Reals = std::vector<double>;

struct WindowCase {
  int batch, height, width, channels;
  int filter_height, filter_width;
  int stride_h, stride_w;
  int dilation_h, dilation_w;
  int padding;      // 0 SAME, 1 VALID
  int activation;   // 0 none, 1 RELU, 2 RELU_N1_TO_1, 3 RELU6
  int outputs = 1;  // CONV_2D: output channels; DEPTHWISE_CONV_2D: multiplier
  int groups = 1;   // CONV_2D
};

struct OracleAxis {
  int size;
  int before;
};

inline OracleAxis oracle_axis(int padding, int input, int filter, int stride, int dilation) {
  const int reach = (filter - 1) * dilation + 1;
  if (padding == 1) {
    int size = 0;
    while (size * stride + reach <= input) ++size;
    return {size, 0};
  }
  int size = 0;
  while (size * stride < input) ++size;
  const int needed = size == 0 ? 0 : (size - 1) * stride + reach;
  return {size, needed > input ? (needed - input) / 2 : 0};
}

inline double oracle_activation(int activation, double x) {
  if (activation == 1) return std::max(x, 0.0);
  if (activation == 2) return std::min(std::max(x, -1.0), 1.0);
  if (activation == 3) return std::min(std::max(x, 0.0), 6.0);
  return x;
}

// Calls visit(batch, oy, ox) for each output pixel in order, and inside it the caller may call
// tap(fy, fx, iy, ix) for taps inside the input through for_taps.
struct WindowOracle {
  explicit WindowOracle(const WindowCase& c)
      : c(c),
        y(oracle_axis(c.padding, c.height, c.filter_height, c.stride_h, c.dilation_h)),
        x(oracle_axis(c.padding, c.width, c.filter_width, c.stride_w, c.dilation_w)) {}

  template <typename Tap>
  void for_taps(int oy, int ox, const Tap& tap) const {
    for (int fy = 0; fy < c.filter_height; ++fy) {
      for (int fx = 0; fx < c.filter_width; ++fx) {
        const int iy = oy * c.stride_h - y.before + fy * c.dilation_h;
        const int ix = ox * c.stride_w - x.before + fx * c.dilation_w;
        if (iy >= 0 && iy < c.height && ix >= 0 && ix < c.width) tap(fy, fx, iy, ix);
      }
    }
  }
  size_t input_at(int b, int iy, int ix, int channel) const {
    return ((static_cast<size_t>(b) * c.height + iy) * c.width + ix) * c.channels + channel;
  }

  WindowCase c;
  OracleAxis y, x;
};

// Without activation. An empty bias is absent.
inline Reals oracle_conv(const WindowCase& c, const Reals& input, const Reals& filter,
                         const Reals& bias) {
  const WindowOracle window(c);
  const int filter_channels = c.channels / c.groups;
  Reals output;
  for (int b = 0; b < c.batch; ++b) {
    for (int oy = 0; oy < window.y.size; ++oy) {
      for (int ox = 0; ox < window.x.size; ++ox) {
        for (int o = 0; o < c.outputs; ++o) {
          double sum = bias.empty() ? 0 : bias[o];
          const int first = o / (c.outputs / c.groups) * filter_channels;
          window.for_taps(oy, ox, [&](int fy, int fx, int iy, int ix) {
            for (int i = 0; i < filter_channels; ++i) {
              sum +=
                  input[window.input_at(b, iy, ix, first + i)] *
                  filter[((static_cast<size_t>(o) * c.filter_height + fy) * c.filter_width + fx) *
                             filter_channels +
                         i];
            }
          });
          output.push_back(sum);
        }
      }
    }
  }
  return output;
}

inline Reals oracle_depthwise(const WindowCase& c, const Reals& input, const Reals& filter,
                              const Reals& bias) {
  const WindowOracle window(c);
  const int channels = c.channels * c.outputs;
  Reals output;
  for (int b = 0; b < c.batch; ++b) {
    for (int oy = 0; oy < window.y.size; ++oy) {
      for (int ox = 0; ox < window.x.size; ++ox) {
        for (int i = 0; i < c.channels; ++i) {
          for (int m = 0; m < c.outputs; ++m) {
            const int o = i * c.outputs + m;
            double sum = bias.empty() ? 0 : bias[o];
            window.for_taps(oy, ox, [&](int fy, int fx, int iy, int ix) {
              sum += input[window.input_at(b, iy, ix, i)] *
                     filter[(static_cast<size_t>(fy) * c.filter_width + fx) * channels + o];
            });
            output.push_back(sum);
          }
        }
      }
    }
  }
  return output;
}

inline Reals oracle_pool(const WindowCase& c, const Reals& input, bool average) {
  const WindowOracle window(c);
  Reals output;
  for (int b = 0; b < c.batch; ++b) {
    for (int oy = 0; oy < window.y.size; ++oy) {
      for (int ox = 0; ox < window.x.size; ++ox) {
        for (int i = 0; i < c.channels; ++i) {
          double sum = 0, largest = -std::numeric_limits<double>::infinity();
          int count = 0;
          window.for_taps(oy, ox, [&](int, int, int iy, int ix) {
            const double value = input[window.input_at(b, iy, ix, i)];
            sum += value;
            largest = std::max(largest, value);
            ++count;
          });
          output.push_back(average ? sum / count : largest);
        }
      }
    }
  }
  return output;
}

// Repeatable numbers.
class Numbers {
 public:
  explicit Numbers(uint32_t seed) : engine_(seed) {}
  int32_t integer(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(engine_() % static_cast<uint32_t>(high - low + 1));
  }
  template <typename T>
  std::vector<T> integers(size_t count, int32_t low, int32_t high) {
    std::vector<T> result(count);
    for (T& value : result) value = static_cast<T>(integer(low, high));
    return result;
  }
  // In [-1, 1], with 12 bits.
  std::vector<float> reals(size_t count) {
    std::vector<float> result(count);
    for (float& value : result) value = static_cast<float>(integer(-2048, 2048)) / 2048;
    return result;
  }

 private:
  std::mt19937 engine_;
};

// Float activations that quantise to 8 bits without loss, in images (or rows) of `size` elements,
// at least 2: whole numbers in [low, high], both ends among them. Each image has a range of its
// own: twice the one before and, unless it is symmetric, moved down by ten steps.
inline std::vector<float> exact_activations(Numbers& numbers, size_t count, size_t size,
                                            int32_t low, int32_t high) {
  std::vector<float> result(count);
  for (size_t at = 0; at < count; ++at) {
    const auto image = static_cast<int32_t>(at / size);
    const int32_t moved = low + high == 0 ? 0 : -10 * image;
    int32_t value = numbers.integer(low, high);
    if (at % size < 2) value = at % size == 0 ? low : high;
    result[at] = std::ldexp(static_cast<float>(value + moved), image);
  }
  return result;
}

// scale * (value - zero point), element by element; `channel_of` says whose scale.
template <typename T, typename ChannelOf>
Reals dequantize(const std::vector<T>& values, const Quantization& q, const ChannelOf& channel_of) {
  Reals result(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t channel = q.scales.size() == 1 ? 0 : channel_of(i);
    result[i] = static_cast<double>(q.scales[channel]) *
                (static_cast<double>(values[i]) - static_cast<double>(q.zero_points[channel]));
  }
  return result;
}
template <typename T>
Reals dequantize(const std::vector<T>& values, const Quantization& q) {
  return dequantize(values, q, [](size_t) { return size_t{0}; });
}

// Each quantised result is within one unit of the exact one; equal where the exact one saturates by
// more than a unit.
template <typename T>
void expect_quantized_near(const std::vector<T>& result, const Reals& exact, const Quantization& q,
                           int activation) {
  ASSERT_EQ(result.size(), exact.size());
  for (size_t i = 0; i < result.size(); ++i) {
    const double real = oracle_activation(activation, exact[i]);
    const double value =
        std::round(real / static_cast<double>(q.scales[0])) + static_cast<double>(q.zero_points[0]);
    const double limited =
        std::min(std::max(value, static_cast<double>(std::numeric_limits<T>::lowest())),
                 static_cast<double>(std::numeric_limits<T>::max()));
    ASSERT_NEAR(static_cast<double>(result[i]), limited, 1.0) << "element " << i;
  }
}

// Within `tolerance` of the largest magnitude.
inline void expect_float_near(const std::vector<float>& result, const Reals& exact, int activation,
                              double tolerance = 1e-6) {
  ASSERT_EQ(result.size(), exact.size());
  double largest = 1e-30;
  for (const double value : exact) largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < result.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(result[i]), oracle_activation(activation, exact[i]),
                tolerance * largest)
        << "element " << i;
  }
}

// An output scale that uses most of the range for these values, and the zero point that fits: none
// for int16, whose kernels err by a unit at the ends of the range, so that half of it is used.
template <typename T>
Quantization output_quantization(const Reals& exact) {
  double low = 0, high = 0;
  for (const double value : exact) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (std::is_same_v<T, int16_t>) {
    return Quantization::per_tensor(
        static_cast<float>(std::max(std::max(-low, high) * 2 / 32767, 1e-9)), 0);
  }
  // A quarter of the range saturates.
  const double scale = std::max((high - low) * 0.75 / 255, 1e-6);
  const double zero = std::numeric_limits<T>::lowest() - 0.75 * low / scale;
  return Quantization::per_tensor(
      static_cast<float>(scale),
      static_cast<int64_t>(std::min(
          std::max(std::round(zero), static_cast<double>(std::numeric_limits<T>::lowest())),
          static_cast<double>(std::numeric_limits<T>::max()))));
}

// A bias in real numbers: its scale is the product of input and filter scale.
template <typename B>
Reals dequantize_bias(const std::vector<B>& bias, const Quantization& input,
                      const Quantization& filter) {
  Reals result(bias.size());
  for (size_t o = 0; o < bias.size(); ++o) {
    result[o] = static_cast<double>(bias[o]) * static_cast<double>(input.scales[0]) *
                static_cast<double>(filter.scales[filter.scales.size() == 1 ? 0 : o]);
  }
  return result;
}

// Two int4 elements to a byte, the first in the low half.
inline std::vector<uint8_t> pack_int4(const std::vector<int8_t>& values) {
  std::vector<uint8_t> packed((values.size() + 1) / 2);
  for (size_t i = 0; i < values.size(); ++i) {
    packed[i / 2] |= static_cast<uint8_t>((values[i] & 15) << (i % 2 * 4));
  }
  return packed;
}

inline void PrintTo(const WindowCase& c, std::ostream* out) {
  *out << c.batch << "x" << c.height << "x" << c.width << "x" << c.channels << " filter "
       << c.filter_height << "x" << c.filter_width << " stride " << c.stride_h << "," << c.stride_w
       << " dilation " << c.dilation_h << "," << c.dilation_w << " padding " << c.padding
       << " activation " << c.activation << " outputs " << c.outputs << " groups " << c.groups;
}

}  // namespace baton::test
