#include "tests/conformance/bed.h"

#include <algorithm>
#include <cstring>

#include "tests/conformance/random.h"

namespace baton::conformance {
namespace {

Status not_here() { return {BATON_UNSUPPORTED, "only a session can do this"}; }

}  // namespace

void CountedServices::parallel_for(uint64_t count, uint64_t grain, baton_range_fn fn, void* user) {
  const uint64_t piece = std::max<uint64_t>(grain, 1);
  for (uint64_t begin = 0; begin < count; begin += std::min(piece, count - begin)) {
    fn(user, 0, begin, begin + std::min(piece, count - begin));
  }
}

bool CountedServices::cancelled() const {
  const int64_t poll = ++polls_;
  return cancel_at_ != kNever && poll >= cancel_at_;
}

Status CountedServices::infer_subgraph(uint32_t, std::span<const Value* const>,
                                       std::span<Value* const>) {
  return not_here();
}
Status CountedServices::call_subgraph(uint32_t, std::span<const Value* const>,
                                      std::vector<const Value*>*) {
  return not_here();
}
Status CountedServices::assign_resource(int32_t, const Value&) { return not_here(); }
Status CountedServices::place_output(Value&) { return not_here(); }

Result<std::unique_ptr<PartitionBed>> PartitionBed::create(const Both& both) {
  std::unique_ptr<PartitionBed> bed(new PartitionBed);
  BATON_ASSIGN_OR_RETURN(const auto subgraph, both.compiled->compile_default(0));
  const Partition& partition = subgraph->plan.partitions[0];
  const std::vector<Value>& values = both.compiled->defaults(0).values;
  BATON_ASSIGN_OR_RETURN(bed->instance_, subgraph->programs[0]->instantiate(values));
  Instance& instance = *bed->instance_;
  const auto make = [&](const std::vector<int32_t>& tensors, std::vector<Slot>* slots) -> Status {
    for (const int32_t tensor : tensors) {
      const Value& value = values[static_cast<size_t>(tensor)];
      Slot slot{value, AlignedMemory::allocate(value.bytes()), {}};
      if (!slot.memory) return {BATON_OUT_OF_MEMORY, "the suite has no memory for a tensor"};
      slots->push_back(std::move(slot));
    }
    return {};
  };
  BATON_RETURN_IF_ERROR(make(partition.inputs, &bed->inputs_));
  BATON_RETURN_IF_ERROR(make(partition.outputs, &bed->outputs_));
  BATON_RETURN_IF_ERROR(make(partition.states, &bed->states_in_));
  BATON_RETURN_IF_ERROR(make(partition.states, &bed->states_out_));
  for (size_t i = 0; i < bed->inputs_.size(); ++i) {
    instance.bind_input(i, bed->inputs_[i].memory.data());
  }
  for (size_t i = 0; i < bed->outputs_.size(); ++i) {
    instance.bind_output(i, bed->outputs_[i].memory.data());
  }
  for (size_t i = 0; i < bed->states_in_.size(); ++i) {
    instance.bind_state(i, bed->states_in_[i].memory.data(), bed->states_out_[i].memory.data());
  }
  bed->scratch_ = AlignedMemory::allocate(instance.scratch_bytes());
  if (!bed->scratch_) return Status(BATON_OUT_OF_MEMORY, "the suite has no memory for scratch");
  return bed;
}

void PartitionBed::fill(uint64_t seed) {
  uint64_t number = 0;
  for (auto* slots : {&inputs_, &states_in_}) {
    for (Slot& slot : *slots) {
      fill_any(mix_seed(seed, "slot", number++), slot.value, slot.memory.data());
      slot.before.assign(slot.memory.data(), slot.memory.data() + slot.value.bytes());
    }
  }
}

Status PartitionBed::execute(SessionServices& services) {
  for (auto* slots : {&outputs_, &states_out_}) {
    for (Slot& slot : *slots) std::memset(slot.memory.data(), 0x5a, slot.value.bytes());
  }
  return instance_->execute(services, instance_->scratch_bytes() != 0 ? scratch_.data() : nullptr);
}

TrialOutputs PartitionBed::written() const {
  TrialOutputs rows(1);
  for (const auto* slots : {&outputs_, &states_out_}) {
    for (const Slot& slot : *slots) {
      rows[0].push_back({slot.value.dtype(),
                         slot.value.name(),
                         {slot.value.dims().begin(), slot.value.dims().end()},
                         {slot.memory.data(), slot.memory.data() + slot.value.bytes()}});
    }
  }
  return rows;
}

bool PartitionBed::inputs_intact() const {
  for (const auto* slots : {&inputs_, &states_in_}) {
    for (const Slot& slot : *slots) {
      if (!std::equal(slot.before.begin(), slot.before.end(), slot.memory.data())) return false;
    }
  }
  return true;
}

}  // namespace baton::conformance
