// What this machine can do at most: multiply-adds and bytes each second, as small kernels reach
// them. Measured once per machine (some two seconds) and kept in a file; docs/benchmarking.md has
// the JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/machine/facts.h"

namespace baton::benchmarks {

// Each second.
struct Rates {
  double one_thread = 0;
  double all_threads = 0;
};

struct ComputeCeiling {
  std::string precision;  // precision_name()
  std::string isa;        // "avx2+fma"
  Rates multiply_adds;
};

struct CacheCeiling {
  uint32_t level = 0;
  uint64_t bytes = 0;  // of one cache
  uint32_t shared_by = 1;
  Rates read_bytes;
};

struct Ceilings {
  uint32_t threads = 1;  // of all_threads
  std::vector<ComputeCeiling> compute;
  std::vector<CacheCeiling> caches;  // the smallest first
  Rates memory_read_bytes;           // beyond the last cache
  Rates memory_copy_bytes;           // read and written ones together
  std::vector<std::string> not_run;  // "int8 amx_int8": known kernels that the machine cannot run
  bool disturbed = false;            // others were at work meanwhile: figures are too low
};

// Here and now, with as many threads as facts.online_cpus.
Ceilings measure_ceilings(const Facts& facts);

nlohmann::ordered_json to_json(const Ceilings& ceilings);
// nullopt for anything that to_json did not write.
std::optional<Ceilings> ceilings_from_json(const nlohmann::ordered_json& json);

struct CeilingsCache {
  std::string folder;         // default_cache_folder(); "": nothing is kept
  bool measure_anew = false;  // whatever is there
};

// $XDG_CACHE_HOME/baton, or ~/.cache/baton; "" when neither variable is an absolute path.
std::string default_cache_folder();
// The file of a machine: another processor, instruction set, number of processors or version of
// these kernels has another.
std::string ceilings_file(const Facts& facts, const std::string& folder);

// Those of the file, or else measured and kept; not kept when they are disturbed, or the folder
// cannot be written.
Ceilings machine_ceilings(const Facts& facts, const CeilingsCache& cache = {default_cache_folder()},
                          const std::function<Ceilings(const Facts&)>& measure = measure_ceilings);

}  // namespace baton::benchmarks
