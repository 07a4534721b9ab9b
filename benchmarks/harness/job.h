// What one worker measures: one model on one choice of delegates.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/support/setup.h"

namespace baton::benchmarks {

// The content of an input, where it is not generated.
struct InputSource {
  std::string name;            // of the input, or its position
  std::string flag;            // that named it first, for what is said of it
  std::string file;            // raw content; "": from the range
  int64_t low = 0, high = 0;   // inclusive
  std::vector<int32_t> shape;  // empty: as the model says
  bool has_content = false;    // a file or a range was given
};

struct Job {
  std::string graph;
  tools::CommonFlags common;  // of one row: its delegates, threads, configuration, quotas
  std::string signature;
  std::vector<InputSource> inputs;
  uint32_t min_partition_nodes = 0;  // 0: as configured
  uint32_t max_partitions = 0;
  int64_t first_node = 0;  // operators of the main subgraph that a delegate may take
  int64_t last_node = INT32_MAX;
};

nlohmann::ordered_json to_json(const Job& job);
Job job_from(const nlohmann::json& json);

}  // namespace baton::benchmarks
