#include "tools/support/setup.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "tools/support/failure.h"
#include "tools/support/numbers.h"
#include "tools/support/text.h"

namespace baton::tools {
namespace {

void print_log(void*, int32_t level, const char* text) {
  if (level > BATON_LOG_WARNING) return;
  fmt::print(stderr, "{}: {}\n", level == BATON_LOG_ERROR ? "error" : "warning", plain(text));
}

// The second's values where the first has none.
Config merge(Config first, Config second) {
  const auto take = [](auto& to, auto& from) {
    if (!to) to = std::move(from);
  };
  take(first.delegates, second.delegates);
  take(first.threads, second.threads);
  take(first.strict, second.strict);
  take(first.min_partition_nodes, second.min_partition_nodes);
  take(first.max_partitions, second.max_partitions);
  take(first.weigh_costs, second.weigh_costs);
  take(first.cache_folder, second.cache_folder);
  take(first.max_file_bytes, second.max_file_bytes);
  take(first.max_tensor_bytes, second.max_tensor_bytes);
  take(first.max_memory, second.max_memory);
  take(first.max_depth, second.max_depth);
  take(first.max_steps, second.max_steps);
  for (auto& options : second.options) first.options.push_back(std::move(options));
  for (auto& path : second.plugin_paths) first.plugin_paths.push_back(std::move(path));
  for (auto& keep : second.keep_off) first.keep_off.push_back(std::move(keep));
  return first;
}

Config from_flags(const CommonFlags& flags) {
  Config config;
  if (!flags.delegate.empty()) config.delegates = parse_delegates(flags.delegate);
  if (flags.threads != 0) config.threads = flags.threads;
  if (flags.strict) config.strict = true;
  if (!flags.cache_folder.empty()) config.cache_folder = flags.cache_folder;
  config.max_file_bytes = flags.max_file_bytes;
  config.max_tensor_bytes = flags.max_tensor_bytes;
  config.max_memory = flags.max_memory;
  config.max_depth = flags.max_depth;
  config.max_steps = flags.max_steps;
  return config;
}

Config merged_config(const CommonFlags& flags) {
  const std::string file = flags.config.empty() ? environment_config_path() : flags.config;
  Config config = from_flags(flags);
  if (!file.empty()) config = merge(std::move(config), read_config(file));
  return merge(std::move(config), environment_config());
}

Runtime make_runtime(const Config& config) {
  std::vector<const char*> paths;
  for (const std::string& path : config.plugin_paths) paths.push_back(path.c_str());
  baton_runtime_options options = BATON_RUNTIME_OPTIONS_INIT;
  options.plugin_path_count = static_cast<uint32_t>(paths.size());
  options.plugin_paths = paths.data();
  options.log = print_log;
  if (config.cache_folder) options.cache_folder = config.cache_folder->c_str();
  return check(Runtime::create(&options));
}

// The cpu delegate where its plugin is there.
std::vector<DelegateChoice> default_delegates(const Runtime& runtime) {
  for (uint32_t i = 0;; ++i) {
    const char* folder = baton_runtime_plugin_folder(runtime.get(), i);
    if (folder == nullptr) return {{"reference", {}}};
    if (std::filesystem::exists(std::filesystem::path(folder) / "libbaton_cpu.so")) {
      return {{"cpu", {}}};
    }
  }
}

LoadOptions load_options(const Config& config) {
  LoadOptions options;
  options.max_file_bytes = config.max_file_bytes.value_or(0);
  options.max_tensor_bytes = config.max_tensor_bytes.value_or(0);
  options.max_session_bytes = config.max_memory.value_or(0);
  options.max_subgraph_depth = static_cast<uint32_t>(config.max_depth.value_or(0));
  options.max_steps = config.max_steps.value_or(0);
  return options;
}

}  // namespace

void add_common_flags(CLI::App& app, CommonFlags* flags, bool runs) {
  app.add_option("--delegate", flags->delegate,
                 "NAME[:key=value]..., several with commas, in order of preference");
  app.add_option("--config", flags->config, "TOML file: docs/configuration.md");
  app.add_flag("--strict", flags->strict, "a delegate that fails is an error, not a fall-back");
  const auto quota = [&app](const char* name, std::optional<uint64_t>& value, const char* help,
                            uint64_t most = UINT64_MAX) {
    app.add_option(name, value, help)->type_name("N")->transform(whole_number(0, most));
  };
  quota("--max-file-bytes", flags->max_file_bytes, "quota: bytes of the file; 0: any number");
  quota("--max-tensor-bytes", flags->max_tensor_bytes,
        "quota: bytes of any one tensor, and of any one node's scratch; 0: any number");
  quota("--max-depth", flags->max_depth, "quota: how deep calls of subgraphs nest (64); 0: 64",
        kMostDepth);
  if (runs) {
    quota("--max-memory", flags->max_memory,
          "quota: bytes of tensors, scratch and variables of a session; 0: any number");
    quota("--max-steps", flags->max_steps,
          "quota: nodes executed, and subgraphs called, in one run; 0: any number");
    app.add_option("--threads,--num_threads,-t", flags->threads, "threads (1)")
        ->type_name("N")
        ->transform(whole_number(1, 1024));
  }
}

Setup::Setup(const CommonFlags& flags)
    : runtime(make_runtime(merged_config(flags))), config(merged_config(flags)) {
  threads = config.threads.value_or(1);
  if (!config.delegates) config.delegates = default_delegates(runtime);
  for (const DelegateChoice& choice : *config.delegates) {
    if (choice.name == "auto") {
      misuse("--delegate=auto is not part of this version: name delegates, see baton delegates");
    }
  }
}

Model Setup::load(const std::string& path) {
  for (const DelegateChoice& choice : *config.delegates) {
    if (choice.name == "reference") break;
    const Status status = runtime.load_plugin(choice.name);
    // Other failures are for the compilation to judge: it may fall back.
    if (status.code() == BATON_NOT_FOUND) check(status);
  }
  const LoadOptions options = load_options(config);
  Result<Model> model = runtime.load(path, &options);
  if (!model) fail("{}", model.message());
  return std::move(*model);
}

DelegateChoice Setup::with_configured_options(const DelegateChoice& choice) const {
  DelegateChoice result = choice;
  for (const DelegateChoice& more : config.options) {
    if (more.name != choice.name) continue;
    for (const auto& [key, value] : more.options) {
      const bool given = std::any_of(result.options.begin(), result.options.end(),
                                     [&key = key](const auto& pair) { return pair.first == key; });
      if (!given) result.options.emplace_back(key, value);
    }
  }
  return result;
}

CompileOptions Setup::compile_options(const std::vector<DelegateChoice>& delegates) const {
  CompileOptions options;
  for (const DelegateChoice& choice : delegates) {
    options.delegate(choice.name, with_configured_options(choice).options);
  }
  options.strict(config.strict.value_or(false));
  options.ignore_costs(!config.weigh_costs.value_or(true));
  options.min_partition_nodes(config.min_partition_nodes.value_or(0));
  options.max_partitions(config.max_partitions.value_or(0));
  for (const KeepOff& keep : config.keep_off) {
    options.pin(keep.subgraph, keep.node, keep.op, keep.delegate);
  }
  return options;
}

Precisions Setup::precisions(const std::vector<DelegateChoice>& delegates) const {
  std::vector<DelegateChoice> configured;
  for (const DelegateChoice& choice : delegates) {
    configured.push_back(with_configured_options(choice));
  }
  return asked_precisions(runtime, configured);
}

std::string summary(const Placement& placement, const Precisions& precisions,
                    const std::string& verb) {
  struct Count {
    uint32_t nodes = 0;
    uint32_t partitions = 0;
  };
  std::vector<std::string> order;
  std::map<std::string, Count> counts;
  uint32_t reference = 0, folded = 0;
  const auto count_of = [&](const char* delegate, const char* device) -> Count& {
    const std::string precision = precisions.of(delegate);
    const std::string name = plain(
        fmt::format("{} ({}{})", delegate, device, precision == "exact" ? "" : ", " + precision));
    if (!counts.contains(name)) order.push_back(name);
    return counts[name];
  };
  for (uint32_t i = 0; i < placement.node_count(); ++i) {
    const baton_node_placement& node = placement.node(i);
    if (node.folded) {
      ++folded;
    } else if (node.partition < 0) {
      ++reference;
    } else {
      ++count_of(node.delegate, node.device).nodes;
    }
  }
  for (uint32_t i = 0; i < placement.partition_count(); ++i) {
    const baton_partition_placement& partition = placement.partition(i);
    ++count_of(partition.delegate, partition.device).partitions;
  }
  std::string text;
  for (const std::string& name : order) {
    const Count& count = counts[name];
    text += fmt::format("{}{} {} {} node{} in {} partition{}", text.empty() ? "" : ", ", name, verb,
                        count.nodes, count.nodes == 1 ? "" : "s", count.partitions,
                        count.partitions == 1 ? "" : "s");
  }
  if (text.empty()) {
    text = fmt::format("reference {} {} node{}", verb, reference, reference == 1 ? "" : "s");
  } else if (reference != 0) {
    text += fmt::format(", reference {}", reference);
  }
  if (folded != 0) text += fmt::format(", {} folded", folded);
  return text;
}

}  // namespace baton::tools
