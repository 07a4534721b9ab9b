// What an operator becomes: a Step when the partition is compiled, a Work when its shapes are
// known.
//
//   Step   immutable, shared by all sessions: packed weights, look-up tables, attributes
//   Work   of one instance: sizes, strides, how the work splits into items
//
// A run is one parallel region in which every worker goes through the works in order, taking items
// until none is left (chain.h). So Work::run is called by several workers at the same time, with
// items that do not overlap; all items of a phase are done before the next phase starts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "baton/plugin.hpp"
#include "delegates/cpu/packing.h"

namespace baton::cpu {

// The memory of one step during a run. Positions are those of Step::inputs and outputs.
class Call {
 public:
  Call(std::byte* const* tensors, const int32_t* inputs, const int32_t* outputs,
       const int32_t* new_states, std::byte* scratch, std::byte* worker_scratch)
      : tensors_(tensors),
        inputs_(inputs),
        outputs_(outputs),
        new_states_(new_states),
        scratch_(scratch),
        worker_scratch_(worker_scratch) {}

  // nullptr for an absent optional input. A variable tensor among the inputs is its old state.
  template <typename T>
  const T* input(size_t position) const {
    return reinterpret_cast<const T*>(at(inputs_[position]));
  }
  template <typename T>
  T* output(size_t position) const {
    return reinterpret_cast<T*>(at(outputs_[position]));
  }
  // Where the variable tensor Step::states[position] is written: all of it, in every run.
  template <typename T>
  T* new_state(size_t position) const {
    return reinterpret_cast<T*>(at(new_states_[position]));
  }
  // Work::scratch_bytes, shared by all workers and phases of this run of the step.
  template <typename T>
  T* scratch() const {
    return reinterpret_cast<T*>(scratch_);
  }
  // Work::worker_scratch_bytes, of this worker alone, with any content.
  template <typename T>
  T* worker_scratch() const {
    return reinterpret_cast<T*>(worker_scratch_);
  }

 private:
  std::byte* at(int32_t slot) const { return slot < 0 ? nullptr : tensors_[slot]; }

  std::byte* const* tensors_;
  const int32_t *inputs_, *outputs_, *new_states_;
  std::byte *scratch_, *worker_scratch_;
};

class Work {
 public:
  // Items are independent of each other; a worker takes at least `grain` neighbouring ones.
  struct Phase {
    uint64_t items = 1;
    uint64_t grain = 1;
  };

  virtual ~Work() = default;
  // May throw sdk::Error (an index out of range, say). Checks nothing that prepare could check.
  virtual void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const = 0;

  // Bytes of an input that become bytes of an output as they are, one run of each. The framework
  // may give both the same memory (views.h); run leaves them alone then.
  struct Moved {
    size_t input, output;  // positions
    uint64_t from, to, bytes;
  };

  std::vector<Phase> phases = {Phase{}};
  uint64_t scratch_bytes = 0;
  uint64_t worker_scratch_bytes = 0;
  std::vector<Moved> moved;
  bool only_moves = false;  // there is nothing else to do

 protected:
  // Sets bytes of the scratch memory aside, in the constructor: their offset, a multiple of 64.
  // They have 64 readable bytes behind them.
  uint64_t take_scratch(uint64_t bytes) { return take(bytes, &scratch_bytes); }
  uint64_t take_worker_scratch(uint64_t bytes) { return take(bytes, &worker_scratch_bytes); }

 private:
  static uint64_t take(uint64_t bytes, uint64_t* total) {
    constexpr uint64_t kSlack = 64;
    const uint64_t offset = padded_to_line(*total);
    *total = offset + bytes + kSlack;
    return offset;
  }
};

// The shapes that a step is prepared for.
class Sizes {
 public:
  Sizes(const sdk::Shapes& shapes, uint32_t workers) : shapes_(shapes), workers_(workers) {}
  // Workers of a run at most.
  uint32_t thread_count() const { return workers_; }
  sdk::Span<const int32_t> dims(int32_t tensor) const { return shapes_.dims(tensor); }
  int32_t dim(int32_t tensor, size_t axis) const { return dims(tensor)[axis]; }
  int64_t count(int32_t tensor) const { return shapes_.count(tensor); }
  // The last dimension's size; 1 for a scalar.
  int64_t depth(int32_t tensor) const {
    const auto d = dims(tensor);
    return d.empty() ? 1 : d[d.size() - 1];
  }
  // Throws where a tensor has not these dimensions: for what a step fixes when it is compiled.
  void require_dims(int32_t tensor, const std::vector<int32_t>& expected) const {
    const auto d = dims(tensor);
    if (std::equal(d.begin(), d.end(), expected.begin(), expected.end())) return;
    throw sdk::Error(BATON_REASON_SHAPE,
                     "tensor " + std::to_string(tensor) + " has another shape than when compiled");
  }

 private:
  const sdk::Shapes& shapes_;
  uint32_t workers_;
};

// A node's part in a step: what a profile divides the step's time by.
struct NodeShare {
  uint32_t node = 0;
  double work = 0;  // an estimate (cost.h), at the sizes that were known when it was compiled
};

class Step {
 public:
  virtual ~Step() = default;
  // For new shapes, at any time. Throws sdk::Error with BATON_REASON_SHAPE when it cannot.
  virtual std::unique_ptr<Work> prepare(const Sizes& sizes) const = 0;

  // Tensors of the partition that are read and written while running; -1: an absent input.
  // Constants that compile has its own copy of are not among them.
  std::vector<int32_t> inputs;
  std::vector<int32_t> outputs;
  std::vector<int32_t> states;  // variable tensors that it updates; they are among inputs, too
  // The nodes of the file that it does the work of, at least one, set by the framework. Those of
  // which nothing is left to do (a PAD that became a convolution's own padding) are not among them.
  std::vector<NodeShare> shares;
};

// ---- Steps and works from functions, for operators that need no class ---------------------------

// fn(call, begin, end) over `items` in one phase.
template <typename Fn>
std::unique_ptr<Work> make_work(uint64_t items, uint64_t grain, Fn fn) {
  struct FunctionWork final : Work {
    explicit FunctionWork(Fn fn) : fn_(std::move(fn)) {}
    void run(const Call& call, size_t, uint64_t begin, uint64_t end) const override {
      fn_(call, begin, end);
    }
    Fn fn_;
  };
  auto work = std::make_unique<FunctionWork>(std::move(fn));
  work->phases = {Work::Phase{items, grain}};
  return work;
}

// prepare(sizes) gives a std::unique_ptr<Work>.
template <typename Prepare>
std::unique_ptr<Step> make_step(std::vector<int32_t> inputs, std::vector<int32_t> outputs,
                                Prepare prepare) {
  struct FunctionStep final : Step {
    explicit FunctionStep(Prepare prepare) : prepare_(std::move(prepare)) {}
    std::unique_ptr<Work> prepare(const Sizes& sizes) const override { return prepare_(sizes); }
    Prepare prepare_;
  };
  auto step = std::make_unique<FunctionStep>(std::move(prepare));
  step->inputs = std::move(inputs);
  step->outputs = std::move(outputs);
  return step;
}

// Output 0 becomes the bytes of input 0.
inline std::unique_ptr<Work> make_renaming(uint64_t bytes) {
  auto work = make_work(bytes, 1 << 16, [](const Call& call, uint64_t begin, uint64_t end) {
    std::copy(call.input<char>(0) + begin, call.input<char>(0) + end, call.output<char>(0) + begin);
  });
  work->moved = {{0, 0, 0, 0, bytes}};
  work->only_moves = true;
  return work;
}

// Items per piece so that a piece takes some 4 us, of items that take `ns` each.
inline uint64_t grain_of_ns(double ns) {
  constexpr double kPieceNs = 4000;
  return ns >= kPieceNs ? 1 : static_cast<uint64_t>(kPieceNs / (ns > 0.01 ? ns : 0.01));
}

}  // namespace baton::cpu
