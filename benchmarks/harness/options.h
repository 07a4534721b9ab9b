// The command line of benchmark_model: TensorFlow Lite's flags, by name and meaning, and ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "benchmarks/harness/job.h"

namespace baton::benchmarks {

struct Options {
  std::vector<std::string> graphs;     // files, in the order in which they are measured
  std::vector<std::string> delegates;  // --delegate's text, one for each row
  bool all_delegates = false;          // and whatever is found
  Job job;                             // what all rows have in common

  uint64_t num_runs = 50;
  double min_secs = 1.0;
  double max_secs = 150.0;
  uint64_t warmup_runs = 1;
  double warmup_min_secs = 0.5;
  double run_delay = -1.0;
  double run_frequency = -1.0;
  uint32_t rounds = 5;
  uint32_t processes = 2;
  double timeout_secs = 60;
  bool compare_outputs = true;
  bool measure_ceilings = true;
  bool ceilings_anew = false;

  bool full_delegation = false;
  bool enable_op_profiling = false;
  bool report_peak_memory = false;
  bool dry_run = false;
  bool verbose = false;
  bool list_signatures = false;
  std::string benchmark_name;
  std::string profile_mode = "stdout";
  std::string profile_file;
  std::string outputs_file;
  std::string json_file, csv_file, html_file;
  std::vector<std::string> notes;  // flags that have no effect, and why

  bool wants_profile() const {
    return enable_op_profiling || !json_file.empty() || !html_file.empty();
  }
};

// Nothing when the command is over: --help. Throws tools::Failure: 2 for wrong usage, 1 for models
// that are not there.
std::optional<Options> parse_options(int argc, char** argv);

}  // namespace baton::benchmarks
