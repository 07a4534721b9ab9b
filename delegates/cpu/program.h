// A compiled partition, and its use in one session.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "delegates/cpu/arena.h"
#include "delegates/cpu/chain.h"
#include "delegates/cpu/lowering.h"
#include "delegates/cpu/settings.h"
#include "delegates/cpu/storage.h"
#include "delegates/cpu/views.h"

namespace baton::cpu {

class CpuProgram final : public sdk::Program {
 public:
  CpuProgram(const Settings& settings, const sdk::Graph& partition, const sdk::Host& host);
  std::unique_ptr<sdk::Instance> instantiate(const sdk::Shapes& shapes) override;

  const Settings settings;
  Lowered lowered;  // keeps the computed constants that steps read
  std::vector<std::unique_ptr<Step>> steps;
  std::unique_ptr<Storage> storage;
  std::vector<uint32_t> nodes;  // all of the partition
};

class CpuInstance final : public sdk::Instance {
 public:
  explicit CpuInstance(const CpuProgram& program) : program_(program) {}
  sdk::Needs reshape(const sdk::Shapes& shapes) override;
  void execute(const sdk::Execution& execution, const sdk::Bindings& bindings) override;

  // Extensions (extensions.cpp).
  void enable_profile(bool on) { profile_ = on; }
  // add(node, ns) for each node of the partition: the time of a step that does the work of several
  // is divided among them, in proportion to estimates of it. Nodes that no step is left of have 0.
  void read_profile(const std::function<void(uint32_t node, uint64_t ns)>& add) const;
  void keep(int32_t tensor);
  void read_kept(int32_t tensor, void* to, uint64_t bytes) const;

 private:
  // Where everything lies, for one way of having tensors in others.
  struct Layout {
    std::vector<size_t> linked;  // the steps that have something to do
    std::vector<Block> blocks;   // of slots, then of the linked steps' own scratch memory
    uint64_t arena_bytes = 0;
  };

  Layout lay_out(const Views& views) const;
  void bind(const sdk::Execution& execution, const sdk::Bindings& bindings);
  // What the link wrote, of what is to be kept.
  void copy_kept(const std::vector<int32_t>& slots);

  // A tensor that the intermediates extension was asked for.
  struct Kept {
    int32_t tensor;
    int32_t slot;
    std::vector<std::byte> content;
  };

  const CpuProgram& program_;
  std::vector<std::unique_ptr<Work>> works_;  // by step
  std::vector<size_t> linked_;                // the steps that have links
  Chain chain_;
  // By slot. Offsets are those in the scratch memory, of slots that have memory of their own there.
  std::vector<uint64_t> slot_bytes_, slot_offsets_;
  std::vector<Views::Place> slot_places_;
  std::vector<std::byte*> tensors_;  // addresses, filled in by bind
  uint64_t worker_scratch_offset_ = 0, worker_scratch_bytes_ = 0;
  bool profile_ = false;
  std::vector<uint64_t> step_ns_;
  std::vector<Kept> kept_;
};

}  // namespace baton::cpu
