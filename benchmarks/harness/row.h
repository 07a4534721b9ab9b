// One model on one choice of delegates, and what was measured of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "benchmarks/harness/remote.h"
#include "benchmarks/harness/statistics.h"

namespace baton::benchmarks {

struct Round {
  Timings us;
  double yardstick_us = 0;  // taken right before
};

// A node, or the rest of a partition, in the profiled runs.
struct ProfiledPlace {
  double first_us = 0, min_us = 0;
  uint64_t runs = 0;
  double sum_us = 0;
  std::vector<double> medians_us;  // of each round
  std::vector<double> least_us;    // of each round
};
struct PlaceKey {
  uint32_t subgraph;
  int32_t node;       // -1: the rest of a partition
  int32_t partition;  // -1: runs alone
  auto operator<=>(const PlaceKey&) const = default;
};

struct Row {
  size_t model = 0;      // in the sweep's list
  std::string delegate;  // as --delegate= would say it
  bool found = false;    // by --delegates=all, not named by the user
  std::string status = "ok";
  std::string error;
  std::string precision = "exact";  // the least exact one that a delegate was asked for
  std::string device, driver;       // of a row that could not begin; else `described` has them

  std::unique_ptr<Remote> worker;
  nlohmann::json described;  // Workload::describe()
  nlohmann::json memory;     // Workload::memory(); null before the end
  nlohmann::json numerics;   // Workload::compare_outputs(); null when there is none
  Timings warmup;
  std::vector<Round> rounds;
  std::map<PlaceKey, ProfiledPlace> places;
  double wall_us = 0;  // of the timed slices
  std::vector<std::string> warnings;

  bool ok() const { return status == "ok"; }
  bool is_reference() const { return delegate == "reference"; }
  Timings timed() const;
};

}  // namespace baton::benchmarks
