// PAD and PADV2: the input with one value around it. MIRROR_PAD: with its own mirror images.
#include <cstring>

#include "delegates/cpu/move.h"
#include "delegates/cpu/quantized.h"

namespace baton::cpu {
namespace {

Refusal check_pad(const NodeView& node) {
  return first_of({check_move(node), require_integers("paddings", node.input(1))});
}

// Rows {before, after}. Throws where they are not the difference of the shapes.
Dims paddings_before(const MoveFacts& facts) {
  Dims before;
  for (size_t i = 0; i < facts.inputs[0].size(); ++i) {
    const int64_t first = facts.integers[1][2 * i], last = facts.integers[1][2 * i + 1];
    if (first < 0 || last < 0 || first + facts.inputs[0][i] + last != facts.outputs[0][i]) {
      refuse_values("the paddings " + std::to_string(first) + " and " + std::to_string(last) +
                    " of dimension " + std::to_string(i) + " do not fit the output");
    }
    before.push_back(first);
  }
  return before;
}

void describe_pad(const MoveFacts& facts, int padding_input, Moves* moves) {
  const Dims &input = facts.inputs[0], &output = facts.outputs[0];
  const Dims before = paddings_before(facts);
  StridedCopy& content = moves->copy(0);
  content.start(0, offset_of(output, before));
  add_box(&content, input, input, output);
  around_box(output, before, input, [&](const Dims& begin, const Dims& size) {
    StridedCopy& border = moves->copy(padding_input);
    border.start(0, offset_of(output, begin));
    for (size_t i = 0; i < size.size(); ++i) border.add(size[i], 0, step_of(output, i));
  });
}

// ---- PAD ----------------------------------------------------------------------------------------

// Real zero: the zero point of quantised tensors, a zero of the type otherwise.
int64_t zero_of(const Operand& output) {
  switch (output.dtype()) {
    case BATON_INT8:
    case BATON_UINT8:
    case BATON_INT16:
      return output.zero_point();
    default:
      return 0;
  }
}

std::unique_ptr<Step> compile_pad(const NodeView& node, const Compiler& compiler) {
  const int64_t zero = zero_of(node.output());
  return make_move(node, compiler, {1}, [=](const MoveFacts& facts, Moves* moves) {
    // The low bytes of the value; there are zeros behind them.
    std::byte element[16] = {};
    std::memcpy(element, &zero, sizeof zero);
    moves->set_padding(element);
    describe_pad(facts, Moves::kPadding, moves);
  });
}

// ---- PADV2 --------------------------------------------------------------------------------------

Refusal check_padv2(const NodeView& node) {
  const Operand &value = node.input(2), &output = node.output();
  if (const Refusal refusal =
          first_of({check_pad(node), require_plain("padding value", value),
                    require_same_dtype("padding value", value, "input", node.input(0))})) {
    return refusal;
  }
  if (value.count() != 1) return {BATON_REASON_SHAPE, "the padding value must be one element"};
  if (is_byte(output.dtype()) && output.quantized() &&
      (value.scale() != output.scale() || value.zero_point() != output.zero_point())) {
    return {BATON_REASON_QUANTIZATION,
            "the padding value has another scale or zero point than the output"};
  }
  return {};
}

std::unique_ptr<Step> compile_padv2(const NodeView& node, const Compiler& compiler) {
  return make_move(node, compiler, {1},
                   [](const MoveFacts& facts, Moves* moves) { describe_pad(facts, 2, moves); });
}

// ---- MIRROR_PAD ---------------------------------------------------------------------------------

Refusal check_mirror(const NodeView& node) {
  if (const Refusal refusal = check_pad(node)) return refusal;
  const int32_t mode = node.attributes<baton_mirror_pad_attributes>().mode;
  if (mode == BATON_MIRROR_PAD_MODE_REFLECT || mode == BATON_MIRROR_PAD_MODE_SYMMETRIC) return {};
  return {BATON_REASON_ATTRIBUTE, "the mode is neither REFLECT nor SYMMETRIC"};
}

// A part of one dimension: before the content, the content, or behind it.
struct MirrorPart {
  int64_t from, step, to, size;  // indices of the input and output
};

// Calls add for each combination of one part per dimension.
void add_parts(const std::vector<std::vector<MirrorPart>>& parts, const MoveFacts& facts,
               std::vector<const MirrorPart*>* chosen, Moves* moves) {
  const Dims &input = facts.inputs[0], &output = facts.outputs[0];
  if (chosen->size() < parts.size()) {
    for (const MirrorPart& part : parts[chosen->size()]) {
      chosen->push_back(&part);
      add_parts(parts, facts, chosen, moves);
      chosen->pop_back();
    }
    return;
  }
  StridedCopy& copy = moves->copy(0);
  int64_t from = 0, to = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const MirrorPart& part = *(*chosen)[i];
    const int64_t from_step = step_of(input, i), to_step = step_of(output, i);
    from += part.from * from_step;
    to += part.to * to_step;
    copy.add(part.size, part.step * from_step, to_step);
  }
  copy.start(from, to);
}

std::unique_ptr<Step> compile_mirror(const NodeView& node, const Compiler& compiler) {
  // REFLECT leaves the border element out of the mirror image, SYMMETRIC repeats it.
  const int64_t offset =
      node.attributes<baton_mirror_pad_attributes>().mode == BATON_MIRROR_PAD_MODE_REFLECT ? 1 : 0;
  return make_move(node, compiler, {1}, [=](const MoveFacts& facts, Moves* moves) {
    const Dims before = paddings_before(facts);
    std::vector<std::vector<MirrorPart>> parts;
    for (size_t i = 0; i < before.size(); ++i) {
      const int64_t size = facts.inputs[0][i];
      const int64_t after = facts.outputs[0][i] - before[i] - size;
      if (before[i] > size - offset || after > size - offset) {
        refuse_values("the paddings of dimension " + std::to_string(i) +
                      " are larger than its mirror image");
      }
      parts.push_back({{0, 1, before[i], size}});
      if (before[i] > 0) parts[i].push_back({before[i] - 1 + offset, -1, 0, before[i]});
      if (after > 0) parts[i].push_back({size - 1 - offset, -1, before[i] + size, after});
    }
    std::vector<const MirrorPart*> chosen;
    add_parts(parts, facts, &chosen, moves);
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_MIRROR_PAD, 3, check_mirror, compile_mirror},
    {BATON_OP_PAD, 5, check_pad, compile_pad},
    {BATON_OP_PADV2, 5, check_padv2, compile_padv2},
};

}  // namespace

sdk::Span<const Operator> pads_operators() { return kOperators; }

}  // namespace baton::cpu
