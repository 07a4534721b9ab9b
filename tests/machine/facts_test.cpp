#include "benchmarks/machine/facts.h"

#include <gtest/gtest.h>

#include "benchmarks/machine/root.h"
#include "tests/machine/fake_root.h"

namespace baton::benchmarks {
namespace {

const std::string kCpu = "sys/devices/system/cpu/";

FactSources sources(const FakeRoot& root, uint32_t affinity = 4) {
  FactSources sources;
  sources.root = root.path();
  sources.architecture = "x86_64";
  sources.isa = {"sse4.1"};
  sources.affinity = affinity;
  return sources;
}

// Four processors on two cores.
void write_x86(const FakeRoot& root) {
  root.write("proc/cpuinfo",
             "processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\ncpu MHz\t\t: 2600.5\n"
             "flags\t\t: fpu sse4_1 avx2\n\nprocessor\t: 1\nmodel name\t: Some CPU @ 3 GHz\n");
  root.write("proc/meminfo", "MemTotal:  8000000 kB\nMemFree: 1 kB\nMemAvailable:  6000000 kB\n");
  root.write("proc/loadavg", "0.25 0.10 0.05 1/100 4242\n");
  root.write("proc/sys/kernel/osrelease", "6.1.0-test\n");
  root.write("etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n");
  root.write(kCpu + "online", "0-3\n");
  for (int cpu = 0; cpu < 4; ++cpu) {
    const std::string folder = kCpu + "cpu" + std::to_string(cpu) + "/";
    root.write(folder + "topology/physical_package_id", "0\n");
    root.write(folder + "topology/core_id", std::to_string(cpu / 2) + "\n");
    root.write(folder + "cpufreq/scaling_governor", "performance\n");
    root.write(folder + "cpufreq/scaling_cur_freq", "3100000\n");
  }
  const struct {
    const char *level, *type, *size, *shared;
  } caches[] = {{"1", "Data", "32K", "0-1"},
                {"1", "Instruction", "64K", "0-1"},
                {"3", "Unified", "16M", "0-3"},
                {"2", "Unified", "512K", "0-1"}};
  for (size_t i = 0; i < std::size(caches); ++i) {
    const std::string folder = kCpu + "cpu0/cache/index" + std::to_string(i) + "/";
    root.write(folder + "level", caches[i].level);
    root.write(folder + "type", caches[i].type);
    root.write(folder + "size", caches[i].size);
    root.write(folder + "shared_cpu_list", caches[i].shared);
  }
}

TEST(Facts, OfAnX86Machine) {
  const FakeRoot root;
  write_x86(root);
  root.write("sys/class/thermal/thermal_zone0/temp", "0\n");
  root.write("sys/class/thermal/thermal_zone1/temp", "45500\n");
  const Facts facts = read_facts(sources(root));
  EXPECT_EQ(facts.cpu, "Some CPU @ 3 GHz");
  EXPECT_EQ(facts.cores, 2u);
  EXPECT_EQ(facts.online_cpus, 4u);
  EXPECT_FALSE(facts.cpu_quota.has_value());
  EXPECT_EQ(facts.memory_bytes, 8'192'000'000u);
  EXPECT_EQ(facts.available_bytes, 6'144'000'000u);
  EXPECT_EQ(facts.governor, "performance");
  EXPECT_EQ(facts.frequency_mhz, 3100.0);
  EXPECT_EQ(facts.temperature_c, 45.5);
  EXPECT_EQ(facts.load_1m, 0.25);
  EXPECT_EQ(facts.os, "Debian GNU/Linux 12");
  EXPECT_EQ(facts.kernel, "6.1.0-test");
  EXPECT_EQ(facts.virtual_machine, false);
  ASSERT_EQ(facts.caches.size(), 3u);
  const uint64_t bytes[] = {32 << 10, 512 << 10, 16 << 20};
  const uint32_t shared[] = {2, 2, 4};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(facts.caches[i].level, i + 1);
    EXPECT_EQ(facts.caches[i].bytes, bytes[i]);
    EXPECT_EQ(facts.caches[i].shared_by, shared[i]);
  }
}

TEST(Facts, OfAVirtualMachineWithoutFrequencies) {
  const FakeRoot root;
  root.write("proc/cpuinfo", "processor : 0\ncpu MHz : 2600.5\nflags : fpu hypervisor\n");
  const Facts facts = read_facts(sources(root));
  EXPECT_EQ(facts.virtual_machine, true);
  EXPECT_EQ(facts.frequency_mhz, 2600.5);
  EXPECT_EQ(facts.cores, 1u);
  EXPECT_FALSE(facts.governor.has_value());
}

TEST(Facts, OfAnArmBoard) {
  const FakeRoot root;
  root.write("proc/cpuinfo",
             "processor : 0\nFeatures : fp asimd\nCPU implementer : 0x41\n"
             "CPU part : 0xd0b\n\nprocessor : 1\n");
  EXPECT_EQ(read_facts(sources(root)).cpu, "implementer 0x41 part 0xd0b");
  EXPECT_EQ(read_facts(sources(root)).cores, 2u);
  EXPECT_FALSE(read_facts(sources(root)).virtual_machine.has_value());
  root.write("sys/firmware/devicetree/base/model", std::string("A Board\0", 8));
  EXPECT_EQ(read_facts(sources(root)).cpu, "A Board");
}

TEST(Facts, GovernorsThatDifferAreAllNamed) {
  const FakeRoot root;
  write_x86(root);
  root.write(kCpu + "cpu2/cpufreq/scaling_governor", "powersave\n");
  EXPECT_EQ(read_facts(sources(root)).governor, "performance/powersave");
}

TEST(Facts, QuotasOfControlGroups) {
  const struct {
    const char* what;
    std::vector<std::pair<std::string, std::string>> files;
    std::optional<double> quota;
    uint32_t usable;
  } cases[] = {
      {"none", {{"proc/self/cgroup", "0::/a\n"}, {"sys/fs/cgroup/a/cpu.max", "max 100000"}}, {}, 4},
      {"of the group",
       {{"proc/self/cgroup", "0::/a/b\n"}, {"sys/fs/cgroup/a/b/cpu.max", "150000 100000"}},
       1.5,
       2},
      {"of a group around it",
       {{"proc/self/cgroup", "0::/a/b\n"},
        {"sys/fs/cgroup/a/b/cpu.max", "300000 100000"},
        {"sys/fs/cgroup/a/cpu.max", "50000 100000"}},
       0.5,
       1},
      {"version 1",
       {{"proc/self/cgroup", "5:memory:/x\n4:cpu,cpuacct:/x\n"},
        {"sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "200000"},
        {"sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000"}},
       2.0,
       2},
      {"version 1, none",
       {{"proc/self/cgroup", "4:cpu,cpuacct:/\n"},
        {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1"},
        {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000"}},
       {},
       4},
      {"more than there are",
       {{"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/cpu.max", "9000000 100000"}},
       90.0,
       4},
  };
  for (const auto& test : cases) {
    const FakeRoot root;
    write_x86(root);
    for (const auto& [file, text] : test.files) root.write(file, text);
    const Facts facts = read_facts(sources(root));
    EXPECT_EQ(facts.cpu_quota, test.quota) << test.what;
    EXPECT_EQ(facts.online_cpus, test.usable) << test.what;
  }
}

TEST(Facts, MemoryOfControlGroups) {
  const FakeRoot root;
  write_x86(root);
  root.write("proc/self/cgroup", "0::/a\n");
  root.write("sys/fs/cgroup/a/memory.max", "1000000");
  root.write("sys/fs/cgroup/a/memory.current", "400000");
  EXPECT_EQ(read_facts(sources(root)).memory_bytes, 1000000u);
  EXPECT_EQ(read_facts(sources(root)).available_bytes, 600000u);
  root.write("sys/fs/cgroup/a/memory.current", "2000000");
  EXPECT_EQ(read_facts(sources(root)).available_bytes, 0u);
}

TEST(Facts, NothingIsKnownOfAnEmptyTree) {
  const FakeRoot root;
  const Facts facts = read_facts(sources(root));
  EXPECT_EQ(facts.cpu, "");
  EXPECT_EQ(facts.cores, 0u);
  EXPECT_EQ(facts.memory_bytes, 0u);
  EXPECT_TRUE(facts.caches.empty());
  const nlohmann::ordered_json json = to_json(facts);
  for (const char* key : {"governor", "frequency_mhz", "temperature_c", "load_1m", "virtual",
                          "cpu_quota", "load_of_others", "steal"}) {
    EXPECT_TRUE(json.at(key).is_null()) << key;
  }
}

TEST(Facts, NonsenseInFilesIsNotKnown) {
  const FakeRoot root;
  for (const char* file :
       {"proc/cpuinfo", "proc/meminfo", "proc/loadavg", "proc/stat", "proc/self/cgroup",
        "sys/devices/system/cpu/online", "sys/devices/system/cpu/cpu0/topology/core_id",
        "sys/devices/system/cpu/cpu0/cache/index0/size",
        "sys/devices/system/cpu/cpu0/cache/index0/level"}) {
    root.write(file, "cpu :\xff\xfe-::=\n99999999999999999999999\n");
  }
  const Facts facts = read_facts(sources(root));
  EXPECT_EQ(facts.cores, 0u);
  EXPECT_EQ(facts.available_bytes, 0u);
  EXPECT_FALSE(facts.load_1m.has_value());
}

TEST(Facts, JsonHasTheKeysOfTheReport) {
  const FakeRoot root;
  write_x86(root);
  const nlohmann::ordered_json json = to_json(read_facts(sources(root)));
  for (const char* key :
       {"cpu", "architecture", "isa", "cores", "online_cpus", "memory_bytes", "available_bytes",
        "governor", "frequency_mhz", "load_1m", "os", "kernel", "virtual"}) {
    ASSERT_TRUE(json.contains(key)) << key;
    EXPECT_FALSE(json.at(key).is_null()) << key;
  }
}

TEST(Facts, OfThisMachine) {
  const Facts facts = read_facts();
  EXPECT_GE(facts.cores, 1u);
  EXPECT_GE(facts.online_cpus, 1u);
  EXPECT_GT(facts.memory_bytes, uint64_t{1} << 20);
  EXPECT_LE(facts.available_bytes, facts.memory_bytes);
  EXPECT_FALSE(facts.architecture.empty());
  EXPECT_FALSE(facts.kernel.empty());
}

TEST(Load, ReadsTheSumAndCountsProcessors) {
  const FakeRoot root;
  root.write("proc/stat", "cpu  100 10 50 800 20 5 15 40 30 0\ncpu0 1 2 3\ncpu1 1 2 3\nintr 5\n");
  const std::optional<CpuTimes> times = read_cpu_times(root.path(), 100);
  ASSERT_TRUE(times.has_value());
  EXPECT_EQ(times->cpus, 2u);
  EXPECT_DOUBLE_EQ(times->busy_s, 1.8);
  EXPECT_DOUBLE_EQ(times->steal_s, 0.4);
  EXPECT_DOUBLE_EQ(times->total_s, 10.4);
}

TEST(Load, OfOthersIsWhatThisProcessDidNotUse) {
  const CpuTimes before = {4, 10.0, 1.0, 100.0, 2.0};
  const CpuTimes after = {4, 13.0, 1.5, 104.0, 4.0};  // one second of four processors
  const std::optional<Load> load = load_between(before, after);
  ASSERT_TRUE(load.has_value());
  EXPECT_DOUBLE_EQ(load->others, 1.0);
  EXPECT_DOUBLE_EQ(load->steal, 0.5);
  EXPECT_FALSE(load_between(before, before).has_value());
  // The kernel counts in ticks: others cannot have used less than nothing.
  EXPECT_EQ(load_between(before, {4, 10.0, 1.0, 101.0, 3.0})->others, 0.0);
}

TEST(CpuList, Ranges) {
  EXPECT_EQ(parse_cpu_list("0-3,8\n"), (std::vector<uint32_t>{0, 1, 2, 3, 8}));
  for (const char* text : {"", "x", "3-1", "0-99999999", "1,,2"}) {
    EXPECT_TRUE(parse_cpu_list(text).empty()) << text;
  }
}

}  // namespace
}  // namespace baton::benchmarks
