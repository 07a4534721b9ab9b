// What the value of a flag may be. What it may not be is said in one sentence.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>

namespace baton::tools {

// Decimal digits only.
CLI::Validator whole_number(uint64_t least = 0,
                            uint64_t most = std::numeric_limits<uint64_t>::max());

// Of a float or a double; never NaN or infinite.
enum class Sign { kAny, kNotNegative, kPositive };
template <typename T>
CLI::Validator finite_number(Sign sign);

}  // namespace baton::tools
