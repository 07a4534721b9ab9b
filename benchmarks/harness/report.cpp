#include "benchmarks/harness/report.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>

#include "baton/baton.hpp"
#include "tools/support/precision.h"
#include "tools/support/text.h"

namespace baton::benchmarks {
namespace {

using Json = nlohmann::ordered_json;

// Fewer timed runs say little about the tails.
constexpr uint64_t kFewRuns = 10;
// A wider spread than this makes a figure doubtful: the middle half of the runs, and the medians of
// rounds, relative to the median.
constexpr double kWideSpread = 0.10;
constexpr double kWideRounds = 0.05;
// The tool's own part of the time between runs, in per cent.
constexpr double kMuchOverhead = 1.0;

std::string date_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string model_name(const std::string& path) {
  return tools::plain(std::filesystem::path(path).filename().string());
}

// Names of files in several folders may be the same: as much of the path as tells them apart.
std::vector<std::string> model_names(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  for (const std::string& path : paths) {
    const std::string name = model_name(path);
    const auto same = [&](const std::string& other) { return model_name(other) == name; };
    names.push_back(std::count_if(paths.begin(), paths.end(), same) > 1 ? tools::plain(path)
                                                                        : name);
  }
  return names;
}

const Json* described_row(const Sweep& sweep, size_t model, Json& storage) {
  for (const Row& row : sweep.rows) {
    if (row.model != model || !row.described.is_object()) continue;
    storage = row.described;
    return &storage;
  }
  return nullptr;
}

Json describe_model(const std::string& name, const std::string& path, const Sweep& sweep,
                    size_t model) {
  Json entry{{"name", name}, {"path", tools::plain(path)}};
  Json storage;
  const Json* row = described_row(sweep, model, storage);
  if (row == nullptr) return entry;
  entry["bytes"] = (*row)["model_bytes"];
  entry["hash"] = (*row)["model_hash"];
  for (const char* key : {"multiply_adds", "parameters", "inputs", "outputs"}) {
    entry[key] = (*row)[key];
  }
  return entry;
}

// What a row consists of, by delegate: "Fake NPU", or several.
std::string device_names(const Row& row) {
  if (!row.described.is_object()) return row.device;
  std::string names;
  for (const auto& device : row.described["devices"]) {
    names += (names.empty() ? "" : ", ") + device.value("device", "");
  }
  return names;
}

class RowReport {
 public:
  RowReport(const Row& row, const std::string& model, const Surroundings& surroundings)
      : row_(row), surroundings_(surroundings), timed_(row.timed()) {
    json_ = {{"model", model},
             {"delegate", tools::plain(row.delegate)},
             {"device", tools::plain(device_names(row))},
             {"driver", tools::plain(row.driver)},
             {"status", row.status},
             {"error", tools::plain(row.error)},
             {"precision", row.precision}};
  }

  Json make() {
    std::sort(kept_.begin(), kept_.end());
    add_placement();
    add_times();
    add_memory();
    add_numerics();
    add_ops();
    add_warnings();
    return std::move(json_);
  }

 private:
  bool has_times() const { return row_.ok() && !timed_.empty(); }

  void add_placement() {
    json_["threads"] = nullptr;
    if (!row_.described.is_object()) return;
    const auto& described = row_.described;
    threads_ = described.value("threads", 1u);
    json_["threads"] = threads_;
    bool exact = true;
    std::string drivers;
    for (const auto& device : described["devices"]) {
      exact = exact && device.value("exact_integer", true);
      cpu_only_ = cpu_only_ && device.value("kind", 0) == BATON_DEVICE_CPU;
      const std::string driver = device.value("driver", "");
      if (!driver.empty()) drivers += (drivers.empty() ? "" : ", ") + driver;
    }
    json_["driver"] = tools::plain(drivers);
    json_["exact_integer"] = exact;
    uint64_t delegated = 0, folded = 0;
    for (const auto& node : described["nodes"]) {
      if (node.value("folded", false)) {
        ++folded;
      } else if (node.value("partition", -1) >= 0) {
        ++delegated;
      }
    }
    json_["partitions"] = described["partitions"];
    json_["nodes_delegated"] = delegated;
    json_["nodes_total"] = described["nodes"].size();
    json_["nodes_folded"] = folded;
    json_["placement"] = tools::plain(described.value("placement", ""));
    json_["refusals"] = described["refusals"];
    json_["init_ms"] = described.value("init_us", 0.0) / 1000;
    json_["load_ms"] = described.value("load_us", 0.0) / 1000;
    json_["compile_ms"] = described.value("compile_us", 0.0) / 1000;
    json_["session_ms"] = described.value("session_us", 0.0) / 1000;
  }

  void add_times() {
    for (const char* key : {"first_ms", "warmup_ms", "min_ms", "median_ms", "median_ci_ms",
                            "mean_ms", "p90_ms", "p99_ms", "std_ms", "runs"}) {
      json_[key] = nullptr;
    }
    if (!has_times()) return;
    const auto ms = [](double us) { return us / 1000; };
    const Interval interval = median_interval(kept_);
    json_["first_ms"] = ms(row_.warmup.empty() ? timed_.first() : row_.warmup.first());
    if (!row_.warmup.empty()) json_["warmup_ms"] = ms(row_.warmup.mean());
    json_["min_ms"] = ms(timed_.min());
    json_["median_ms"] = ms(median_us());
    json_["median_ci_ms"] = {ms(interval.low), ms(interval.high)};
    json_["mean_ms"] = ms(timed_.mean());
    json_["p90_ms"] = ms(quantile(kept_, 0.90));
    json_["p99_ms"] = ms(quantile(kept_, 0.99));
    json_["std_ms"] = ms(timed_.standard_deviation());
    json_["runs"] = timed_.count();
    json_["rounds"] = Json::array();
    for (const Round& round : row_.rounds) {
      json_["rounds"].push_back({{"runs", round.us.count()},
                                 {"min_ms", ms(round.us.min())},
                                 {"median_ms", ms(median(round.us.kept()))},
                                 {"yardstick_us", round.yardstick_us}});
    }
    overhead_ = row_.wall_us > 0 ? 100 * (row_.wall_us - timed_.sum()) / row_.wall_us : 0;
    json_["tool_overhead_percent"] = overhead_;
    const auto macs = row_.described.value("/multiply_adds"_json_pointer, nlohmann::json());
    if (macs.is_number()) json_["multiply_adds_per_s"] = macs.get<double>() / (median_us() / 1e6);
  }

  void add_memory() {
    json_["peak_rss_mb"] = nullptr;
    json_["arena_bytes"] = nullptr;
    if (!row_.memory.is_object()) return;
    json_["peak_rss_mb"] = row_.memory.value("rss_peak", 0.0) / (1024 * 1024);
    for (const char* key : {"arena_bytes", "arena_lower_bound", "state_bytes"}) {
      json_[key] = row_.memory[key];
    }
  }

  void add_numerics() {
    json_["max_abs_diff"] = nullptr;
    json_["max_rel_diff"] = nullptr;
    json_["numerics"] = "not compared";
    if (row_.numerics.is_object()) {
      for (const char* key : {"max_abs_diff", "max_rel_diff", "numerics"}) {
        json_[key] = row_.numerics[key];
      }
    } else if (row_.is_reference() && row_.ok()) {
      json_["numerics"] = "reference";
      json_["max_abs_diff"] = 0.0;
      json_["max_rel_diff"] = 0.0;
    }
  }

  std::optional<double> ceiling(const nlohmann::json& node) const {
    if (!cpu_only_ || !surroundings_.ceiling || node.value("folded", false)) return std::nullopt;
    return surroundings_.ceiling(node, threads_);
  }

  void add_ops() {
    json_["share_of_ceiling"] = nullptr;
    json_["ops"] = Json::array();
    if (!has_times()) return;
    std::map<std::pair<uint32_t, int32_t>, const nlohmann::json*> nodes;
    std::map<std::pair<uint32_t, int32_t>, std::vector<const nlohmann::json*>> partitions;
    double allowed = 0;
    bool known = true;
    for (const auto& node : row_.described["nodes"]) {
      const uint32_t subgraph = node.value("subgraph", 0u);
      nodes[{subgraph, node.value("index", 0)}] = &node;
      if (const int32_t partition = node.value("partition", -1); partition >= 0) {
        partitions[{subgraph, partition}].push_back(&node);
      }
      if (node.value("folded", false)) continue;
      const auto seconds = ceiling(node);
      known = known && seconds.has_value();
      allowed += seconds.value_or(0);
    }
    // How often other subgraphs run is not known.
    const bool one_subgraph =
        std::all_of(nodes.begin(), nodes.end(), [](const auto& n) { return n.first.first == 0; });
    if (known && one_subgraph && !nodes.empty()) {
      json_["share_of_ceiling"] = allowed * 1e6 / median_us();
    }

    double total = 0;
    for (const auto& [key, place] : row_.places) total += median(place.medians_us);
    for (const auto& [key, place] : row_.places) {
      const double time = median(place.medians_us);
      const nlohmann::json* node = nullptr;
      std::vector<const nlohmann::json*> members;
      if (key.node >= 0) {
        const auto found = nodes.find({key.subgraph, key.node});
        if (found != nodes.end()) node = found->second;
      } else {
        members = partitions[{key.subgraph, key.partition}];
        if (members.size() == 1) node = members.front();
        // Of a partition whose nodes have times of their own, the rest.
        if (has_nodes_of(key.subgraph, key.partition)) {
          node = nullptr;
          members.clear();
        }
      }
      if (node != nullptr) members = {node};
      add_op(key, place, time, total, node, members);
    }
    std::stable_sort(json_["ops"].begin(), json_["ops"].end(), [](const Json& a, const Json& b) {
      return std::pair(a["subgraph"].get<uint32_t>(), a["order"].get<int64_t>()) <
             std::pair(b["subgraph"].get<uint32_t>(), b["order"].get<int64_t>());
    });
    for (Json& op : json_["ops"]) op.erase("order");
  }

  // Whether the delegate says where a partition's time goes.
  bool has_nodes_of(uint32_t subgraph, int32_t partition) const {
    return std::any_of(row_.places.begin(), row_.places.end(), [&](const auto& entry) {
      const PlaceKey& key = entry.first;
      return key.subgraph == subgraph && key.partition == partition && key.node >= 0;
    });
  }

  void add_op(const PlaceKey& key, const ProfiledPlace& place, double time, double total,
              const nlohmann::json* node, const std::vector<const nlohmann::json*>& members) {
    Json op{{"subgraph", key.subgraph},
            {"index", node != nullptr ? node->value("index", -1) : -1},
            {"op", node != nullptr ? node->value("op", "") : "partition"},
            {"name", ""},
            {"delegate", ""},
            {"partition", key.partition}};
    int64_t order = INT64_MAX;
    uint64_t multiply_adds = 0, bytes = 0;
    double allowed = 0;
    bool known = !members.empty();
    for (const nlohmann::json* member : members) {
      order = std::min<int64_t>(order, member->value("index", 0));
      multiply_adds += member->value("multiply_adds", uint64_t{0});
      bytes +=
          member->value("bytes_read", uint64_t{0}) + member->value("bytes_written", uint64_t{0});
      const auto seconds = ceiling(*member);
      known = known && seconds.has_value();
      allowed += seconds.value_or(0);
      op["delegate"] = tools::plain(member->value("delegate", ""));
    }
    if (node != nullptr) {
      op["name"] = tools::plain(node->value("name", ""));
    } else if (!members.empty()) {
      op["name"] = fmt::format("partition {} ({} nodes)", key.partition, members.size());
      op["nodes"] = members.size();
    } else {
      op["name"] = fmt::format("partition {}, between its nodes", key.partition);
      op["nodes"] = 0;
    }
    op["median_us"] = time;
    op["mean_us"] = place.sum_us / static_cast<double>(std::max<uint64_t>(place.runs, 1));
    op["min_us"] = place.min_us;
    op["first_us"] = place.first_us;
    op["rounds_us"] = place.least_us;
    op["runs"] = place.runs;
    op["share_of_time"] = total > 0 ? time / total : 0;
    op["multiply_adds"] = multiply_adds;
    op["bytes"] = bytes;
    op["share_of_ceiling"] = known && time > 0 ? Json(allowed * 1e6 / time) : Json();
    op["order"] = order;
    json_["ops"].push_back(std::move(op));
  }

  bool delegates_integers() const {
    const auto& nodes = row_.described["nodes"];
    return std::any_of(nodes.begin(), nodes.end(), [](const auto& node) {
      const std::string precision = node.value("precision", "");
      return node.value("partition", -1) >= 0 && (precision == "int8" || precision == "int16");
    });
  }

  void add_warnings() {
    Json& warnings = json_["warnings"] = Json::array();
    for (const std::string& warning : row_.warnings) warnings.push_back(tools::plain(warning));
    if (row_.described.is_object()) {
      for (const auto& event : row_.described["events"]) {
        warnings.push_back(tools::plain(event.get<std::string>()));
      }
    }
    if (json_["numerics"] == "differs") {
      warnings.push_back(
          "the outputs differ from the reference kernels' by more than is allowed: "
          "see baton diff");
    }
    if (row_.precision != "exact" && json_["max_rel_diff"].is_number()) {
      warnings.push_back(
          fmt::format("{}: the largest difference to the reference kernels is {:.2g} of the "
                      "largest value",
                      tools::reduced_text(row_.precision), json_["max_rel_diff"].get<double>()));
    }
    if (!json_.value("exact_integer", true) && delegates_integers()) {
      warnings.push_back("the device does not promise exact integers");
    }
    if (!has_times()) return;
    if (timed_.count() < kFewRuns) {
      warnings.push_back(
          fmt::format("only {} timed runs: raise --num_runs or --max_secs", timed_.count()));
    }
    const double spread = (quantile(kept_, 0.75) - quantile(kept_, 0.25)) / median_us();
    if (spread > kWideSpread) {
      warnings.push_back(
          fmt::format("wide spread: the middle half of the runs spans {:.0f} % of "
                      "the median",
                      100 * spread));
    }
    std::vector<double> medians;
    for (const Round& round : row_.rounds) medians.push_back(median(round.us.kept()));
    const auto [low, high] = std::minmax_element(medians.begin(), medians.end());
    if (medians.size() > 1 && *high / *low - 1 > kWideRounds) {
      warnings.push_back(
          fmt::format("the rounds' medians differ by {:.0f} %: the machine is not "
                      "steady",
                      100 * (*high / *low - 1)));
    }
    if (overhead_ > kMuchOverhead) {
      warnings.push_back(
          fmt::format("{:.1f} % of the time between the first and the last run is "
                      "the tool's own",
                      overhead_));
    }
  }

  double median_us() const { return quantile(kept_, 0.5); }

  const Row& row_;
  const Surroundings& surroundings_;
  const Timings timed_;
  std::vector<double> kept_ = timed_.kept();  // ascending
  uint32_t threads_ = 1;
  bool cpu_only_ = true;
  double overhead_ = 0;
  Json json_;
};

Json describe_settings(const Options& options) {
  return {{"num_runs", options.num_runs},
          {"min_secs", options.min_secs},
          {"max_secs", options.max_secs},
          {"warmup_runs", options.warmup_runs},
          {"warmup_min_secs", options.warmup_min_secs},
          {"run_delay", options.run_delay},
          {"run_frequency", options.run_frequency},
          {"rounds", options.rounds},
          {"processes", options.processes},
          {"threads", options.job.common.threads == 0 ? Json() : Json(options.job.common.threads)},
          {"profiled", options.wants_profile()}};
}

}  // namespace

Json make_report(const Options& options, const Sweep& sweep, const Surroundings& surroundings) {
  const std::vector<std::string> names = model_names(options.graphs);
  Json report{{"schema", 1},
              {"tool",
               {{"name", "benchmark_model"},
                {"version", baton_version()},
                {"build", BATON_BUILD_TYPE},
                {"sanitizer", BATON_SANITIZED}}},
              {"date", date_now()},
              {"label", tools::plain(options.benchmark_name)},
              {"model", names.front()},
              {"models", Json::array()},
              {"machine", surroundings.machine},
              {"settings", describe_settings(options)},
              {"warnings", Json::array()}};
  for (size_t i = 0; i < names.size(); ++i) {
    report["models"].push_back(describe_model(names[i], options.graphs[i], sweep, i));
  }
  for (const std::string& warning : surroundings.warnings) {
    report["warnings"].push_back(tools::plain(warning));
  }
  for (const std::string& note : options.notes) report["warnings"].push_back(tools::plain(note));
  report["yardstick"] = {{"what",
                          "a fixed small computation, timed between rounds: how fast the "
                          "machine was"},
                         {"median_us", median(sweep.yardstick_us)},
                         {"rounds_us", sweep.yardstick_us}};
  Json& drivers = report["machine"]["drivers"] = Json::array();
  Json& results = report["results"] = Json::array();
  for (const Row& row : sweep.rows) {
    results.push_back(RowReport(row, names[row.model], surroundings).make());
    if (!row.described.is_object()) continue;
    for (const auto& device : row.described["devices"]) {
      Json entry{{"delegate", device.value("delegate", "")},
                 {"device", tools::plain(device.value("device", ""))},
                 {"driver", tools::plain(device.value("driver", ""))}};
      if (std::find(drivers.begin(), drivers.end(), entry) == drivers.end()) {
        drivers.push_back(std::move(entry));
      }
    }
  }
  return report;
}

}  // namespace baton::benchmarks
