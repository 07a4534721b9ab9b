#pragma once

#include <cstddef>
#include <vector>

namespace shapes {

enum class Kind { kConv, kDepthwise, kAdd, kAveragePool, kFullyConnected };

struct Shape {
  int height = 1;
  int width = 1;
  int channels = 1;
  size_t size() const { return static_cast<size_t>(height) * width * channels; }
};

// Reads the layer before it (the first one reads the picture). Activations are height × width ×
// channels; convolutions pad as TensorFlow's SAME does.
struct Layer {
  Kind kind;
  Shape in;
  Shape out;
  int kernel = 1;
  int stride = 1;
  bool relu6 = false;
  int other = -1;                // kAdd: the earlier layer that is added.
  std::vector<float> weights{};  // TensorFlow Lite's order: O,H,W,I; 1,H,W,C; O,I.
  std::vector<float> bias{};

  // Rows or columns of padding before the picture.
  int padding() const;
};

struct Network {
  std::vector<Layer> layers;
};

inline constexpr int kInputSide = 64;

// A MobileNet v2 in small, without weights: a strided convolution, depthwise-separable blocks,
// two of them inverted residuals, a global average pool and a classifier that gives logits.
Network make_network(int classes);

// Activations of every layer for one picture, in plain loops; the check on the trainer's and the
// source of the ranges for quantisation. `input` is in [-1, 1].
std::vector<std::vector<float>> run(const Network& network, const std::vector<float>& input);

// Picture values 0..255 to the float network's input.
void normalise(std::vector<float>& values);

}  // namespace shapes
