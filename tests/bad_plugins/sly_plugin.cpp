// The sly delegate's plugin: what it says of itself, and which nodes it takes.
#include <algorithm>
#include <cstdlib>

#include "sly_program.h"

namespace sly {
namespace {

using namespace baton::sdk;

// Of all plugin objects of the process: rule 6 forbids it, and two modes break that.
std::atomic<int> objects{0};
std::atomic<bool> one_was_destroyed{false};

bool known(int32_t op) {
  return op == BATON_OP_ADD || op == BATON_OP_MUL || op == BATON_OP_RELU || op == BATON_OP_RNN;
}

struct Refusal {
  uint32_t reason;
  std::string sentence;
};

Refusal check(const Graph& graph, const Node& node) {
  if (!known(node.op())) return {BATON_REASON_OP_UNKNOWN, "it has no such operator"};
  const Tensor output = graph.output_of(node, 0);
  for (uint32_t i = 0; i < node.inputs().size(); ++i) {
    const Tensor input = graph.input_of(node, i);
    if (!input || input.dtype() != BATON_FLOAT32) {
      return {mode("unknown_after_all") ? uint32_t{BATON_REASON_OP_UNKNOWN}
                                        : uint32_t{BATON_REASON_DTYPE},
              "only float32 is supported"};
    }
    const bool same = std::equal(input.dims().begin(), input.dims().end(), output.dims().begin(),
                                 output.dims().end());
    if (!same && node.op() != BATON_OP_RNN) return {BATON_REASON_SHAPE, "no broadcast"};
  }
  int32_t activation = BATON_ACTIVATION_NONE;
  if (node.op() == BATON_OP_ADD) {
    activation = node.attributes<baton_add_attributes>().fused_activation_function;
  } else if (node.op() == BATON_OP_MUL) {
    activation = node.attributes<baton_mul_attributes>().fused_activation_function;
  } else if (node.op() == BATON_OP_RNN &&
             node.attributes<baton_rnn_attributes>().fused_activation_function !=
                 BATON_ACTIVATION_TANH) {
    return {BATON_REASON_ATTRIBUTE, "RNN ends in TANH"};
  }
  if (activation > BATON_ACTIVATION_RELU6) {
    return {BATON_REASON_ATTRIBUTE, "no such fused activation"};
  }
  return {BATON_REASON_NONE, ""};
}

const baton_option_spec kOptions[] = {
    option(BATON_OPTION_STRING, "level", mode("bad_default") ? "all" : "some",
           mode("no_help") ? "" : "Does nothing.", "some|none"),
    option(BATON_OPTION_STRING, "precision", "exact", "What it says of its numbers, no more.",
           "exact|bf16"),
};

}  // namespace

SlyPlugin::SlyPlugin(Host host)
    : Plugin(host), thread_(std::this_thread::get_id()), memory_(allocate(256)) {
  if (mode("hang_create")) hang();
  if (mode("one_object") && objects > 0) throw Error(BATON_REASON_OTHER, "the device is in use");
  ++objects;
  infos_.push_back(make_device(
      "Sly device", "sly 1.0", BATON_DEVICE_ACCELERATOR,
      BATON_DEVICE_USABLE | (mode("not_in_place") ? uint32_t{BATON_DEVICE_IN_PLACE} : 0u)));
  infos_.push_back(make_device("Sly device in repair", "", BATON_DEVICE_ACCELERATOR, 0,
                               mode("unusable_without_reason") ? "" : "its fan was taken out"));
}

SlyPlugin::~SlyPlugin() {
  if (mode("crash_destroy")) crash();
  --objects;
  one_was_destroyed = true;
  if (mode("leak_plugin")) memory_.release();
}

About SlyPlugin::about() {
  return {"Baton's tests", "1.0",
          mode("no_description") ? "" : "Right, but for one rule of the plugin ABI."};
}

Span<const baton_option_spec> SlyPlugin::options() { return kOptions; }

Host::Memory SlyPlugin::allocate(uint64_t bytes) {
  try {
    return host().allocate(bytes);
  } catch (const Error&) {
    if (mode("crash_without_memory")) crash();
    if (mode("broken_by_failure")) lost_ = true;
    throw;
  }
}

void SlyPlugin::check_thread() const {
  if (mode("one_thread") && std::this_thread::get_id() != thread_) {
    throw Error(BATON_REASON_OTHER, "it wants to be called from one thread only");
  }
  if (mode("shared_by_objects") && one_was_destroyed) {
    throw Error(BATON_REASON_OTHER, "the driver was closed");
  }
}

uint32_t SlyPlugin::device_count() {
  const uint32_t count = static_cast<uint32_t>(infos_.size());
  return mode("count_changes") && asked_++ > 0 ? count - 1 : count;
}

const baton_device_info* SlyPlugin::device(uint32_t device) {
  if (mode("device_changes")) infos_[device].launch_ns += 1;
  return &infos_[device];
}

int32_t SlyPlugin::max_version(uint32_t, int32_t op) {
  constexpr int32_t kVersion = 3;
  if (!known(op)) return mode("negative_version") ? -1 : 0;
  return mode("version_changes") ? kVersion + versions_++ % 2 : kVersion;
}

void SlyPlugin::examine(uint32_t, const Options&, const Graph& graph, const Answer& answer) {
  if (mode("abort_examine")) std::abort();
  if (mode("hang_examine")) hang();
  check_thread();
  bool first = true;
  for (uint32_t i = 0; i < graph.node_count(); ++i) {
    const Node node = graph.node(i);
    if (!node.offered() && !(mode("ignores_offered") && known(node.op()))) continue;
    if (mode("no_answer") && std::exchange(first, false)) continue;
    const Refusal refusal = check(graph, node);
    if (refusal.reason != BATON_REASON_NONE) {
      const uint32_t reason = mode("no_reason")      ? uint32_t{BATON_REASON_NONE}
                              : mode("hosts_reason") ? uint32_t{BATON_REASON_PINNED}
                                                     : refusal.reason;
      answer.no(node, reason, mode("no_sentence") ? "" : refusal.sentence);
    } else if (mode("negative_cost")) {
      answer.yes(node, -7);
    } else if (mode("endless_cost")) {
      answer.yes(node, INT64_MAX);
    } else {
      answer.yes(node, mode("fickle") ? asked_++ : 10);
    }
  }
}

std::unique_ptr<Program> SlyPlugin::compile(uint32_t, const Options&, const Graph& partition) {
  if (mode("exit_compile")) std::_Exit(0);
  if (mode("hang_compile")) hang();
  check_thread();
  if (mode("fails_alone") && partition.node_count() == 1) {
    throw Error(BATON_REASON_OTHER, "one node is too little");
  }
  auto program = std::make_unique<SlyProgram>(*this, partition);
  program->copy_constants(partition);
  return program;
}

const void* SlyPlugin::extension(std::string_view id) {
  if (id == BATON_EXT_PROGRAM_CACHE) return &kProgramCache;
  if (id == BATON_EXT_ASYNC) return &kAsync;
  if (id == BATON_EXT_DEVICE_BUFFERS) return &kDeviceBuffers;
  return mode("any_extension") ? &kAsync : nullptr;
}

namespace {

// As Border's, but that it says nothing.
int32_t compile_silently(baton_plugin* plugin, uint32_t device, const baton_options* options,
                         const baton_graph* partition, baton_program** program) {
  try {
    *program = Border::hand_over(
        Border::host_of(plugin),
        object_of<SlyPlugin>(plugin).compile(device, Options(options), Graph(partition)));
    return BATON_OK;
  } catch (const Error& error) {
    return error.status();
  }
}

baton_plugin_info make_info(const char* version, uint32_t abi_version) {
  static const baton_plugin_info& original =
      *Border::query<SlyPlugin>(bad_plugin_name, BATON_PLUGIN_ABI_VERSION);
  static const baton_delegate delegate = [] {
    baton_delegate table = *original.delegate;
    if (mode("silent_without_memory")) table.compile = compile_silently;
    return table;
  }();
  baton_plugin_info info = original;
  info.delegate = &delegate;
  info.version = version;
  info.abi_version = abi_version;
  if (mode("name_differs")) info.name = "sly_other";
  return info;
}

const baton_plugin_info* query(uint32_t host_abi) {
  static const baton_plugin_info info = make_info("1.0", BATON_PLUGIN_ABI_VERSION);
  static const baton_plugin_info changed = make_info("2.0", BATON_PLUGIN_ABI_VERSION);
  static const baton_plugin_info newer = make_info("1.0", BATON_PLUGIN_ABI_VERSION + 1);
  static std::atomic<bool> asked{false};
  if (host_abi == BATON_PLUGIN_ABI_VERSION) {
    return mode("info_changes") && asked.exchange(true) ? &changed : &info;
  }
  if (mode("crash_query")) crash();
  return mode("any_abi") ? &newer : nullptr;
}

}  // namespace
}  // namespace sly

BATON_PLUGIN_ENTRY(sly)(uint32_t host_abi) { return sly::query(host_abi); }
