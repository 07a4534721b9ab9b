#include "benchmarks/harness/job.h"

namespace baton::benchmarks {
namespace {

// Each member once, for both directions.
template <typename Visit, typename AnyJob>
void visit_members(AnyJob& job, const Visit& visit) {
  visit("graph", job.graph);
  visit("delegate", job.common.delegate);
  visit("config", job.common.config);
  visit("threads", job.common.threads);
  visit("strict", job.common.strict);
  visit("cache_folder", job.common.cache_folder);
  visit("max_file_bytes", job.common.max_file_bytes);
  visit("max_tensor_bytes", job.common.max_tensor_bytes);
  visit("max_memory", job.common.max_memory);
  visit("max_depth", job.common.max_depth);
  visit("max_steps", job.common.max_steps);
  visit("signature", job.signature);
  visit("min_partition_nodes", job.min_partition_nodes);
  visit("max_partitions", job.max_partitions);
  visit("first_node", job.first_node);
  visit("last_node", job.last_node);
}

template <typename Visit, typename AnySource>
void visit_source(AnySource& source, const Visit& visit) {
  visit("name", source.name);
  visit("flag", source.flag);
  visit("file", source.file);
  visit("low", source.low);
  visit("high", source.high);
  visit("shape", source.shape);
  visit("has_content", source.has_content);
}

struct Writer {
  nlohmann::ordered_json& json;
  template <typename T>
  void operator()(const char* key, const T& value) const {
    json[key] = value;
  }
  void operator()(const char* key, const std::optional<uint64_t>& value) const {
    if (value) json[key] = *value;
  }
};

struct Reader {
  const nlohmann::json& json;
  template <typename T>
  void operator()(const char* key, T& value) const {
    json.at(key).get_to(value);
  }
  void operator()(const char* key, std::optional<uint64_t>& value) const {
    if (json.contains(key)) value = json.at(key).get<uint64_t>();
  }
};

}  // namespace

nlohmann::ordered_json to_json(const Job& job) {
  nlohmann::ordered_json json;
  visit_members(job, Writer{json});
  json["inputs"] = nlohmann::ordered_json::array();
  for (const InputSource& source : job.inputs) {
    nlohmann::ordered_json entry;
    visit_source(source, Writer{entry});
    json["inputs"].push_back(std::move(entry));
  }
  return json;
}

Job job_from(const nlohmann::json& json) {
  Job job;
  visit_members(job, Reader{json});
  for (const nlohmann::json& entry : json.at("inputs")) {
    visit_source(job.inputs.emplace_back(), Reader{entry});
  }
  return job;
}

}  // namespace baton::benchmarks
