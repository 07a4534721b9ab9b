#include <fmt/core.h>

#include "benchmarks/report/compare.h"
#include "benchmarks/report/fields.h"
#include "tools/support/failure.h"
#include "tools/support/tensors.h"
#include "tools/support/text.h"

namespace baton::report {

Json read_report(const std::string& path) {
  std::vector<std::byte> bytes;
  try {
    bytes = tools::read_file(path, "report");
  } catch (const tools::Failure& failure) {
    // Status 1 has a meaning of its own here.
    throw tools::Failure(2, failure.what());
  }
  const std::string name = tools::plain(path);
  const auto* begin = reinterpret_cast<const char*>(bytes.data());
  Json report = Json::parse(begin, begin + bytes.size(), nullptr, false);
  if (report.is_discarded()) {
    tools::misuse("report '{}' is no JSON: give a file that benchmark_model --json wrote", name);
  }
  const auto schema = number(report, "schema");
  if (!schema || !field(report, "results").is_array()) {
    tools::misuse(
        "report '{}' is no report of benchmark_model (\"schema\" or \"results\" is missing): give "
        "a file that benchmark_model --json wrote",
        name);
  }
  if (*schema != 1) {
    tools::misuse(
        "report '{}' has schema {}, this program reads schema 1: use the benchmark_model that "
        "wrote it",
        name, short_number(schema));
  }
  if (list(report, "results").empty()) {
    tools::misuse("report '{}' has no results: nothing was measured in it", name);
  }
  return report;
}

}  // namespace baton::report
