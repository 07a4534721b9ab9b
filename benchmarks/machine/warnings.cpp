#include "benchmarks/machine/warnings.h"

#include <algorithm>
#include <cstdio>

namespace baton::benchmarks {
namespace {

constexpr double kBusyShare = 0.3;  // of the cores
constexpr double kStealShare = 0.02;
constexpr uint64_t kLittleMemory = uint64_t{512} << 20;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f", value);
  return text;
}

std::string counted(uint32_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

double share(double processors, uint32_t cores) { return processors / std::max(cores, 1u); }

}  // namespace

bool is_quiet(const Load& load, uint32_t cores) {
  return share(load.others, cores) <= kBusyShare && share(load.steal, cores) <= kStealShare;
}

std::vector<std::string> load_warnings(const Load& load, uint32_t cores) {
  std::vector<std::string> warnings;
  if (share(load.others, cores) > kBusyShare) {
    warnings.push_back("Other processes keep " + number(load.others) + " of " +
                       counted(cores, "core") +
                       " busy: times are too long and unsteady; stop them and measure again.");
  }
  if (share(load.steal, cores) > kStealShare) {
    warnings.push_back("The hypervisor gives " + number(100 * share(load.steal, cores)) +
                       " % of the processors' time to other machines: times are unsteady; measure "
                       "again when the host is quiet.");
  }
  return warnings;
}

std::vector<std::string> machine_warnings(const Facts& facts, const Circumstances& circumstances) {
  std::vector<std::string> warnings;
  const auto warn = [&](std::string sentence) { warnings.push_back(std::move(sentence)); };
  if (!circumstances.sanitizer.empty()) {
    warn("This build has the " + circumstances.sanitizer +
         " sanitizer in it: times say nothing; measure a release build.");
  }
  if (!circumstances.optimised) {
    warn("This is a debug build: times say nothing; measure a release build.");
  }
  if (facts.online_cpus != 0 && facts.online_cpus < circumstances.threads) {
    warn(counted(circumstances.threads, "thread") + " share " +
         counted(facts.online_cpus, "processor") +
         " that this process may use: use no more threads than processors.");
  }
  if (facts.load) {
    for (std::string& sentence : load_warnings(*facts.load, facts.cores)) warn(std::move(sentence));
  } else if (facts.load_1m && share(*facts.load_1m, facts.cores) > kBusyShare) {
    warn("The load average is " + number(*facts.load_1m) + " on " + counted(facts.cores, "core") +
         ": others may be at work; stop them and measure again.");
  }
  if (facts.governor && *facts.governor != "performance") {
    warn("The frequency governor is '" + *facts.governor +
         "': the clock follows the load; choose 'performance' for steady times.");
  }
  if (facts.available_bytes != 0 && facts.available_bytes < kLittleMemory) {
    warn("Only " + std::to_string(facts.available_bytes >> 20) +
         " MiB of memory are available: large models may be swapped; close other programs.");
  }
  if (facts.virtual_machine.value_or(false)) {
    warn(
        "Note: this is a virtual machine; what other guests of the host do is not seen from here.");
  }
  return warnings;
}

}  // namespace baton::benchmarks
