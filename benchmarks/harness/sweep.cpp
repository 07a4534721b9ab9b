#include "benchmarks/harness/sweep.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <span>

#include "benchmarks/machine/yardstick.h"
#include "tools/support/failure.h"
#include "tools/support/progress.h"

namespace baton::benchmarks {
namespace {

using Json = nlohmann::ordered_json;

// Runs with a profile, for each timed one.
constexpr uint64_t kTimedPerProfiled = 5;
constexpr uint64_t kFewestProfiled = 3;
constexpr uint64_t kMostProfiled = 200;  // in a round

// A folder for the outputs that workers compare; removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::error_code problem;
    std::string pattern =
        (std::filesystem::temp_directory_path(problem) / "baton_benchmark_XXXXXX").string();
    if (problem || ::mkdtemp(pattern.data()) == nullptr) {
      tools::fail("no temporary folder can be made; set TMPDIR to one that can be written");
    }
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

Json load_command(const Options& options, const std::string& graph, const std::string& delegate) {
  Job job = options.job;
  job.graph = graph;
  job.common.delegate = delegate;
  // A delegate that fails would have its nodes run, and timed, elsewhere.
  job.common.strict = true;
  return {{"do", "load"}, {"job", to_json(job)}};
}

void end(Row& row, const std::string& status, const std::string& error) {
  row.status = status;
  row.error = error;
  row.worker.reset();
}

const char* status_of(const WorkerProblem& problem) {
  switch (problem.kind) {
    case WorkerProblem::Kind::kFailed:
      return "failed";
    case WorkerProblem::Kind::kCrashed:
      return "crashed";
    case WorkerProblem::Kind::kHung:
      break;
  }
  return "hung";
}

// Calls fn(worker) for a row that is still alive; what goes wrong ends the row.
template <typename Fn>
void attempt(Row& row, const Fn& fn) {
  if (!row.ok() || row.worker == nullptr) return;
  try {
    fn(*row.worker);
  } catch (const WorkerProblem& problem) {
    end(row, status_of(problem), problem.what());
  }
}

class Measurement {
 public:
  explicit Measurement(const Options& options) : options_(options) {}

  Sweep run() {
    const std::vector<Row> choices = find_choices();
    for (size_t model = 0; model < options_.graphs.size(); ++model) {
      model_ = model;
      first_ = sweep_.rows.size();
      for (const Row& choice : choices) {
        Row& row = sweep_.rows.emplace_back();
        row.model = model;
        row.delegate = choice.delegate;
        row.found = choice.found;
        row.status = choice.status;
        row.error = choice.error;
        row.device = choice.device;
        row.driver = choice.driver;
        row.precision = choice.precision;
      }
      measure_model();
    }
    progress_.clear();
    return std::move(sweep_);
  }

 private:
  std::span<Row> rows() { return std::span(sweep_.rows).subspan(first_); }
  std::string model_name() const {
    return std::filesystem::path(options_.graphs[model_]).filename().string();
  }

  // Rows without a model: who is asked to run each.
  std::vector<Row> find_choices() {
    std::vector<Row> choices;
    const auto add = [&choices](const std::string& delegate, bool found) -> Row& {
      Row& row = choices.emplace_back();
      row.delegate = delegate;
      row.found = found;
      return row;
    };
    if (options_.all_delegates) {
      add("reference", true);
      for (const std::string& name : plugin_names()) add_devices(name, add);
    }
    for (const std::string& delegate : options_.delegates) {
      const auto same = [&](const Row& row) { return row.delegate == delegate; };
      if (std::any_of(choices.begin(), choices.end(), same)) continue;
      require_there(add(delegate, false));
    }
    if (choices.empty()) require_there(add(default_delegate(), false));
    return choices;
  }

  // Plugins by their files' names: what they are, their own workers find out.
  std::vector<std::string> plugin_names() const {
    tools::CommonFlags common = options_.job.common;
    common.delegate = "reference";
    const tools::Setup setup(common);
    std::vector<std::string> names;
    for (uint32_t i = 0;; ++i) {
      const char* folder = baton_runtime_plugin_folder(setup.runtime.get(), i);
      if (folder == nullptr) break;
      std::error_code problem;
      std::vector<std::string> found;
      for (const auto& entry : std::filesystem::directory_iterator(folder, problem)) {
        const std::string file = entry.path().filename().string();
        constexpr std::string_view kBefore = "libbaton_", kAfter = ".so";
        if (file.size() <= kBefore.size() + kAfter.size() || file.rfind(kBefore, 0) != 0 ||
            !file.ends_with(kAfter)) {
          continue;
        }
        found.push_back(file.substr(kBefore.size(), file.size() - kBefore.size() - kAfter.size()));
      }
      std::sort(found.begin(), found.end());
      for (std::string& name : found) {
        if (std::find(names.begin(), names.end(), name) == names.end()) {
          names.push_back(std::move(name));
        }
      }
    }
    return names;
  }

  nlohmann::json describe(const std::string& delegate) const {
    Job job = options_.job;
    job.common.delegate = delegate;
    Remote worker(options_.timeout_secs);
    return worker.call({{"do", "describe"}, {"job", to_json(job)}}, "when it was opened");
  }

  // A row for each device of a plugin; what cannot be used is a row that says why.
  template <typename Add>
  void add_devices(const std::string& name, const Add& add) {
    progress_.show(fmt::format("looking at the plugin {}", name));
    nlohmann::json plugin;
    std::string precision;
    try {
      const nlohmann::json choice = describe(name);
      plugin = choice.at("delegates").at(0);
      precision = choice.at("precision");
    } catch (const WorkerProblem& problem) {
      end(add(name, true), status_of(problem), problem.what());
      return;
    }
    if (const std::string error = plugin.value("error", ""); !error.empty()) {
      end(add(name, true), "unusable", error);
      return;
    }
    if (!plugin.value("delegates", false)) return;  // it only brings operators
    const nlohmann::json& devices = plugin["devices"];
    if (devices.empty()) end(add(name, true), "unusable", "it finds no device");
    for (size_t d = 0; d < devices.size(); ++d) {
      Row& row = add(devices.size() == 1 ? name : fmt::format("{}:device={}", name, d), true);
      row.device = devices[d].value("name", "");
      row.driver = devices[d].value("driver", "");
      row.precision = precision;
      if (devices[d].value("usable", false)) continue;
      end(row, "unusable", devices[d].value("reason", ""));
    }
  }

  // A plugin that is named and not there is an error, before anything is measured.
  void require_there(Row& row) const {
    try {
      const nlohmann::json choice = describe(row.delegate);
      for (const nlohmann::json& entry : choice.at("delegates")) {
        if (entry.value("missing", false)) tools::fail("{}", entry.value("error", ""));
      }
      row.precision = choice.at("precision");
    } catch (const WorkerProblem& problem) {
      if (problem.kind == WorkerProblem::Kind::kFailed) {
        throw tools::Failure(problem.code, problem.what());
      }
      end(row, status_of(problem), problem.what());
    }
  }

  // What is used where nothing is named: configured, or as for every command.
  std::string default_delegate() const {
    const tools::Setup setup(options_.job.common);
    std::string text;
    for (const tools::DelegateChoice& choice : *setup.config.delegates) {
      text += (text.empty() ? "" : ",") + tools::delegate_text(choice);
    }
    return text;
  }

  void measure_model() {
    for (Row& row : rows()) load(row);
    if (options_.dry_run) return;
    for (Row& row : rows()) warm_up(row);
    for (uint32_t round = 0; round < options_.rounds; ++round) {
      if (begins_process(round)) {
        for (Row& row : rows()) restart(row);
      }
      // Each is the first once, so that nobody always follows the same neighbour.
      for (size_t i = 0; i < rows().size(); ++i) {
        measure_round(rows()[(i + round) % rows().size()], round);
      }
    }
    // Not before: the first run is the one that warms up.
    if (options_.compare_outputs) write_reference();
    for (Row& row : rows()) finish(row);
  }

  void load(Row& row) {
    if (!row.ok()) return;
    progress_.show(fmt::format("{}: loading for {}", model_name(), row.delegate));
    row.worker = std::make_unique<Remote>(options_.timeout_secs);
    attempt(row, [&](Remote& worker) {
      row.described = worker.call(load_command(options_, options_.graphs[model_], row.delegate),
                                  "while it loaded and compiled the model");
    });
    if (!row.ok()) return;
    uint64_t delegated = 0, left = 0;
    for (const nlohmann::json& node : row.described["nodes"]) {
      if (node.value("folded", false)) continue;
      ++(node.value("partition", -1) >= 0 ? delegated : left);
    }
    if (options_.full_delegation && left != 0) {
      end(row, "failed",
          fmt::format("--require_full_delegation: its delegates leave {} of {} nodes to the "
                      "reference kernels; see baton explain",
                      left, left + delegated));
    } else if (delegated == 0 && !row.is_reference()) {
      if (row.found) {
        end(row, "skipped", "it takes no node of the model; see baton explain");
      } else {
        row.warnings.push_back(
            "the delegates take no node of the model: these are the reference kernels' times");
      }
    }
  }

  // The outputs that others are compared with.
  void write_reference() {
    reference_file_.clear();
    const auto alive = [](const Row& row) { return row.ok() && row.worker != nullptr; };
    const auto compared = [&](const Row& row) { return alive(row) && !row.is_reference(); };
    if (std::none_of(rows().begin(), rows().end(), compared)) return;
    progress_.show(fmt::format("{}: the reference kernels' output", model_name()));
    const std::string file = folder_.file(fmt::format("reference_{}", model_));
    const Json command{{"do", "write_outputs"}, {"file", file}};
    const std::string stage = "while the reference kernels ran";
    const auto own = std::find_if(rows().begin(), rows().end(),
                                  [&](const Row& row) { return alive(row) && row.is_reference(); });
    try {
      if (own != rows().end()) {
        own->worker->call(command, stage);
      } else {
        Remote worker(options_.timeout_secs);
        worker.call(load_command(options_, options_.graphs[model_], "reference"), stage);
        worker.call(command, stage);
      }
      reference_file_ = file;
    } catch (const WorkerProblem& problem) {
      if (own != rows().end() && problem.kind != WorkerProblem::Kind::kFailed) {
        end(*own, status_of(problem), problem.what());
      }
      for (Row& row : rows()) {
        if (row.ok()) {
          row.warnings.push_back(fmt::format("outputs were not compared: {}", problem.what()));
        }
      }
    }
  }

  Json slice(const char* what, uint64_t runs, double min_seconds, double max_seconds) const {
    return {{"do", what},
            {"runs", runs},
            {"min_seconds", min_seconds},
            {"max_seconds", max_seconds},
            {"delay_seconds", std::max(options_.run_delay, 0.0)},
            {"period_seconds", options_.run_frequency > 0 ? 1 / options_.run_frequency : 0.0}};
  }

  static Timings timings(const nlohmann::json& run) {
    return Timings::from(run.at("kept").get<std::vector<double>>(), run.at("count"),
                         run.at("first"), run.at("last"), run.at("min"), run.at("max"),
                         run.at("sum"), run.at("sum_of_squares"));
  }

  void warm_up(Row& row) {
    if (options_.warmup_runs == 0 && options_.warmup_min_secs == 0) return;
    progress_.show(fmt::format("{} on {}: warming up", model_name(), row.delegate));
    attempt(row, [&](Remote& worker) {
      row.warmup = timings(worker.call(slice("run", std::max<uint64_t>(options_.warmup_runs, 1),
                                             options_.warmup_min_secs, options_.max_secs),
                                       "while it warmed up"));
    });
  }

  // Memory that happens to lie badly in one process makes it slower for as long as it lives: rounds
  // in several of them show that as noise.
  bool begins_process(uint32_t round) const {
    const auto process_of = [this](uint32_t r) {
      return uint64_t{r} * options_.processes / options_.rounds;
    };
    return round > 0 && process_of(round) != process_of(round - 1);
  }

  void restart(Row& row) {
    if (!row.ok() || row.worker == nullptr) return;
    row.worker.reset();
    row.worker = std::make_unique<Remote>(options_.timeout_secs);
    attempt(row, [&](Remote& worker) {
      worker.call(load_command(options_, options_.graphs[model_], row.delegate),
                  "while it loaded and compiled the model again");
      worker.call(slice("run", std::max<uint64_t>(options_.warmup_runs, 1), 0, options_.max_secs),
                  "while it warmed up again");
    });
  }

  void measure_round(Row& row, uint32_t round) {
    if (!row.ok() || row.worker == nullptr) return;
    progress_.show(fmt::format("{} on {}: round {} of {}", model_name(), row.delegate, round + 1,
                               options_.rounds));
    const Timings so_far = row.timed();
    const uint64_t wanted = options_.num_runs * (round + 1) / options_.rounds;
    const double left = options_.max_secs - so_far.sum() / 1e6;
    if (round > 0 && left <= 0) return;
    const uint64_t runs = std::max<uint64_t>(wanted - std::min(wanted, so_far.count()), 1);
    const uint32_t rounds_left = options_.rounds - round;
    Round& result = row.rounds.emplace_back();
    attempt(row, [&](Remote& worker) {
      // Others had the caches since the last round.
      if (rows().size() > 1) worker.call(slice("run", 1, 0, 0), "while it ran");
      result.yardstick_us = yardstick_us();
      sweep_.yardstick_us.push_back(result.yardstick_us);
      const nlohmann::json run =
          worker.call(slice("run", runs, options_.min_secs / options_.rounds, left / rounds_left),
                      "while it ran");
      result.us = timings(run);
      row.wall_us += run.at("wall").get<double>();
      if (!options_.wants_profile()) return;
      const uint64_t profiled =
          std::clamp(result.us.count() / kTimedPerProfiled, kFewestProfiled, kMostProfiled);
      add_profile(row, worker.call(slice("profile", profiled, 0, left / rounds_left),
                                   "while it ran with a profile"));
    });
    if (!row.ok()) row.rounds.pop_back();
  }

  static void add_profile(Row& row, const nlohmann::json& profile) {
    for (const nlohmann::json& entry : profile) {
      ProfiledPlace& place =
          row.places[{entry.at("subgraph"), entry.at("node"), entry.at("partition")}];
      const double least = entry.at("min");
      if (place.runs == 0) {
        place.first_us = entry.at("first");
        place.min_us = least;
      }
      place.min_us = std::min(place.min_us, least);
      const uint64_t count = entry.at("count");
      place.runs += count;
      place.sum_us += entry.at("mean").get<double>() * static_cast<double>(count);
      place.medians_us.push_back(entry.at("median"));
      place.least_us.push_back(least);
    }
  }

  void finish(Row& row) {
    attempt(row, [&](Remote& worker) {
      row.memory = worker.call({{"do", "memory"}}, "when it was asked for its memory");
      if (!options_.outputs_file.empty() && &row == &sweep_.rows.front()) {
        worker.call({{"do", "write_outputs"}, {"file", options_.outputs_file}},
                    "while it wrote its outputs");
      }
      if (!reference_file_.empty() && !row.is_reference()) {
        row.numerics = worker.call({{"do", "compare_outputs"}, {"file", reference_file_}},
                                   "while its outputs were compared");
      }
      for (std::string& warning : worker.warnings()) row.warnings.push_back(std::move(warning));
    });
    row.worker.reset();
  }

  const Options& options_;
  Sweep sweep_;
  TemporaryFolder folder_;
  tools::Progress progress_;
  size_t model_ = 0;
  size_t first_ = 0;  // of the model's rows
  std::string reference_file_;
};

}  // namespace

Timings Row::timed() const {
  Timings all;
  for (const Round& round : rounds) all.append(round.us);
  return all;
}

Sweep measure(const Options& options) { return Measurement(options).run(); }

}  // namespace baton::benchmarks
