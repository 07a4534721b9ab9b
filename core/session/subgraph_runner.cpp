#include "core/session/subgraph_runner.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "core/ops/support/boolean.h"
#include "core/session/session.h"

namespace baton {
namespace {

uint64_t now_ns() {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                   std::chrono::steady_clock::now().time_since_epoch())
                                   .count());
}

// Like TensorFlow Lite's, fresh state of a quantised tensor is a real zero, not a zero byte.
void clear_state(const Value& value, uint8_t* memory, uint64_t bytes) {
  int fill = 0;
  if (value.dtype() == BATON_INT8 || value.dtype() == BATON_UINT8) fill = value.zero_point();
  std::memset(memory, fill, static_cast<size_t>(bytes));
}

Status check_tensor(const MemoryQuota& quota, const Value& value) {
  const Status status = quota.check_tensor(value.bytes());
  return status.ok() ? status : status.at(format("tensor '%s'", value.name()));
}

Status check_scratch(const MemoryQuota& quota, uint64_t bytes) {
  const Status status = quota.check_tensor(bytes);
  return status.ok() ? status : status.at("scratch memory");
}

// A program that cannot take other shapes than it was compiled for has not failed.
bool is_about_shapes(const Status& status) {
  return status.code() == BATON_RECOMPILE_NEEDED || status.code() == BATON_UNSUPPORTED ||
         status.reason() == BATON_REASON_RANK || status.reason() == BATON_REASON_SHAPE ||
         status.reason() == BATON_REASON_TOO_LARGE;
}

}  // namespace

SubgraphRunner::SubgraphRunner(const Subgraph& subgraph, Session& session)
    : subgraph_(subgraph), session_(session) {
  values_.reserve(subgraph.tensors.size());
  for (const baton_tensor& tensor : subgraph.tensors) values_.emplace_back(tensor);
  dynamic_.resize(subgraph.tensors.size());
  dynamic_scratch_.resize(subgraph.nodes.size());
  dynamic_shapes_.resize(subgraph.nodes.size());
  own_memory_.resize(subgraph.tensors.size());
}

SubgraphRunner::~SubgraphRunner() = default;

void SubgraphRunner::unprepare() {
  prepared_ = false;
  pending_.clear();
  instances_.clear();
  compiled_.reset();
}

Status SubgraphRunner::prepare() {
  prepared_ = false;
  BATON_RETURN_IF_ERROR(session_.count_prepared(subgraph_.nodes.size()));
  BATON_ASSIGN_OR_RETURN(propagation_, propagate(subgraph_, values_, this));
  BATON_RETURN_IF_ERROR(check_sizes());
  BATON_RETURN_IF_ERROR(make_instances());
  BATON_RETURN_IF_ERROR(make_contexts());
  BATON_RETURN_IF_ERROR(place_state());
  BATON_RETURN_IF_ERROR(place_memory());
  bind_borders();
  step_ns_.assign(compiled_->plan.steps.size(), 0);
  prepared_ = true;
  return session_.keep_tapped(*this);
}

Status SubgraphRunner::prepare_for(std::span<const Value* const> inputs) {
  if (inputs.size() != subgraph_.inputs.size()) {
    return error(BATON_INVALID_MODEL, "subgraph %u takes %zu inputs, it is called with %zu",
                 subgraph_.index, subgraph_.inputs.size(), inputs.size());
  }
  bool same = prepared_;
  for (size_t i = 0; i < inputs.size(); ++i) {
    Value& own = value(subgraph_.inputs[i]);
    if (inputs[i]->dtype() != own.dtype()) {
      return error(BATON_INVALID_MODEL, "input %zu of subgraph %u is %s, it is called with %s", i,
                   subgraph_.index, dtype_name(own.dtype()), dtype_name(inputs[i]->dtype()));
    }
    if (std::ranges::equal(inputs[i]->dims(), own.dims())) continue;
    BATON_RETURN_IF_ERROR(own.set_dims(inputs[i]->dims()));
    same = false;
  }
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (std::ranges::equal(inputs[i]->dims(), value(subgraph_.inputs[i]).dims())) continue;
    prepared_ = false;
    return error(BATON_INVALID_MODEL,
                 "subgraph %u has one tensor as several inputs, it is called with different shapes",
                 subgraph_.index);
  }
  return same ? Status() : prepare();
}

// ---- Preparing --------------------------------------------------------------------------------

bool SubgraphRunner::at_default_shapes() const {
  return std::ranges::all_of(subgraph_.inputs, [&](int32_t t) {
    const baton_tensor& tensor = subgraph_.tensors[static_cast<size_t>(t)];
    return std::ranges::equal(value(t).dims(), std::span(tensor.dims, tensor.rank));
  });
}

Status SubgraphRunner::check_sizes() const {
  for (const Value& value : values_) {
    if (!value.shape_known()) continue;
    BATON_RETURN_IF_ERROR(check_tensor(session_.quota(), value));
  }
  return {};
}

// An instance for each partition of compiled_. On failure *partition is the one that failed.
Status SubgraphRunner::start_instances(size_t* partition) {
  instances_.resize(compiled_->plan.partitions.size());
  for (size_t p = 0; p < instances_.size(); ++p) {
    *partition = p;
    if (instances_[p] != nullptr) {
      BATON_RETURN_IF_ERROR(instances_[p]->reshape(values_));
    } else {
      BATON_ASSIGN_OR_RETURN(instances_[p],
                             compiled_->programs[p]->instantiate(values_, thread_count()));
    }
  }
  return {};
}

// The shared default plan serves other shapes, too, where nodes are folded and dynamic as they were
// and its programs take the shapes; else the session gets a plan of its own.
Status SubgraphRunner::make_instances() {
  Compiled& compiled = session_.compiled();
  bool shapes_refused = false;
  for (;;) {
    BATON_ASSIGN_OR_RETURN(auto plan, compiled.compile_default(subgraph_.index));
    const bool shared = !shapes_refused && plan->shapes == propagation_.nodes;
    if (!shared) {
      BATON_ASSIGN_OR_RETURN(plan,
                             at_default_shapes()
                                 ? compiled.compile_shared(subgraph_.index, values_, propagation_)
                                 : compiled.compile(subgraph_.index, values_, propagation_));
    }
    if (plan != compiled_) instances_.clear();
    compiled_ = std::move(plan);
    size_t partition = 0;
    const Status status = start_instances(&partition);
    if (status.ok()) break;
    instances_.clear();
    if (shared && !at_default_shapes() && is_about_shapes(status)) {
      shapes_refused = true;  // no fault of the delegate: it is asked anew
      continue;
    }
    BATON_RETURN_IF_ERROR(
        compiled.switch_off(compiled_->plan.partitions[partition].delegate, status));
  }
  instance_scratch_.assign(instances_.size(), nullptr);
  if (session_.profiling()) set_profiling(true);
  return {};
}

Status SubgraphRunner::make_contexts() {
  contexts_.clear();
  contexts_.resize(subgraph_.nodes.size());
  computes_nothing_.assign(subgraph_.nodes.size(), false);
  for (std::vector<int32_t>& shapes : dynamic_shapes_) shapes.clear();
  for (const PlanStep& step : compiled_->plan.steps) {
    if (step.is_partition) continue;
    const Node& node = subgraph_.nodes[step.index];
    auto context = std::make_unique<NodeContext>(node.abi, values_, node.op);
    context->set_services(this);
    if (propagation_.nodes[step.index] != NodeShape::kDynamic && node.op->prepare != nullptr) {
      if (Status status = node.op->prepare(*context); !status.ok()) {
        return status.at(subgraph_.place(step.index));
      }
    }
    computes_nothing_[step.index] = propagation_.nodes[step.index] != NodeShape::kDynamic &&
                                    computes_nothing(*context, *node.op);
    contexts_[step.index] = std::move(context);
  }
  return {};
}

Status SubgraphRunner::place_state() {
  states_.resize(subgraph_.variables.size());
  for (size_t i = 0; i < states_.size(); ++i) {
    StateTensor& state = states_[i];
    state.tensor = subgraph_.variables[i];
    Value& variable = value(state.tensor);
    // A variable that is an input, too, can have a new size: it starts anew.
    if (state.memory && state.memory.bytes() == variable.bytes()) continue;
    QuotaMemory memory, saved, pending;
    for (QuotaMemory* part : {&memory, &saved, &pending}) {
      Status status = part->allocate(session_.quota(), variable.bytes());
      if (status.ok()) continue;
      if (!state.memory) states_.resize(i);
      return status.at(format("state tensor '%s'", variable.name()));
    }
    clear_state(variable, memory.data(), variable.bytes());
    clear_state(variable, saved.data(), variable.bytes());
    state.memory = std::move(memory);
    state.saved = std::move(saved);
    state.pending = std::move(pending);
    variable.set_data(state.memory.data());
  }
  return {};
}

Status SubgraphRunner::place_memory() {
  const SubgraphPlan& plan = compiled_->plan;
  const auto step_count = static_cast<uint32_t>(plan.steps.size());
  constexpr int32_t kNone = -1;
  std::vector<MemoryRequest> requests;
  std::vector<int32_t> request_of(values_.size(), kNone);
  std::vector<uint32_t> last_read(values_.size(), 0);
  std::vector<bool> whole_run(values_.size(), false);

  const auto read_by = [&](int32_t t, uint32_t step) {
    if (t >= 0)
      last_read[static_cast<size_t>(t)] = std::max(last_read[static_cast<size_t>(t)], step);
  };
  for (uint32_t s = 0; s < step_count; ++s) {
    const PlanStep& step = plan.steps[s];
    if (step.is_partition) {
      for (const int32_t t : plan.partitions[step.index].inputs) read_by(t, s);
    } else {
      for (const int32_t t : subgraph_.nodes[step.index].inputs()) read_by(t, s);
    }
  }
  for (const int32_t t : subgraph_.outputs) read_by(t, step_count);
  // Inputs keep their content from run to run, and for a repetition after a delegate failed.
  for (const int32_t t : subgraph_.inputs) {
    read_by(t, step_count);
    if (t >= 0) whole_run[static_cast<size_t>(t)] = true;
  }
  for (const int32_t t : subgraph_.outputs) {
    if (t >= 0) whole_run[static_cast<size_t>(t)] = true;
  }

  const auto place = [&](int32_t t, uint32_t step) {
    if (t < 0) return;
    const Value& value = values_[static_cast<size_t>(t)];
    if (value.known() || value.variable() || !value.shape_known()) return;
    if (request_of[static_cast<size_t>(t)] != kNone) return;
    request_of[static_cast<size_t>(t)] = static_cast<int32_t>(requests.size());
    requests.push_back({value.bytes(), step, std::max(step, last_read[static_cast<size_t>(t)])});
  };
  // An element-wise node writes over an input that nobody needs any more.
  const auto place_in_place = [&](const Node& node, uint32_t step) {
    if (node.op == nullptr || !(node.op->flags & kInPlace) || node.outputs().empty()) return;
    const auto out = static_cast<size_t>(node.outputs()[0]);
    if (whole_run[out] || values_[out].known() || values_[out].variable()) return;
    for (const int32_t t : node.inputs()) {
      if (t < 0 || request_of[static_cast<size_t>(t)] == kNone) continue;
      const auto in = static_cast<size_t>(t);
      MemoryRequest& request = requests[static_cast<size_t>(request_of[in])];
      if (whole_run[in] || request.last != step || values_[in].bytes() != values_[out].bytes()) {
        continue;
      }
      request.last = std::max(step, last_read[out]);
      request_of[out] = request_of[in];
      return;
    }
  };

  find_waits();
  for (uint32_t s = 0; s < step_count; ++s) {
    if (!runs_beside_[s]) continue;
    // What the partition reads must stay as it is until it was waited for.
    for (const int32_t t : plan.partitions[plan.steps[s].index].inputs) read_by(t, wait_at_[s]);
    for (const int32_t t : plan.partitions[plan.steps[s].index].outputs) read_by(t, wait_at_[s]);
  }

  std::vector<int32_t> scratch_of(step_count, kNone);
  for (const int32_t t : subgraph_.inputs) place(t, 0);
  for (uint32_t s = 0; s < step_count; ++s) {
    const PlanStep& step = plan.steps[s];
    uint64_t scratch = 0;
    if (step.is_partition) {
      // The shape of a RESHAPE in old files may be an input that nobody writes: memory all the
      // same.
      for (const int32_t t : plan.partitions[step.index].inputs) place(t, s);
      for (const int32_t t : plan.partitions[step.index].outputs) place(t, s);
      scratch = instances_[step.index]->scratch_bytes();
    } else {
      const Node& node = subgraph_.nodes[step.index];
      if (propagation_.nodes[step.index] != NodeShape::kDynamic) {
        place_in_place(node, s);
        scratch = contexts_[step.index]->scratch_bytes();
      }
      for (const int32_t t : node.outputs()) place(t, s);
    }
    if (scratch != 0) {
      BATON_RETURN_IF_ERROR(check_scratch(session_.quota(), scratch));
      scratch_of[s] = static_cast<int32_t>(requests.size());
      requests.push_back({scratch, s, std::max(s, wait_at_[s])});
    }
  }

  memory_ = plan_memory(requests);
  if (memory_.bytes > arena_.bytes() || !arena_) {
    if (Status status = arena_.allocate(session_.quota(), memory_.bytes); !status.ok()) {
      return status.at(format("subgraph %u, memory for its tensors", subgraph_.index));
    }
  }
  const auto address = [&](int32_t request) -> void* {
    return arena_.data() + memory_.offsets[static_cast<size_t>(request)];
  };
  for (size_t t = 0; t < values_.size(); ++t) {
    if (request_of[t] != kNone) {
      values_[t].set_data(address(request_of[t]));
    } else if (!values_[t].known() && !values_[t].variable()) {
      values_[t].set_data(nullptr);
    }
    own_memory_[t] = values_[t].data();
  }
  for (uint32_t s = 0; s < step_count; ++s) {
    if (scratch_of[s] == kNone) continue;
    const PlanStep& step = plan.steps[s];
    if (step.is_partition) {
      instance_scratch_[step.index] = address(scratch_of[s]);
    } else {
      contexts_[step.index]->set_scratch(address(scratch_of[s]));
    }
  }
  return {};
}

void SubgraphRunner::bind_borders() {
  for (size_t p = 0; p < instances_.size(); ++p) {
    const Partition& partition = compiled_->plan.partitions[p];
    Instance& instance = *instances_[p];
    for (size_t i = 0; i < partition.inputs.size(); ++i) {
      instance.bind_input(i, value(partition.inputs[i]).data());
    }
    for (size_t i = 0; i < partition.outputs.size(); ++i) {
      instance.bind_output(i, value(partition.outputs[i]).data());
    }
    for (size_t i = 0; i < partition.states.size(); ++i) {
      for (const StateTensor& state : states_) {
        if (state.tensor != partition.states[i]) continue;
        instance.bind_state(i, state.memory.data(), state.pending.data());
      }
    }
  }
}

void SubgraphRunner::bind(int32_t tensor, void* memory) {
  value(tensor).set_data(memory != nullptr ? memory : own_memory_[static_cast<size_t>(tensor)]);
  bind_borders();
}

// ---- Running ------------------------------------------------------------------------------------

// For each step that a delegate could run in the background: the first later step that needs what
// it writes. Only where there is a step between is there anything to run beside it.
void SubgraphRunner::find_waits() {
  const SubgraphPlan& plan = compiled_->plan;
  const auto step_count = static_cast<uint32_t>(plan.steps.size());
  wait_at_.assign(step_count, 0);
  awaited_.clear();
  runs_beside_.assign(step_count, false);
  pending_.clear();
  pending_.resize(plan.partitions.size());
  for (uint32_t s = 0; s < step_count; ++s) {
    if (!plan.steps[s].is_partition || !instances_[plan.steps[s].index]->can_submit()) continue;
    const PlannedPartition& own = plan.partitions[plan.steps[s].index];
    const auto needs = [&](const PlanStep& later) {
      // One after the other on one device, and with one set of variables.
      if (later.is_partition) {
        const PlannedPartition& other = plan.partitions[later.index];
        if (other.delegate == own.delegate || !other.states.empty()) return true;
      }
      const auto reads = [&](int32_t t) {
        return std::ranges::find(own.outputs, t) != own.outputs.end() ||
               std::ranges::find(own.states, t) != own.states.end();
      };
      return later.is_partition ? std::ranges::any_of(plan.partitions[later.index].inputs, reads)
                                : std::ranges::any_of(subgraph_.nodes[later.index].inputs(), reads);
    };
    uint32_t wait = s + 1;
    while (wait < step_count && !needs(plan.steps[wait])) ++wait;
    wait_at_[s] = wait;
    runs_beside_[s] = wait > s + 1;
    if (runs_beside_[s]) awaited_.push_back(s);
  }
  std::ranges::sort(awaited_, {}, [this](uint32_t s) { return std::pair(wait_at_[s], s); });
}

void SubgraphRunner::normalize_bools(std::span<const int32_t> tensors) {
  for (const int32_t t : tensors) {
    const Value& value = values_[static_cast<size_t>(t)];
    if (value.dtype() != BATON_BOOL || value.data() == nullptr) continue;
    ops::normalize_booleans(value.as<uint8_t>(), value.bytes());
  }
}

Status SubgraphRunner::run() {
  Status status = run_steps();
  const bool failed = !status.ok();
  const int32_t culprit = session_.failed_delegate();
  // Nothing may go on in the background once the run is over.
  for (uint32_t p = 0; p < pending_.size(); ++p) {
    if (pending_[p] == nullptr) continue;
    if (!status.ok()) pending_[p]->cancel();
    const Status finished = wait_for(p);
    if (status.ok()) status = finished;
  }
  // What was stopped on the way is not to blame.
  if (failed) session_.note_failure(culprit);
  return status;
}

Status SubgraphRunner::run_steps() {
  const SubgraphPlan& plan = compiled_->plan;
  const bool profiling = session_.profiling();
  const bool one_by_one = profiling || session_.has_taps();
  auto awaited = awaited_.begin();
  for (uint32_t s = 0; s < plan.steps.size(); ++s) {
    const PlanStep& step = plan.steps[s];
    BATON_RETURN_IF_ERROR(session_.check_interrupted());
    BATON_RETURN_IF_ERROR(session_.count_steps(
        step.is_partition ? plan.partitions[step.index].nodes.size() : uint64_t{1}));
    for (; awaited != awaited_.end() && wait_at_[*awaited] == s; ++awaited) {
      BATON_RETURN_IF_ERROR(wait_for(plan.steps[*awaited].index));
    }
    const uint64_t start = profiling ? now_ns() : 0;
    Status status = !step.is_partition               ? run_node(step.index)
                    : runs_beside_[s] && !one_by_one ? start_partition(step.index)
                                                     : run_partition(step.index);
    if (!status.ok()) return status;
    if (profiling) step_ns_[s] = now_ns() - start;
    if (session_.has_taps()) BATON_RETURN_IF_ERROR(call_taps(step));
  }
  return session_.check_interrupted();
}

Status SubgraphRunner::run_node(uint32_t index) {
  NodeContext& context = *contexts_[index];
  const Operator& op = *subgraph_.nodes[index].op;
  Status status;
  if (propagation_.nodes[index] == NodeShape::kDynamic) {
    status = run_dynamic(index, context);
  } else if (!computes_nothing_[index]) {
    status = op.run(context);
  }
  if (op.user != nullptr) normalize_bools(subgraph_.nodes[index].outputs());
  return status.ok() ? status : status.at(subgraph_.place(index));
}

// Shapes are found now, with the content of the inputs; memory and preparation follow.
Status SubgraphRunner::run_dynamic(uint32_t index, NodeContext& context) {
  const Operator& op = *subgraph_.nodes[index].op;
  // A shape rule may read what its inputs hold now.
  lent_.clear();
  for (const int32_t t : subgraph_.nodes[index].inputs()) {
    if (t < 0 || value(t).known()) continue;
    value(t).set_known(true);
    lent_.push_back(t);
  }
  const Status inferred = op.infer(context);
  for (const int32_t t : lent_) value(t).set_known(false);
  BATON_RETURN_IF_ERROR(inferred);
  for (int i = 0; i < context.output_count(); ++i) {
    Value& output = context.output(i);
    if (output.shape_known()) BATON_RETURN_IF_ERROR(place_output(output));
  }
  const auto run = [&] { return computes_nothing(context, op) ? Status() : op.run(context); };
  if (!dynamic_shapes_changed(index)) return run();
  if (op.prepare != nullptr) BATON_RETURN_IF_ERROR(op.prepare(context));
  if (context.scratch_bytes() != 0) {
    QuotaMemory& scratch = dynamic_scratch_[index];
    if (scratch.bytes() < context.scratch_bytes()) {
      BATON_RETURN_IF_ERROR(check_scratch(session_.quota(), context.scratch_bytes()));
      BATON_RETURN_IF_ERROR(scratch.allocate(session_.quota(), context.scratch_bytes()));
    }
    context.set_scratch(scratch.data());
  }
  dynamic_shapes_[index].assign(shapes_now_.begin(), shapes_now_.end());
  return run();
}

// Whether the node's tensors have other shapes than when it was prepared last; shapes_now_ gets
// them.
bool SubgraphRunner::dynamic_shapes_changed(uint32_t index) {
  shapes_now_.assign(1, 0);  // never empty: that is what a node starts with
  for (const auto list : {subgraph_.nodes[index].inputs(), subgraph_.nodes[index].outputs()}) {
    for (const int32_t t : list) {
      if (t < 0) continue;
      const auto dims = value(t).dims();
      shapes_now_.push_back(static_cast<int32_t>(dims.size()));
      shapes_now_.insert(shapes_now_.end(), dims.begin(), dims.end());
    }
  }
  return shapes_now_ != dynamic_shapes_[index];
}

Status SubgraphRunner::place_output(Value& output) {
  const auto t = static_cast<size_t>(&output - values_.data());
  if (output.known() || output.variable()) return {};
  QuotaMemory& memory = dynamic_[t];
  if (!memory || memory.bytes() < output.bytes()) {
    BATON_RETURN_IF_ERROR(check_tensor(session_.quota(), output));
    if (Status status = memory.allocate(session_.quota(), output.bytes()); !status.ok()) {
      return status.at(format("tensor '%s'", output.name()));
    }
  }
  output.set_data(memory.data());
  own_memory_[t] = memory.data();
  return {};
}

Status SubgraphRunner::run_partition(uint32_t index) {
  return finish_partition(index, instances_[index]->execute(*this, instance_scratch_[index]));
}

Status SubgraphRunner::start_partition(uint32_t index) {
  auto fence = instances_[index]->submit(*this, instance_scratch_[index], nullptr);
  if (!fence.ok()) return finish_partition(index, fence.status());
  pending_[index] = std::move(*fence);
  return {};
}

Status SubgraphRunner::wait_for(uint32_t index) {
  if (pending_[index] == nullptr) return {};
  constexpr uint64_t kPatienceNs = 5'000'000;  // between looks at whether the user still wants it
  Status status = pending_[index]->wait(kPatienceNs);
  while (status.code() == BATON_TIMED_OUT) {
    if (session_.interrupted()) pending_[index]->cancel();
    status = pending_[index]->wait(kPatienceNs);
  }
  pending_[index].reset();
  return finish_partition(index, std::move(status));
}

// After an execution: its state is committed, or its failure noted.
Status SubgraphRunner::finish_partition(uint32_t index, Status status) {
  const PlannedPartition& partition = compiled_->plan.partitions[index];
  if (!status.ok()) {
    if (status.code() != BATON_CANCELLED) session_.note_failure(partition.delegate);
    return status;
  }
  normalize_bools(partition.outputs);
  for (const int32_t t : partition.states) {
    for (StateTensor& state : states_) {
      if (state.tensor != t) continue;
      std::memcpy(state.memory.data(), state.pending.data(),
                  static_cast<size_t>(state.memory.bytes()));
    }
  }
  return {};
}

Status SubgraphRunner::call_taps(const PlanStep& step) {
  if (!step.is_partition) {
    for (const int32_t t : subgraph_.nodes[step.index].outputs()) {
      session_.call_taps(subgraph_.index, value(t));
    }
    return {};
  }
  const Partition& partition = compiled_->plan.partitions[step.index];
  for (const uint32_t node : partition.nodes) {
    for (const int32_t t : subgraph_.nodes[node].outputs()) {
      if (!session_.tapped(subgraph_.index, t)) continue;
      if (!in_partition_only(t)) {
        session_.call_taps(subgraph_.index, value(t));
        continue;
      }
      const QuotaMemory& memory = dynamic_[static_cast<size_t>(t)];
      Value copy = value(t);
      copy.set_data(memory.data());
      BATON_RETURN_IF_ERROR(instances_[step.index]->read(t, memory.data(), copy.bytes()));
      session_.call_taps(subgraph_.index, copy);
    }
  }
  return {};
}

bool SubgraphRunner::in_partition_only(int32_t tensor) const {
  const int32_t producer = subgraph_.producer[static_cast<size_t>(tensor)];
  if (producer < 0) return false;
  const int32_t p = compiled_->plan.placements[static_cast<size_t>(producer)].partition;
  if (p < 0) return false;
  const Partition& partition = compiled_->plan.partitions[static_cast<size_t>(p)];
  return std::ranges::find(partition.outputs, tensor) == partition.outputs.end();
}

Status SubgraphRunner::make_readable(int32_t tensor) {
  if (!in_partition_only(tensor)) return {};
  const int32_t producer = subgraph_.producer[static_cast<size_t>(tensor)];
  const int32_t p = compiled_->plan.placements[static_cast<size_t>(producer)].partition;
  QuotaMemory& memory = dynamic_[static_cast<size_t>(tensor)];
  if (memory.bytes() < value(tensor).bytes() || !memory) {
    BATON_RETURN_IF_ERROR(memory.allocate(session_.quota(), value(tensor).bytes()));
  }
  return instances_[static_cast<size_t>(p)]->keep(tensor);
}

bool SubgraphRunner::found_in_run(int32_t tensor) const {
  const int32_t producer = subgraph_.producer[static_cast<size_t>(tensor)];
  return producer >= 0 && propagation_.nodes[static_cast<size_t>(producer)] == NodeShape::kDynamic;
}

// ---- State --------------------------------------------------------------------------------------

void SubgraphRunner::save_state() {
  for (StateTensor& state : states_) {
    std::memcpy(state.saved.data(), state.memory.data(), static_cast<size_t>(state.memory.bytes()));
  }
}

void SubgraphRunner::restore_state() {
  for (StateTensor& state : states_) {
    std::memcpy(state.memory.data(), state.saved.data(), static_cast<size_t>(state.memory.bytes()));
  }
}

void SubgraphRunner::reset_state() {
  for (StateTensor& state : states_) {
    clear_state(value(state.tensor), state.memory.data(), state.memory.bytes());
  }
}

// ---- Figures ----------------------------------------------------------------------------------

void SubgraphRunner::set_profiling(bool on) {
  // A delegate that cannot profile is timed as a whole.
  for (auto& instance : instances_) (void)instance->set_profiling(on).ok();
}

void SubgraphRunner::read_profile(void (*add)(void*, uint32_t, int32_t, int32_t, uint64_t),
                                  void* user) const {
  std::vector<NodeTime> times;
  for (size_t s = 0; s < step_ns_.size(); ++s) {
    const PlanStep& step = compiled_->plan.steps[s];
    if (!step.is_partition) {
      add(user, subgraph_.index, static_cast<int32_t>(step.index), -1, step_ns_[s]);
      continue;
    }
    const auto partition = static_cast<int32_t>(step.index);
    uint64_t rest = step_ns_[s];
    times.clear();
    if (instances_[step.index]->read_profile(&times).ok()) {
      for (const NodeTime& time : times) {
        add(user, subgraph_.index, static_cast<int32_t>(time.node), partition, time.ns);
        rest -= std::min(rest, time.ns);
      }
    }
    add(user, subgraph_.index, -1, partition, rest);
  }
}

void SubgraphRunner::add_memory_figures(baton_memory_figures* figures) const {
  figures->arena_bytes += memory_.bytes;
  figures->arena_lower_bound += memory_.lower_bound;
  for (const StateTensor& state : states_) figures->state_bytes += state.memory.bytes();
  for (const QuotaMemory& memory : dynamic_) figures->dynamic_bytes += memory.bytes();
}

// ---- SessionServices --------------------------------------------------------------------------

void SubgraphRunner::parallel_for(uint64_t count, uint64_t grain, baton_range_fn fn, void* user) {
  session_.pool().parallel_for(count, grain, fn, user);
}

uint32_t SubgraphRunner::thread_count() const { return session_.pool().threads(); }

bool SubgraphRunner::cancelled() const { return session_.interrupted(); }

Status SubgraphRunner::infer_subgraph(uint32_t subgraph, std::span<const Value* const> inputs,
                                      std::span<Value* const> outputs) {
  SubgraphRunner& callee = session_.runner(subgraph);
  BATON_RETURN_IF_ERROR(callee.prepare_for(inputs));
  if (outputs.size() > callee.subgraph_.outputs.size()) {
    return error(BATON_INVALID_MODEL, "subgraph %u gives %zu outputs, %zu are expected", subgraph,
                 callee.subgraph_.outputs.size(), outputs.size());
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Value& result = callee.value(callee.subgraph_.outputs[i]);
    if (!result.shape_known()) {
      outputs[i]->set_shape_unknown();
    } else {
      BATON_RETURN_IF_ERROR(outputs[i]->set_dims(result.dims()));
    }
  }
  return {};
}

Status SubgraphRunner::call_subgraph(uint32_t subgraph, std::span<const Value* const> inputs,
                                     std::vector<const Value*>* results) {
  // Else a loop over empty subgraphs would never end.
  BATON_RETURN_IF_ERROR(session_.count_steps(1));
  SubgraphRunner& callee = session_.runner(subgraph);
  BATON_RETURN_IF_ERROR(callee.prepare_for(inputs));
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Value& to = callee.value(callee.subgraph_.inputs[i]);
    if (to.bytes() != 0 && to.data() != inputs[i]->data()) {
      std::memmove(to.data(), inputs[i]->data(), static_cast<size_t>(to.bytes()));
    }
  }
  BATON_RETURN_IF_ERROR(callee.run());
  results->clear();
  for (const int32_t t : callee.subgraph_.outputs) results->push_back(&callee.value(t));
  return {};
}

bool SubgraphRunner::first_call(uint32_t subgraph) { return session_.first_call(subgraph); }

int32_t SubgraphRunner::resource_id(const char* container, const char* shared_name) {
  return session_.resources().id(container, shared_name);
}

const SessionServices::Resource* SubgraphRunner::resource(int32_t id) {
  return session_.resources().find(id);
}

Status SubgraphRunner::assign_resource(int32_t id, const Value& value) {
  return session_.resources().assign(id, value);
}

}  // namespace baton
