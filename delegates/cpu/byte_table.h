// 8-bit operators of one input are tables: 256 output bytes by the input's bits.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "delegates/cpu/elementwise.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/quantized.h"
#include "delegates/kernels/elementwise.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {

using ByteTable = std::array<uint8_t, 256>;

// value_of(x) gives the output, inside its type, for each value x of the input's type.
template <typename ValueOf>
ByteTable fill_byte_table(baton_dtype input, const ValueOf& value_of) {
  ByteTable table{};
  for (int32_t x = lowest_of(input); x <= highest_of(input); ++x) {
    table[static_cast<uint8_t>(x)] = static_cast<uint8_t>(value_of(x));
  }
  return table;
}

// refuse(begin, end) sees the input's bytes, and may throw sdk::Error.
template <typename Refuse>
std::unique_ptr<Step> make_table_step(const NodeView& node, const ByteTable& table,
                                      const Compiler& compiler, Refuse refuse) {
  constexpr double kNs = 0.1;  // per element
  const auto run = kernels::find<kernels::ByteTableFunction>("lut", "u8", compiler.isa());
  return make_flat_step(node, kNs, [=](const Call& call, int64_t begin, int64_t end) {
    const uint8_t* in = call.input<uint8_t>(0);
    refuse(in + begin, in + end);
    run({in + begin, call.output<uint8_t>(0) + begin, static_cast<size_t>(end - begin),
         table.data()});
  });
}

inline std::unique_ptr<Step> make_table_step(const NodeView& node, const ByteTable& table,
                                             const Compiler& compiler) {
  return make_table_step(node, table, compiler, [](const uint8_t*, const uint8_t*) {});
}

}  // namespace baton::cpu
