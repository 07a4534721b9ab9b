// What the figures of a benchmark depend on besides the model: the processor, what of it this
// process may use, and the state that it is in. docs/benchmarking.md has the JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/machine/load.h"

namespace baton::benchmarks {

// One that holds data.
struct Cache {
  uint32_t level = 0;
  uint64_t bytes = 0;
  uint32_t shared_by = 1;  // processors
};

// What is not known is absent, 0 or "".
struct Facts {
  std::string cpu;
  std::string architecture;  // "x86_64"
  std::vector<std::string> isa;
  uint32_t cores = 0;               // of the machine; two threads of one core are one
  uint32_t online_cpus = 0;         // that this process can keep busy: affinity and quota
  std::optional<double> cpu_quota;  // of the control group, in processors
  std::vector<Cache> caches;        // the smallest first
  uint64_t memory_bytes = 0;        // of the machine, or the control group's limit
  uint64_t available_bytes = 0;
  std::optional<std::string> governor;  // "performance"; "a/b" where processors differ
  std::optional<double> frequency_mhz;  // now
  std::optional<double> temperature_c;  // of the hottest sensor
  std::optional<double> load_1m;
  std::optional<Load> load;  // while it was looked at
  std::string os;
  std::string kernel;
  std::optional<bool> virtual_machine;
};

// Where facts come from.
struct FactSources {
  std::string root = "/";  // of /proc, /sys and /etc
  std::string architecture;
  std::vector<std::string> isa;
  uint32_t affinity = 0;  // processors that the process is allowed
  // How long the load is looked at; 0: not at all.
  std::chrono::milliseconds load_time{0};
};
FactSources this_machine();

Facts read_facts(const FactSources& sources = this_machine());

// The report's "machine" object without "drivers" and "ceilings".
nlohmann::ordered_json to_json(const Facts& facts);

}  // namespace baton::benchmarks
