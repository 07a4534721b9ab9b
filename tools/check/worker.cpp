#include "tools/check/worker.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "tools/support/failure.h"
#include "tools/support/text.h"

namespace baton::tools {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

// Long: the machine may be busy, and nothing of the plugin's runs.
constexpr std::chrono::seconds kOwnWorkLimit{300};

std::string find_program() {
  // Another worker, for tests of this command.
  if (const char* program = secure_getenv("BATON_CONFORMANCE_WORKER")) return program;
  std::error_code problem;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", problem).parent_path();
  std::string looked;
  for (const char* libraries : {BATON_LIBRARIES_FROM_TOOL, "../lib"}) {
    const auto path = (own / libraries / "baton/conformance_worker").lexically_normal();
    if (std::filesystem::is_regular_file(path, problem)) return path.string();
    if (looked.empty()) looked = path.string();
  }
  fail("the suite's program '{}' is not there: install the tools again, whole", looked);
}

// Reads reports until the child has ended: true. False: the time was over before, it was killed.
template <typename Take>
bool read_all(Child& child, Clock::duration limit, const Take& take) {
  const Clock::time_point deadline = Clock::now() + limit;
  for (;;) {
    Child* const one[] = {&child};
    wait(one, std::chrono::milliseconds(100));
    const bool ended = child.ended();
    child.read();
    for (Json report; child.next_report(&report);) take(report);
    if (ended) return true;
    if (Clock::now() < deadline) continue;
    child.kill();
    return false;
  }
}

}  // namespace

std::string text_in(const Json& report, const char* key) {
  const auto found = report.find(key);
  return found != report.end() && found->is_string() ? found->get<std::string>() : "";
}

int64_t number_in(const Json& report, const char* key) {
  const auto found = report.find(key);
  return found != report.end() && found->is_number_integer() ? found->get<int64_t>() : -1;
}

Worker::Worker(uint64_t seed) : program_(find_program()), seed_(seed) {}

void Worker::set_delegate(DelegateChoice delegate, std::vector<std::string> plugin_folders) {
  delegate_ = std::move(delegate);
  plugin_folders_ = std::move(plugin_folders);
}

std::vector<std::string> Worker::delegate_words() const {
  std::vector<std::string> words = {"--delegate=" + delegate_.name};
  for (const auto& [key, value] : delegate_.options) {
    words.push_back("--option=" + key + "=" + value);
  }
  for (const std::string& folder : plugin_folders_) words.push_back("--plugin_folder=" + folder);
  return words;
}

std::unique_ptr<Child> Worker::launch(std::vector<std::string> words,
                                      const std::vector<uint32_t>& cases) const {
  words.insert(words.begin(), program_);
  words.push_back(fmt::format("--seed={}", seed_));
  return std::make_unique<Child>(std::move(words), cases);
}

std::unique_ptr<Child> Worker::start(const std::string& group,
                                     const std::vector<uint32_t>& cases) const {
  std::vector<std::string> words = delegate_words();
  words.push_back("--group=" + group);
  return launch(std::move(words), cases);
}

void Worker::is_broken(const Child& child, const std::string& why) const {
  const std::string output = plain(child.output());
  fail("the suite's program '{}' does not work: {}{}{}", program_, why,
       output.empty() ? "" : "; it wrote: ", output);
}

Catalogue Worker::list() const {
  Catalogue catalogue;
  const auto child = launch({"--list"}, {});
  bool whole = true;
  read_all(*child, kOwnWorkLimit, [&](const Json& report) {
    const std::string group = text_in(report, "group");
    const int64_t number = number_in(report, "case");
    if (number < 0) {
      catalogue.groups.push_back({group, text_in(report, "summary")});
      return;
    }
    // Cases come after their group.
    whole = whole && !catalogue.groups.empty() && catalogue.groups.back().name == group;
    if (!whole) return;
    catalogue.cases.push_back({catalogue.groups.size() - 1, static_cast<uint32_t>(number),
                               group + "/" + text_in(report, "name"), text_in(report, "op"),
                               text_in(report, "type")});
  });
  if (!child->ended_well()) is_broken(*child, child->end_text());
  if (!whole || catalogue.cases.empty()) is_broken(*child, "it lists no cases");
  return catalogue;
}

DelegateInfo Worker::describe(double timeout) const {
  std::vector<std::string> words = delegate_words();
  words.emplace_back("--describe");
  const auto child = launch(std::move(words), {});
  DelegateInfo info{delegate_.name, "", "", ""};
  std::string kind, text;
  bool answered = false;
  const bool ended = read_all(
      *child, std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(timeout)),
      [&](const Json& report) {
        if (const std::string name = text_in(report, "name"); !name.empty()) info.name = name;
        if (const std::string version = text_in(report, "version"); !version.empty()) {
          info.version = version;
        }
        info.device = text_in(report, "device");
        kind = text_in(report, "problem");
        text = text_in(report, "text");
        answered = answered || !kind.empty() || report.contains("device");
      });
  if (kind == "absent") fail("{}", text);
  if (kind == "misuse") misuse("{}", text);
  if (!kind.empty()) {
    info.problem = text;
  } else if (!answered && !ended) {
    info.problem = fmt::format("its creation did not end within {:g} s", timeout);
  } else if (!answered) {
    info.problem = "when it was to be created, " + child->end_text();
  }
  return info;
}

std::vector<Saved> Worker::save(const std::string& group, const std::vector<uint32_t>& cases,
                                const std::string& folder) const {
  const auto child = launch({"--group=" + group, "--save=" + folder}, cases);
  std::vector<Saved> all;
  read_all(*child, kOwnWorkLimit, [&](const Json& report) {
    Saved& saved = all.emplace_back();
    if (const auto files = report.find("files"); files != report.end() && files->is_array()) {
      for (const Json& file : *files) {
        if (file.is_string()) saved.files.push_back(file.get<std::string>());
      }
    }
    saved.problem = text_in(report, "problem");
  });
  if (!child->ended_well()) is_broken(*child, child->end_text());
  if (all.size() != cases.size()) is_broken(*child, "it did not save all cases");
  return all;
}

}  // namespace baton::tools
