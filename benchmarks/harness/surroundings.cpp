#include "benchmarks/harness/surroundings.h"

#include <chrono>
#include <memory>

#include "benchmarks/machine/ceilings.h"
#include "benchmarks/machine/facts.h"
#include "benchmarks/machine/roofline.h"
#include "benchmarks/machine/warnings.h"
#include "tools/support/progress.h"

namespace baton::benchmarks {
namespace {

// What Workload::describe() made of it.
NodeCost cost_of(const nlohmann::json& node) {
  NodeCost cost;
  cost.multiply_adds = node.value("multiply_adds", uint64_t{0});
  cost.bytes_read = node.value("bytes_read", uint64_t{0});
  cost.bytes_written = node.value("bytes_written", uint64_t{0});
  cost.hybrid = node.value("hybrid", false);
  const std::string precision = node.value("precision", "");
  for (const Precision known :
       {Precision::kFloat32, Precision::kBfloat16, Precision::kInt16, Precision::kInt8}) {
    if (precision == precision_name(known)) cost.precision = known;
  }
  return cost;
}

}  // namespace

Surroundings look_around(const Options& options) {
  FactSources sources = this_machine();
  sources.load_time = std::chrono::milliseconds(250);
  const Facts facts = read_facts(sources);
  Surroundings result;
  result.machine = to_json(facts);
  Circumstances circumstances;
#ifndef NDEBUG
  circumstances.optimised = false;
#endif
  circumstances.sanitizer = BATON_SANITIZED;
  circumstances.threads = std::max(options.job.common.threads, 1u);
  result.warnings = machine_warnings(facts, circumstances);

  result.machine["ceilings"] = nullptr;
  if (!options.measure_ceilings || options.dry_run) return result;
  tools::Progress progress;
  progress.show("this machine's ceilings");
  const auto ceilings = std::make_shared<const Ceilings>(
      machine_ceilings(facts, {default_cache_folder(), options.ceilings_anew}));
  result.machine["ceilings"] = to_json(*ceilings);
  result.ceiling = [ceilings](const nlohmann::json& node,
                              uint32_t threads) -> std::optional<double> {
    if (!node.contains("precision")) return std::nullopt;
    return ceiling_seconds(cost_of(node), *ceilings, threads);
  };
  return result;
}

}  // namespace baton::benchmarks
