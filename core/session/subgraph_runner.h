// One subgraph in one session: its tensors, memory, kernels and delegate instances.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/ops/operator.h"
#include "core/plan/memory.h"
#include "core/session/compiled.h"
#include "core/session/quota.h"

namespace baton {

class Session;

class SubgraphRunner final : public SessionServices {
 public:
  SubgraphRunner(const Subgraph& subgraph, Session& session);
  ~SubgraphRunner() override;

  const Subgraph& subgraph() const { return subgraph_; }
  Value& value(int32_t tensor) { return values_[static_cast<size_t>(tensor)]; }
  const Value& value(int32_t tensor) const { return values_[static_cast<size_t>(tensor)]; }
  bool prepared() const { return prepared_; }
  const std::shared_ptr<const CompiledSubgraph>& compiled() const { return compiled_; }

  // For the input shapes that the values have: shapes, plan, instances, kernels, memory. Contents
  // of inputs are lost; state is kept. After an error only prepare may be called.
  Status prepare();
  // The same where the inputs' shapes differ from these, or nothing is prepared yet.
  Status prepare_for(std::span<const Value* const> inputs);
  // Drops what prepare made from delegates, so that a failed one can go.
  void unprepare();

  Status run();
  // A C++ bool that holds anything but 0 and 1 is undefined: what comes from users and plugins is
  // mended.
  void normalize_bools(std::span<const int32_t> tensors);

  // Memory of the caller for an input or output; nullptr: the session's own again.
  void bind(int32_t tensor, void* memory);

  // The tensor's shape and memory are only found in the run.
  bool found_in_run(int32_t tensor) const;

  void save_state();
  void restore_state();
  void reset_state();

  // True when a tensor's content is to be had: it is not inside a partition that keeps it to
  // itself.
  Status make_readable(int32_t tensor);

  void set_profiling(bool on);
  // Calls add(subgraph, node or -1, partition or -1, ns) for the last run.
  void read_profile(void (*add)(void*, uint32_t, int32_t, int32_t, uint64_t), void* user) const;
  void add_memory_figures(baton_memory_figures* figures) const;

  // SessionServices
  void parallel_for(uint64_t count, uint64_t grain, baton_range_fn fn, void* user) override;
  uint32_t thread_count() const override;
  bool cancelled() const override;
  Status infer_subgraph(uint32_t subgraph, std::span<const Value* const> inputs,
                        std::span<Value* const> outputs) override;
  Status call_subgraph(uint32_t subgraph, std::span<const Value* const> inputs,
                       std::vector<const Value*>* results) override;
  bool first_call(uint32_t subgraph) override;
  int32_t resource_id(const char* container, const char* shared_name) override;
  const Resource* resource(int32_t id) override;
  Status assign_resource(int32_t id, const Value& value) override;
  Status place_output(Value& output) override;

 private:
  struct StateTensor {
    int32_t tensor;
    QuotaMemory memory;
    QuotaMemory saved;    // as it was before the run
    QuotaMemory pending;  // a partition's state_out, before it is committed
  };
  bool at_default_shapes() const;
  Status start_instances(size_t* partition);
  Status check_sizes() const;
  Status make_instances();
  Status make_contexts();
  Status place_memory();
  Status place_state();
  void bind_borders();

  Status run_node(uint32_t node);
  Status run_dynamic(uint32_t node, NodeContext& context);
  bool dynamic_shapes_changed(uint32_t node);
  Status run_steps();
  Status run_partition(uint32_t partition);
  void find_waits();
  Status start_partition(uint32_t partition);
  Status wait_for(uint32_t partition);
  Status finish_partition(uint32_t partition, Status status);
  Status call_taps(const PlanStep& step);
  bool in_partition_only(int32_t tensor) const;

  const Subgraph& subgraph_;
  Session& session_;
  bool prepared_ = false;
  std::vector<Value> values_;
  Propagation propagation_;
  std::shared_ptr<const CompiledSubgraph> compiled_;
  std::vector<std::unique_ptr<NodeContext>> contexts_;  // by node; null: not run here
  std::vector<bool> computes_nothing_;                  // by node
  std::vector<std::unique_ptr<Instance>> instances_;    // by partition
  std::vector<void*> instance_scratch_;                 // by partition
  std::vector<uint32_t> wait_at_;                       // by step: before which it is waited for
  std::vector<bool> runs_beside_;                       // by step: in the background until then
  std::vector<uint32_t> awaited_;                       // steps that do, the first awaited first
  std::vector<std::unique_ptr<Fence>> pending_;         // by partition
  std::vector<StateTensor> states_;
  QuotaMemory arena_;
  MemoryPlan memory_;
  std::vector<void*> own_memory_;                     // by tensor: where bind(nullptr) leads back
  std::vector<QuotaMemory> dynamic_;                  // by tensor: shapes found in the run
  std::vector<QuotaMemory> dynamic_scratch_;          // by node
  std::vector<std::vector<int32_t>> dynamic_shapes_;  // by node: when it was prepared in a run
  std::vector<int32_t> shapes_now_;                   // kept for their capacity
  std::vector<int32_t> lent_;
  std::vector<uint64_t> step_ns_;  // by step of the plan
};

}  // namespace baton
