// A delegate that passes every call through to another one, and takes longer over one operator:
//
//   --delegate=slow_wrapper:inner=PATH_OF_PLUGIN:node=N:percent=P
//
// Operator N of each subgraph becomes a partition of its own, whose executions take P per cent
// longer than the inner delegate needs. With percent=0 the partitions are the same, so that the
// two can be compared. Written against the C ABI: the inner delegate's statuses and reports go
// through as they are.
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "inner.h"

namespace slow_wrapper {
namespace {

using Clock = std::chrono::steady_clock;

constexpr baton_option_spec kOptions[] = {
    {sizeof(baton_option_spec), BATON_OPTION_STRING, "inner", "", "Path of the plugin to wrap.",
     nullptr},
    {sizeof(baton_option_spec), BATON_OPTION_INT, "node", "-1",
     "Operator to slow down, by its index in the file; -1: none.", nullptr},
    {sizeof(baton_option_spec), BATON_OPTION_FLOAT, "percent", "0",
     "How much longer the operator takes, in per cent.", nullptr},
};

// One per runtime. The options, and with them the inner plugin, are known from examine on.
struct Plugin {
  const baton_host* host;
  std::map<std::string, std::unique_ptr<Inner>> inners;

  const Inner& inner(const baton_options* options) {
    const std::string path = options->get(options, "inner");
    auto& inner = inners[path];
    if (inner == nullptr) inner = std::make_unique<Inner>(path, host);
    return *inner;
  }
};

struct Program {
  const Inner& inner;
  baton_program* program = nullptr;
  bool slow = false;  // it is the partition of the chosen node
  uint32_t node = 0;
  double percent = 0;
};

struct Instance {
  const Program& program;
  baton_instance* instance = nullptr;
  uint64_t added_ns = 0;  // in the last execution
};

Plugin& self(baton_plugin* plugin) { return *reinterpret_cast<Plugin*>(plugin); }
Program& self(baton_program* program) { return *reinterpret_cast<Program*>(program); }
Instance& self(baton_instance* instance) { return *reinterpret_cast<Instance*>(instance); }

int64_t chosen_node(const baton_options* options) {
  return std::strtoll(options->get(options, "node"), nullptr, 10);
}

template <typename Fn>
int32_t guarded(const baton_host* host, const Fn& fn) {
  try {
    return fn();
  } catch (const std::exception& exception) {
    host->report(host, BATON_REASON_OPTION, exception.what());
    return BATON_ERROR;
  }
}

// ---- Examine ------------------------------------------------------------------------------------

// Stands between the inner delegate and the host while answers are given.
struct Filter {
  const Inner& inner;
  const baton_graph* graph;
  const baton_answer* outer;
  int64_t chosen;
  bool taken = false;  // the inner delegate said yes to the chosen node
};

// The inner delegate's highest versions are not known to the host, which asks before there are
// options.
bool too_new(const Filter& filter, uint32_t index) {
  const baton_graph* graph = filter.graph;
  for (uint32_t i = 0; i < graph->node_count(graph); ++i) {
    const baton_node* node = graph->node(graph, i);
    if (node->index != index) continue;
    const int32_t most = filter.inner.max_version(node->op);
    return most >= 0 && node->min_version > most;
  }
  return false;
}

void say_yes(const baton_answer* answer, uint32_t node, int64_t) {
  auto& filter = *static_cast<Filter*>(answer->context);
  if (too_new(filter, node)) {
    filter.outer->no(filter.outer, node, BATON_REASON_OP_VERSION,
                     "the wrapped delegate does not know this version of the operator");
    return;
  }
  if (node == filter.chosen) filter.taken = true;
  // Costs are kept back: what counts as free is taken, however small its partition.
  filter.outer->yes(filter.outer, node, -1);
}

void say_no(const baton_answer* answer, uint32_t node, uint32_t reason, const char* text) {
  const auto& filter = *static_cast<Filter*>(answer->context);
  filter.outer->no(filter.outer, node, reason, text);
}

void propose(const baton_answer* answer, const uint32_t* nodes, uint32_t count) {
  const auto& filter = *static_cast<Filter*>(answer->context);
  // What is left of a group without the chosen node need not be convex.
  for (uint32_t i = 0; i < count; ++i) {
    if (nodes[i] == filter.chosen) return;
  }
  filter.outer->group(filter.outer, nodes, count);
}

int32_t examine(baton_plugin* plugin, uint32_t, const baton_options* options,
                const baton_graph* graph, const baton_answer* answer) {
  return guarded(self(plugin).host, [&] {
    const Inner& inner = self(plugin).inner(options);
    Filter filter{inner, graph, answer, chosen_node(options)};
    baton_answer between{};
    between.struct_size = sizeof(between);
    between.context = &filter;
    between.yes = say_yes;
    between.no = say_no;
    between.group = propose;
    const int32_t status =
        inner.delegate().examine(inner.plugin(), 0, inner.options(), graph, &between);
    if (status == BATON_OK && filter.taken) {
      const auto node = static_cast<uint32_t>(filter.chosen);
      answer->group(answer, &node, 1);
    }
    return status;
  });
}

// ---- Programs and instances
// -----------------------------------------------------------------------

int32_t compile(baton_plugin* plugin, uint32_t, const baton_options* options,
                const baton_graph* partition, baton_program** program) {
  return guarded(self(plugin).host, [&] {
    const Inner& inner = self(plugin).inner(options);
    auto made = std::make_unique<Program>(Program{inner});
    const uint32_t node = partition->node(partition, 0)->index;
    made->slow = partition->node_count(partition) == 1 && node == chosen_node(options);
    made->node = node;
    made->percent = std::strtod(options->get(options, "percent"), nullptr);
    const int32_t status =
        inner.delegate().compile(inner.plugin(), 0, inner.options(), partition, &made->program);
    if (status == BATON_OK) *program = reinterpret_cast<baton_program*>(made.release());
    return status;
  });
}

void destroy_program(baton_program* program) {
  self(program).inner.delegate().destroy_program(self(program).program);
  delete &self(program);
}

int32_t instantiate(baton_program* program, const baton_shapes* shapes, baton_instance_info* info,
                    baton_instance** instance) {
  const Program& outer = self(program);
  auto made = std::make_unique<Instance>(Instance{outer});
  const int32_t status =
      outer.inner.delegate().instantiate(outer.program, shapes, info, &made->instance);
  if (status == BATON_OK) *instance = reinterpret_cast<baton_instance*>(made.release());
  return status;
}

int32_t reshape(baton_instance* instance, const baton_shapes* shapes, baton_instance_info* info) {
  const Instance& outer = self(instance);
  return outer.program.inner.delegate().reshape(outer.instance, shapes, info);
}

int32_t execute(baton_instance* instance, const baton_execution* execution,
                const baton_bindings* bindings) {
  Instance& outer = self(instance);
  const Clock::time_point begin = Clock::now();
  const int32_t status =
      outer.program.inner.delegate().execute(outer.instance, execution, bindings);
  outer.added_ns = 0;
  if (status != BATON_OK || !outer.program.slow || outer.program.percent <= 0) return status;
  const Clock::time_point done = Clock::now();
  const auto wait =
      std::chrono::duration_cast<Clock::duration>((done - begin) * (outer.program.percent / 100));
  // Sleeping would give the core away, and be slower by more than was asked for.
  while (Clock::now() - done < wait) {
  }
  outer.added_ns = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - done).count());
  return status;
}

void destroy_instance(baton_instance* instance) {
  self(instance).program.inner.delegate().destroy_instance(self(instance).instance);
  delete &self(instance);
}

// ---- Profile
// --------------------------------------------------------------------------------------

int32_t enable_profile(baton_instance* instance, int32_t on) {
  const Instance& outer = self(instance);
  const baton_ext_profile* profile = outer.program.inner.profile();
  return profile == nullptr ? BATON_UNSUPPORTED : profile->enable(outer.instance, on);
}

// The time that was added belongs to the node.
int32_t read_profile(baton_instance* instance, void (*add)(void* user, uint32_t node, uint64_t ns),
                     void* user) {
  const Instance& outer = self(instance);
  const baton_ext_profile* profile = outer.program.inner.profile();
  if (profile == nullptr) return BATON_UNSUPPORTED;
  struct Sum {
    const Instance& outer;
    void (*add)(void* user, uint32_t node, uint64_t ns);
    void* user;
  } sum{outer, add, user};
  return profile->read(
      outer.instance,
      [](void* context, uint32_t node, uint64_t ns) {
        const Sum& to = *static_cast<Sum*>(context);
        const bool slow = to.outer.program.slow && node == to.outer.program.node;
        to.add(to.user, node, ns + (slow ? to.outer.added_ns : 0));
      },
      &sum);
}

constexpr baton_ext_profile kProfile = {sizeof(baton_ext_profile), 0, enable_profile, read_profile};

// ---- The plugin
// -------------------------------------------------------------------------------------

uint32_t device_count(baton_plugin*) { return 1; }

const baton_device_info* device(baton_plugin*, uint32_t device) {
  static constexpr baton_device_info kDevice = {sizeof(baton_device_info),
                                                BATON_DEVICE_USABLE | BATON_DEVICE_EXACT_INTEGER,
                                                "Slow wrapper",
                                                "",
                                                "",
                                                BATON_DEVICE_ACCELERATOR,
                                                0,
                                                0,
                                                0,
                                                0};
  return device == 0 ? &kDevice : nullptr;
}

const baton_option_spec* option(uint32_t position) {
  return position < std::size(kOptions) ? &kOptions[position] : nullptr;
}

int32_t create(const baton_host* host, baton_plugin** plugin) {
  *plugin = reinterpret_cast<baton_plugin*>(new Plugin{host, {}});
  return BATON_OK;
}

void destroy(baton_plugin* plugin) { delete &self(plugin); }

const void* get_extension(baton_plugin*, const char* id) {
  return std::strcmp(id, BATON_EXT_PROFILE) == 0 ? &kProfile : nullptr;
}

constexpr baton_delegate kDelegate = {sizeof(baton_delegate),
                                      0,
                                      device_count,
                                      device,
                                      nullptr,  // every version is offered: too_new
                                      examine,
                                      compile,
                                      destroy_program,
                                      instantiate,
                                      reshape,
                                      execute,
                                      destroy_instance};

constexpr baton_plugin_info kInfo = {sizeof(baton_plugin_info),
                                     BATON_PLUGIN_ABI_VERSION,
                                     "slow_wrapper",
                                     "Baton",
                                     "0.1.0",
                                     "Another delegate, slower by a known amount.",
                                     static_cast<uint32_t>(std::size(kOptions)),
                                     0,
                                     0,
                                     0,
                                     option,
                                     nullptr,
                                     &kDelegate,
                                     create,
                                     destroy,
                                     get_extension};

}  // namespace
}  // namespace slow_wrapper

BATON_PLUGIN_ENTRY(slow_wrapper)(uint32_t host_abi) {
  return host_abi == BATON_PLUGIN_ABI_VERSION ? &slow_wrapper::kInfo : nullptr;
}
