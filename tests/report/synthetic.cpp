#include "tests/report/synthetic.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "tests/support/split_mix.h"

namespace baton::report {
namespace {

class Random {
 public:
  explicit Random(uint64_t seed) : bits_(seed * 0x2545f4914f6cdd1du + 1) {}
  double uniform() { return static_cast<double>(bits_.next() >> 11) * 0x1p-53; }
  bool chance(double probability) { return uniform() < probability; }
  double normal() {
    return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(2 * std::numbers::pi * uniform());
  }
  double exponential(double mean) { return -mean * std::log(1 - uniform()); }

 private:
  test::SplitMix bits_;
};

constexpr const char* kTypes[] = {"CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "ADD"};

std::string type_of(size_t op, size_t count) {
  if (op + 1 == count) return "SOFTMAX";
  if (op + 2 == count) return "AVERAGE_POOL_2D";
  return kTypes[op % std::size(kTypes)];
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

std::vector<double> shares(const Work& work) {
  Random random(work.seed);
  std::vector<double> result;
  for (size_t i = 0; i < work.ops; ++i) {
    const double scale = type_of(i, work.ops) == "CONV_2D" ? 1.0 : 0.3;
    result.push_back(scale * std::exp(0.9 * random.normal()));
  }
  const double sum = std::accumulate(result.begin(), result.end(), 0.0);
  for (double& share : result) share /= sum;
  return result;
}

int op_with_share(const Work& work, double least, double most) {
  const std::vector<double> all = shares(work);
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](double share) { return share >= least && share <= most; });
  return found == all.end() ? -1 : static_cast<int>(found - all.begin());
}

Json synthetic_row(const Work& work, const Weather& weather) {
  Random random(weather.seed);
  const std::vector<double> share = shares(work);
  const double drift = 1 + weather.drift * (2 * random.uniform() - 1);
  std::vector<double> round_drift, yardstick;
  for (size_t r = 0; r < work.rounds; ++r) {
    const bool bad = random.chance(weather.bad_round_chance);
    round_drift.push_back(drift * std::exp(weather.round_drift * random.normal()) *
                          (bad ? 1 + random.exponential(weather.burst) : 1));
    yardstick.push_back(100 * round_drift[r] * std::exp(weather.yardstick_error * random.normal()));
  }

  Json ops = Json::array();
  std::vector<double> runs(work.rounds, 0.0);
  for (size_t i = 0; i < work.ops; ++i) {
    double us = share[i] * work.total_ms * 1000 * work.factor;
    if (static_cast<int>(i) == work.slow_op) us *= work.slow_factor;
    us *=
        std::exp(weather.layout * random.normal()) * (random.chance(weather.jump_chance) ? 1.3 : 1);
    std::vector<double> rounds;
    for (size_t r = 0; r < work.rounds; ++r) {
      const double burst =
          random.chance(weather.burst_chance) ? 1 + random.exponential(weather.burst) : 1;
      rounds.push_back(us * round_drift[r] * burst * std::exp(weather.op_noise * random.normal()));
      runs[r] += rounds[r] / 1000;
    }
    if (!work.profiled) continue;
    ops.push_back(Json{{"subgraph", 0},
                       {"index", i},
                       {"op", type_of(i, work.ops)},
                       {"name", "block_" + std::to_string(i) + "/output"},
                       {"delegate", work.delegate},
                       {"partition", 0},
                       {"median_us", median(rounds)},
                       {"min_us", *std::min_element(rounds.begin(), rounds.end())},
                       {"rounds_us", rounds},
                       {"runs", 50},
                       {"share_of_time", share[i]},
                       {"share_of_ceiling", i % 5 == 4 ? Json() : Json(0.1 + 0.6 * share[i])}});
  }
  Json rounds = Json::array();
  for (size_t r = 0; r < work.rounds; ++r) {
    rounds.push_back(Json{{"runs", 10},
                          {"min_ms", runs[r] * 0.99},
                          {"median_ms", runs[r]},
                          {"yardstick_us", yardstick[r]}});
  }
  const double middle = median(runs);
  return Json{{"model", work.model},
              {"delegate", work.delegate},
              {"device", work.device},
              {"driver", "Fake driver 1.0"},
              {"exact_integer", true},
              {"status", "ok"},
              {"error", ""},
              {"precision", "exact"},
              {"threads", 1},
              {"init_ms", 12.5},
              {"first_ms", middle * 1.4},
              {"warmup_ms", 500.0},
              {"min_ms", *std::min_element(runs.begin(), runs.end())},
              {"median_ms", middle},
              {"median_ci_ms", {middle * 0.98, middle * 1.03}},
              {"mean_ms", middle * 1.01},
              {"p90_ms", middle * 1.06},
              {"p99_ms", middle * 1.2},
              {"std_ms", middle * 0.02},
              {"runs", 50},
              {"rounds", rounds},
              {"peak_rss_mb", 41.2},
              {"arena_bytes", 1806336},
              {"arena_lower_bound", 1605632},
              {"state_bytes", 0},
              {"partitions", 2},
              {"nodes_delegated", work.ops - 5},
              {"nodes_total", work.ops},
              {"nodes_folded", 0},
              {"placement", work.delegate + " (" + work.device + ") ran most nodes"},
              {"refusals",
               {{{"delegate", work.delegate},
                 {"reason", "dtype"},
                 {"op", "SOFTMAX"},
                 {"count", 1},
                 {"text", "it has no float64"}}}},
              {"max_abs_diff", 0.0},
              {"max_rel_diff", 0.0},
              {"numerics", "equal"},
              {"multiply_adds_per_s", 1.2e10},
              {"share_of_ceiling", 0.31},
              {"tool_overhead_percent", 0.1},
              {"warnings", Json::array()},
              {"ops", ops}};
}

Json failed_row(const Work& work, const std::string& status, const std::string& error) {
  return Json{{"model", work.model},
              {"delegate", work.delegate},
              {"device", work.device},
              {"status", status},
              {"error", error},
              {"precision", "exact"},
              {"threads", 1},
              {"median_ms", nullptr},
              {"warnings", Json::array()},
              {"ops", Json::array()}};
}

Json synthetic_report(const std::vector<Json>& rows) {
  Json models = Json::array();
  for (const Json& row : rows) {
    const bool there = std::any_of(models.begin(), models.end(), [&](const Json& model) {
      return model["name"] == row["model"];
    });
    if (there) continue;
    models.push_back(
        Json{{"name", row["model"]},
             {"path", "/models/" + row["model"].get<std::string>()},
             {"bytes", 13978452},
             {"hash", "00ff"},
             {"multiply_adds", 300774272},
             {"parameters", 3487816},
             {"inputs", {{{"name", "input"}, {"shape", {1, 224, 224, 3}}, {"dtype", "uint8"}}}},
             {"outputs", {{{"name", "output"}, {"shape", {1, 1001}}, {"dtype", "uint8"}}}}});
  }
  return Json{
      {"schema", 1},
      {"tool",
       {{"name", "benchmark_model"},
        {"version", "0.1.0"},
        {"build", "Release"},
        {"sanitizer", ""}}},
      {"date", "2026-11-28T15:20:00Z"},
      {"label", ""},
      {"model", models.empty() ? Json("") : models[0]["name"]},
      {"models", models},
      {"machine",
       {{"cpu", "Some Processor"},
        {"architecture", "x86_64"},
        {"isa", {"sse4", "avx2"}},
        {"cores", 2},
        {"online_cpus", 2},
        {"memory_bytes", 25000000000},
        {"governor", nullptr},
        {"frequency_mhz", 2600},
        {"load_1m", 0.3},
        {"os", "Some System 12"},
        {"kernel", "6.1.0"},
        {"virtual", true},
        {"drivers", Json::array()},
        {"ceilings",
         {{"threads", 2},
          {"compute",
           {{{"precision", "float32"},
             {"isa", "avx2"},
             {"one_thread_gmacs", 40.1},
             {"all_threads_gmacs", 79.0}}}},
          {"memory_gbytes_per_s", {{"one_thread", 12.0}, {"all_threads", 20.0}}}}}}},
      {"settings", {{"num_runs", 50}, {"min_secs", 1.0}, {"rounds", 5}, {"threads", 1}}},
      {"yardstick", {{"what", "integer loop"}, {"median_us", 100.2}, {"rounds_us", {99.8, 101.5}}}},
      {"results", rows}};
}

}  // namespace baton::report
