#include <algorithm>
#include <cstring>
#include <map>
#include <string>

#include "delegates/cpu/arena.h"
#include "delegates/cpu/packing.h"
#include "delegates/cpu/program.h"

namespace baton::cpu {
namespace {

// Gives each node its part of a step's time; the parts add up to it.
void divide(uint64_t ns, const std::vector<NodeShare>& shares,
            std::map<uint32_t, uint64_t>* times) {
  double work = 0;
  for (const NodeShare& share : shares) work += share.work;
  uint64_t left = ns;
  for (const NodeShare& share : shares) {
    const bool last = &share == &shares.back();
    const double part = work > 0 ? share.work / work : 0;
    const uint64_t own = last ? left : static_cast<uint64_t>(static_cast<double>(ns) * part);
    (*times)[share.node] += own;
    left -= own;
  }
}

}  // namespace

sdk::Needs CpuInstance::reshape(const sdk::Shapes& shapes) {
  const Storage& storage = *program_.storage;
  const auto& slots = storage.slots();
  const uint32_t workers = std::min(program_.settings.threads, shapes.thread_count());
  const Sizes sizes(shapes, workers);

  works_.clear();
  linked_.clear();
  worker_scratch_bytes_ = 0;
  std::vector<Block> blocks;  // those of slots, then those of steps' own scratch memory
  for (const Slot& slot : slots) {
    Block block;
    const bool used = slot.kind == Slot::kScratch && slot.last != 0;
    block.bytes = used ? storage.bytes_of(slot, sizes) : 0;
    block.first = slot.first;
    block.last = slot.last;
    blocks.push_back(block);
  }
  for (uint32_t i = 0; i < program_.steps.size(); ++i) {
    const Storage::StepSlots& step_slots = storage.of_step(i);
    const bool dropped =
        program_.steps[i]->renames && step_slots.inputs[0] == step_slots.outputs[0];
    works_.push_back(dropped ? nullptr : program_.steps[i]->prepare(sizes));
    if (dropped) continue;
    linked_.push_back(i);
    Block block;
    block.bytes = works_.back()->scratch_bytes;
    block.first = block.last = i + 1;
    blocks.push_back(block);
    worker_scratch_bytes_ =
        std::max(worker_scratch_bytes_, padded_to_line(works_.back()->worker_scratch_bytes));
  }
  const uint64_t arena_bytes = place(&blocks);
  slot_offsets_.clear();
  slot_bytes_.clear();
  for (size_t i = 0; i < slots.size(); ++i) {
    slot_offsets_.push_back(blocks[i].offset);
    slot_bytes_.push_back(storage.bytes_of(slots[i], sizes));
  }
  tensors_.assign(slots.size(), nullptr);

  std::vector<Chain::Link> links;
  for (size_t i = 0; i < linked_.size(); ++i) {
    const Storage::StepSlots& step_slots = storage.of_step(linked_[i]);
    links.push_back({works_[linked_[i]].get(), step_slots.inputs.data(), step_slots.outputs.data(),
                     step_slots.new_states.data(), blocks[slots.size() + i].offset});
  }
  step_ns_.assign(links.size(), 0);
  chain_.build(std::move(links), workers);
  worker_scratch_offset_ = padded_to_line(arena_bytes);
  // Any of the session's threads may be among the workers.
  return {worker_scratch_offset_ + worker_scratch_bytes_ * shapes.thread_count()};
}

void CpuInstance::bind(const sdk::Execution& execution, const sdk::Bindings& bindings) {
  const auto& slots = program_.storage->slots();
  auto* scratch = execution.scratch<std::byte>();
  for (size_t i = 0; i < slots.size(); ++i) {
    const Slot& slot = slots[i];
    switch (slot.kind) {
      case Slot::kInput:
        tensors_[i] = sdk::Bindings::host<std::byte>(bindings.input(slot.position));
        break;
      case Slot::kOutput:
        tensors_[i] = sdk::Bindings::host<std::byte>(bindings.output(slot.position));
        break;
      case Slot::kOldState:
        tensors_[i] = sdk::Bindings::host<std::byte>(bindings.state_in(slot.position));
        break;
      case Slot::kNewState:
        tensors_[i] = sdk::Bindings::host<std::byte>(bindings.state_out(slot.position));
        break;
      case Slot::kConstant:
        tensors_[i] = static_cast<std::byte*>(const_cast<void*>(slot.constant));
        break;
      case Slot::kScratch:
        tensors_[i] = scratch + slot_offsets_[i];
        break;
    }
  }
}

void CpuInstance::execute(const sdk::Execution& execution, const sdk::Bindings& bindings) {
  bind(execution, bindings);
  for (const Storage::Unchanged& state : program_.storage->unchanged()) {
    const auto to = static_cast<size_t>(state.to);
    const std::byte* from = tensors_[static_cast<size_t>(state.from)];
    std::copy_n(from, slot_bytes_[to], tensors_[to]);
  }
  auto* scratch = execution.scratch<std::byte>();
  const Chain::Memory memory{tensors_.data(), scratch, scratch + worker_scratch_offset_,
                             worker_scratch_bytes_};
  std::function<void(size_t)> after;
  if (!kept_.empty()) {
    // What lies outside of the scratch memory may be no step's output: copied before and after.
    for (const Kept& kept : kept_) copy_kept({kept.slot});
    after = [this](size_t link) { copy_kept(program_.storage->of_step(linked_[link]).outputs); };
  }
  chain_.run(execution, memory, profile_ ? step_ns_.data() : nullptr, after);
}

void CpuInstance::read_profile(const std::function<void(uint32_t node, uint64_t ns)>& add) const {
  std::map<uint32_t, uint64_t> times;
  for (const uint32_t node : program_.nodes) times[node] = 0;
  for (size_t i = 0; i < linked_.size(); ++i) {
    divide(step_ns_[i], program_.steps[linked_[i]]->shares, &times);
  }
  for (const auto& [node, ns] : times) add(node, ns);
}

void CpuInstance::keep(int32_t tensor) {
  const int32_t slot = program_.storage->slot_of(tensor);
  if (slot < 0 || program_.storage->slots()[static_cast<size_t>(slot)].kind == Slot::kConstant) {
    throw sdk::Error(BATON_REASON_OTHER,
                     "tensor " + std::to_string(tensor) + " does not exist here: it is fused away",
                     BATON_UNSUPPORTED);
  }
  for (const Kept& kept : kept_) {
    if (kept.tensor == tensor) return;
  }
  kept_.push_back({tensor, slot, {}});
}

void CpuInstance::copy_kept(const std::vector<int32_t>& slots) {
  for (Kept& kept : kept_) {
    if (std::find(slots.begin(), slots.end(), kept.slot) == slots.end()) continue;
    const std::byte* from = tensors_[static_cast<size_t>(kept.slot)];
    kept.content.assign(from, from + slot_bytes_[static_cast<size_t>(kept.slot)]);
  }
}

void CpuInstance::read_kept(int32_t tensor, void* to, uint64_t bytes) const {
  for (const Kept& kept : kept_) {
    if (kept.tensor != tensor || kept.content.size() != bytes) continue;
    if (bytes != 0) std::memcpy(to, kept.content.data(), bytes);
    return;
  }
  throw sdk::Error(BATON_REASON_OTHER,
                   "tensor " + std::to_string(tensor) + " was not kept by the last run");
}

}  // namespace baton::cpu
