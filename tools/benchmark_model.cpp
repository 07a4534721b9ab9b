// baton benchmark_model: measures models on delegates and devices; compares reports.

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "baton/baton.hpp"
#include "benchmarks/harness/lite_output.h"
#include "benchmarks/harness/options.h"
#include "benchmarks/harness/profile_tables.h"
#include "benchmarks/harness/report.h"
#include "benchmarks/harness/surroundings.h"
#include "benchmarks/harness/sweep.h"
#include "benchmarks/report/compare.h"
#include "benchmarks/report/csv.h"
#include "benchmarks/report/html.h"
#include "benchmarks/report/text.h"
#include "tools/commands.h"
#include "tools/support/arguments.h"
#include "tools/support/failure.h"
#include "tools/support/setup.h"
#include "tools/support/table.h"
#include "tools/support/tensors.h"
#include "tools/support/text.h"

namespace baton::tools {
namespace {

using benchmarks::Options;
using benchmarks::Sweep;
using Json = nlohmann::ordered_json;

void write_text(const std::string& path, const std::string& text) {
  if (!path.empty()) write_file(path, text.data(), text.size());
}

int compare_reports(int argc, char** argv) {
  std::vector<std::string> files;
  bool as_json = false;
  CLI::App app("Compares the first report with each of the others.",
               "baton benchmark_model compare");
  app.add_option("REPORT", files, "written by benchmark_model --json=");
  app.add_flag("--json", as_json, "prints JSON");
  if (const auto status = parse_arguments(app, argc, argv)) return *status;
  return report::compare_files(files, as_json);
}

int list_signatures(const Options& options) {
  const Setup setup(options.job.common);
  for (const std::string& graph : options.graphs) {
    const Result<Model> model = setup.runtime.load(graph);
    if (!model) fail("{}", model.message());
    const uint32_t count = baton_model_signature_count(model->get());
    fmt::print("{}: {} signature{}\n", plain(graph), count, count == 1 ? "" : "s");
    for (uint32_t i = 0; i < count; ++i) {
      fmt::print("  {}\n", plain(baton_model_signature_key(model->get(), i)));
    }
  }
  return 0;
}

// The exit status: what the user named must have worked, of what was found something.
int judge(const Sweep& sweep) {
  const auto ok = [](const auto& row) { return row.ok(); };
  const auto named_and_failed = [](const auto& row) { return !row.ok() && !row.found; };
  if (std::none_of(sweep.rows.begin(), sweep.rows.end(), ok)) return 1;
  return std::any_of(sweep.rows.begin(), sweep.rows.end(), named_and_failed) ? 1 : 0;
}

void print_profile(const Options& options, const Json& results) {
  std::string text;
  for (const Json& result : results) {
    if (result["status"] != "ok") continue;
    if (results.size() > 1) {
      text += fmt::format("{} on {}\n", result.value("model", ""), result.value("delegate", ""));
    }
    text += options.profile_mode == "csv" ? benchmarks::profile_csv(result)
                                          : benchmarks::profile_tables(result);
  }
  if (options.profile_file.empty()) {
    fmt::print("{}", text);
  } else {
    write_text(options.profile_file, text);
  }
}

}  // namespace

int benchmark_model_command(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "compare") {
    return compare_reports(argc - 1, argv + 1);
  }
  const std::optional<Options> parsed = benchmarks::parse_options(argc, argv);
  if (!parsed) return 0;
  const Options& options = *parsed;
  if (options.list_signatures) return list_signatures(options);
  // What was measured for long would be lost.
  for (const std::string& file : {options.json_file, options.csv_file, options.html_file,
                                  options.profile_file, options.outputs_file}) {
    if (!file.empty()) require_writable(file);
  }

  const bool one_row =
      options.graphs.size() == 1 && options.delegates.size() <= 1 && !options.all_delegates;
  if (one_row) {
    fmt::print("{}", benchmarks::lite_head(options));
    std::fflush(stdout);
  }
  const benchmarks::Surroundings surroundings = benchmarks::look_around(options);
  const Sweep sweep = benchmarks::measure(options);
  const Json document = benchmarks::make_report(options, sweep, surroundings);

  // Before the screen: a failed row ends the command, but not its report.
  if (!options.json_file.empty()) write_text(options.json_file, json_text(document));
  if (!options.csv_file.empty()) write_text(options.csv_file, report::csv_report(document));
  if (!options.html_file.empty()) write_text(options.html_file, report::html_report(document));

  if (!one_row) {
    fmt::print("{}", report::text_report(document));
  } else if (const benchmarks::Row& row = sweep.rows.front(); !row.ok()) {
    fail("the delegate '{}' {}: {}", row.delegate, row.status, row.error);
  } else if (options.dry_run) {
    fmt::print("{}\n", plain(document["results"][0].value("placement", "")));
  } else {
    fmt::print("{}", benchmarks::lite_result(options, row, document["results"].front()));
    for (const Json& warning : document["warnings"]) {
      const std::string text = warning.get<std::string>();
      fmt::print("{}{}\n", text.starts_with("Note: ") ? "" : "Warning: ", text);
    }
  }
  if (options.enable_op_profiling && !options.dry_run) print_profile(options, document["results"]);
  return judge(sweep);
}

}  // namespace baton::tools
