#include "delegates/cpu/move.h"

#include <algorithm>
#include <cstring>

namespace baton::cpu {
namespace {

// Descriptions that do not change between runs.
class KnownMove final : public Work {
 public:
  KnownMove(CopyKernels kernels, Moves moves) : kernels_(kernels), moves_(std::move(moves)) {
    phases = {Phase{moves_.items(), 1}};
    moves_.tell(this);
  }
  void run(const Call& call, size_t, uint64_t begin, uint64_t end) const override {
    moves_.run(kernels_, call, begin, end);
  }

 private:
  CopyKernels kernels_;
  Moves moves_;
};

// How the step makes a description.
struct MoveRecipe {
  CopyKernels kernels;
  int64_t element_bytes;
  std::vector<int32_t> input_tensors, output_tensors;
  std::vector<size_t> read;         // positions of integers that a run reads
  std::vector<baton_dtype> dtypes;  // of all inputs
  MoveFacts facts;                  // integers that are constants
  Describe describe;

  Moves moves(const MoveFacts& with) const {
    Moves result(element_bytes);
    // Of shapes with a size of 0 the other sizes may be any: nothing to compute with.
    const bool empty = std::all_of(with.outputs.begin(), with.outputs.end(),
                                   [](const Dims& dims) { return product(dims) == 0; });
    if (!empty) describe(with, &result);
    result.finish(with);
    return result;
  }
};

// Descriptions that depend on what a run computes: each worker makes its own, and takes as large
// a share of it as its items are of all.
class ReadingMove final : public Work {
 public:
  ReadingMove(const MoveRecipe& recipe, MoveFacts facts, uint64_t shares)
      : recipe_(recipe), facts_(std::move(facts)) {
    phases = {Phase{shares, 1}};
  }
  void run(const Call& call, size_t, uint64_t begin, uint64_t end) const override {
    MoveFacts facts = facts_;
    for (const size_t position : recipe_.read) {
      facts.integers[position] = read_integers(recipe_.dtypes[position], call.input<void>(position),
                                               product(facts.inputs[position]));
    }
    const Moves moves = recipe_.moves(facts);
    const uint64_t shares = phases[0].items;
    moves.run(recipe_.kernels, call, moves.items() * begin / shares, moves.items() * end / shares);
  }

 private:
  const MoveRecipe& recipe_;
  MoveFacts facts_;
};

class MoveStep final : public Step {
 public:
  explicit MoveStep(MoveRecipe recipe) : recipe_(std::move(recipe)) {}

  std::unique_ptr<Work> prepare(const Sizes& sizes) const override {
    MoveFacts facts = recipe_.facts;
    for (const int32_t tensor : recipe_.input_tensors) {
      facts.inputs.push_back(dims_of(sizes, tensor));
    }
    uint64_t bytes = 0;
    for (const int32_t tensor : recipe_.output_tensors) {
      facts.outputs.push_back(dims_of(sizes, tensor));
      bytes += static_cast<uint64_t>(product(facts.outputs.back()) * recipe_.element_bytes);
    }
    if (recipe_.read.empty()) {
      return std::make_unique<KnownMove>(recipe_.kernels, recipe_.moves(facts));
    }
    constexpr uint64_t kShareBytes = 65536;
    const uint64_t shares =
        std::clamp<uint64_t>(bytes / kShareBytes, 1, uint64_t{4} * sizes.thread_count());
    return std::make_unique<ReadingMove>(recipe_, std::move(facts), shares);
  }

 private:
  MoveRecipe recipe_;
};

}  // namespace

StridedCopy& Moves::copy(int input, int output) {
  pieces_.push_back({StridedCopy(element_bytes_), input, output});
  return pieces_.back().copy;
}

void Moves::set_padding(const void* element) {
  std::memcpy(padding_.data(), element, static_cast<size_t>(element_bytes_));
}

void Moves::finish(const MoveFacts& facts) {
  const auto bytes = [&](const Dims& dims) {
    return static_cast<uint64_t>(product(dims) * element_bytes_);
  };
  items_ = 0;
  for (Piece& piece : pieces_) {
    piece.copy.finish();
    const uint64_t from_bytes = piece.input == kPadding
                                    ? static_cast<uint64_t>(element_bytes_)
                                    : bytes(facts.inputs[static_cast<size_t>(piece.input)]);
    if (!piece.copy.fits(from_bytes, bytes(facts.outputs[static_cast<size_t>(piece.output)]))) {
      refuse_values("the values of the inputs do not fit the shapes");
    }
    piece.first_item = items_;
    items_ += piece.copy.items();
  }
}

void Moves::tell(Work* work) const {
  work->only_moves = true;
  for (const Piece& piece : pieces_) {
    if (piece.copy.items() == 0) continue;
    const auto run = piece.copy.run();
    work->only_moves &= run.has_value() && piece.input != kPadding;
    if (!run || piece.input == kPadding) continue;
    work->moved.push_back({static_cast<size_t>(piece.input), static_cast<size_t>(piece.output),
                           run->from, run->to, run->bytes});
  }
}

void Moves::run(const CopyKernels& kernels, const Call& call, uint64_t begin, uint64_t end) const {
  auto piece =
      std::upper_bound(pieces_.begin(), pieces_.end(), begin,
                       [](uint64_t item, const Piece& each) { return item < each.first_item; });
  if (piece != pieces_.begin()) --piece;
  for (; piece != pieces_.end() && piece->first_item < end; ++piece) {
    const std::byte* from = piece->input == kPadding
                                ? padding_.data()
                                : call.input<std::byte>(static_cast<size_t>(piece->input));
    auto* to = call.output<std::byte>(static_cast<size_t>(piece->output));
    if (const auto run = piece->copy.run(); run && from + run->from == to + run->to) continue;
    const uint64_t first = std::max(begin, piece->first_item) - piece->first_item;
    const uint64_t last = std::min(end - piece->first_item, piece->copy.items());
    piece->copy.run(kernels, from, to, first, last);
  }
}

std::unique_ptr<Step> make_move(const NodeView& node, const Compiler& compiler,
                                std::vector<size_t> integers, Describe describe) {
  MoveRecipe recipe{CopyKernels(compiler.isa()),
                    static_cast<int64_t>(bytes_of(node.output().dtype())),
                    node.input_tensors(),
                    node.output_tensors(),
                    {},
                    {},
                    {},
                    std::move(describe)};
  std::vector<int32_t> inputs = node.input_tensors();
  recipe.facts.integers.resize(node.input_count());
  for (size_t i = 0; i < node.input_count(); ++i) recipe.dtypes.push_back(node.input(i).dtype());
  for (const size_t i : integers) {
    const Operand& operand = node.input(i);
    // Without elements there is nothing to read, and constants may have no data.
    if (operand.constant()) {
      recipe.facts.integers[i] =
          read_integers(operand.dtype(), operand.data<void>(), operand.count());
      inputs[i] = -1;
    } else {
      recipe.read.push_back(i);
    }
  }
  const std::vector<int32_t> outputs = recipe.output_tensors;
  auto step = std::make_unique<MoveStep>(std::move(recipe));
  step->inputs = std::move(inputs);
  step->outputs = outputs;
  return step;
}

Refusal check_move(const NodeView& node, size_t input) {
  constexpr uint32_t kHighestRank = 8;
  return first_of({require_plain("input", node.input(input)),
                   require_rank("input", node.input(input), 0, kHighestRank),
                   require_rank("output", node.output(), 0, kHighestRank),
                   require_same_dtype("input", node.input(input), "output", node.output())});
}

void add_box(StridedCopy* copy, const Dims& size, const Dims& from_whole, const Dims& to_whole) {
  for (size_t i = 0; i < size.size(); ++i) {
    copy->add(size[i], step_of(from_whole, i), step_of(to_whole, i));
  }
}

int64_t offset_of(const Dims& whole, const Dims& index) {
  int64_t offset = 0;
  for (size_t i = 0; i < whole.size(); ++i) offset += index[i] * step_of(whole, i);
  return offset;
}

}  // namespace baton::cpu
