// From flags, configuration file and environment to a runtime and compile options: what the
// commands have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "baton/baton.hpp"
#include "tools/support/config.h"
#include "tools/support/precision.h"

namespace baton::tools {

// --delegate, --threads, --strict, --config and the quotas as they were given.
struct CommonFlags {
  std::string delegate;
  std::string config;
  uint32_t threads = 0;
  bool strict = false;
  std::string cache_folder;  // "": as configured; no flag of its own
  std::optional<uint64_t> max_file_bytes;
  std::optional<uint64_t> max_tensor_bytes;
  std::optional<uint64_t> max_memory;
  std::optional<uint64_t> max_depth;
  std::optional<uint64_t> max_steps;
};
// --num_threads is TensorFlow Lite's name for --threads.
void add_common_flags(CLI::App& app, CommonFlags* flags, bool runs);

// The flag wins over the file, the file over the environment.
struct Setup {
  Runtime runtime;
  Config config;  // merged
  uint32_t threads = 1;

  explicit Setup(const CommonFlags& flags);
  // With the operators that the plugins of the chosen delegates bring.
  Model load(const std::string& path);
  // And the options that the configuration has for it.
  DelegateChoice with_configured_options(const DelegateChoice& choice) const;
  // For these delegates instead of the configured ones; empty: reference only.
  CompileOptions compile_options(const std::vector<DelegateChoice>& delegates) const;
  CompileOptions compile_options() const { return compile_options(*config.delegates); }
  // What these delegates, or the configured ones, are asked for.
  Precisions precisions(const std::vector<DelegateChoice>& delegates) const;
  Precisions precisions() const { return precisions(*config.delegates); }
};

// "reference ran 65 nodes", "npu (Fake NPU) ran 60 nodes in 2 partitions, reference 5, 1 folded",
// "cpu (CPU, bf16) ran 22 nodes in 1 partition".
std::string summary(const Placement& placement, const Precisions& precisions,
                    const std::string& verb = "ran");

}  // namespace baton::tools
