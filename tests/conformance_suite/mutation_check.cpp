// Checks the conformance suite itself: of the faults that faulty_npu can have, all but two must be
// caught by a case that passes without the fault.
//
//   mutation_check               with the cases that are about the fault's operator or group
//   mutation_check --all         with all of them
//   mutation_check NAME...       only these faults
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tools/tool.h"

namespace baton::test {
namespace {

using Json = nlohmann::json;

struct Fault {
  const char* name;
  const char* where;  // an operator, or a group
  const char* sentence;
};

constexpr Fault kFaults[] = {
#define FAKE_NPU_FAULT(id, name, where, sentence) {name, where, sentence},
#include "tests/fake_npu/faults.inc"
#undef FAKE_NPU_FAULT
};
constexpr size_t kMayEscape = 2;

struct Failures {
  size_t count = 0;
  std::string first;  // "operators/ADD/int8/3: the text"
};

// The cases that say something against the delegate; count 1 and the command's own words when it
// did not get so far as to write a report.
Failures check(const std::string& fault, const std::string& filter) {
  const Folder folder;
  const std::string report = folder.path("report.json");
  std::vector<std::string> arguments = {"delegate_check", "--delegate=faulty_npu:fault=" + fault,
                                        "--json=" + report};
  if (!filter.empty()) arguments.push_back("--filter=" + filter);
  const ToolResult result = run_tool(arguments);
  const Json json = Json::parse(read_text(report), nullptr, false);
  if (!json.is_object()) return {1, "no report: " + result.err};
  Failures failures;
  for (const Json& entry : json["cases"]) {
    const std::string outcome = entry["outcome"];
    if (outcome == "ok" || outcome == "unsupported" || outcome == "not run") continue;
    if (failures.count++ > 0) continue;
    failures.first = entry["group"].get<std::string>() + "/" + entry["name"].get<std::string>() +
                     ": " + entry["text"].get<std::string>();
  }
  return failures;
}

bool is_operator(const Fault& fault) { return fault.where[0] >= 'A' && fault.where[0] <= 'Z'; }

// Cases that are about a fault.
std::string filter_of(const Fault& fault) {
  return std::string(is_operator(fault) ? "^operators/" : "^") + fault.where + "/";
}

int run(bool all, const std::vector<std::string>& names) {
  size_t tried = 0;
  std::vector<std::string> escaped;
  const auto wanted = [&](const Fault& fault) {
    return names.empty() || std::find(names.begin(), names.end(), fault.name) != names.end();
  };

  const Failures without = check("none", "");
  if (without.count != 0) {
    std::printf("without a fault %zu cases fail: %s\n", without.count, without.first.c_str());
    return 1;
  }

  std::printf("%-32s  %-17s  %5s  %s\n", "fault", "in", "cases", "caught by");
  for (const Fault& fault : kFaults) {
    if (!wanted(fault)) continue;
    const Failures failures = check(fault.name, all ? "" : filter_of(fault));
    ++tried;
    if (failures.count == 0) escaped.push_back(fault.name);
    std::printf("%-32s  %-17s  %5zu  %s\n", fault.name, fault.where, failures.count,
                failures.count == 0 ? "-" : failures.first.c_str());
    std::fflush(stdout);
  }
  std::printf("%zu of %zu faults were caught\n", tried - escaped.size(), tried);
  for (const std::string& name : escaped) std::printf("not caught: %s\n", name.c_str());
  if (tried == 0) std::printf("there is no fault of that name\n");
  const size_t most = names.empty() ? kMayEscape : 0;
  return tried == 0 || escaped.size() > most ? 1 : 0;
}

}  // namespace
}  // namespace baton::test

int main(int argc, char** argv) {
  bool all = false;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--all") {
      all = true;
    } else {
      names.emplace_back(argv[i]);
    }
  }
  return baton::test::run(all, names);
}
