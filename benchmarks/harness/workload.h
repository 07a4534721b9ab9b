// A model that is loaded and can be run, with what a worker measures of it.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "baton/baton.hpp"
#include "benchmarks/harness/job.h"
#include "benchmarks/harness/statistics.h"
#include "tools/support/inputs.h"
#include "tools/support/setup.h"

namespace baton::benchmarks {

// When a slice of runs ends: after `runs`, but not before `min_seconds`, and after `max_seconds`
// in any case.
struct Slice {
  uint64_t runs = 0;
  double min_seconds = 0;
  double max_seconds = 0;
  double delay_seconds = 0;   // between runs
  double period_seconds = 0;  // from start to start; wins over the delay
};

struct SliceTimes {
  Timings us;
  double wall_us = 0;   // of the whole slice, pauses left out
  double pause_us = 0;  // what was slept between runs
};

class Workload {
 public:
  // Loads, compiles, and makes a session. Throws tools::Failure.
  explicit Workload(const Job& job);

  // {"init_us", "placement", "partitions", ..., "nodes"}: what is known before any run.
  nlohmann::ordered_json describe() const;
  // Runs; `beat` is called between runs, now and then.
  SliceTimes run(const Slice& slice, const std::function<void()>& beat);
  // The same with a profile: times of nodes and partitions by subgraph, node and partition.
  struct Place {
    uint32_t subgraph;
    int32_t node;       // -1: the rest of a partition
    int32_t partition;  // -1: runs alone
    auto operator<=>(const Place&) const = default;
  };
  using Profile = std::map<Place, std::vector<double>>;  // us, by run
  Profile profile(const Slice& slice, const std::function<void()>& beat);

  // One run from the first state on generated inputs; the outputs into a file, one after another.
  void write_outputs(const std::string& path);
  // The same, compared with what another worker wrote: {"max_abs_diff", "max_rel_diff",
  // "numerics"}.
  nlohmann::ordered_json compare_outputs(const std::string& path);
  nlohmann::ordered_json memory() const;

 private:
  template <typename After>
  SliceTimes run(const Slice& slice, const std::function<void()>& beat, const After& after);
  void fill_inputs();
  void run_from_the_start();
  std::vector<std::byte> outputs() const;

  std::unique_ptr<tools::Setup> setup_;
  std::optional<Model> model_;
  std::optional<Compiled> compiled_;
  std::optional<Session> session_;
  tools::InputContents contents_;
  bool generated_ = true;
  bool resized_ = false;
  double load_us_ = 0, compile_us_ = 0, session_us_ = 0;
  uint64_t rss_at_start_ = 0, rss_after_init_ = 0;
};

}  // namespace baton::benchmarks
