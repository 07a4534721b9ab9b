#include "delegates/cpu/operators/rescaled_concatenation.h"

#include <algorithm>
#include <cmath>

#include "delegates/cpu/byte_table.h"
#include "delegates/cpu/integers.h"

namespace baton::cpu {
namespace {

// The output's value for each of the input's: in float, as TensorFlow Lite has it.
ByteTable rescaling_table(const Operand& input, const Operand& output) {
  const float inverse_scale = 1.0f / output.scale();
  const float scale = input.scale() * inverse_scale;
  const float bias = static_cast<float>(-input.zero_point()) * scale;
  return fill_byte_table(BATON_UINT8, [&](int32_t x) {
    const float value = std::round(static_cast<float>(x) * scale + bias);
    // NaN, which scales at the ends of float can give, counts as 0.
    const float bounded = std::isnan(value) ? 0 : std::clamp(value, -65536.0f, 65536.0f);
    return std::clamp(static_cast<int32_t>(bounded) + output.zero_point(), 0, 255);
  });
}

ByteTable identity_table() {
  return fill_byte_table(BATON_UINT8, [](int32_t x) { return x; });
}

}  // namespace

Refusal check_rescaled(const Operand& input, const Operand& output) {
  return first_of({require_quantized("input", input), require_quantized("output", output)});
}

std::unique_ptr<Step> make_rescaled_concatenation(const NodeView& node, int32_t axis_attribute,
                                                  const Compiler& compiler) {
  const auto run = kernels::find<kernels::ByteTableFunction>("lut", "u8", compiler.isa());
  std::vector<ByteTable> made;
  for (size_t i = 0; i < node.input_count(); ++i) {
    made.push_back(same_quantization(node.input(i), node.output())
                       ? identity_table()
                       : rescaling_table(node.input(i), node.output()));
  }
  const auto tables = std::make_shared<const std::vector<ByteTable>>(std::move(made));
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
    constexpr double kNsPerByte = 0.1;
    return make_work(
        outer, grain_of_ns(static_cast<double>(pitch) * kNsPerByte),
        [=](const Call& call, uint64_t begin, uint64_t end) {
          int64_t at = 0;
          for (size_t i = 0; i < runs.size(); ++i) {
            const uint8_t* table = (*tables)[i].data();
            for (uint64_t o = begin; o < end; ++o) {
              const uint8_t* from = call.input<uint8_t>(i) + static_cast<int64_t>(o) * runs[i];
              uint8_t* to = call.output<uint8_t>(0) + static_cast<int64_t>(o) * pitch + at;
              run({from, to, static_cast<size_t>(runs[i]), table});
            }
            at += runs[i];
          }
        });
  });
}

}  // namespace baton::cpu
