// A delegate that takes every node that it is offered and goes wrong in one way, the one that
// mode.c was compiled for. What it computes is nonsense: no mode gets as far as a right result.
//
// It is written against the C tables, since plugin.hpp would not let it do most of this.
#include <baton/plugin.h>

#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// mode.c: "bad_" and the mode.
extern "C" const char bad_plugin_name[];

namespace {

bool mode(const char* name) {
  return std::strcmp(bad_plugin_name + std::strlen("bad_"), name) == 0;
}

struct Delegate {
  const baton_host* host;
  baton_device_info info;
};

struct Program {
  Delegate* delegate;
  std::vector<uint32_t> counts;  // of inputs, outputs and states
};

struct Instance {
  Program* program;
};

Delegate& of(baton_plugin* plugin) { return *reinterpret_cast<Delegate*>(plugin); }
Program& of(baton_program* program) { return *reinterpret_cast<Program*>(program); }
Instance& of(baton_instance* instance) { return *reinterpret_cast<Instance*>(instance); }

// The two plain ways to fail at a stage.
int32_t fail(const baton_host* host, const char* stage) {
  if (mode((std::string("throw_") + stage).c_str())) {
    throw std::runtime_error(std::string("thrown in ") + stage);
  }
  if (!mode((std::string("fail_") + stage).c_str())) return BATON_OK;
  // Host texts must stay on one line, whatever a plugin writes.
  host->report(host, BATON_REASON_DEVICE_FEATURE,
               (std::string("the device refuses\n  in ") + stage).c_str());
  return BATON_ERROR;
}

int32_t create(const baton_host* host, baton_plugin** plugin) {
  const int32_t status = fail(host, "create");
  if (status != BATON_OK) return status;
  if (mode("null_create")) return BATON_OK;
  auto* delegate = new Delegate{host, {}};
  delegate->info.struct_size = sizeof(baton_device_info);
  delegate->info.flags = mode("unusable_device") ? 0 : BATON_DEVICE_USABLE;
  delegate->info.name = mode("null_device") ? nullptr : "Bad device";
  delegate->info.driver = "";
  delegate->info.unusable_reason = mode("unusable_device") ? "the driver is missing" : "";
  *plugin = reinterpret_cast<baton_plugin*>(delegate);
  return BATON_OK;
}

void destroy(baton_plugin* plugin) {
  const baton_host* host = of(plugin).host;
  delete &of(plugin);
  fail(host, "destroy");
}

uint32_t device_count(baton_plugin*) {
  if (mode("many_devices")) return 1u << 31;
  return mode("no_device") ? 0 : 1;
}

const baton_device_info* device(baton_plugin* plugin, uint32_t) { return &of(plugin).info; }

int32_t examine(baton_plugin* plugin, uint32_t, const baton_options*, const baton_graph* graph,
                const baton_answer* answer) {
  const int32_t status = fail(of(plugin).host, "examine");
  if (status != BATON_OK) return status;
  std::vector<uint32_t> offered;
  uint32_t other = 1u << 30;  // a node that was not offered
  for (uint32_t i = 0; i < graph->node_count(graph); ++i) {
    const baton_node* node = graph->node(graph, i);
    if (node->flags & BATON_NODE_OFFERED) {
      offered.push_back(node->index);
    } else {
      other = node->index;
    }
  }
  const bool refuse_last = mode("group_refused");
  for (const uint32_t node : offered) {
    if (mode("twin") || (refuse_last && node == offered.back())) {
      answer->no(answer, node, BATON_REASON_OTHER, "not today");
    } else {
      answer->yes(answer, node, 10);
      if (mode("answers_twice")) answer->yes(answer, node, 10);
    }
  }
  if (mode("unoffered")) answer->yes(answer, other, 10);
  if (refuse_last) answer->group(answer, offered.data(), static_cast<uint32_t>(offered.size()));
  if (mode("cyclic") && offered.size() > 2) {
    const uint32_t ends[] = {offered.front(), offered.back()};
    answer->group(answer, ends, 2);
  }
  return BATON_OK;
}

int32_t compile(baton_plugin* plugin, uint32_t, const baton_options*, const baton_graph* graph,
                baton_program** program) {
  const int32_t status = fail(of(plugin).host, "compile");
  if (status != BATON_OK) return status;
  if (mode("silent_compile")) return BATON_UNSUPPORTED;
  if (mode("null_program")) return BATON_OK;
  *program = reinterpret_cast<baton_program*>(new Program{
      &of(plugin),
      {graph->input_count(graph), graph->output_count(graph), graph->state_count(graph)}});
  return BATON_OK;
}

void destroy_program(baton_program* program) { delete &of(program); }

int32_t instantiate(baton_program* program, const baton_shapes*, baton_instance_info* info,
                    baton_instance** instance) {
  const int32_t status = fail(of(program).delegate->host, "instantiate");
  if (status != BATON_OK) return status;
  if (mode("null_instance")) return BATON_OK;
  if (mode("huge_scratch")) info->scratch_bytes = uint64_t{1} << 60;
  *instance = reinterpret_cast<baton_instance*>(new Instance{&of(program)});
  return BATON_OK;
}

int32_t reshape(baton_instance* instance, const baton_shapes*, baton_instance_info*) {
  return fail(of(instance).program->delegate->host, "reshape");
}

unsigned char* address(const baton_buffer* buffer) {
  return static_cast<unsigned char*>(buffer->handle) + buffer->offset;
}

int32_t execute(baton_instance* instance, const baton_execution* execution,
                const baton_bindings* bindings) {
  const Program& program = *of(instance).program;
  const baton_host* host = program.delegate->host;
  const int32_t status = fail(host, "execute");
  if (status != BATON_OK) return status;
  if (mode("bad_status")) return 77;
  if (mode("throw_parallel")) {
    execution->parallel_for(
        execution, 64, 1,
        [](void*, uint32_t, uint64_t, uint64_t) { throw std::runtime_error("thrown in a piece"); },
        nullptr);
    return BATON_OK;
  }
  // Reasons given from other threads than the caller's.
  if (mode("report_in_piece")) {
    execution->parallel_for(
        execution, 8, 1,
        [](void* user, uint32_t, uint64_t, uint64_t) {
          const auto* from = static_cast<const baton_host*>(user);
          from->report(from, BATON_REASON_MEMORY, "a piece ran out of memory");
        },
        const_cast<baton_host*>(host));
    return BATON_ERROR;
  }
  if (mode("report_from_thread")) {
    std::thread([host] {
      host->report(host, BATON_REASON_MEMORY, "a thread of its own ran out of memory");
    }).join();
    return BATON_ERROR;
  }
  for (uint32_t i = 0; i < program.counts[1]; ++i) {
    const baton_buffer* output = bindings->output(bindings, i);
    if (mode("unwritten")) continue;
    std::memset(address(output), 0xEE, output->bytes);
    if (mode("overrun")) address(output)[output->bytes + 3] ^= 1;
    if (mode("underrun")) address(output)[-1] ^= 1;
  }
  for (uint32_t i = 0; i < program.counts[2]; ++i) {
    const baton_buffer* state = bindings->state_out(bindings, i);
    std::memset(address(state), 0xEE, state->bytes);
  }
  if (mode("half_way")) {
    execution->report(execution, BATON_REASON_OTHER, "the power failed half-way");
    return BATON_ERROR;
  }
  return BATON_OK;
}

void destroy_instance(baton_instance* instance) { delete &of(instance); }

const baton_delegate kDelegate = {
    mode("small_table") ? 16u : static_cast<uint32_t>(sizeof(baton_delegate)),
    0,
    device_count,
    device,
    nullptr,
    examine,
    compile,
    destroy_program,
    instantiate,
    reshape,
    mode("no_execute") ? nullptr : execute,
    destroy_instance};

const baton_plugin_info kInfo = {
    mode("small_info") ? 12u : static_cast<uint32_t>(sizeof(baton_plugin_info)),
    mode("wrong_abi") ? (7u << 16 | 9u) : BATON_PLUGIN_ABI_VERSION,
    mode("bad_name") ? "Bad Name" : bad_plugin_name,
    mode("null_texts") ? nullptr : "Baton's tests",
    "1.0",
    "Goes wrong in one way.",
    0,
    0,
    0,
    0,
    nullptr,
    nullptr,
    &kDelegate,
    create,
    destroy,
    nullptr};

}  // namespace

BATON_PLUGIN_ENTRY(bad)(uint32_t) {
  if (mode("throw_query")) throw std::runtime_error("thrown in query");
  return mode("null_query") ? nullptr : &kInfo;
}
