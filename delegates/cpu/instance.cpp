#include <algorithm>
#include <cstring>
#include <map>
#include <string>

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
  for (const auto& step : program_.steps) works_.push_back(step->prepare(sizes));
  slot_bytes_.clear();
  for (const Slot& slot : slots) slot_bytes_.push_back(storage.bytes_of(slot, sizes));

  Views views(storage, works_, slot_bytes_, Views::Which::kAll);
  Layout layout = lay_out(views);
  if (views.have_parts()) {
    // A part that is used late keeps all of what it lies in: copied where that would take memory.
    Views whole(storage, works_, slot_bytes_, Views::Which::kWhole);
    Layout copying = lay_out(whole);
    if (copying.arena_bytes < layout.arena_bytes) {
      views = std::move(whole);
      layout = std::move(copying);
    }
  }
  linked_ = std::move(layout.linked);
  slot_offsets_.clear();
  slot_places_.clear();
  for (size_t i = 0; i < slots.size(); ++i) {
    slot_offsets_.push_back(layout.blocks[i].offset);
    slot_places_.push_back(views.find(static_cast<int32_t>(i)));
  }
  tensors_.assign(slots.size(), nullptr);

  worker_scratch_bytes_ = 0;
  std::vector<Chain::Link> links;
  for (size_t i = 0; i < linked_.size(); ++i) {
    const Work& work = *works_[linked_[i]];
    worker_scratch_bytes_ =
        std::max(worker_scratch_bytes_, padded_to_line(work.worker_scratch_bytes));
    const Storage::StepSlots& step_slots = storage.of_step(linked_[i]);
    links.push_back({&work, step_slots.inputs.data(), step_slots.outputs.data(),
                     step_slots.new_states.data(), layout.blocks[slots.size() + i].offset});
  }
  step_ns_.assign(links.size(), 0);
  chain_.build(std::move(links), workers);
  worker_scratch_offset_ = padded_to_line(layout.arena_bytes);
  // Any of the session's threads may be among the workers.
  return {worker_scratch_offset_ + worker_scratch_bytes_ * shapes.thread_count()};
}

CpuInstance::Layout CpuInstance::lay_out(const Views& views) const {
  const Storage& storage = *program_.storage;
  const auto& slots = storage.slots();
  Layout layout;
  layout.blocks.resize(slots.size());
  const auto use = [&](int32_t slot, uint32_t at) {
    if (slot < 0) return;
    const auto own = static_cast<size_t>(views.find(slot).slot);
    Block& block = layout.blocks[own];
    if (slots[own].kind != Slot::kScratch) return;
    if (block.last == 0) block.first = at;
    block.last = at;
    block.bytes = slot_bytes_[own];
  };
  std::vector<Block> scratch;
  for (uint32_t i = 0; i < works_.size(); ++i) {
    const Storage::StepSlots& step_slots = storage.of_step(i);
    if (views.are_done(*works_[i], step_slots)) continue;
    layout.linked.push_back(i);
    for (const int32_t slot : step_slots.outputs) use(slot, i + 1);
    for (const int32_t slot : step_slots.inputs) use(slot, i + 1);
    scratch.push_back({works_[i]->scratch_bytes, i + 1, i + 1});
  }
  layout.blocks.insert(layout.blocks.end(), scratch.begin(), scratch.end());
  layout.arena_bytes = place(&layout.blocks);
  return layout;
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
  for (size_t i = 0; i < slots.size(); ++i) {
    const auto own = static_cast<size_t>(slot_places_[i].slot);
    if (own != i) tensors_[i] = tensors_[own] + slot_places_[i].offset;
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
  const auto own = [&](int32_t slot) {
    return slot < 0 ? -1 : slot_places_[static_cast<size_t>(slot)].slot;
  };
  for (Kept& kept : kept_) {
    // It may be written in parts, or as a part of another.
    if (std::none_of(slots.begin(), slots.end(),
                     [&](int32_t slot) { return own(slot) == own(kept.slot); })) {
      continue;
    }
    const std::byte* from = tensors_[static_cast<size_t>(kept.slot)];
    kept.content.assign(from, from + slot_bytes_[static_cast<size_t>(kept.slot)]);
  }
}

void CpuInstance::read_kept(int32_t tensor, void* to, uint64_t bytes) const {
  for (const Kept& kept : kept_) {
    if (kept.tensor != tensor || kept.content.size() != bytes) continue;
    if (bytes != 0) std::memcpy(to, kept.content.data(), bytes);
    if (program_.lowered.lifted.count(tensor) != 0) {  // int8 again
      auto* numbers = static_cast<uint8_t*>(to);
      std::transform(numbers, numbers + bytes, numbers,
                     [](uint8_t number) { return static_cast<uint8_t>(number ^ 0x80); });
    }
    return;
  }
  throw sdk::Error(BATON_REASON_OTHER,
                   "tensor " + std::to_string(tensor) + " was not kept by the last run");
}

}  // namespace baton::cpu
