// Blocks of an image: into channels (SPACE_TO_DEPTH), into the batch (SPACE_TO_BATCH_ND), and back.
#include <algorithm>

#include "delegates/cpu/move.h"
#include "delegates/cpu/quantized.h"

namespace baton::cpu {
namespace {

// ---- Channels -----------------------------------------------------------------------------------

Refusal check_depth(const NodeView& node) {
  return first_of({check_move(node), require_rank("input", node.input(0), 4, 4)});
}

// Each cell of the deep image [n, height, width, depth] is a block of the wide one: rows, columns,
// channels. add(size, deep_step, wide_step) adds a loop.
template <typename Add>
void describe_depth(const Dims& deep, int64_t block, const Add& add) {
  const int64_t width = deep[2], depth = deep[3];
  const int64_t wide_depth = depth / (block * block);
  const int64_t wide_row = width * block * wide_depth;
  add(deep[0] * deep[1], width * depth, block * wide_row);
  add(block, block * wide_depth, wide_row);
  add(width, depth, block * wide_depth);
  add(block * wide_depth, 1, 1);
}

std::unique_ptr<Step> compile_space_to_depth(const NodeView& node, const Compiler& compiler) {
  const int64_t block = node.attributes<baton_space_to_depth_attributes>().block_size;
  return make_move(node, compiler, {}, [=](const MoveFacts& facts, Moves* moves) {
    StridedCopy& copy = moves->copy(0);
    describe_depth(facts.outputs[0], block,
                   [&](int64_t size, int64_t deep, int64_t wide) { copy.add(size, wide, deep); });
  });
}

std::unique_ptr<Step> compile_depth_to_space(const NodeView& node, const Compiler& compiler) {
  const int64_t block = node.attributes<baton_depth_to_space_attributes>().block_size;
  return make_move(node, compiler, {}, [=](const MoveFacts& facts, Moves* moves) {
    StridedCopy& copy = moves->copy(0);
    describe_depth(facts.inputs[0], block,
                   [&](int64_t size, int64_t deep, int64_t wide) { copy.add(size, deep, wide); });
  });
}

// ---- Batch --------------------------------------------------------------------------------------

Refusal check_batch(const NodeView& node) {
  return first_of({check_move(node), require_rank("input", node.input(0), 3, 4),
                   require_dtype("block shape", node.input(1), {BATON_INT32}),
                   require_dtype("paddings or crops", node.input(2), {BATON_INT32})});
}

// One spatial dimension of the pair of images, for positions inside the block that have the same
// indices of the small image.
struct Axis {
  int64_t block = 1, before = 0, large = 1, small = 1;  // margins, sizes
  int64_t at = 0, positions = 1;                        // [at, at + positions)
  // Index p of the small image is p * block + at - before of the large one: those that exist.
  int64_t first(int64_t position) const {
    return std::max<int64_t>(0, (before - position + block - 1) / block);
  }
  int64_t count(int64_t position) const {
    const int64_t end = std::max<int64_t>(0, (large + before - position + block - 1) / block);
    return std::max<int64_t>(0, std::min(end, small) - first(position));
  }
  int64_t first() const { return first(at); }
  int64_t count() const { return count(at); }
  // To the positions behind, as many as can go together; whether there are any.
  bool next() {
    at += positions;
    positions = 1;
    while (at + positions < block && first(at + positions) == first() &&
           count(at + positions) == count()) {
      ++positions;
    }
    return at < block;
  }
};

// The copies between a large image [batch, height, width, depth] and a small one of one batch per
// position in the block.
class BatchSpace {
 public:
  BatchSpace(const MoveFacts& facts, const Dims& large, const Dims& small) : batch_(large[0]) {
    const size_t spatial = large.size() - 2;
    for (size_t i = 0; i < spatial; ++i) {
      axes_[i].block = facts.integers[1][i];
      axes_[i].before = facts.integers[2][2 * i];
      axes_[i].large = large[1 + i];
      axes_[i].small = small[1 + i];
      if (axes_[i].block < 1 || axes_[i].before < 0) {
        refuse_values("a block or a margin of spatial dimension " + std::to_string(i) +
                      " is out of range");
      }
    }
    depth_ = product(large, 1 + spatial, large.size());
    if (axes_[0].block * axes_[1].block * batch_ != small[0]) {
      refuse_values("the block shape does not fit the batches");
    }
    large_ = {batch_, axes_[0].large, axes_[1].large, depth_};
    small_ = {small[0], axes_[0].small, axes_[1].small, depth_};
  }

  // Calls visit(y, x) for groups of positions that together are the block.
  template <typename Visit>
  void for_each_group(const Visit& visit) const {
    Axis y = axes_[0];
    for (y.positions = 0; y.next();) {
      Axis x = axes_[1];
      for (x.positions = 0; x.next();) visit(y, x);
    }
  }

  // start(large, small) and add(size, large_step, small_step) describe one copy.
  template <typename Start, typename Add>
  void describe(const Axis& y, const Axis& x, const Start& start, const Add& add) const {
    if (y.count() == 0 || x.count() == 0) return add(0, 0, 0);
    start(offset_of(large_, {0, y.first() * y.block + y.at - y.before,
                             x.first() * x.block + x.at - x.before, 0}),
          offset_of(small_, {batch_at(y, x), y.first(), x.first(), 0}));
    add(y.positions, step_of(large_, 1), x.block * batch_ * step_of(small_, 0));
    add(x.positions, step_of(large_, 2), batch_ * step_of(small_, 0));
    add(batch_, step_of(large_, 0), step_of(small_, 0));
    add(y.count(), y.block * step_of(large_, 1), step_of(small_, 1));
    add(x.count(), x.block * step_of(large_, 2), step_of(small_, 2));
    add(depth_, 1, 1);
  }

  // What the large image has nothing for: start(small) and add(size, small_step), box by box.
  template <typename Start, typename Add>
  void describe_border(const Axis& y, const Axis& x, const Start& start, const Add& add) const {
    const Dims whole = {batch_, small_[1], small_[2], depth_};
    around_box(whole, {0, std::min(y.first(), small_[1]), std::min(x.first(), small_[2]), 0},
               {batch_, y.count(), x.count(), depth_}, [&](const Dims& begin, const Dims& size) {
                 start(offset_of(small_, {batch_at(y, x) + begin[0], begin[1], begin[2], 0}));
                 add(y.positions, x.block * batch_ * step_of(small_, 0));
                 add(x.positions, batch_ * step_of(small_, 0));
                 for (size_t i = 0; i < size.size(); ++i) add(size[i], step_of(small_, i));
               });
  }

 private:
  int64_t batch_at(const Axis& y, const Axis& x) const { return (y.at * x.block + x.at) * batch_; }

  Axis axes_[2];
  int64_t batch_, depth_;
  Dims large_, small_;
};

std::unique_ptr<Step> compile_batch_to_space(const NodeView& node, const Compiler& compiler) {
  return make_move(node, compiler, {1, 2}, [](const MoveFacts& facts, Moves* moves) {
    const BatchSpace space(facts, facts.outputs[0], facts.inputs[0]);
    space.for_each_group([&](const Axis& y, const Axis& x) {
      StridedCopy& copy = moves->copy(0);
      space.describe(
          y, x, [&](int64_t large, int64_t small) { copy.start(small, large); },
          [&](int64_t size, int64_t large, int64_t small) { copy.add(size, small, large); });
    });
  });
}

std::unique_ptr<Step> compile_space_to_batch(const NodeView& node, const Compiler& compiler) {
  // Real zero: the zero point of 8-bit tensors, 0 otherwise.
  const Operand& output = node.output();
  const auto zero_point = static_cast<uint8_t>(is_byte(output.dtype()) ? output.zero_point() : 0);
  return make_move(node, compiler, {1, 2}, [=](const MoveFacts& facts, Moves* moves) {
    const uint8_t padding[16] = {zero_point};
    moves->set_padding(padding);
    const BatchSpace space(facts, facts.inputs[0], facts.outputs[0]);
    space.for_each_group([&](const Axis& y, const Axis& x) {
      StridedCopy* copy = &moves->copy(0);
      space.describe(
          y, x, [&](int64_t large, int64_t small) { copy->start(large, small); },
          [&](int64_t size, int64_t large, int64_t small) { copy->add(size, large, small); });
      space.describe_border(
          y, x,
          [&](int64_t small) {
            copy = &moves->copy(Moves::kPadding);
            copy->start(0, small);
          },
          [&](int64_t size, int64_t small) { copy->add(size, 0, small); });
    });
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_BATCH_TO_SPACE_ND, 4, check_batch, compile_batch_to_space},
    {BATON_OP_DEPTH_TO_SPACE, 2, check_depth, compile_depth_to_space},
    {BATON_OP_SPACE_TO_BATCH_ND, 4, check_batch, compile_space_to_batch},
    {BATON_OP_SPACE_TO_DEPTH, 2, check_depth, compile_space_to_depth},
};

}  // namespace

sdk::Span<const Operator> blocks_operators() { return kOperators; }

}  // namespace baton::cpu
