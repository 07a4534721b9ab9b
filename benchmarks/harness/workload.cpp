#include "benchmarks/harness/workload.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <set>
#include <thread>

#include "benchmarks/cost/node_cost.h"
#include "tools/support/compare.h"
#include "tools/support/failure.h"
#include "tools/support/tensors.h"

namespace baton::benchmarks {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

double microseconds(Clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

Clock::duration of_seconds(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// "VmRSS", "VmHWM": of this program alone, where getrusage() also knows of the process that
// started it.
uint64_t status_bytes(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key + ":", 0) != 0) continue;
    return std::strtoull(line.c_str() + key.size() + 1, nullptr, 10) * 1024;
  }
  return 0;
}

// Numbers from low to high, in the element's own terms; the generator is the one of `run`.
std::vector<std::byte> content_in_range(const baton_tensor& tensor, int64_t low, int64_t high) {
  baton_quantization none{};
  none.struct_size = sizeof(none);
  baton_tensor plain = tensor;
  plain.quantization = &none;
  const bool real = tensor.dtype == BATON_FLOAT32 || tensor.dtype == BATON_FLOAT16 ||
                    tensor.dtype == BATON_FLOAT64;
  std::vector<double> values(tools::element_count(tensor));
  uint32_t x = 12345;
  for (double& value : values) {
    x = 1664525u * x + 1013904223u;
    const double part = (x >> 8) / double{1 << 24};
    const double span = static_cast<double>(high) - static_cast<double>(low);
    value = static_cast<double>(low) + (real ? part * span : std::floor(part * (span + 1)));
  }
  return tools::stored_values(plain, values);
}

std::vector<std::byte> content_of(const baton_tensor& tensor, const std::string& name,
                                  const InputSource* source) {
  if (source == nullptr || !source->has_content) return tools::generated_content(tensor);
  if (source->file.empty()) return content_in_range(tensor, source->low, source->high);
  std::vector<std::byte> bytes =
      tools::read_file(source->file, "the file of an input", tensor.bytes);
  if (bytes.size() != tensor.bytes) {
    tools::fail("input '{}' has {} bytes ({}), '{}' has {}", name, tensor.bytes,
                tools::type_and_shape(tensor), source->file, bytes.size());
  }
  return bytes;
}

Json describe_devices(const Runtime& runtime, const Placement& placement) {
  Json devices = Json::array();
  std::set<std::string> seen;
  for (uint32_t i = 0; i < placement.partition_count(); ++i) {
    const baton_partition_placement& partition = placement.partition(i);
    if (!seen.insert(fmt::format("{}\n{}", partition.delegate, partition.device)).second) continue;
    Json device{{"delegate", partition.delegate}, {"device", partition.device}};
    baton_plugin_list* list = nullptr;
    if (baton_runtime_describe_plugin(runtime.get(), partition.delegate, &list, nullptr) ==
        BATON_OK) {
      const std::unique_ptr<baton_plugin_list, void (*)(baton_plugin_list*)> keep(
          list, baton_plugin_list_destroy);
      for (uint32_t d = 0; const baton_device_info* info = baton_plugin_list_device(list, 0, d);
           ++d) {
        if (std::strcmp(info->name, partition.device) != 0) continue;
        device["driver"] = info->driver == nullptr ? "" : info->driver;
        device["kind"] = info->kind;
        device["exact_integer"] = (info->flags & BATON_DEVICE_EXACT_INTEGER) != 0;
        break;
      }
    }
    devices.push_back(std::move(device));
  }
  return devices;
}

// Why nodes were refused, the same reasons together.
Json describe_refusals(const Placement& placement) {
  struct Key {
    std::string delegate, reason, op, text;
    auto operator<=>(const Key&) const = default;
  };
  std::map<Key, uint32_t> counts;
  for (uint32_t i = 0; i < placement.node_count(); ++i) {
    const baton_node_placement& node = placement.node(i);
    for (uint32_t r = 0; r < node.refusal_count; ++r) {
      const baton_refusal& refusal = placement.refusal(i, r);
      ++counts[{refusal.delegate, baton_reason_name(refusal.reason), node.op_name,
                refusal.text == nullptr ? "" : refusal.text}];
    }
  }
  Json refusals = Json::array();
  for (const auto& [key, count] : counts) {
    refusals.push_back({{"delegate", key.delegate},
                        {"reason", key.reason},
                        {"op", key.op},
                        {"count", count},
                        {"text", key.text}});
  }
  return refusals;
}

// Whose ceiling a node is held to.
Precision precision_of(const NodeCost& cost, const std::string& asked) {
  const bool rounds = asked == "bf16" && cost.precision == Precision::kFloat32 && !cost.hybrid;
  return rounds ? Precision::kBfloat16 : cost.precision;
}

const baton_node* find_node(const baton_graph* graph, uint32_t index) {
  for (uint32_t i = 0; i < graph->node_count(graph); ++i) {
    const baton_node* node = graph->node(graph, i);
    if (node->index == index) return node;
  }
  return nullptr;
}

}  // namespace

Workload::Workload(const Job& job) {
  rss_at_start_ = status_bytes("VmRSS");
  const Clock::time_point start = Clock::now();
  setup_ = std::make_unique<tools::Setup>(job.common);
  if (job.min_partition_nodes != 0) setup_->config.min_partition_nodes = job.min_partition_nodes;
  if (job.max_partitions != 0) setup_->config.max_partitions = job.max_partitions;
  model_ = setup_->load(job.graph);
  const Clock::time_point loaded = Clock::now();

  CompileOptions options = setup_->compile_options();
  const baton_graph* main = model_->subgraph(0);
  for (uint32_t i = 0; i < main->node_count(main); ++i) {
    const auto index = static_cast<int32_t>(main->node(main, i)->index);
    if (index < job.first_node || index > job.last_node) options.pin(0, index);
  }
  compiled_ = tools::check(model_->compile(options));
  const Clock::time_point compiled = Clock::now();

  session_ = tools::check(compiled_->session(setup_->threads, job.signature));
  std::map<uint32_t, const InputSource*> sources;
  for (const InputSource& source : job.inputs) {
    const uint32_t input = tools::find_input(*session_, source.name, source.flag);
    if (!sources.try_emplace(input, &source).second) {
      tools::misuse("input '{}' is named twice", source.name);
    }
    if (source.shape.empty()) continue;
    tools::check(session_->resize_input(input, source.shape));
    resized_ = true;
  }
  tools::check(session_->prepare());
  const Clock::time_point ready = Clock::now();

  for (uint32_t i = 0; i < session_->input_count(); ++i) {
    const auto source = sources.find(i);
    contents_.push_back(content_of(session_->input(i), session_->input_name(i),
                                   source == sources.end() ? nullptr : source->second));
    generated_ = generated_ && (source == sources.end() || !source->second->has_content);
  }
  load_us_ = microseconds(loaded - start);
  compile_us_ = microseconds(compiled - loaded);
  session_us_ = microseconds(ready - compiled);
  rss_after_init_ = status_bytes("VmRSS");
}

Json Workload::describe() const {
  Json json;
  json["init_us"] = load_us_ + compile_us_ + session_us_;
  json["load_us"] = load_us_;
  json["compile_us"] = compile_us_;
  json["session_us"] = session_us_;
  json["threads"] = setup_->threads;

  const baton_graph* main = model_->subgraph(0);
  json["model_bytes"] = baton_model_bytes(model_->get());
  json["model_hash"] = main->model_hash(main);
  Json& inputs = json["inputs"] = Json::array();
  for (uint32_t i = 0; i < session_->input_count(); ++i) {
    inputs.push_back(tools::describe(session_->input(i), session_->input_name(i)));
  }
  Json& outputs = json["outputs"] = Json::array();
  for (uint32_t i = 0; i < session_->output_count(); ++i) {
    outputs.push_back(tools::describe(session_->output(i), session_->output_name(i)));
  }

  const Placement placement = session_->placement();
  const tools::Precisions precisions = setup_->precisions();
  json["placement"] = tools::summary(placement, precisions);
  json["devices"] = describe_devices(setup_->runtime, placement);
  json["refusals"] = describe_refusals(placement);
  json["events"] = Json::array();
  for (uint32_t i = 0; const char* event = placement.event(i); ++i) json["events"].push_back(event);
  json["partitions"] = placement.partition_count();

  // Costs are those of the shapes of the file: a session that was resized has others.
  const ModelCost costs = model_cost(model_->get());
  Json& nodes = json["nodes"] = Json::array();
  for (uint32_t i = 0; i < placement.node_count(); ++i) {
    const baton_node_placement& node = placement.node(i);
    Json entry{{"subgraph", node.subgraph}, {"index", node.node},    {"op", node.op_name},
               {"delegate", node.delegate}, {"device", node.device}, {"partition", node.partition},
               {"folded", node.folded != 0}};
    const baton_graph* graph = model_->subgraph(node.subgraph);
    const baton_node* view = find_node(graph, node.node);
    if (view != nullptr) {
      if (view->output_count > 0) {
        if (const baton_tensor* output = graph->tensor(graph, view->outputs[0])) {
          entry["name"] = output->name;
        }
      }
      if (!resized_) {
        const NodeCost& cost = costs.nodes.at(node.subgraph).at(node.node);
        entry["multiply_adds"] = cost.multiply_adds;
        entry["bytes_read"] = cost.bytes_read;
        entry["bytes_written"] = cost.bytes_written;
        entry["precision"] = precision_name(precision_of(cost, precisions.of(node.delegate)));
        entry["hybrid"] = cost.hybrid;
      }
    }
    nodes.push_back(std::move(entry));
  }
  json["multiply_adds"] = resized_ ? Json() : Json(costs.multiply_adds);
  json["parameters"] = costs.parameters;
  return json;
}

void Workload::fill_inputs() {
  for (uint32_t i = 0; i < contents_.size(); ++i) {
    tools::check(session_->set_input(i, contents_[i].data(), contents_[i].size()));
  }
}

SliceTimes Workload::run(const Slice& slice, const std::function<void()>& beat) {
  return run(slice, beat, [] {});
}

Workload::Profile Workload::profile(const Slice& slice, const std::function<void()>& beat) {
  Profile profile;
  session_->enable_profile(true);
  run(slice, beat, [this, &profile] {
    session_->profile([&](uint32_t subgraph, int32_t node, int32_t partition, uint64_t ns) {
      profile[{subgraph, node, partition}].push_back(static_cast<double>(ns) / 1000);
    });
  });
  session_->enable_profile(false);
  return profile;
}

template <typename After>
SliceTimes Workload::run(const Slice& slice, const std::function<void()>& beat,
                         const After& after) {
  constexpr auto kBeat = std::chrono::milliseconds(200);
  fill_inputs();
  SliceTimes result;
  const Clock::time_point begin = Clock::now();
  Clock::time_point next_beat = begin + kBeat;
  Clock::time_point start = begin;
  for (;;) {
    const Status status = session_->run();
    const Clock::time_point stop = Clock::now();
    const bool others_fault =
        status.code() == BATON_DELEGATE_FAILED || status.code() == BATON_OUT_OF_MEMORY;
    if (!status && generated_ && !others_fault) {
      tools::fail("{}; inputs were generated: give them with --input_layer_value_files",
                  status.message());
    }
    tools::check_run(status);
    result.us.add(microseconds(stop - start));
    after();
    if (stop >= next_beat) {
      beat();
      next_beat = stop + kBeat;
    }
    const Clock::duration elapsed = stop - begin;
    const bool enough = result.us.count() >= slice.runs && elapsed >= of_seconds(slice.min_seconds);
    if (enough || elapsed >= of_seconds(slice.max_seconds)) break;
    start = Clock::now();
    Clock::duration pause{};
    if (slice.period_seconds > 0) {
      pause =
          begin + of_seconds(slice.period_seconds * static_cast<double>(result.us.count())) - start;
    } else if (slice.delay_seconds > 0) {
      pause = of_seconds(slice.delay_seconds);
    }
    if (pause > Clock::duration{}) {
      // In pieces: whoever waits for this worker must hear from it.
      for (Clock::time_point now = start, end = start + pause; now < end; now = Clock::now()) {
        std::this_thread::sleep_for(std::min<Clock::duration>(end - now, kBeat));
        beat();
      }
      const Clock::time_point woken = Clock::now();
      result.pause_us += microseconds(woken - start);
      start = woken;
    }
  }
  result.wall_us = microseconds(Clock::now() - begin) - result.pause_us;
  return result;
}

void Workload::run_from_the_start() {
  tools::check(session_->reset_state());
  fill_inputs();
  tools::check_run(session_->run());
}

std::vector<std::byte> Workload::outputs() const {
  std::vector<std::byte> bytes;
  for (uint32_t i = 0; i < session_->output_count(); ++i) {
    const auto* data = session_->output_data<std::byte>(i);
    bytes.insert(bytes.end(), data, data + session_->output(i).bytes);
  }
  return bytes;
}

void Workload::write_outputs(const std::string& path) {
  run_from_the_start();
  const std::vector<std::byte> bytes = outputs();
  tools::write_file(path, bytes.data(), bytes.size());
}

Json Workload::compare_outputs(const std::string& path) {
  run_from_the_start();
  const std::vector<std::byte> expected =
      tools::read_file(path, "the reference kernels' output", UINT64_MAX);
  const std::vector<std::byte> actual = outputs();
  Json result{{"max_abs_diff", nullptr}, {"max_rel_diff", nullptr}};
  if (actual.size() != expected.size()) {
    // Shapes that depend on data, which differ.
    result["numerics"] = "differs";
    return result;
  }
  bool gpu = false;
  for (const Json& device : describe_devices(setup_->runtime, session_->placement())) {
    gpu = gpu || device.value("kind", 0) == BATON_DEVICE_GPU;
  }
  const bool exact = setup_->precisions().in_use(session_->placement()).exact();
  const double tolerance = !exact ? tools::kReducedPrecision : gpu ? 1e-3 : 1e-4;
  bool equal = true, agrees = true;
  double largest = 0, relative = 0;
  size_t offset = 0;
  for (uint32_t i = 0; i < session_->output_count(); ++i) {
    const baton_tensor& tensor = session_->output(i);
    const std::byte* a = actual.data() + offset;
    const std::byte* e = expected.data() + offset;
    offset += tensor.bytes;
    if (tensor.bits == 0) {
      equal = equal && std::memcmp(a, e, tensor.bytes) == 0;
      agrees = agrees && equal;
      continue;
    }
    const tools::Difference difference = tools::compare(tensor, a, e, tolerance);
    equal = equal && difference.different == 0;
    agrees = agrees && difference.agrees();
    largest = std::max(largest, difference.largest);
    relative = std::max(relative, difference.relative());
  }
  result["max_abs_diff"] = largest;
  result["max_rel_diff"] = relative;
  result["numerics"] = equal     ? "equal"
                       : !agrees ? "differs"
                       : exact   ? "within tolerance"
                                 : "reduced precision";
  return result;
}

Json Workload::memory() const {
  const baton_memory_figures figures = session_->memory();
  return {{"rss_at_start", rss_at_start_},      {"rss_after_init", rss_after_init_},
          {"rss_now", status_bytes("VmRSS")},   {"rss_peak", status_bytes("VmHWM")},
          {"arena_bytes", figures.arena_bytes}, {"arena_lower_bound", figures.arena_lower_bound},
          {"state_bytes", figures.state_bytes}};
}

}  // namespace baton::benchmarks
