// What `--config=FILE` (TOML) and the environment can say: docs/configuration.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/support/delegate_flag.h"

namespace baton::tools {

struct KeepOff {
  int32_t subgraph = -1;
  int32_t node = -1;
  std::string op;
  std::string delegate;
};

// Deeper calls of subgraphs are refused anyway: baton_load_options.
inline constexpr uint32_t kMostDepth = 64;

struct Config {
  std::optional<std::vector<DelegateChoice>> delegates;
  // Options by delegate, for whichever of them are used; options of the choice itself win.
  std::vector<DelegateChoice> options;
  std::optional<uint32_t> threads;
  std::optional<bool> strict;
  // Quotas against hostile files; 0: none, of max_depth kMostDepth.
  std::optional<uint64_t> max_file_bytes;
  std::optional<uint64_t> max_tensor_bytes;
  std::optional<uint64_t> max_memory;  // bytes of one session
  std::optional<uint64_t> max_depth;   // of calls of subgraphs
  std::optional<uint64_t> max_steps;   // nodes in one run
  std::optional<uint32_t> min_partition_nodes;
  std::optional<uint32_t> max_partitions;
  std::optional<bool> weigh_costs;
  std::optional<std::string> cache_folder;
  std::vector<std::string> plugin_paths;
  std::vector<KeepOff> keep_off;
};

// Throws Failure: 1 for a file that cannot be read, 2 for what is wrong in it.
Config read_config(const std::string& path);
// BATON_DELEGATE, BATON_THREADS, BATON_STRICT, BATON_CACHE_FOLDER; nothing when privileges are
// elevated.
Config environment_config();
// BATON_CONFIG; "" when there is none.
std::string environment_config_path();

}  // namespace baton::tools
