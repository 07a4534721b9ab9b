// STRIDED_SLICE: a regular part of a tensor, by begin, end and stride of each dimension, with
// masks.
#include <algorithm>

#include "delegates/cpu/move.h"

namespace baton::cpu {
namespace {

// More entries have no bit in the masks.
constexpr uint32_t kMostEntries = 31;

Refusal check(const NodeView& node) {
  if (const Refusal refusal = check_move(node)) return refusal;
  for (size_t i = 1; i <= 3; ++i) {
    if (const Refusal refusal =
            first_of({require_dtype("begin, end or strides", node.input(i), {BATON_INT32}),
                      require_rank("begin, end or strides", node.input(i), 1, 1)})) {
      return refusal;
    }
  }
  return {};
}

bool bit(int32_t mask, size_t i) { return i < kMostEntries && (mask >> i & 1) != 0; }

// What one entry of begin, end and strides selects of a dimension.
struct Selection {
  int64_t first = 0, stride = 1, size = 1;
};

Selection select(const baton_strided_slice_attributes& attributes, const MoveFacts& facts, size_t i,
                 int64_t size) {
  Selection selected;
  selected.stride = facts.integers[3][i];
  if (selected.stride == 0) refuse_values("stride " + std::to_string(i) + " is 0");
  const bool forward = selected.stride > 0;
  // Indices of a backward slice run from size - 1 down to an end of -1.
  const int64_t low = forward ? 0 : -1, high = forward ? size : size - 1;
  const auto bounded = [&](int64_t index) {
    return std::clamp(index < 0 ? index + size : index, low, high);
  };
  selected.first = bounded(facts.integers[1][i]);
  if (bit(attributes.begin_mask, i)) selected.first = forward ? 0 : size - 1;
  if (bit(attributes.shrink_axis_mask, i)) {
    if (selected.first < 0 || selected.first >= size) {
      refuse_values("index " + std::to_string(facts.integers[1][i]) + " of dimension " +
                    std::to_string(i) + " is out of range for size " + std::to_string(size));
    }
    return selected;
  }
  int64_t end = facts.integers[2][i];
  end = attributes.offset ? std::clamp(selected.first + end, low, high) : bounded(end);
  if (bit(attributes.end_mask, i)) end = forward ? size : -1;
  const int64_t distance = forward ? end - selected.first : selected.first - end;
  const int64_t pace = forward ? selected.stride : -selected.stride;
  selected.size = size == 0 || distance <= 0 ? 0 : (distance + pace - 1) / pace;
  return selected;
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  const auto attributes = node.attributes<baton_strided_slice_attributes>();
  return make_move(node, compiler, {1, 2, 3}, [=](const MoveFacts& facts, Moves* moves) {
    const Dims& whole = facts.inputs[0];
    const size_t count = facts.integers[1].size();
    size_t new_axes = 0;
    for (size_t i = 0; i < count; ++i) {
      new_axes += bit(attributes.new_axis_mask, i) && !bit(attributes.ellipsis_mask, i) ? 1 : 0;
    }
    StridedCopy& copy = moves->copy(0);
    int64_t from = 0, to_step = product(facts.outputs[0]), total = 1;
    size_t dimension = 0;
    const auto add = [&](const Selection& selected) {
      const int64_t step = step_of(whole, dimension++);
      from += selected.first * step;
      if (selected.size != 0) to_step /= selected.size;
      total *= selected.size;
      copy.add(selected.size, selected.stride * step, to_step);
    };
    const auto add_whole = [&] { add({0, 1, whole[dimension]}); };
    for (size_t i = 0; i < count; ++i) {
      if (bit(attributes.ellipsis_mask, i)) {
        // As many dimensions as the other entries leave.
        const size_t after = count - 1 - new_axes;
        for (size_t k = after; k < whole.size(); ++k) add_whole();
      } else if (!bit(attributes.new_axis_mask, i)) {
        if (dimension >= whole.size()) refuse_values("begin has entries for too many dimensions");
        add(select(attributes, facts, i, whole[dimension]));
      }
    }
    while (dimension < whole.size()) add_whole();
    if (total != product(facts.outputs[0])) refuse_values("the slice has not the output's size");
    copy.start(from, 0);
  });
}

constexpr Operator kOperators[] = {{BATON_OP_STRIDED_SLICE, 8, check, compile}};

}  // namespace

sdk::Span<const Operator> strided_slice_operators() { return kOperators; }

}  // namespace baton::cpu
