// Models that wait for something.
#pragma once

#include <set>
#include <string>

namespace baton::test {

// Models whose recorded answer is not met yet. A listed model that passes fails the test: strike it
// out.
inline const std::set<std::string> kWaiting = {
    "audio/dtln_noise_suppression.tflite",
};

}  // namespace baton::test
