#include "benchmarks/machine/ceilings.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "benchmarks/machine/isa.h"
#include "benchmarks/machine/peaks.h"
#include "tests/machine/fake_root.h"

namespace baton::benchmarks {
namespace {

using Json = nlohmann::ordered_json;

Facts some_facts() {
  Facts facts;
  facts.cpu = "Some CPU";
  facts.isa = {"sse4.1", "avx2"};
  facts.cores = 2;
  facts.online_cpus = 2;
  return facts;
}

Ceilings some_ceilings() {
  Ceilings ceilings;
  ceilings.threads = 2;
  ceilings.compute = {{"float32", "avx2+fma", {50e9, 100e9}}, {"int8", "avx2", {100e9, 180e9}}};
  ceilings.caches = {{1, 32768, 1, {200e9, 400e9}}};
  ceilings.memory_read_bytes = {20e9, 30e9};
  ceilings.memory_copy_bytes = {15e9, 25e9};
  ceilings.not_run = {"int8 amx_int8"};
  return ceilings;
}

// Counts how often it is measured.
struct Measurer {
  int count = 0;
  Ceilings result = some_ceilings();
  std::function<Ceilings(const Facts&)> function() {
    return [this](const Facts&) {
      ++count;
      return result;
    };
  }
};

TEST(Ceilings, JsonAndBack) {
  const Json json = to_json(some_ceilings());
  EXPECT_EQ(json.at("compute").at(0), Json({{"precision", "float32"},
                                            {"isa", "avx2+fma"},
                                            {"one_thread_gmacs", 50.0},
                                            {"all_threads_gmacs", 100.0}}));
  EXPECT_EQ(json.at("memory_gbytes_per_s"), Json({{"one_thread", 20.0}, {"all_threads", 30.0}}));
  const std::optional<Ceilings> back = ceilings_from_json(json);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(to_json(*back), json);
  EXPECT_EQ(back->threads, 2u);
  EXPECT_DOUBLE_EQ(back->caches.at(0).read_bytes.all_threads, 400e9);
}

TEST(Ceilings, OfJsonThatIsSomethingElse) {
  const auto changed = [](void (*change)(Json & json)) {
    Json json = to_json(some_ceilings());
    change(json);
    return ceilings_from_json(json);
  };
  EXPECT_FALSE(ceilings_from_json(Json()).has_value());
  EXPECT_FALSE(ceilings_from_json(Json::array()).has_value());
  EXPECT_FALSE(changed([](Json& j) { j.erase("compute"); }).has_value());
  EXPECT_FALSE(changed([](Json& j) { j["threads"] = 0; }).has_value());
  EXPECT_FALSE(changed([](Json& j) { j["threads"] = "two"; }).has_value());
  EXPECT_FALSE(changed([](Json& j) { j["compute"][0]["one_thread_gmacs"] = -1; }).has_value());
  EXPECT_FALSE(
      changed([](Json& j) { j["memory_gbytes_per_s"]["one_thread"] = nullptr; }).has_value());
}

TEST(Ceilings, AreMeasuredOncePerMachine) {
  const FakeRoot folder;
  const CeilingsCache cache = {folder.path() + "/new/folder"};
  Measurer measurer;
  const Json first = to_json(machine_ceilings(some_facts(), cache, measurer.function()));
  measurer.result.threads = 7;
  const Json second = to_json(machine_ceilings(some_facts(), cache, measurer.function()));
  EXPECT_EQ(measurer.count, 1);
  EXPECT_EQ(first, second);

  // On request; and that is what is kept then.
  machine_ceilings(some_facts(), {cache.folder, true}, measurer.function());
  EXPECT_EQ(measurer.count, 2);
  EXPECT_EQ(machine_ceilings(some_facts(), cache, measurer.function()).threads, 7u);
  EXPECT_EQ(measurer.count, 2);
}

TEST(Ceilings, AnotherMachineHasAnotherFile) {
  const std::string file = ceilings_file(some_facts(), "/f");
  EXPECT_EQ(file, ceilings_file(some_facts(), "/f"));
  void (*const changes[])(Facts&) = {
      [](Facts& f) { f.cpu = "Other CPU"; }, [](Facts& f) { f.isa.pop_back(); },
      [](Facts& f) { f.cores = 3; }, [](Facts& f) { f.online_cpus = 1; }};
  for (const auto& change : changes) {
    Facts facts = some_facts();
    change(facts);
    EXPECT_NE(ceilings_file(facts, "/f"), file);
  }
}

TEST(Ceilings, ADamagedFileIsMeasuredAnew) {
  const FakeRoot folder;
  const CeilingsCache cache = {folder.path()};
  const std::string file = ceilings_file(some_facts(), folder.path());
  const std::string name = std::filesystem::path(file).filename().string();
  Measurer measurer;
  machine_ceilings(some_facts(), cache, measurer.function());
  std::ifstream in(file);
  const std::string good{std::istreambuf_iterator<char>(in), {}};
  ASSERT_FALSE(good.empty());

  std::string foreign = good;
  foreign.replace(foreign.find("Some CPU"), 8, "Your CPU");
  for (const std::string& text :
       {std::string(), good.substr(0, good.size() / 2), foreign, std::string("[1, 2]"),
        std::string("\xff\xfe\0", 3), std::string(100000, '[')}) {
    folder.write(name, text);
    const int before = measurer.count;
    EXPECT_EQ(machine_ceilings(some_facts(), cache, measurer.function()).threads, 2u);
    EXPECT_EQ(measurer.count, before + 1) << text.substr(0, 60);
    // Mended.
    machine_ceilings(some_facts(), cache, measurer.function());
    EXPECT_EQ(measurer.count, before + 1) << text.substr(0, 60);
  }
}

TEST(Ceilings, AreHadWithoutAFolder) {
  const FakeRoot folder;
  folder.write("file", "");
  Measurer measurer;
  for (const std::string& path : {std::string(), folder.path() + "/file/below"}) {
    EXPECT_EQ(machine_ceilings(some_facts(), {path}, measurer.function()).threads, 2u);
  }
  EXPECT_EQ(measurer.count, 2);
}

TEST(Ceilings, DisturbedOnesAreNotKept) {
  const FakeRoot folder;
  Measurer measurer;
  measurer.result.disturbed = true;
  EXPECT_TRUE(machine_ceilings(some_facts(), {folder.path()}, measurer.function()).disturbed);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Ceilings, TheFolderFollowsTheEnvironment) {
  const char* old = std::getenv("XDG_CACHE_HOME");
  const std::string kept = old == nullptr ? "" : old;
  setenv("XDG_CACHE_HOME", "/x/cache", 1);
  EXPECT_EQ(default_cache_folder(), "/x/cache/baton");
  setenv("XDG_CACHE_HOME", "not/absolute", 1);
  setenv("HOME", "/home/me", 1);
  EXPECT_EQ(default_cache_folder(), "/home/me/.cache/baton");
  unsetenv("HOME");
  EXPECT_EQ(default_cache_folder(), "");
  if (old != nullptr) {
    setenv("XDG_CACHE_HOME", kept.c_str(), 1);
  } else {
    unsetenv("XDG_CACHE_HOME");
  }
}

TEST(Ceilings, OfThisMachine) {
  Facts facts = read_facts();
  const Ceilings ceilings = measure_ceilings(facts);
  size_t expected = 0;
  for (const PeakKernel& kernel : peak_kernels())
    expected += has_isa(facts.isa, kernel.isa) ? 1 : 0;
  EXPECT_EQ(ceilings.compute.size(), expected);
  EXPECT_EQ(ceilings.compute.size() + ceilings.not_run.size(), peak_kernels().size());
  EXPECT_EQ(ceilings.threads, facts.online_cpus);
  EXPECT_EQ(ceilings.caches.size(), facts.caches.size());
  std::vector<Rates> rates = {ceilings.memory_read_bytes, ceilings.memory_copy_bytes};
  for (const ComputeCeiling& row : ceilings.compute) rates.push_back(row.multiply_adds);
  for (const CacheCeiling& cache : ceilings.caches) rates.push_back(cache.read_bytes);
  for (const Rates& rate : rates) {
    EXPECT_GT(rate.one_thread, 1e6);
    EXPECT_LT(rate.one_thread, 1e14);
    EXPECT_GE(rate.all_threads, rate.one_thread);
  }
  EXPECT_TRUE(ceilings_from_json(to_json(ceilings)).has_value());
}

}  // namespace
}  // namespace baton::benchmarks
