// baton delegate_check: a delegate on the conformance suite.

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "tools/check/expectations.h"
#include "tools/check/report.h"
#include "tools/check/reproduction.h"
#include "tools/check/runner.h"
#include "tools/check/selection.h"
#include "tools/check/worker.h"
#include "tools/commands.h"
#include "tools/support/arguments.h"
#include "tools/support/failure.h"
#include "tools/support/numbers.h"
#include "tools/support/progress.h"
#include "tools/support/setup.h"
#include "tools/support/table.h"
#include "tools/support/tensors.h"
#include "tools/support/text.h"

namespace baton::tools {
namespace {

using Clock = std::chrono::steady_clock;

struct Flags {
  CommonFlags common;
  std::string filter;
  uint64_t seed = 1;
  uint64_t max_cases = UINT64_MAX;
  uint32_t timeout = 20;
  uint32_t jobs = std::min(std::max(std::thread::hardware_concurrency(), 1u), 2u);
  std::string save_failing;
  std::string expected_failures;
  std::string json;
  bool list = false;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

DelegateChoice one_delegate(const Setup& setup, const Flags& flags) {
  if (flags.common.delegate.empty()) misuse("--delegate is required; see --help");
  const std::vector<DelegateChoice>& choices = *setup.config.delegates;
  if (choices.size() != 1) {
    misuse("--delegate={}: one delegate is checked at a time, these are {}", flags.common.delegate,
           choices.size());
  }
  return setup.with_configured_options(choices.front());
}

// Of a delegate that cannot be created all but its loading is left.
std::vector<size_t> loading_only(const std::vector<size_t>& cases, const std::string& problem,
                                 CheckReport* report) {
  std::vector<size_t> loading;
  for (const size_t i : cases) {
    if (report->catalogue.groups[report->catalogue.cases[i].group].name == "load") {
      loading.push_back(i);
    } else {
      report->results[i].text = "it cannot be created: " + problem;
    }
  }
  return loading;
}

int check_delegate(const Setup& setup, const Flags& flags, Worker worker,
                   const Catalogue& catalogue, std::vector<size_t> cases,
                   const Expectations& expectations) {
  const Clock::time_point start = Clock::now();
  const DelegateChoice delegate = one_delegate(setup, flags);
  std::vector<std::string> folders;
  for (uint32_t i = 0; const char* folder = baton_runtime_plugin_folder(setup.runtime.get(), i);
       ++i) {
    folders.emplace_back(folder);
  }
  worker.set_delegate(delegate, std::move(folders));
  CheckReport report{catalogue, worker.describe(flags.timeout)};
  report.seed = flags.seed;
  report.cases = cases;
  report.results.resize(catalogue.cases.size());
  report.commands.resize(catalogue.cases.size());
  report.has_expectations = !expectations.empty();
  if (!flags.json.empty()) require_writable(flags.json);
  if (!flags.save_failing.empty()) prepare_folder(flags.save_failing, setup.config);
  if (!report.delegate.problem.empty()) {
    cases = loading_only(cases, report.delegate.problem, &report);
  }

  Progress progress;
  size_t done = 0, wrong = 0;
  run_cases(worker, catalogue, cases, {static_cast<double>(flags.timeout), flags.jobs},
            expectations, &report.results, [&](size_t position, const CheckResult& result) {
              ++done;
              if (is_wrong(result.outcome) && !result.expected) ++wrong;
              if (!progress.is_due()) return;
              progress.show(fmt::format("{} of {}, {} wrong, {:.0f} s: {}", done,
                                        counted(cases.size(), "case"), wrong, seconds_since(start),
                                        catalogue.cases[position].name));
            });
  if (!flags.save_failing.empty()) {
    report.commands = save_failing(worker, catalogue, report.cases, flags.save_failing, delegate,
                                   &report.results);
  }
  progress.clear();
  report.unexpected = expectations.unexpected_passes(report.results);
  report.seconds = seconds_since(start);
  report.print();
  if (!flags.json.empty()) {
    const std::string text = json_text(report.json());
    write_file(flags.json, text.data(), text.size());
  }
  return report.conforms() ? 0 : 1;
}

}  // namespace

int delegate_check_command(int argc, char** argv) {
  Flags flags;
  CLI::App app("Tries a delegate on the conformance suite, in processes of its own.",
               "baton delegate_check");
  app.add_option("--delegate,--plugin", flags.common.delegate,
                 "NAME[:key=value]..., or a plugin's file: the delegate to check");
  app.add_option("--config", flags.common.config, "TOML file: docs/configuration.md");
  app.add_option("--filter", flags.filter, "only cases whose GROUP/NAME contains a match")
      ->type_name("REGEX");
  app.add_option("--seed", flags.seed, "shapes, attributes and contents follow from it (1)")
      ->type_name("N")
      ->transform(whole_number());
  app.add_option("--max-cases", flags.max_cases,
                 "a sample, spread over groups, operators and types")
      ->type_name("N")
      ->transform(whole_number(1));
  app.add_option("--timeout", flags.timeout, "seconds that a case may take (20)")
      ->type_name("SECONDS")
      ->transform(whole_number(1, 86400));
  app.add_option("--jobs", flags.jobs, "processes side by side (2, on one core 1)")
      ->type_name("N")
      ->transform(whole_number(1, 256));
  app.add_option("--save-failing", flags.save_failing, "writes models and inputs that fail there")
      ->type_name("DIR");
  app.add_option("--expected-failures", flags.expected_failures,
                 "lines of GROUP/NAME, regular expressions: cases that may fail, and must")
      ->type_name("FILE");
  CLI::Option* json = app.add_option("--json", flags.json, "writes the results")->type_name("FILE");
  app.add_flag("--list", flags.list, "prints the cases, runs nothing")->excludes(json);
  if (const auto status = parse_arguments(app, argc, argv)) return *status;

  const Setup setup(flags.common);
  if (!flags.list) one_delegate(setup, flags);
  const Worker worker(flags.seed);
  const Catalogue catalogue = worker.list();
  const std::vector<size_t> cases =
      sampled(catalogue, filtered(catalogue, flags.filter), flags.max_cases, flags.seed);
  const Expectations expectations = flags.expected_failures.empty()
                                        ? Expectations()
                                        : Expectations(flags.expected_failures, catalogue);
  if (flags.list) {
    for (const size_t i : cases) fmt::print("{}\n", plain(catalogue.cases[i].name));
    return 0;
  }
  return check_delegate(setup, flags, worker, catalogue, cases, expectations);
}

}  // namespace baton::tools
