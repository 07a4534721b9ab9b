#include "benchmarks/harness/lite_output.h"

#include <fmt/core.h>

#include <cmath>

#include "tools/support/text.h"

namespace baton::benchmarks {
namespace {

using Json = nlohmann::ordered_json;

// Six digits, and never an exponent.
std::string number(double value) {
  return std::fabs(value) < 1e6 ? fmt::format("{:.6g}", value) : fmt::format("{:.1f}", value);
}

double megabytes(double bytes) { return bytes / (1024 * 1024); }

std::string running(uint64_t runs, double least, double most) {
  return fmt::format(
      "Running benchmark for at least {} iterations and at least {:g} seconds but terminate if "
      "exceeding {:g} seconds.\n",
      runs, least, most);
}

}  // namespace

std::string stat_line(const Timings& us) {
  if (us.empty()) return "count=0";
  return fmt::format("count={} first={:.0f} curr={:.0f} min={:.0f} max={:.0f} avg={} std={:.0f}",
                     us.count(), us.first(), us.last(), us.min(), us.max(), number(us.mean()),
                     us.standard_deviation());
}

std::string lite_head(const Options& options) {
  const Options defaults;
  std::string text = "STARTING!\n";
  const auto line = [&](bool changed, const char* name, const auto& value) {
    if (changed || options.verbose) text += fmt::format("{}: [{}]\n", name, value);
  };
  text += fmt::format("Log parameter values verbosely: [{}]\n", options.verbose ? 1 : 0);
  line(options.num_runs != defaults.num_runs, "Min num runs", options.num_runs);
  line(options.run_delay != defaults.run_delay, "Inter-run delay (seconds)", options.run_delay);
  line(options.run_frequency != defaults.run_frequency, "Runs per second", options.run_frequency);
  line(options.job.common.threads != 0, "Num threads",
       options.job.common.threads == 0 ? -1 : static_cast<int64_t>(options.job.common.threads));
  line(!options.benchmark_name.empty(), "Benchmark name", tools::plain(options.benchmark_name));
  line(options.warmup_runs != defaults.warmup_runs, "Min warmup runs", options.warmup_runs);
  line(options.warmup_min_secs != defaults.warmup_min_secs, "Min warmup duration (seconds)",
       options.warmup_min_secs);
  line(options.min_secs != defaults.min_secs, "Min runs duration (seconds)", options.min_secs);
  line(options.max_secs != defaults.max_secs, "Max runs duration (seconds)", options.max_secs);
  line(options.rounds != defaults.rounds, "Rounds", options.rounds);
  line(options.processes != defaults.processes, "Processes", options.processes);
  line(true, "Graph", tools::plain(options.graphs.front()));
  line(!options.delegates.empty(), "Delegates",
       options.delegates.empty() ? "" : tools::plain(options.delegates.front()));
  line(options.enable_op_profiling, "Enable op profiling", options.enable_op_profiling ? 1 : 0);
  for (const std::string& note : options.notes) text += "Note: " + tools::plain(note) + "\n";
  return text;
}

std::string lite_result(const Options& options, const Row& row, const Json& result) {
  const auto figure = [&row](const char* key) { return row.memory.value(key, 0.0); };
  std::string text = fmt::format("Loaded model {}\n", tools::plain(options.graphs.front()));
  text += fmt::format("The input model file size (MB): {:.6g}\n",
                      row.described.value("model_bytes", 0.0) / 1e6);
  const double init_us = row.described.value("init_us", 0.0);
  text += fmt::format("Initialized session in {:.3f}ms.\n", init_us / 1000);
  if (!row.warmup.empty()) {
    text += running(options.warmup_runs, options.warmup_min_secs, options.max_secs);
    text += stat_line(row.warmup) + "\n\n";
  }
  const Timings timed = row.timed();
  text += running(options.num_runs, options.min_secs, options.max_secs);
  text += stat_line(timed) + "\n\n";

  text += fmt::format("{} ms median ({} to {} with 95 % confidence), p90 {}, p99 {}\n",
                      number(result.value("median_ms", 0.0)), number(result["median_ci_ms"][0]),
                      number(result["median_ci_ms"][1]), number(result.value("p90_ms", 0.0)),
                      number(result.value("p99_ms", 0.0)));
  text += tools::plain(row.described.value("placement", "")) + "\n";
  if (row.numerics.is_object()) {
    text += "Outputs against the reference kernels': " + result.value("numerics", "");
    if (result["max_abs_diff"].is_number()) {
      text += fmt::format(", largest difference {:.3g}", result["max_abs_diff"].get<double>());
    }
    text += "\n";
  }
  if (row.precision != "exact") text += fmt::format("Precision: {}\n", row.precision);
  if (result.contains("share_of_ceiling") && result["share_of_ceiling"].is_number()) {
    text += fmt::format("{:.1f} % of what the machine's ceilings allow\n",
                        100 * result["share_of_ceiling"].get<double>());
  }
  for (const Json& warning : result["warnings"]) {
    text += "Warning: " + tools::plain(warning.get<std::string>()) + "\n";
  }

  const Timings& first = row.warmup.empty() ? timed : row.warmup;
  text += fmt::format(
      "Inference timings in us: Init: {:.0f}, First inference: {:.0f}, Warmup (avg): {}, "
      "Inference (avg): {}\n",
      init_us, first.first(), number(row.warmup.mean()), number(timed.mean()));
  text +=
      "Note: as the benchmark tool itself affects memory footprint, the following is only "
      "APPROXIMATE to the actual memory footprint of the model at runtime. Take the information at "
      "your discretion.\n";
  text += fmt::format(
      "Memory footprint delta from the start of the tool (MB): init={:.6g} "
      "overall={:.6g}\n",
      megabytes(figure("rss_after_init") - figure("rss_at_start")),
      megabytes(figure("rss_peak") - figure("rss_at_start")));
  if (options.report_peak_memory) {
    text += fmt::format("Overall peak memory footprint (MB) via periodic monitoring: {:.6g}\n",
                        megabytes(figure("rss_peak")));
  }
  return text;
}

}  // namespace baton::benchmarks
