#include "tools/support/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "tools/support/failure.h"
#include "tools/support/near_name.h"
#include "tools/support/tensors.h"

namespace baton::tools {
namespace {

std::string from_environment(const char* name) {
  const char* value = secure_getenv(name);
  return value == nullptr ? "" : value;
}

// A table with a known set of keys; what does not fit is named with file and line.
class Section {
 public:
  Section(const std::string& file, std::string name, const toml::table& table)
      : file_(file), name_(std::move(name)), table_(table) {}

  [[noreturn]] void wrong(const toml::node& node, const std::string& what) const {
    misuse("{}, line {}: {}", file_, node.source().begin.line, what);
  }

  void only(const std::vector<std::string>& keys) const {
    for (const auto& [key, node] : table_) {
      const std::string given(key.str());
      if (std::find(keys.begin(), keys.end(), given) != keys.end()) continue;
      wrong(node, fmt::format("there is no key '{}'{}{}", given,
                              name_.empty() ? "" : " in " + name_, did_you_mean(given, keys)));
    }
  }

  template <typename T>
  std::optional<T> get(const char* key, const char* type) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<T>();
    if (!value) wrong(*node, fmt::format("'{}' must be {}", key, type));
    return *value;
  }

  std::optional<uint32_t> get_count(const char* key, int64_t least) const {
    const auto value = get<int64_t>(key, "a whole number");
    if (!value) return std::nullopt;
    if (*value < least || *value > UINT32_MAX) {
      wrong(*table_.get(key), fmt::format("'{}' must be at least {}", key, least));
    }
    return static_cast<uint32_t>(*value);
  }

  std::optional<uint64_t> get_quota(const char* key, int64_t most = INT64_MAX) const {
    const auto value = get<int64_t>(key, "a whole number");
    if (value && *value < 0) wrong(*table_.get(key), fmt::format("'{}' must be at least 0", key));
    if (value && *value > most) {
      wrong(*table_.get(key), fmt::format("'{}' must be at most {}", key, most));
    }
    return value;
  }

  std::vector<std::string> get_strings(const char* key) const {
    std::vector<std::string> result;
    const toml::node* node = table_.get(key);
    if (node == nullptr) return result;
    const toml::array* array = node->as_array();
    if (array == nullptr) wrong(*node, fmt::format("'{}' must be an array of strings", key));
    for (const toml::node& element : *array) {
      const auto text = element.value_exact<std::string>();
      if (!text) wrong(element, fmt::format("'{}' must be an array of strings", key));
      result.push_back(*text);
    }
    return result;
  }

 private:
  const std::string& file_;
  std::string name_;
  const toml::table& table_;
};

std::string option_text(const std::string& file, const std::string& key, const toml::node& value) {
  if (const auto string = value.value_exact<std::string>()) return *string;
  if (const auto flag = value.value_exact<bool>()) return *flag ? "true" : "false";
  if (const auto number = value.value_exact<int64_t>()) return std::to_string(*number);
  if (const auto real = value.value_exact<double>()) return fmt::format("{}", *real);
  misuse("{}, line {}: the option '{}' must be a string, a number or a boolean", file,
         value.source().begin.line, key);
}

// `[delegate.NAME]` tables.
std::vector<DelegateChoice> read_options(const std::string& file, const Section& root,
                                         const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) root.wrong(node, "'delegate' must be tables, [delegate.NAME]");
  std::vector<DelegateChoice> result;
  for (const auto& [name, options] : *table) {
    const toml::table* values = options.as_table();
    if (values == nullptr) root.wrong(options, "'delegate' must be tables, [delegate.NAME]");
    DelegateChoice& choice = result.emplace_back();
    choice.name = name.str();
    for (const auto& [key, value] : *values) {
      const std::string option(key.str());
      choice.options.emplace_back(option, option_text(file, option, value));
    }
  }
  return result;
}

}  // namespace

Config read_config(const std::string& path) {
  const std::vector<std::byte> bytes = read_file(path, "the configuration file");
  toml::table table;
  try {
    table = toml::parse(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
                        path);
  } catch (const toml::parse_error& problem) {
    misuse("{}, line {}: {}", path, problem.source().begin.line, problem.description());
  }
  const Section root(path, "", table);
  root.only({"delegates", "delegate", "threads", "strict", "min_partition_nodes", "max_partitions",
             "weigh_costs", "cache_folder", "plugin_paths", "keep_off", "max_file_bytes",
             "max_tensor_bytes", "max_memory", "max_depth", "max_steps"});
  Config config;
  if (table.contains("delegates")) {
    std::vector<DelegateChoice> delegates;
    for (const std::string& text : root.get_strings("delegates")) {
      for (DelegateChoice& choice : parse_delegates(text)) delegates.push_back(std::move(choice));
    }
    config.delegates = std::move(delegates);
  }
  if (const toml::node* node = table.get("delegate")) {
    config.options = read_options(path, root, *node);
  }
  config.threads = root.get_count("threads", 1);
  config.strict = root.get<bool>("strict", "true or false");
  config.min_partition_nodes = root.get_count("min_partition_nodes", 1);
  config.max_partitions = root.get_count("max_partitions", 0);
  config.weigh_costs = root.get<bool>("weigh_costs", "true or false");
  config.max_file_bytes = root.get_quota("max_file_bytes");
  config.max_tensor_bytes = root.get_quota("max_tensor_bytes");
  config.max_memory = root.get_quota("max_memory");
  config.max_depth = root.get_quota("max_depth", kMostDepth);
  config.max_steps = root.get_quota("max_steps");
  config.cache_folder = root.get<std::string>("cache_folder", "a string");
  config.plugin_paths = root.get_strings("plugin_paths");
  if (const toml::node* node = table.get("keep_off")) {
    const toml::array* array = node->as_array();
    if (array == nullptr) root.wrong(*node, "'keep_off' must be tables, [[keep_off]]");
    for (const toml::node& element : *array) {
      const toml::table* entry = element.as_table();
      if (entry == nullptr) root.wrong(element, "'keep_off' must be tables, [[keep_off]]");
      const Section section(path, "[[keep_off]]", *entry);
      section.only({"op", "node", "subgraph", "delegate"});
      KeepOff keep;
      if (const auto value = section.get_count("subgraph", 0)) {
        keep.subgraph = static_cast<int32_t>(*value);
      }
      if (const auto value = section.get_count("node", 0)) keep.node = static_cast<int32_t>(*value);
      keep.op = section.get<std::string>("op", "a string").value_or("");
      keep.delegate = section.get<std::string>("delegate", "a string").value_or("");
      config.keep_off.push_back(std::move(keep));
    }
  }
  return config;
}

Config environment_config() {
  Config config;
  if (const std::string text = from_environment("BATON_DELEGATE"); !text.empty()) {
    config.delegates = parse_delegates(text);
  }
  if (const std::string text = from_environment("BATON_THREADS"); !text.empty()) {
    uint32_t threads = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), threads);
    if (problem != std::errc() || end != text.data() + text.size() || threads == 0) {
      misuse("BATON_THREADS is '{}': it must be a whole number from 1", text);
    }
    config.threads = threads;
  }
  if (const std::string text = from_environment("BATON_STRICT"); !text.empty()) {
    config.strict = text != "0" && text != "false";
  }
  if (std::string text = from_environment("BATON_CACHE_FOLDER"); !text.empty()) {
    config.cache_folder = std::move(text);
  }
  return config;
}

std::string environment_config_path() { return from_environment("BATON_CONFIG"); }

}  // namespace baton::tools
