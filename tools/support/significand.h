// The values that a delegate's option `precision` has by convention, as bits of a significand.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace baton::tools {

inline constexpr int kFloat32Bits = 24;

// The leading one included. 0: a word that is not known.
inline int significand_bits(std::string_view precision) {
  struct Row {
    std::string_view name;
    int bits;
  };
  static constexpr Row kRows[] = {
      {"exact", kFloat32Bits},
      {"fp32", kFloat32Bits},
      {"float32", kFloat32Bits},
      {"fp16", 11},
      {"float16", 11},
      {"tf32", 11},
      {"bf16", 8},
      {"bfloat16", 8},
  };
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const Row& known) { return known.name == precision; });
  return row == std::end(kRows) ? 0 : row->bits;
}

}  // namespace baton::tools
