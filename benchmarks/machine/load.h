// How busy the machine is with other things than this process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace baton::benchmarks {

// Processor time since the machine started (own_s: since the process did), in seconds over all
// processors.
struct CpuTimes {
  uint32_t cpus = 0;
  double busy_s = 0;   // this machine's
  double steal_s = 0;  // a hypervisor gave it to others
  double total_s = 0;  // with idle
  double own_s = 0;    // of this process and the children that it waited for
};

// From ROOT/proc/stat; own_s is not filled in. nullopt where it cannot be read.
std::optional<CpuTimes> read_cpu_times(const std::string& root, double ticks_per_s);

// In processors: 1.0 is one that is always busy.
struct Load {
  double others = 0;
  double steal = 0;
};
// nullopt when no time has passed.
std::optional<Load> load_between(const CpuTimes& before, const CpuTimes& after);

// The load since it was made. The kernel counts in ticks of some 10 ms: ask after 100 ms or more.
class LoadMeter {
 public:
  explicit LoadMeter(std::string root = "/");
  std::optional<Load> since_start() const;

 private:
  std::string root_;
  std::optional<CpuTimes> start_;
};

}  // namespace baton::benchmarks
