#pragma once

#include <string>

#include "network.h"
#include "quantise.h"

namespace shapes {

// Both write the network with a softmax after its logits; they return an empty string, or the
// sentence that says what went wrong.
std::string write_float_model(const Network& network, const std::string& path);
std::string write_quantised_model(const Network& network, const QuantisedNetwork& quantised,
                                  const std::string& path);

}  // namespace shapes
