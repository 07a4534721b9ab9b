// What float and integer LSTM cells have in common: the sequence, and how its steps become phases.
//
// Inputs of the step: the sequence, the output state, the cell state. All products with the inputs
// of a sequence are one product in front; what remains goes step by step.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "delegates/cpu/lstm_cell.h"
#include "delegates/cpu/step.h"

namespace baton::cpu {

enum LstmInput : size_t { kLstmSequence, kLstmOutputState, kLstmCellState };

// What plans of all kinds keep of the cell.
struct LstmPlan {
  explicit LstmPlan(const LstmCell& cell);

  int32_t sequence = -1, output_state = -1, cell_state = -1;  // tensors
  int64_t inputs = 0, cells = 0, outputs = 0, width = 0;
  size_t first_gate = 0;
  bool time_major = true, layer_norm = false, projected = false;

  bool coupled() const { return first_gate == kForgetGate; }
  // Where a gate begins in a row of all gates.
  int64_t column_of(size_t gate) const { return static_cast<int64_t>(gate - first_gate) * cells; }
};

// Where the vectors of a sequence lie, in vectors.
struct LstmRows {
  int64_t steps = 1, batch = 0;
  int64_t step_stride = 0, batch_stride = 1;

  int64_t count() const { return steps * batch; }
  int64_t first(int64_t step) const { return step * step_stride; }
};

class LstmWork : public Work {
 public:
  LstmWork(const LstmPlan& plan, const Sizes& sizes);
  void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const final;

 protected:
  // A task is what a phase does; its meaning is the subclass's.
  struct Task {
    int kind = 0;
    int64_t step = 0;
    Phase items;
  };
  virtual void run_task(const Call& call, const Task& task, uint64_t begin, uint64_t end) const = 0;

  void add(int kind, Phase items, int64_t step = 0) { tasks_.push_back({kind, step, items}); }
  // The tasks of one step follow, as often as there are steps. Steps of less than some ten
  // microseconds are not worth sharing: all of them become one item, and so do the tasks in front
  // where they are small.
  void begin_steps(double step_ns, uint32_t threads);
  void finish_tasks();
  template <typename T>
  uint64_t take_elements(int64_t count) {
    return take_scratch(static_cast<uint64_t>(count) * sizeof(T));
  }
  // The memory that take_scratch gave an offset of.
  template <typename T>
  static T* at(const Call& call, uint64_t offset) {
    return reinterpret_cast<T*>(call.scratch<std::byte>() + offset);
  }

  const LstmRows& rows() const { return rows_; }
  uint64_t batch() const { return static_cast<uint64_t>(rows_.batch); }

  // All steps work on the new states: they begin as the old ones. For a range of the batch.
  template <typename Output, typename Cell>
  void copy_states(const Call& call, uint64_t begin, uint64_t end) const {
    const auto copy = [&](const auto* from, auto* to, int64_t length) {
      std::copy(from + static_cast<int64_t>(begin) * length,
                from + static_cast<int64_t>(end) * length,
                to + static_cast<int64_t>(begin) * length);
    };
    copy(call.input<Output>(kLstmOutputState), call.new_state<Output>(0), plan_.outputs);
    copy(call.input<Cell>(kLstmCellState), call.new_state<Cell>(1), plan_.cells);
  }

 private:
  const LstmPlan& plan_;
  LstmRows rows_;
  std::vector<Task> tasks_;
  size_t shared_tasks_ = SIZE_MAX;  // tasks that are phases of their own
};

// A step that keeps the plan; makes Work(plan, sizes).
template <typename LstmWorkType, typename Plan>
std::unique_ptr<Step> make_lstm_step(const LstmCell& cell, std::shared_ptr<const Plan> plan) {
  std::vector<int32_t> inputs = {plan->sequence, plan->output_state, plan->cell_state};
  std::vector<int32_t> states = {plan->output_state, plan->cell_state};
  auto step = make_step(std::move(inputs), {cell.output.index()}, [plan](const Sizes& sizes) {
    return std::make_unique<LstmWorkType>(*plan, sizes);
  });
  step->states = std::move(states);
  return step;
}

std::unique_ptr<Step> compile_real_lstm(const LstmCell& cell, const Compiler& compiler);
std::unique_ptr<Step> compile_integer_lstm(const LstmCell& cell, const Compiler& compiler);

}  // namespace baton::cpu
