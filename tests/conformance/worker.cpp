// Runs cases of the suite, for `baton delegate_check`, which starts one of these for each group,
// and another when it died. It is a program of its own so that whatever a plugin does ends here.
//
//   conformance_worker [--group=G] [--seed=N] --list
//   conformance_worker --delegate=D [--option=KEY=VALUE]... [--plugin_folder=F]... --describe
//   conformance_worker --group=G [--seed=N] --save=DIR < FILE
//   conformance_worker --group=G [--seed=N] --delegate=D [--option=...]... < FILE
//
// Lines of JSON go to the descriptor --report_fd, numbers of cases (their places in the list) come
// from the standard input, one in a line:
//   --list      {"group": "load", "summary": "..."}, then its cases:
//               {"group": "load", "case": 0, "name": "ADD/int8/0", "op": "ADD", "type": "int8"}
//   --describe  {"name": "npu", "version": "1"} when the file could be opened, then
//               {"device": "NPU 3"}, or {"problem": "absent", "text": "..."}: there is no such
//               plugin or device; "misuse": or not with these options; "broken": something is wrong
//               with it
//   --save      {"case": 17, "files": ["DIR/operators.ADD.int8.17.tflite", ...], "problem": ""}
//   else        {"case": 17, "begin": true} and {"case": 17, "outcome": "ok", "text": "",
//   "ms": 1.5}
//               and, when the plugin was let go after the last, {"end": true}
// With a --report_fd of its own, a zero byte goes to the standard error before each case begins.
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/host/search.h"
#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

using Json = nlohmann::json;

struct Arguments {
  bool list = false;
  bool describe = false;
  std::string group;
  std::string delegate;
  std::vector<std::string> options;
  std::vector<std::string> plugin_folders;
  std::string save;
  uint64_t seed = 1;
  int report_fd = STDOUT_FILENO;
};

class Reporter {
 public:
  explicit Reporter(int descriptor) : descriptor_(descriptor) {}
  // False when nobody reads any more.
  bool write(const Json& line) const {
    const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    size_t done = 0;
    while (done < text.size()) {
      const ssize_t count = ::write(descriptor_, text.data() + done, text.size() - done);
      if (count <= 0) return false;
      done += static_cast<size_t>(count);
    }
    return true;
  }

 private:
  int descriptor_;
};

// "" or why not.
std::string write_file(const std::filesystem::path& path, const std::vector<uint8_t>& bytes) {
  errno = 0;
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  if (out.flush()) return "";
  return "'" + path.string() + "' cannot be written: " + std::strerror(errno);
}

// Of the files of a case, on any file system.
std::string file_stem(const Group& group, const Case& chosen, size_t number) {
  const std::string name = std::string(group.name) + "." + chosen.name;
  std::string stem;
  bool same = true;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-';
    stem += plain ? c : c == '/' ? '.' : '_';
    same = same && (plain || c == '/');
  }
  // Names that differ in other characters only.
  return same ? stem : stem + "." + std::to_string(number);
}

// The model and its inputs.
Json save(const std::string& folder, const Group& group, const Case& chosen, size_t number) {
  Json report{{"case", number}, {"files", Json::array()}, {"problem", ""}};
  if (chosen.reproduce == nullptr) return report;
  const Reproduction reproduction = chosen.reproduce();
  const std::string stem = file_stem(group, chosen, number);
  const auto add = [&](const std::string& name, const std::vector<uint8_t>& bytes) {
    const std::filesystem::path path = std::filesystem::path(folder) / name;
    const std::string problem = write_file(path, bytes);
    if (problem.empty()) report["files"].push_back(path.string());
    if (!problem.empty()) report["problem"] = problem;
  };
  add(stem + ".tflite", reproduction.model);
  for (size_t i = 0; i < reproduction.inputs.size(); ++i) {
    add(stem + ".input_" + std::to_string(i) + ".bin", reproduction.inputs[i]);
  }
  return report;
}

Json problem(const char* kind, const Status& status) {
  return {{"problem", kind}, {"text", status.message()}};
}

// What stands in the way of its cases is the user's matter, or the plugin's.
Json describe(Subject& subject, const Reporter& reporter) {
  const std::string& name = subject.spec().plugin;
  if (name != kReferenceName) {
    std::string path = name;
    if (!is_plugin_path(name)) {
      const auto found = find_plugin_file(name, plugin_folders(subject.plugin_folders()));
      if (!found.ok()) return problem("absent", found.status());
      path = *found;
    }
    const auto library = PluginLibrary::open(path);
    if (!library.ok()) {
      const baton_status code = library.status().code();
      const bool absent = code == BATON_NOT_FOUND || code == BATON_INVALID_ARGUMENT;
      return problem(absent ? "absent" : "broken", library.status());
    }
    reporter.write({{"name", (*library)->name()}, {"version", (*library)->info().version}});
  }
  const auto plugin = subject.bench().plugin();
  if (!plugin.ok()) return problem("broken", plugin.status());
  const auto delegate = subject.bench().delegate();
  if (!delegate.ok()) {
    const baton_status code = delegate.status().code();
    return problem(code == BATON_INVALID_ARGUMENT ? "misuse"
                   : code == BATON_NOT_FOUND      ? "absent"
                                                  : "broken",
                   delegate.status());
  }
  return {{"name", name == kReferenceName ? name : (*plugin)->name()},
          {"version", (*plugin)->library().info().version},
          {"device", (*delegate)->device().name}};
}

void list(const Group& group, const Arguments& arguments, const Reporter& reporter) {
  reporter.write({{"group", group.name}, {"summary", group.summary}});
  const std::vector<Case> cases = group.cases(arguments.seed);
  for (size_t i = 0; i < cases.size(); ++i) {
    reporter.write({{"group", group.name},
                    {"case", i},
                    {"name", cases[i].name},
                    {"op", cases[i].op},
                    {"type", cases[i].type}});
  }
}

Json run(const Case& chosen, Subject& subject, size_t number) {
  const auto start = std::chrono::steady_clock::now();
  const Verdict verdict = chosen.run(subject);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  return {{"case", number},
          {"outcome", outcome_name(verdict.outcome)},
          {"text", verdict.text},
          {"ms", took.count()}};
}

// False when nobody reads the reports any more.
bool run_all(const Group& group, const Arguments& arguments, Subject& subject,
             const Reporter& reporter) {
  const std::vector<Case> cases = group.cases(arguments.seed);
  for (size_t number = 0; std::cin >> number;) {
    if (number >= cases.size()) continue;
    if (!arguments.save.empty()) {
      if (!reporter.write(save(arguments.save, group, cases[number], number))) return false;
      continue;
    }
    if (arguments.report_fd != STDOUT_FILENO && ::write(STDERR_FILENO, "", 1) != 1) return false;
    if (!reporter.write({{"case", number}, {"begin", true}})) return false;
    if (!reporter.write(run(cases[number], subject, number))) return false;
  }
  return true;
}

int work(const Arguments& arguments) {
  const Reporter reporter(arguments.report_fd);
  const Group* group = find_group(arguments.group);
  if (group == nullptr && !arguments.group.empty()) {
    std::cerr << "conformance_worker: there is no group '" << arguments.group
              << "'; --list shows them\n";
    return 2;
  }
  if (arguments.list) {
    for (const Group* each : all_groups()) {
      if (group == nullptr || group == each) list(*each, arguments, reporter);
    }
    return 0;
  }
  DelegateSpec spec{arguments.delegate, {}};
  for (const std::string& option : arguments.options) {
    const size_t equals = option.find('=');
    spec.options.emplace_back(option.substr(0, equals),
                              equals == std::string::npos ? "" : option.substr(equals + 1));
  }
  {
    Subject subject(std::move(spec), arguments.plugin_folders);
    if (arguments.describe) {
      reporter.write(describe(subject, reporter));
    } else if (group == nullptr) {
      std::cerr << "conformance_worker: --group is missing\n";
      return 2;
    } else if (!run_all(*group, arguments, subject, reporter)) {
      return 1;
    }
  }
  if (!arguments.describe && arguments.save.empty()) reporter.write({{"end", true}});
  return 0;
}

}  // namespace
}  // namespace baton::conformance

int main(int argc, char** argv) {
#ifdef __linux__
  // A hanging plugin must not survive whoever started this.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  // Crashes are expected; their images would fill the disk.
  const rlimit none{};
  setrlimit(RLIMIT_CORE, &none);
  // What a plugin prints before it crashes is wanted.
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  baton::conformance::Arguments arguments;
  CLI::App app("Runs cases of the conformance suite; use `baton delegate_check`.");
  app.add_flag("--list", arguments.list);
  app.add_flag("--describe", arguments.describe);
  app.add_option("--group", arguments.group);
  app.add_option("--seed", arguments.seed);
  app.add_option("--delegate", arguments.delegate);
  app.add_option("--option", arguments.options)->allow_extra_args(false);
  app.add_option("--plugin_folder", arguments.plugin_folders)->allow_extra_args(false);
  app.add_option("--save", arguments.save);
  app.add_option("--report_fd", arguments.report_fd);
  CLI11_PARSE(app, argc, argv);
  return baton::conformance::work(arguments);
}
