#pragma once

#include <cstdint>
#include <vector>

#include "network.h"

namespace shapes {

// real = scale * (quantised - zero_point)
struct Quantisation {
  float scale = 1;
  int32_t zero_point = 0;
};

struct QuantisedLayer {
  Quantisation out;
  std::vector<int8_t> weights;       // Symmetric, -127..127, in the float layer's order.
  std::vector<float> weight_scales;  // One per output channel; one in all for kFullyConnected.
  std::vector<int32_t> bias;         // Scale: input scale × weight scale.
};

// 8-bit integers throughout, by TensorFlow Lite's int8 rules. `layers` goes with those of the
// float network that it was made from.
struct QuantisedNetwork {
  Quantisation input;
  std::vector<QuantisedLayer> layers;
};

// What int8 models take a picture's byte for: byte - 128, which stands for (byte - 128) / 127.5.
inline constexpr Quantisation kInputQuantisation{1.0f / 127.5f, 0};

// `pictures`: typical inputs of the float network, from which the activations' ranges are taken.
QuantisedNetwork quantise(const Network& network, const std::vector<std::vector<float>>& pictures);

// Resized picture values 0..255 to the quantised network's input.
std::vector<int8_t> quantise_input(const std::vector<float>& values);

// The logits, with the bits that TensorFlow Lite's reference kernels give.
std::vector<int8_t> run(const Network& network, const QuantisedNetwork& quantised,
                        const std::vector<int8_t>& input);

}  // namespace shapes
