// Runs cases of the suite, for `baton delegate_check`, which starts one of these for each group,
// and another when it died. It is a program of its own so that whatever a plugin does ends here.
//
//   conformance_worker --groups
//   conformance_worker --group=G [--seed=N] --list
//   conformance_worker --group=G [--seed=N] --delegate=D [--option=KEY=VALUE]... [--save=DIR] <
//   FILE
//
// Lines of JSON go to the descriptor --report_fd, numbers of cases (their places in the list) come
// from the standard input, one in a line:
//   --groups   {"group": "load", "summary": "..."}
//   --list     {"case": 0, "name": "ADD/int8/0", "op": "ADD", "type": "int8"}
//   --save     {"case": 17, "files": ["DIR/operators.ADD.int8.17.tflite", ...]}
//   else       {"case": 17, "begin": true} and {"case": 17, "outcome": "ok", "text": "", "ms": 1.5}
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/text.h"
#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

using Json = nlohmann::json;

struct Arguments {
  bool groups = false;
  bool list = false;
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

bool write_file(const std::filesystem::path& path, const std::vector<uint8_t>& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  return static_cast<bool>(out.flush());
}

// The model and its inputs; paths of what was written.
std::vector<std::string> save(const std::string& folder, const Group& group, const Case& chosen) {
  if (chosen.reproduce == nullptr) return {};
  std::string stem = std::string(group.name) + "." + chosen.name;
  for (char& c : stem) {
    if (c == '/') c = '.';
  }
  const Reproduction reproduction = chosen.reproduce();
  std::vector<std::string> paths;
  const auto add = [&](const std::string& name, const std::vector<uint8_t>& bytes) {
    const std::filesystem::path path = std::filesystem::path(folder) / name;
    if (write_file(path, bytes)) paths.push_back(path.string());
  };
  add(stem + ".tflite", reproduction.model);
  for (size_t i = 0; i < reproduction.inputs.size(); ++i) {
    add(stem + ".input_" + std::to_string(i) + ".bin", reproduction.inputs[i]);
  }
  return paths;
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

int work(const Arguments& arguments) {
  const Reporter reporter(arguments.report_fd);
  if (arguments.groups) {
    for (const Group* group : all_groups()) {
      reporter.write({{"group", group->name}, {"summary", group->summary}});
    }
    return 0;
  }
  const Group* group = find_group(arguments.group);
  if (group == nullptr) {
    std::cerr << "conformance_worker: there is no group '" << arguments.group
              << "'; --groups lists them\n";
    return 2;
  }
  const std::vector<Case> cases = group->cases(arguments.seed);
  if (arguments.list) {
    for (size_t i = 0; i < cases.size(); ++i) {
      reporter.write(
          {{"case", i}, {"name", cases[i].name}, {"op", cases[i].op}, {"type", cases[i].type}});
    }
    return 0;
  }

  DelegateSpec spec{arguments.delegate, {}};
  for (const std::string& option : arguments.options) {
    const size_t equals = option.find('=');
    spec.options.emplace_back(option.substr(0, equals),
                              equals == std::string::npos ? "" : option.substr(equals + 1));
  }
  Subject subject(std::move(spec), arguments.plugin_folders);
  for (size_t number = 0; std::cin >> number;) {
    if (number >= cases.size()) continue;
    const Case& chosen = cases[number];
    if (!arguments.save.empty()) {
      reporter.write({{"case", number}, {"files", save(arguments.save, *group, chosen)}});
      continue;
    }
    if (!reporter.write({{"case", number}, {"begin", true}})) return 1;
    if (!reporter.write(run(chosen, subject, number))) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace baton::conformance

int main(int argc, char** argv) {
  baton::conformance::Arguments arguments;
  CLI::App app("Runs cases of the conformance suite; use `baton delegate_check`.");
  app.add_flag("--groups", arguments.groups);
  app.add_flag("--list", arguments.list);
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
