// How finely kernels cut their loops for parallel_for.
#pragma once

#include <cstdint>

namespace baton::ops {

// Steps of a loop that make one piece of work, about 64 Ki multiply-adds, when one step costs the
// product of `sizes`. In double: products of sizes may exceed 64 bits.
template <typename... Sizes>
int64_t grain_of(Sizes... sizes) {
  const double cost = (1.0 * ... * static_cast<double>(sizes));
  return cost >= 65536 ? 1 : static_cast<int64_t>(65536 / (cost < 1 ? 1 : cost));
}

}  // namespace baton::ops
