#include "delegates/cpu/storage.h"

namespace baton::cpu {

Storage::Storage(const sdk::Graph& partition, const Lowered& lowered,
                 const std::vector<std::unique_ptr<Step>>& steps) {
  const auto add = [&](Slot::Kind kind, uint32_t position, int32_t tensor) {
    Slot slot;
    slot.kind = kind;
    slot.position = position;
    slot.tensor = tensor;
    slot.bits = partition.tensor(tensor).abi()->bits;
    slots_.push_back(slot);
    return static_cast<int32_t>(slots_.size()) - 1;
  };
  for (uint32_t i = 0; i < partition.input_count(); ++i) {
    by_tensor_[partition.input(i)] = add(Slot::kInput, i, partition.input(i));
  }
  for (uint32_t i = 0; i < partition.output_count(); ++i) {
    by_tensor_[partition.output(i)] = add(Slot::kOutput, i, partition.output(i));
  }
  for (uint32_t i = 0; i < partition.state_count(); ++i) {
    by_tensor_[partition.state(i)] = add(Slot::kOldState, i, partition.state(i));
    states_[partition.state(i)] = add(Slot::kNewState, i, partition.state(i));
  }
  for (const auto& step : steps) {
    StepSlots slots;
    for (const int32_t tensor : step->inputs) {
      slots.inputs.push_back(tensor < 0 ? -1 : find_or_add(partition, lowered, tensor));
    }
    for (const int32_t tensor : step->outputs) {
      slots.outputs.push_back(tensor < 0 ? -1 : find_or_add(partition, lowered, tensor));
    }
    for (const int32_t tensor : step->states) {
      slots.new_states.push_back(states_.at(tensor));
      // What comes later reads what was written, and may write it once more.
      by_tensor_[tensor] = states_.at(tensor);
    }
    steps_.push_back(std::move(slots));
  }
  for (uint32_t i = 0; i < partition.state_count(); ++i) {
    const int32_t tensor = partition.state(i);
    const int32_t written = states_.at(tensor);
    if (by_tensor_.at(tensor) != written) unchanged_.push_back({by_tensor_.at(tensor), written});
  }
}

uint64_t Storage::bytes_of(const Slot& slot, const Sizes& sizes) const {
  return (static_cast<uint64_t>(sizes.count(slot.tensor)) * slot.bits + 7) / 8;
}

int32_t Storage::slot_of(int32_t tensor) const {
  const auto found = by_tensor_.find(tensor);
  return found == by_tensor_.end() ? -1 : found->second;
}

int32_t Storage::find_or_add(const sdk::Graph& partition, const Lowered& lowered, int32_t tensor) {
  const auto known = by_tensor_.find(tensor);
  if (known != by_tensor_.end()) return known->second;
  Slot slot;
  slot.tensor = tensor;
  slot.bits = partition.tensor(tensor).abi()->bits;
  const auto computed = lowered.constants.find(tensor);
  if (computed != lowered.constants.end()) {
    slot.kind = Slot::kConstant;
    slot.constant = computed->second.memory.get();
  } else if (partition.tensor(tensor).constant()) {
    slot.kind = Slot::kConstant;
    slot.constant = partition.tensor(tensor).data<void>();
  }
  slots_.push_back(slot);
  return by_tensor_[tensor] = static_cast<int32_t>(slots_.size()) - 1;
}

}  // namespace baton::cpu
