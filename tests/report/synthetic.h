// Plausible reports without a machine: models whose operators have known times, and weather that
// disturbs the measuring of them. Everything follows from the seeds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/report/fields.h"

namespace baton::report {

// What happens to times that are measured. The defaults are a virtual machine with neighbours.
struct Weather {
  uint64_t seed = 1;
  double drift = 0.10;            // of the whole report: uniform, this far in both directions
  double yardstick_error = 0.01;  // standard deviation of what the yardstick does not see of it
  double round_drift = 0.03;      // of each round, standard deviation
  double op_noise = 0.01;         // of each operator in each round
  double layout = 0.004;          // of each operator in the whole report: where its memory lies
  double jump_chance = 0.0005;    // that its memory lies badly, and it takes 30 % longer
  double burst_chance = 0.05;     // that an operator's round is hit by something else
  double burst = 0.5;             // mean of how much longer it takes then (heavy tail)
  double bad_round_chance = 0.1;  // that a whole round is hit
};

// What the work is.
struct Work {
  std::string model = "synthetic.tflite";
  std::string delegate = "fake_npu";
  std::string device = "Fake NPU";
  uint64_t seed = 7;  // the operators follow from it
  size_t ops = 65;
  size_t rounds = 5;
  double total_ms = 30;
  // One operator that takes so many times as long.
  int slow_op = -1;
  double slow_factor = 1;
  // All of them.
  double factor = 1;
  bool profiled = true;  // else there are no operators in the result
};

// Shares of the time, largest first near the beginning, as in a network of convolutions.
std::vector<double> shares(const Work& work);
// An operator with a share of the time between `least` and `most`; -1: there is none.
int op_with_share(const Work& work, double least, double most);

// An entry of "results".
Json synthetic_row(const Work& work, const Weather& weather);
// A report of these results.
Json synthetic_report(const std::vector<Json>& rows);
inline Json synthetic_report(const Work& work, const Weather& weather) {
  return synthetic_report({synthetic_row(work, weather)});
}
// A row that did not end well.
Json failed_row(const Work& work, const std::string& status, const std::string& error);

}  // namespace baton::report
