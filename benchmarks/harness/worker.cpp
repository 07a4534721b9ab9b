#include "benchmarks/harness/worker.h"

#include <fmt/core.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <iostream>
#include <memory>
#include <string_view>

#include "benchmarks/harness/workload.h"
#include "tools/support/failure.h"
#include "tools/support/table.h"

namespace baton::benchmarks {
namespace {

using Json = nlohmann::ordered_json;

class Worker {
 public:
  explicit Worker(int report_fd) : report_fd_(report_fd) {}

  // False for a command that is not known.
  bool act(const nlohmann::json& command) {
    struct Command {
      const char* name;
      Json (Worker::*act)(const nlohmann::json&);
    };
    static constexpr Command kCommands[] = {
        {"describe", &Worker::describe},
        {"load", &Worker::load},
        {"run", &Worker::run},
        {"profile", &Worker::profile},
        {"write_outputs", &Worker::write_outputs},
        {"compare_outputs", &Worker::compare_outputs},
        {"memory", &Worker::memory},
    };
    for (const Command& known : kCommands) {
      if (command.value("do", "") != known.name) continue;
      report({{"done", (this->*known.act)(command)}});
      return true;
    }
    return false;
  }

  void report(const Json& json) const {
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    for (size_t written = 0; written < text.size();) {
      const ssize_t count = ::write(report_fd_, text.data() + written, text.size() - written);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) ::_exit(1);  // nobody listens any more
      written += static_cast<size_t>(count);
    }
  }

 private:
  // What is behind the delegates of a choice, and the least exact precision that they are asked
  // for, without a model.
  Json describe(const nlohmann::json& command) {
    const Job job = job_from(command.at("job"));
    const tools::Setup setup(job.common);
    Json delegates = Json::array();
    for (const tools::DelegateChoice& choice : *setup.config.delegates) {
      Json entry{{"name", choice.name}, {"error", ""}, {"devices", Json::array()}};
      if (choice.name != "reference") describe_plugin(setup.runtime, choice.name, entry);
      delegates.push_back(std::move(entry));
    }
    return {{"delegates", std::move(delegates)}, {"precision", setup.precisions().least()}};
  }

  static void describe_plugin(const Runtime& runtime, const std::string& name, Json& entry) {
    baton_plugin_list* list = nullptr;
    baton_error* error = nullptr;
    const baton_status code =
        baton_runtime_describe_plugin(runtime.get(), name.c_str(), &list, &error);
    const Status status(code, error);
    if (!status) {
      entry["error"] = status.message();
      entry["missing"] = status.code() == BATON_NOT_FOUND;
      return;
    }
    const std::unique_ptr<baton_plugin_list, void (*)(baton_plugin_list*)> keep(
        list, baton_plugin_list_destroy);
    const baton_plugin_entry& plugin = *baton_plugin_list_entry(list, 0);
    entry["version"] = plugin.info->version;
    entry["delegates"] = plugin.info->delegate != nullptr;
    for (uint32_t d = 0; const baton_device_info* info = baton_plugin_list_device(list, 0, d);
         ++d) {
      const bool usable = (info->flags & BATON_DEVICE_USABLE) != 0;
      entry["devices"].push_back(
          {{"name", info->name},
           {"driver", info->driver == nullptr ? "" : info->driver},
           {"usable", usable},
           {"reason", usable || info->unusable_reason == nullptr ? "" : info->unusable_reason}});
    }
  }

  Json load(const nlohmann::json& command) {
    workload_ = std::make_unique<Workload>(job_from(command.at("job")));
    return workload_->describe();
  }

  static Slice slice_of(const nlohmann::json& command) {
    Slice slice;
    slice.runs = command.value("runs", uint64_t{1});
    slice.min_seconds = command.value("min_seconds", 0.0);
    slice.max_seconds = command.value("max_seconds", 1e9);
    slice.delay_seconds = command.value("delay_seconds", 0.0);
    slice.period_seconds = command.value("period_seconds", 0.0);
    return slice;
  }

  std::function<void()> beat() const {
    return [this] { report({{"beat", true}}); };
  }

  Json run(const nlohmann::json& command) {
    const SliceTimes times = workload_->run(slice_of(command), beat());
    const Timings& us = times.us;
    return {{"kept", us.kept()},    {"count", us.count()},
            {"first", us.first()},  {"last", us.last()},
            {"min", us.min()},      {"max", us.max()},
            {"sum", us.sum()},      {"sum_of_squares", us.sum_of_squares()},
            {"wall", times.wall_us}};
  }

  Json profile(const nlohmann::json& command) {
    Json result = Json::array();
    for (auto& [place, times] : workload_->profile(slice_of(command), beat())) {
      double least = times.front(), first = times.front(), sum = 0;
      for (const double time : times) {
        least = std::min(least, time);
        sum += time;
      }
      const uint64_t count = times.size();
      result.push_back({{"subgraph", place.subgraph},
                        {"node", place.node},
                        {"partition", place.partition},
                        {"count", count},
                        {"first", first},
                        {"min", least},
                        {"mean", sum / static_cast<double>(count)},
                        {"median", median(std::move(times))}});
    }
    return result;
  }

  Json write_outputs(const nlohmann::json& command) {
    workload_->write_outputs(command.at("file").get<std::string>());
    return true;
  }
  Json compare_outputs(const nlohmann::json& command) {
    return workload_->compare_outputs(command.at("file").get<std::string>());
  }
  Json memory(const nlohmann::json&) { return workload_->memory(); }

  int report_fd_;
  std::unique_ptr<Workload> workload_;
};

int report_descriptor(int argc, char** argv) {
  constexpr std::string_view kFlag = "--report_fd=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.rfind(kFlag, 0) != 0) continue;
    int descriptor = -1;
    std::from_chars(word.data() + kFlag.size(), word.data() + word.size(), descriptor);
    return descriptor;
  }
  return -1;
}

}  // namespace

int benchmark_worker(int argc, char** argv) {
  const int descriptor = report_descriptor(argc, argv);
  if (descriptor < 0) {
    tools::misuse("this is a part of benchmark_model, which starts it; use baton benchmark_model");
  }
  // What hangs would outlive a benchmark_model that was killed.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  Worker worker(descriptor);
  for (std::string line; std::getline(std::cin, line);) {
    try {
      if (!worker.act(nlohmann::json::parse(line))) tools::fail("'{}' is no command", line);
    } catch (const tools::Failure& failure) {
      worker.report({{"error", failure.what()}, {"code", failure.exit_status()}});
    } catch (const std::exception& problem) {
      worker.report({{"error", problem.what()}, {"code", 1}});
    }
  }
  return 0;
}

}  // namespace baton::benchmarks
