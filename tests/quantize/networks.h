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
  // The least signal-to-noise ratio of the outputs in 8 bits, in dB; see integer_test.cpp.
  double integer_snr = 30;
};

const std::vector<Network>& networks();

// One of them by name.
tflite::Model build_network(const std::string& name);

}  // namespace baton::test
