// One partition with memory of its own, executed by hand: what the session would do, step by step.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "core/base/aligned_memory.h"
#include "core/host/delegate.h"
#include "tests/conformance/trial.h"

namespace baton::conformance {

// Services of a run that is cancelled when it asks for the n-th time.
class CountedServices : public SessionServices {
 public:
  static constexpr int64_t kNever = -1;
  explicit CountedServices(int64_t cancel_at = kNever) : cancel_at_(cancel_at) {}
  int64_t polls() const { return polls_; }

  void parallel_for(uint64_t count, uint64_t grain, baton_range_fn fn, void* user) override;
  uint32_t thread_count() const override { return 1; }
  bool cancelled() const override;
  // What only kernels of the core ask for.
  Status infer_subgraph(uint32_t, std::span<const Value* const>, std::span<Value* const>) override;
  Status call_subgraph(uint32_t, std::span<const Value* const>,
                       std::vector<const Value*>*) override;
  bool first_call(uint32_t) override { return false; }
  int32_t resource_id(const char*, const char*) override { return -1; }
  const Resource* resource(int32_t) override { return nullptr; }
  Status assign_resource(int32_t, const Value&) override;
  Status place_output(Value&) override;

 private:
  const int64_t cancel_at_;
  mutable std::atomic<int64_t> polls_{0};
};

// The first partition of a compiled model, at its default shapes.
class PartitionBed {
 public:
  static Result<std::unique_ptr<PartitionBed>> create(const Both& both);

  Instance& instance() { return *instance_; }
  // Random inputs and states.
  void fill(uint64_t seed);
  // Poisons outputs and new states, then executes.
  Status execute(SessionServices& services);
  // Contents of outputs and new states, one after the other.
  TrialOutputs written() const;
  // False when the execution changed an input or a state that it was to read.
  bool inputs_intact() const;

 private:
  struct Slot {
    Value value;
    AlignedMemory memory;
    std::vector<uint8_t> before;  // inputs and states
  };
  PartitionBed() = default;

  std::vector<Slot> inputs_;
  std::vector<Slot> outputs_;
  std::vector<Slot> states_in_;
  std::vector<Slot> states_out_;
  AlignedMemory scratch_;
  std::unique_ptr<Instance> instance_;
};

}  // namespace baton::conformance
