#include "delegates/cpu/operators/rescaled_concatenation.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "delegates/cpu/check.h"
#include "delegates/cpu/integers.h"

namespace baton::cpu {
namespace {

using Table = std::array<uint8_t, 256>;

// The output's value for each of the input's: in float, as TensorFlow Lite has it.
Table rescaling_table(const Operand& input, const Operand& output) {
  Table table;
  const float inverse_scale = 1.0f / output.scale();
  const float scale = input.scale() * inverse_scale;
  const float bias = static_cast<float>(-input.zero_point()) * scale;
  for (size_t i = 0; i < table.size(); ++i) {
    const float value = std::round(static_cast<float>(i) * scale + bias);
    // NaN, which scales at the ends of float can give, counts as 0.
    const float bounded = std::isnan(value) ? 0 : std::clamp(value, -65536.0f, 65536.0f);
    table[i] = static_cast<uint8_t>(
        std::clamp(static_cast<int32_t>(bounded) + output.zero_point(), 0, 255));
  }
  return table;
}

Table identity_table() {
  Table table;
  for (size_t i = 0; i < table.size(); ++i) table[i] = static_cast<uint8_t>(i);
  return table;
}

Refusal require_uint8_parameters(const char* what, const Operand& operand) {
  if (const Refusal refusal = require_per_tensor(what, operand)) return refusal;
  if (operand.zero_point() >= 0 && operand.zero_point() <= 255) return {};
  return {BATON_REASON_QUANTIZATION,
          std::string("the zero point of the ") + what + " is outside the range of uint8"};
}

}  // namespace

Refusal check_rescaled(const Operand& input, const Operand& output) {
  return first_of(
      {require_uint8_parameters("input", input), require_uint8_parameters("output", output)});
}

std::unique_ptr<Step> make_rescaled_concatenation(const NodeView& node, int32_t axis_attribute) {
  std::vector<Table> made;
  for (size_t i = 0; i < node.input_count(); ++i) {
    made.push_back(same_quantization(node.input(i), node.output())
                       ? identity_table()
                       : rescaling_table(node.input(i), node.output()));
  }
  const auto tables = std::make_shared<const std::vector<Table>>(std::move(made));
  const std::vector<int32_t> inputs = node.input_tensors();
  const int32_t output = node.output().index();
  return make_step(inputs, {output}, [=](const Sizes& sizes) {
    const Dims whole = dims_of(sizes, output);
    const size_t axis = resolve_axis(axis_attribute, whole.size());
    const int64_t pitch = whole[axis] * step_of(whole, axis);
    std::vector<int64_t> runs;
    for (const int32_t input : inputs) {
      const Dims part = dims_of(sizes, input);
      runs.push_back(part.empty() ? 1 : part[axis] * step_of(part, axis));
    }
    const auto outer = static_cast<uint64_t>(product(whole, 0, axis));
    constexpr double kNsPerByte = 0.5;
    return make_work(
        outer, grain_of_ns(static_cast<double>(pitch) * kNsPerByte),
        [=](const Call& call, uint64_t begin, uint64_t end) {
          int64_t at = 0;
          for (size_t i = 0; i < runs.size(); ++i) {
            const uint8_t* table = (*tables)[i].data();
            for (uint64_t o = begin; o < end; ++o) {
              const uint8_t* from = call.input<uint8_t>(i) + static_cast<int64_t>(o) * runs[i];
              uint8_t* to = call.output<uint8_t>(0) + static_cast<int64_t>(o) * pitch + at;
              for (int64_t k = 0; k < runs[i]; ++k) to[k] = table[from[k]];
            }
            at += runs[i];
          }
        });
  });
}

}  // namespace baton::cpu
