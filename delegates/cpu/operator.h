// The table of operators. One file in operators/ per operator or family, one line in operators.inc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "baton/file_constants.h"
#include "baton/plugin.hpp"
#include "delegates/cpu/node.h"
#include "delegates/cpu/settings.h"
#include "delegates/cpu/step.h"
#include "delegates/cpu/weight_memory.h"

namespace baton::cpu {

// Why a node cannot run here; false when it can.
struct Refusal {
  uint32_t reason = BATON_REASON_NONE;
  std::string sentence;
  explicit operator bool() const { return reason != BATON_REASON_NONE; }
};

// What compile may ask for.
class Compiler {
 public:
  Compiler(const Settings& settings, const sdk::Host& host, const sdk::Graph& partition,
           WeightMemory* memory);
  const Settings& settings() const { return settings_; }
  kernels::Isa isa() const { return settings_.isa; }
  // Zeroed memory for packed weights, 64-byte aligned, 64 readable bytes past the end. It may be
  // kept by steps: shared by all sessions, counted by the host.
  std::shared_ptr<std::byte> allocate(uint64_t bytes) const { return memory_->allocate(bytes); }
  // The same, for what is let go before the program.
  std::shared_ptr<std::byte> allocate_alone(uint64_t bytes) const {
    return memory_->allocate_alone(bytes);
  }
  // A constant's content where the file has it, valid as long as the program whatever was let go,
  // and aligned to the element only. nullptr where the host cannot tell.
  const void* file_constant(int32_t tensor) const;

 private:
  const Settings& settings_;
  const sdk::Graph& partition_;
  const baton_host_ext_file_constants* file_constants_;
  WeightMemory* memory_;
};

struct Operator {
  int32_t op;           // BATON_OP_
  int32_t max_version;  // the highest version that the code knows
  // Everything that makes compile or prepare impossible, from types, ranks and attributes. Called
  // in examine; must not need contents, which may not be there yet.
  Refusal (*check)(const NodeView& node);
  std::unique_ptr<Step> (*compile)(const NodeView& node, const Compiler& compiler);
};

// nullptr when the delegate does not have it.
const Operator* find_operator(int32_t op);

}  // namespace baton::cpu
