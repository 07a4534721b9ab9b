// Where each tensor of a partition lies, as far as the graph alone decides it. What lies in another
// tensor, and offsets, depend on shapes (views.h, arena.h).
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "delegates/cpu/lowering.h"
#include "delegates/cpu/step.h"

namespace baton::cpu {

// A tensor has a slot: an entry in the table of addresses that a run fills in.
struct Slot {
  enum Kind : uint8_t { kInput, kOutput, kOldState, kNewState, kConstant, kScratch };
  Kind kind = kScratch;
  uint32_t position = 0;           // of an input, output or state
  const void* constant = nullptr;  // kConstant
  int32_t tensor = -1;
  uint32_t bits = 0;  // per element
};

class Storage {
 public:
  // Finds slots for everything that the steps name.
  Storage(const sdk::Graph& partition, const Lowered& lowered,
          const std::vector<std::unique_ptr<Step>>& steps);

  const std::vector<Slot>& slots() const { return slots_; }
  // The slots of Step::inputs, outputs and states; -1 for absent inputs.
  struct StepSlots {
    std::vector<int32_t> inputs, outputs, new_states;
  };
  const StepSlots& of_step(size_t step) const { return steps_[step]; }
  // States that are only read: slots of the old and the new one, which gets the same content.
  struct Unchanged {
    int32_t from, to;
  };
  const std::vector<Unchanged>& unchanged() const { return unchanged_; }
  uint64_t bytes_of(const Slot& slot, const Sizes& sizes) const;
  // -1 when the tensor is not of this partition, or was fused away.
  int32_t slot_of(int32_t tensor) const;

 private:
  int32_t find_or_add(const sdk::Graph& partition, const Lowered& lowered, int32_t tensor);

  std::vector<Slot> slots_;
  std::vector<StepSlots> steps_;
  std::unordered_map<int32_t, int32_t> by_tensor_;
  std::unordered_map<int32_t, int32_t> states_;  // new states by tensor
  std::vector<Unchanged> unchanged_;
};

}  // namespace baton::cpu
