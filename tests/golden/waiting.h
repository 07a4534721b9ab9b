// Models that wait for something.
#pragma once

#include <set>
#include <string>

namespace baton::test {

// Models whose recorded answer is not met yet. A listed model that passes fails the test: strike it
// out.
inline const std::set<std::string> kWaiting = {
    "small/runtime/add_quantized.bin",
};

}  // namespace baton::test
