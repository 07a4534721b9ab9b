#include "tools/check/reproduction.h"

#include <fmt/core.h>

#include <filesystem>
#include <system_error>

#include "tools/support/delegate_flag.h"
#include "tools/support/failure.h"
#include "tools/support/tensors.h"

namespace baton::tools {
namespace {

std::string config_path(const std::string& folder) { return folder + "/delegate_check.toml"; }

std::string toml_string(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

// As a shell's word.
std::string word(const std::string& text) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./=:,+@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string command(const Saved& saved, const std::string& folder, const DelegateChoice& delegate) {
  std::string text = "baton run " + word(saved.files[0]);
  for (size_t i = 1; i < saved.files.size(); ++i) {
    text += " " + word(fmt::format("--input={}={}", i - 1, saved.files[i]));
  }
  return text + " " + word("--delegate=" + delegate_text(delegate)) + " " +
         word("--config=" + config_path(folder)) + " --check";
}

}  // namespace

void prepare_folder(const std::string& folder, const Config& config) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) fail("the folder '{}' cannot be made: {}", folder, problem.message());
  std::string text = "weigh_costs = false\nstrict = true\n";
  if (!config.plugin_paths.empty()) {
    std::string paths;
    for (const std::string& path : config.plugin_paths) {
      paths += (paths.empty() ? "" : ", ") + toml_string(path);
    }
    text += "plugin_paths = [" + paths + "]\n";
  }
  write_file(config_path(folder), text.data(), text.size());
}

std::vector<std::string> save_failing(const Worker& worker, const Catalogue& catalogue,
                                      const std::vector<size_t>& cases, const std::string& folder,
                                      const DelegateChoice& delegate,
                                      std::vector<CheckResult>* results) {
  std::vector<std::string> commands(catalogue.cases.size());
  for (size_t g = 0; g < catalogue.groups.size(); ++g) {
    std::vector<size_t> failing;
    std::vector<uint32_t> numbers;
    for (const size_t i : cases) {
      if (catalogue.cases[i].group != g || !is_wrong((*results)[i].outcome)) continue;
      failing.push_back(i);
      numbers.push_back(catalogue.cases[i].number);
    }
    if (failing.empty()) continue;
    const std::vector<Saved> saved = worker.save(catalogue.groups[g].name, numbers, folder);
    for (size_t i = 0; i < failing.size(); ++i) {
      (*results)[failing[i]].files = saved[i].files;
      if (!saved[i].problem.empty()) {
        commands[failing[i]] = "not saved: " + saved[i].problem;
      } else if (!saved[i].files.empty()) {
        commands[failing[i]] = command(saved[i], folder, delegate);
      }
    }
  }
  return commands;
}

}  // namespace baton::tools
