// Small float networks with seeded weights, one for each idiom that quantisation has to handle.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "converter/tflite/model.h"

namespace baton::test {

struct Network {
  std::string name;
  std::function<tflite::Model()> build;
  // The least signal-to-noise ratio of the outputs in dB, for the weights-only scheme and for
  // integers; see integer_test.cpp.
  double dynamic_snr = 30;
  double int8_snr = 25;
  double uint8_snr = 20;
};

const std::vector<Network>& networks();

// One of them by name.
tflite::Model build_network(const std::string& name);

}  // namespace baton::test
