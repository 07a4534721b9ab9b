// Mean and variance that the elements of a tensor are expected to have. The builder follows them
// from layer to layer and scales each layer's weights by them, so that activations neither die nor
// grow, however deep the network.
#pragma once

#include <cstdint>

#include "benchmarks/zoo/activation.h"

namespace baton::zoo {

struct Moments {
  double mean = 0;
  double variance = 1;

  // The mean of the squares.
  double power() const { return variance + mean * mean; }
};

// What a layer is to give before its activation, and how much of the variance is its biases'.
struct Target {
  double variance;
  double bias_share;
  double from_weights() const { return variance * (1 - bias_share); }
  double from_bias() const { return variance * bias_share; }
};
Target target_before(Activation activation);

Moments after(Activation activation, const Moments& x);
// Of windows of `area` elements.
Moments after_average_pool(const Moments& x, int64_t area);
Moments after_max_pool(const Moments& x);
// Of independent tensors.
Moments after_add(const Moments& x, const Moments& y);
Moments after_multiply(const Moments& x, const Moments& y);

}  // namespace baton::zoo
