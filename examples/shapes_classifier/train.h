#pragma once

#include <cstdint>

#include "network.h"

namespace shapes {

struct TrainOptions {
  uint64_t seed = 1;
  int steps = 3000;
  int batch = 32;
  float learning_rate = 0.03f;  // At its highest; rises, then falls to 0.
};

// Fills the network's weights by Adam on freshly drawn pictures. One thread; the same bits for the
// same options and compiler. `progress` is called after each step with the batch's mean loss.
void train(Network& network, const TrainOptions& options, void (*progress)(int step, float loss));

}  // namespace shapes
