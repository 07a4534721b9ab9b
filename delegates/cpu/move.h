// Operators that move elements: a description in strided copies, made from shapes and from the
// values of integer inputs, becomes a Step.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "delegates/cpu/integers.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/strided_copy.h"

namespace baton::cpu {

// What a description is made from, by the node's positions.
struct MoveFacts {
  std::vector<Dims> inputs, outputs;
  std::vector<std::vector<int64_t>> integers;  // empty for inputs that are data
};

// Copies that together write all outputs, no element twice.
class Moves {
 public:
  // Instead of an input's position: the element that set_padding gave.
  static constexpr int kPadding = -1;

  explicit Moves(int64_t element_bytes) : element_bytes_(element_bytes) {}

  // A new copy, which the caller describes.
  StridedCopy& copy(int input, int output = 0);
  // Of element_bytes. Zeros unless it is called.
  void set_padding(const void* element);

  // After the last copy. Throws sdk::Error where one leaves its tensors.
  void finish(const MoveFacts& facts);
  uint64_t items() const { return items_; }
  // Fills in what moves as it is, and whether that is all.
  void tell(Work* work) const;
  void run(const CopyKernels& kernels, const Call& call, uint64_t begin, uint64_t end) const;

 private:
  struct Piece {
    StridedCopy copy;
    int input, output;
    uint64_t first_item = 0;
  };
  int64_t element_bytes_;
  std::vector<Piece> pieces_;
  std::array<std::byte, 16> padding_{};
  uint64_t items_ = 0;
};

// The inputs at `integers` are small integer vectors, of int32 or int64; the others are data.
// Integers that are no constants are read in each run. `describe` may throw sdk::Error; it is
// called at any time, by any thread.
using Describe = std::function<void(const MoveFacts& facts, Moves* moves)>;
std::unique_ptr<Step> make_move(const NodeView& node, const Compiler& compiler,
                                std::vector<size_t> integers, Describe describe);

// The input is plain, and the output has its type.
Refusal check_move(const NodeView& node, size_t input = 0);

// Copies the box of `whole` (an input's or output's dimensions) that begins at `begin` to one of
// the output: sizes, then a step in each for each dimension.
void add_box(StridedCopy* copy, const Dims& size, const Dims& from_whole, const Dims& to_whole);

// Calls visit(begin, size) for boxes that together are what the box leaves of `whole`.
template <typename Visit>
void around_box(const Dims& whole, const Dims& begin, const Dims& size, const Visit& visit) {
  Dims box_begin(whole.size(), 0), box_size = whole;
  for (size_t i = 0; i < whole.size(); ++i) {
    const int64_t end = begin[i] + size[i];
    box_size[i] = begin[i];
    if (begin[i] > 0) visit(box_begin, box_size);
    box_begin[i] = end;
    box_size[i] = whole[i] - end;
    if (end < whole[i]) visit(box_begin, box_size);
    box_begin[i] = begin[i];
    box_size[i] = size[i];
  }
}

// The offset of an index, in elements.
int64_t offset_of(const Dims& whole, const Dims& index);

}  // namespace baton::cpu
