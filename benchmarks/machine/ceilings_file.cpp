// Ceilings as JSON, and the file that keeps them.
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>

#include "benchmarks/machine/ceilings.h"
#include "benchmarks/machine/root.h"

namespace baton::benchmarks {
namespace {

using Json = nlohmann::ordered_json;

// Goes up when kernels measure something else than before.
constexpr int kVersion = 1;
constexpr double kGiga = 1e9;

// What the figures belong to.
std::string machine_key(const Facts& facts) {
  std::string key = "ceilings " + std::to_string(kVersion) + "; " + facts.cpu + "; " +
                    std::to_string(facts.cores) + " cores, " + std::to_string(facts.online_cpus) +
                    " processors;";
  for (const std::string& isa : facts.isa) key += " " + isa;
  return key;
}

// FNV-1a.
uint64_t hash_of(const std::string& text) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

// A JSON number keeps some digits too many of a measured one.
double rounded(double giga) { return std::round(giga * 1000) / 1000; }

Json giga(const Rates& rates) {
  return {{"one_thread", rounded(rates.one_thread / kGiga)},
          {"all_threads", rounded(rates.all_threads / kGiga)}};
}

// Throws for what is no positive number.
double positive(const Json& json) {
  const double value = json.get<double>();
  if (!std::isfinite(value) || value <= 0) throw std::runtime_error("no positive number");
  return value;
}

Rates rates_of(const Json& json, const char* one = "one_thread", const char* all = "all_threads") {
  return {positive(json.at(one)) * kGiga, positive(json.at(all)) * kGiga};
}

Ceilings read_json(const Json& json) {
  Ceilings ceilings;
  ceilings.threads = json.at("threads").get<uint32_t>();
  if (ceilings.threads == 0) throw std::runtime_error("no threads");
  for (const Json& row : json.at("compute")) {
    ceilings.compute.push_back({row.at("precision").get<std::string>(),
                                row.at("isa").get<std::string>(),
                                rates_of(row, "one_thread_gmacs", "all_threads_gmacs")});
  }
  for (const Json& row : json.at("cache_gbytes_per_s")) {
    ceilings.caches.push_back({row.at("level").get<uint32_t>(), row.at("bytes").get<uint64_t>(),
                               row.at("shared_by").get<uint32_t>(), rates_of(row)});
  }
  ceilings.memory_read_bytes = rates_of(json.at("memory_gbytes_per_s"));
  ceilings.memory_copy_bytes = rates_of(json.at("memory_copy_gbytes_per_s"));
  ceilings.disturbed = json.at("disturbed").get<bool>();
  ceilings.not_run = json.at("not_run").get<std::vector<std::string>>();
  return ceilings;
}

// Beside the file and renamed: others see all of it or nothing. What cannot be kept is measured
// again next time.
void keep(const std::string& file, const Json& json) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(fs::path(file).parent_path(), error);
  const std::string beside = file + "." + std::to_string(getpid());
  std::ofstream out(beside);
  out << json.dump(2) << "\n";
  out.close();
  if (out) fs::rename(beside, file, error);
  if (!out || error) fs::remove(beside, error);
}

std::optional<Ceilings> kept(const std::string& file, const std::string& key) {
  const Json json = Json::parse(read_under("", file), nullptr, false);
  if (!json.is_object() || json.value("machine", Json()) != key) return std::nullopt;
  return ceilings_from_json(json.value("ceilings", Json()));
}

}  // namespace

Json to_json(const Ceilings& ceilings) {
  Json compute = Json::array();
  for (const ComputeCeiling& row : ceilings.compute) {
    compute.push_back({{"precision", row.precision},
                       {"isa", row.isa},
                       {"one_thread_gmacs", rounded(row.multiply_adds.one_thread / kGiga)},
                       {"all_threads_gmacs", rounded(row.multiply_adds.all_threads / kGiga)}});
  }
  Json caches = Json::array();
  for (const CacheCeiling& cache : ceilings.caches) {
    Json row = {{"level", cache.level}, {"bytes", cache.bytes}, {"shared_by", cache.shared_by}};
    row.update(giga(cache.read_bytes));
    caches.push_back(row);
  }
  return {{"threads", ceilings.threads},
          {"compute", compute},
          {"not_run", ceilings.not_run},
          {"cache_gbytes_per_s", caches},
          {"memory_gbytes_per_s", giga(ceilings.memory_read_bytes)},
          {"memory_copy_gbytes_per_s", giga(ceilings.memory_copy_bytes)},
          {"disturbed", ceilings.disturbed}};
}

std::optional<Ceilings> ceilings_from_json(const Json& json) {
  try {
    return read_json(json);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string default_cache_folder() {
  const struct {
    const char* variable;
    const char* below;
  } places[] = {{"XDG_CACHE_HOME", "/baton"}, {"HOME", "/.cache/baton"}};
  for (const auto& place : places) {
    const char* folder = std::getenv(place.variable);
    if (folder != nullptr && folder[0] == '/') return std::string(folder) + place.below;
  }
  return "";
}

std::string ceilings_file(const Facts& facts, const std::string& folder) {
  char name[40];
  std::snprintf(name, sizeof(name), "ceilings-%016llx.json",
                static_cast<unsigned long long>(hash_of(machine_key(facts))));
  return folder + "/" + name;
}

Ceilings machine_ceilings(const Facts& facts, const CeilingsCache& cache,
                          const std::function<Ceilings(const Facts&)>& measure) {
  const std::string key = machine_key(facts);
  const std::string file = ceilings_file(facts, cache.folder);
  if (!cache.folder.empty() && !cache.measure_anew) {
    if (std::optional<Ceilings> found = kept(file, key)) return *found;
  }
  const Ceilings ceilings = measure(facts);
  if (!cache.folder.empty() && !ceilings.disturbed) {
    keep(file, {{"machine", key}, {"ceilings", to_json(ceilings)}});
  }
  return ceilings;
}

}  // namespace baton::benchmarks
