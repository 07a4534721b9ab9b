#include "benchmarks/machine/load.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "benchmarks/machine/root.h"

namespace baton::benchmarks {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double own_seconds() {
  double sum = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    if (getrusage(who, &usage) == 0) sum += seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  return sum;
}

std::optional<CpuTimes> times_now(const std::string& root) {
  std::optional<CpuTimes> times = read_cpu_times(root, static_cast<double>(sysconf(_SC_CLK_TCK)));
  if (times) times->own_s = own_seconds();
  return times;
}

}  // namespace

std::optional<CpuTimes> read_cpu_times(const std::string& root, double ticks_per_s) {
  std::istringstream lines(read_under(root, "proc/stat"));
  std::string line;
  CpuTimes times;
  bool found = false;
  while (std::getline(lines, line)) {
    if (line.compare(0, 3, "cpu") != 0) continue;
    if (line.compare(0, 4, "cpu ") != 0) {
      ++times.cpus;
      continue;
    }
    // user, nice, system, idle, iowait, irq, softirq, steal; guests are in user and nice already.
    std::istringstream numbers(line.substr(4));
    double ticks[8] = {};
    for (double& value : ticks) {
      if (!(numbers >> value)) break;
    }
    const double idle = ticks[3] + ticks[4];
    times.busy_s = (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / ticks_per_s;
    times.steal_s = ticks[7] / ticks_per_s;
    times.total_s = times.busy_s + times.steal_s + idle / ticks_per_s;
    found = true;
  }
  if (!found || times.cpus == 0) return std::nullopt;
  return times;
}

std::optional<Load> load_between(const CpuTimes& before, const CpuTimes& after) {
  const double total = after.total_s - before.total_s;
  if (total <= 0) return std::nullopt;
  const double others = (after.busy_s - before.busy_s) - (after.own_s - before.own_s);
  const double steal = after.steal_s - before.steal_s;
  const auto in_processors = [&](double part) {
    return std::clamp(part / total, 0.0, 1.0) * after.cpus;
  };
  return Load{in_processors(others), in_processors(steal)};
}

LoadMeter::LoadMeter(std::string root) : root_(std::move(root)), start_(times_now(root_)) {}

std::optional<Load> LoadMeter::since_start() const {
  const std::optional<CpuTimes> now = times_now(root_);
  if (!start_ || !now) return std::nullopt;
  return load_between(*start_, *now);
}

}  // namespace baton::benchmarks
