#include "delegates/cpu/lstm_work.h"

#include <algorithm>

namespace baton::cpu {

LstmPlan::LstmPlan(const LstmCell& cell)
    : sequence(cell.input.index()),
      output_state(cell.output_state.index()),
      cell_state(cell.cell_state.index()),
      inputs(cell.inputs),
      cells(cell.cells),
      outputs(cell.outputs),
      width(cell.width()),
      first_gate(cell.first_gate),
      time_major(cell.time_major),
      layer_norm(cell.layer_norm),
      projected(static_cast<bool>(cell.projection)) {}

LstmWork::LstmWork(const LstmPlan& plan, const Sizes& sizes) : plan_(plan) {
  const auto dims = sizes.dims(plan.sequence);
  if (dims.size() == 2) {
    rows_.batch = dims[0];
  } else if (plan.time_major) {
    rows_ = {dims[0], dims[1], dims[1], 1};
  } else {
    rows_ = {dims[1], dims[0], 1, dims[1]};
  }
  if (sizes.depth(plan.sequence) != plan.inputs ||
      sizes.count(plan.output_state) != rows_.batch * plan.outputs ||
      sizes.count(plan.cell_state) != rows_.batch * plan.cells) {
    throw sdk::Error(BATON_REASON_SHAPE, "the sizes of input and states do not fit the weights");
  }
}

void LstmWork::begin_steps(double step_ns, uint32_t threads) {
  constexpr double kWorthSharing = 20000;
  if (threads > 1 && step_ns >= kWorthSharing) return;
  // Nor are the tasks in front when each of them is one piece.
  const bool small = std::all_of(tasks_.begin(), tasks_.end(), [](const Task& task) {
    return task.items.items <= task.items.grain;
  });
  shared_tasks_ = small ? 0 : tasks_.size();
}

void LstmWork::finish_tasks() {
  phases.clear();
  shared_tasks_ = std::min(shared_tasks_, tasks_.size());
  for (size_t i = 0; i < shared_tasks_; ++i) phases.push_back(tasks_[i].items);
  if (shared_tasks_ < tasks_.size()) phases.push_back({1, 1});
}

void LstmWork::run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const {
  if (phase < shared_tasks_) {
    run_task(call, tasks_[phase], begin, end);
    return;
  }
  for (size_t i = shared_tasks_; i < tasks_.size() && begin < end; ++i) {
    run_task(call, tasks_[i], 0, tasks_[i].items.items);
  }
}

}  // namespace baton::cpu
