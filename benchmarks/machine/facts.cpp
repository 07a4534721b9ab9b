#include "benchmarks/machine/facts.h"

#include <sched.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <sstream>
#include <thread>
#include <utility>

#include "benchmarks/machine/isa.h"
#include "benchmarks/machine/root.h"

namespace baton::benchmarks {
namespace {

constexpr char kCpus[] = "sys/devices/system/cpu/";

std::string cpu_folder(uint32_t cpu) {
  return std::string(kCpus) + "cpu" + std::to_string(cpu) + "/";
}

// ---- Processors ---------------------------------------------------------------------------------

std::string cpu_name(const std::string& root, const std::string& cpuinfo) {
  for (const char* key : {"model name", "Model", "Hardware", "cpu model"}) {
    if (std::string name = field(cpuinfo, key); !name.empty()) return name;
  }
  std::string board = trimmed(read_under(root, "sys/firmware/devicetree/base/model"));
  if (!board.empty()) return board;
  const std::string part = field(cpuinfo, "CPU part");
  return part.empty() ? "" : "implementer " + field(cpuinfo, "CPU implementer") + " part " + part;
}

uint32_t count_listed(const std::string& cpuinfo) {
  std::istringstream lines(cpuinfo);
  std::string line;
  uint32_t count = 0;
  while (std::getline(lines, line)) count += line.compare(0, 9, "processor") == 0 ? 1 : 0;
  return count;
}

uint32_t count_cores(const std::string& root, const std::vector<uint32_t>& online,
                     const std::string& cpuinfo) {
  std::set<std::pair<uint64_t, uint64_t>> cores;
  for (const uint32_t cpu : online) {
    const std::string folder = cpu_folder(cpu) + "topology/";
    const auto package = number_under(root, folder + "physical_package_id");
    const auto core = number_under(root, folder + "core_id");
    if (!core) return static_cast<uint32_t>(online.size());
    cores.insert({package.value_or(0), *core});
  }
  return cores.empty() ? count_listed(cpuinfo) : static_cast<uint32_t>(cores.size());
}

std::vector<Cache> read_caches(const std::string& root, const std::vector<uint32_t>& online) {
  std::vector<Cache> caches;
  if (online.empty()) return caches;
  for (uint32_t i = 0; i < 16; ++i) {
    const std::string folder = cpu_folder(online[0]) + "cache/index" + std::to_string(i) + "/";
    const auto level = number_under(root, folder + "level");
    const std::string size = trimmed(read_under(root, folder + "size"));  // "32K", "8M"
    const auto number = number_under(root, folder + "size");
    if (!level || !number || trimmed(read_under(root, folder + "type")) == "Instruction") continue;
    const uint64_t unit = size.back() == 'K' ? 1024 : size.back() == 'M' ? 1024 * 1024 : 1;
    const size_t sharers = parse_cpu_list(read_under(root, folder + "shared_cpu_list")).size();
    caches.push_back({static_cast<uint32_t>(*level), *number * unit,
                      static_cast<uint32_t>(std::max<size_t>(sharers, 1))});
  }
  std::sort(caches.begin(), caches.end(),
            [](const Cache& a, const Cache& b) { return a.level < b.level; });
  return caches;
}

std::optional<std::string> read_governor(const std::string& root,
                                         const std::vector<uint32_t>& online) {
  std::set<std::string> governors;
  for (const uint32_t cpu : online) {
    governors.insert(trimmed(read_under(root, cpu_folder(cpu) + "cpufreq/scaling_governor")));
  }
  governors.erase("");
  if (governors.empty()) return std::nullopt;
  std::string text;
  for (const std::string& governor : governors) text += (text.empty() ? "" : "/") + governor;
  return text;
}

std::optional<double> read_frequency(const std::string& root, const std::vector<uint32_t>& online,
                                     const std::string& cpuinfo) {
  if (!online.empty()) {
    const auto khz = number_under(root, cpu_folder(online[0]) + "cpufreq/scaling_cur_freq");
    if (khz) return static_cast<double>(*khz) / 1000;
  }
  double mhz = 0;
  if (std::istringstream(field(cpuinfo, "cpu MHz")) >> mhz) return mhz;
  return std::nullopt;
}

std::optional<double> read_temperature(const std::string& root) {
  std::optional<double> hottest;
  for (uint32_t zone = 0; zone < 64; ++zone) {
    const auto millidegrees =
        number_under(root, "sys/class/thermal/thermal_zone" + std::to_string(zone) + "/temp");
    if (!millidegrees) continue;
    const double degrees = static_cast<double>(*millidegrees) / 1000;
    // Sensors that are absent say 0, or something absurd.
    if (degrees > 0 && degrees < 150) hottest = std::max(hottest.value_or(degrees), degrees);
  }
  return hottest;
}

std::optional<bool> is_virtual(const std::string& root, const std::string& cpuinfo) {
  if (!trimmed(read_under(root, "sys/hypervisor/type")).empty()) return true;
  const std::string flags = field(cpuinfo, "flags");
  if (flags.empty()) return std::nullopt;  // only x86 says
  std::istringstream words(flags);
  std::string word;
  while (words >> word) {
    if (word == "hypervisor") return true;
  }
  return false;
}

// ---- Control groups -----------------------------------------------------------------------------

// Folders, below the root, of the process' control group and the groups around it: version 2, and
// of version 1 those of `controller`.
std::vector<std::string> groups(const std::string& root, const std::string& controller) {
  std::vector<std::string> folders;
  std::istringstream lines(read_under(root, "proc/self/cgroup"));
  std::string line;
  while (std::getline(lines, line)) {  // "0::/a/b", "4:cpu,cpuacct:/a/b"
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    std::string base = "sys/fs/cgroup";
    if (controllers != ",,") {
      if (controllers.find("," + controller + ",") == std::string::npos) continue;
      base += "/" + controller;
    }
    std::string path = trimmed(line.substr(second + 1));
    while (path.size() > 1) {
      folders.push_back(base + path + "/");
      path.resize(path.rfind('/'));
    }
    folders.push_back(base + "/");
  }
  return folders;
}

std::optional<double> read_quota(const std::string& root) {
  std::optional<double> least;
  for (const std::string& folder : groups(root, "cpu")) {
    double quota = 0, period = 0;
    // "max 100000", "150000 100000"
    std::istringstream both(read_under(root, folder + "cpu.max"));
    if (!(both >> quota >> period)) {
      quota = static_cast<double>(number_under(root, folder + "cpu.cfs_quota_us").value_or(0));
      period = static_cast<double>(number_under(root, folder + "cpu.cfs_period_us").value_or(0));
    }
    if (quota > 0 && period > 0) least = std::min(least.value_or(quota / period), quota / period);
  }
  return least;
}

struct Room {
  uint64_t limit = UINT64_MAX;
  uint64_t free = UINT64_MAX;
};

Room memory_in_groups(const std::string& root) {
  constexpr const char* kNames[][2] = {{"memory.max", "memory.current"},
                                       {"memory.limit_in_bytes", "memory.usage_in_bytes"}};
  Room room;
  for (const std::string& folder : groups(root, "memory")) {
    for (const auto& [limit_name, used_name] : kNames) {
      const auto limit = number_under(root, folder + limit_name);
      if (!limit) continue;
      const uint64_t used = number_under(root, folder + used_name).value_or(0);
      room.limit = std::min(room.limit, *limit);
      room.free = std::min(room.free, *limit - std::min(used, *limit));
    }
  }
  return room;
}

uint64_t kibibytes(const std::string& meminfo, const char* key) {
  uint64_t number = 0;
  std::istringstream(field(meminfo, key)) >> number;
  return number * 1024;
}

std::string unquoted(std::string text) {
  std::erase(text, '"');
  return text;
}

uint32_t allowed_cpus() {
  // The kernel refuses sets that are too small for it.
  for (size_t most = 1024; most <= (size_t{1} << 20); most *= 4) {
    cpu_set_t* set = CPU_ALLOC(most);
    if (set == nullptr) break;
    const size_t bytes = CPU_ALLOC_SIZE(most);
    const bool done = sched_getaffinity(0, bytes, set) == 0;
    const int count = done ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (done) return static_cast<uint32_t>(count);
  }
  return std::max(1u, std::thread::hardware_concurrency());
}

template <typename T>
nlohmann::ordered_json or_null(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

FactSources this_machine() {
  FactSources sources;
  utsname name{};
  if (uname(&name) == 0) sources.architecture = name.machine;
  sources.isa = machine_isa();
  sources.affinity = allowed_cpus();
  sources.load_time = std::chrono::milliseconds(200);
  return sources;
}

Facts read_facts(const FactSources& sources) {
  const std::string& root = sources.root;
  const LoadMeter meter(root);
  const std::string cpuinfo = read_under(root, "proc/cpuinfo");
  const std::string meminfo = read_under(root, "proc/meminfo");
  const std::vector<uint32_t> online =
      parse_cpu_list(read_under(root, std::string(kCpus) + "online"));

  Facts facts;
  facts.cpu = cpu_name(root, cpuinfo);
  facts.architecture = sources.architecture;
  facts.isa = sources.isa;
  facts.cores = count_cores(root, online, cpuinfo);
  facts.cpu_quota = read_quota(root);
  facts.online_cpus = sources.affinity;
  if (facts.cpu_quota) {
    facts.online_cpus = std::min(facts.online_cpus,
                                 static_cast<uint32_t>(std::ceil(std::min(*facts.cpu_quota, 1e6))));
  }
  facts.caches = read_caches(root, online);
  const Room room = memory_in_groups(root);
  facts.memory_bytes = std::min(kibibytes(meminfo, "MemTotal"), room.limit);
  facts.available_bytes = std::min(kibibytes(meminfo, "MemAvailable"), room.free);
  facts.governor = read_governor(root, online);
  facts.frequency_mhz = read_frequency(root, online, cpuinfo);
  facts.temperature_c = read_temperature(root);
  double load = 0;
  if (std::istringstream(read_under(root, "proc/loadavg")) >> load) facts.load_1m = load;
  facts.os = unquoted(field(read_under(root, "etc/os-release"), "PRETTY_NAME"));
  facts.kernel = trimmed(read_under(root, "proc/sys/kernel/osrelease"));
  facts.virtual_machine = is_virtual(root, cpuinfo);
  if (sources.load_time.count() > 0) {
    std::this_thread::sleep_for(sources.load_time);
    facts.load = meter.since_start();
  }
  return facts;
}

nlohmann::ordered_json to_json(const Facts& facts) {
  nlohmann::ordered_json caches = nlohmann::ordered_json::array();
  for (const Cache& cache : facts.caches) {
    caches.push_back(
        {{"level", cache.level}, {"bytes", cache.bytes}, {"shared_by", cache.shared_by}});
  }
  nlohmann::ordered_json json = {
      {"cpu", facts.cpu},
      {"architecture", facts.architecture},
      {"isa", facts.isa},
      {"cores", facts.cores},
      {"online_cpus", facts.online_cpus},
      {"cpu_quota", or_null(facts.cpu_quota)},
      {"caches", caches},
      {"memory_bytes", facts.memory_bytes},
      {"available_bytes", facts.available_bytes},
      {"governor", or_null(facts.governor)},
      {"frequency_mhz", or_null(facts.frequency_mhz)},
      {"temperature_c", or_null(facts.temperature_c)},
      {"load_1m", or_null(facts.load_1m)},
      {"load_of_others", nullptr},
      {"steal", nullptr},
      {"os", facts.os},
      {"kernel", facts.kernel},
      {"virtual", or_null(facts.virtual_machine)},
  };
  if (facts.load) {
    json["load_of_others"] = facts.load->others;
    json["steal"] = facts.load->steal;
  }
  return json;
}

}  // namespace baton::benchmarks
