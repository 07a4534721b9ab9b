#include <algorithm>
#include <cstring>

#include "core/api/handles.h"

using namespace baton;

namespace {

Result<std::shared_ptr<Delegate>> open_delegate(RuntimeState& runtime,
                                                const baton_delegate_choice& choice) {
  BATON_ASSIGN_OR_RETURN(auto plugin, runtime.plugins->load(choice.name));
  Options named;
  for (uint32_t i = 0; i < choice.option_count; ++i) {
    named.emplace_back(choice.keys[i], choice.values[i]);
  }
  return Delegate::create(std::move(plugin), named);
}

Result<CompileOptions> read_options(RuntimeState& runtime, const baton_compile_options* options) {
  baton_compile_options given = BATON_COMPILE_OPTIONS_INIT;
  if (options != nullptr) {
    std::memcpy(&given, options, std::min<size_t>(options->struct_size, sizeof(given)));
  }
  CompileOptions result;
  result.strict = (given.flags & BATON_COMPILE_STRICT) != 0;
  result.plan.weigh_costs = (given.flags & BATON_COMPILE_IGNORE_COSTS) == 0;
  result.plan.min_partition_nodes = std::max(given.min_partition_nodes, 1u);
  result.plan.max_partitions = given.max_partitions;
  result.store = runtime.store;
  for (uint32_t i = 0; i < given.pin_count; ++i) {
    const baton_pin& pin = *given.pins[i];
    result.pins.push_back({pin.subgraph, pin.node, pin.op == nullptr ? "" : pin.op,
                           pin.delegate == nullptr ? "" : pin.delegate});
  }
  for (uint32_t i = 0; i < given.delegate_count; ++i) {
    const baton_delegate_choice& choice = *given.delegates[i];
    if (std::strcmp(choice.name, "reference") == 0) {
      if (choice.option_count != 0) {
        return error(BATON_INVALID_ARGUMENT,
                     "'reference' has no options: '%s' was given; leave it out", choice.keys[0]);
      }
      break;  // it runs everything: what follows would never be asked
    }
    auto delegate = open_delegate(runtime, choice);
    if (delegate.ok()) {
      result.delegates.push_back(std::move(*delegate));
      continue;
    }
    // A plugin that is not there, or a wrong option, is the user's mistake; one that does not work
    // is a delegate that failed.
    const Status& failure = delegate.status();
    if (failure.code() == BATON_NOT_FOUND || failure.code() == BATON_INVALID_ARGUMENT) {
      return failure;
    }
    if (result.strict) return Status(BATON_DELEGATE_FAILED, failure.message());
    result.failed_to_start.push_back(failure.message() + "; its nodes go elsewhere");
    runtime.services->log(BATON_LOG_WARNING, result.failed_to_start.back().c_str());
  }
  return result;
}

}  // namespace

baton_status baton_model_compile(baton_model* model, const baton_compile_options* options,
                                 baton_compiled** compiled, baton_error** error) {
  auto read = read_options(*model->runtime, options);
  if (!read.ok()) return give(read.status(), error);
  auto result = Compiled::create(model->graph, std::move(*read), model->runtime->services);
  if (!result.ok()) return give(result.status(), error);
  *compiled = new baton_compiled{model->runtime, model->plugins, std::move(*result)};
  return give({}, error);
}

void baton_compiled_destroy(baton_compiled* compiled) { delete compiled; }

const baton_placement* baton_compiled_placement(const baton_compiled* compiled) {
  return &compiled->compiled->default_report();
}

uint32_t baton_placement_node_count(const baton_placement* placement) {
  return static_cast<uint32_t>(placement->nodes.size());
}

const baton_node_placement* baton_placement_node(const baton_placement* placement,
                                                 uint32_t position) {
  return position < placement->nodes.size() ? &placement->nodes[position].row : nullptr;
}

const baton_refusal* baton_placement_refusal(const baton_placement* placement, uint32_t position,
                                             uint32_t refusal) {
  if (position >= placement->nodes.size()) return nullptr;
  const auto& refusals = placement->nodes[position].refusals;
  return refusal < refusals.size() ? &refusals[refusal] : nullptr;
}

uint32_t baton_placement_partition_count(const baton_placement* placement) {
  return static_cast<uint32_t>(placement->partitions.size());
}

const baton_partition_placement* baton_placement_partition(const baton_placement* placement,
                                                           uint32_t position) {
  return position < placement->partitions.size() ? &placement->partitions[position] : nullptr;
}

const char* baton_placement_event(const baton_placement* placement, uint32_t position) {
  return position < placement->events.size() ? placement->events[position].c_str() : nullptr;
}
