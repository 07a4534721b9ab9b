// A delegate that plays an accelerator with memory of its own and uses whatever the plugin ABI
// offers: several devices with declared costs, options, reason codes, proposed groups, state,
// scratch memory, threads, cancellation, program cache, profile, asynchronous execution, device
// buffers, tensors inside a partition. Options make it refuse, fail or dawdle where a test wants
// it. It includes nothing of Baton but the public headers.
#include <chrono>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "compiler.h"
#include "faults.h"
#include "kernels.h"
#include "queue.h"

namespace fake_npu {
namespace {

using namespace baton::sdk;

#ifdef FAKE_NPU_ONE_THREAD
constexpr uint32_t kPluginFlags = BATON_PLUGIN_ONE_THREAD;
#else
constexpr uint32_t kPluginFlags = 0;
#endif

constexpr baton_option_spec kOptions[] = {
    option(BATON_OPTION_STRING, "refuse", "", "Operators to refuse, as CONV_2D+ADD."),
    option(BATON_OPTION_INT, "max_elements", "16777216", "Largest tensor, in elements."),
    option(BATON_OPTION_INT, "take_percent", "100", "Share of nodes to take, picked by seed."),
    option(BATON_OPTION_INT, "seed", "1", "Picks the nodes of take_percent."),
    option(BATON_OPTION_STRING, "groups", "none", "Proposed groups.", "none|single|all"),
    option(BATON_OPTION_BOOL, "costs", "true", "Declares costs of nodes."),
    option(BATON_OPTION_BOOL, "static_shapes", "false", "New shapes need a new program."),
    option(BATON_OPTION_INT, "latency_us", "0", "Time that each execution takes at least."),
    option(BATON_OPTION_STRING, "fail_at", "none", "Fails at this stage.",
           "none|examine|compile|instantiate|reshape|execute|half_way"),
    option(BATON_OPTION_INT, "fail_after", "0", "Executions of an instance that work before."),
#ifdef FAULTY_NPU
    option(BATON_OPTION_STRING, "fault", "none", "A mistake to make.", Faults::kChoices),
#endif
};

struct Settings {
  explicit Settings(const Options& options)
      : refuse(enclosed(options.text("refuse"))),
        max_elements(options.integer("max_elements")),
        take_percent(options.integer("take_percent")),
        seed(options.integer("seed")),
        groups(options.text("groups")),
        costs(options.boolean("costs")),
        static_shapes(options.boolean("static_shapes")),
        latency_us(options.integer("latency_us")),
        fail_at(options.text("fail_at")),
        fail_after(options.integer("fail_after")),
        fault(options) {}

  void maybe_fail(const char* stage) const {
    if (fail_at == stage) {
      throw Error(BATON_REASON_OTHER, std::string("it was told to fail at ") + stage);
    }
  }

  // "+CONV_2D+ADD+", so that a name is found as "+NAME+".
  static std::string enclosed(std::string_view names) {
    return std::string("+").append(names).append("+");
  }

  std::string refuse;
  int64_t max_elements, take_percent, seed;
  std::string groups;
  bool costs, static_shapes;
  int64_t latency_us;
  std::string fail_at;
  int64_t fail_after;
  Faults fault;
};

// Of a program with the fault kInnerShared: memory that its instances should not share.
class SharedBlocks {
 public:
  unsigned char* get(Device& device, int32_t tensor, uint64_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    auto& block = blocks_[{tensor, bytes}];
    if (block == nullptr) block = device.allocate(bytes);
    return block->data();
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<int32_t, uint64_t>, std::unique_ptr<Block>> blocks_;
};

class FakeNpu;

class FakeProgram : public Program {
 public:
  FakeProgram(FakeNpu& plugin, Device& device, Settings settings, Code code)
      : plugin(plugin), device(device), settings(std::move(settings)), code(std::move(code)) {}
  std::unique_ptr<Instance> instantiate(const Shapes& shapes) override;

  FakeNpu& plugin;
  Device& device;
  const Settings settings;
  const Code code;
  mutable SharedBlocks shared;
};

class FakeInstance : public Instance {
 public:
  explicit FakeInstance(const FakeProgram& program)
      : program_(program), fault_(program.settings.fault) {}
  const Faults& fault() const { return fault_; }
  Needs reshape(const Shapes& shapes) override;
  void execute(const Execution& execution, const Bindings& bindings) override;

  std::shared_ptr<Fence> submit(const Execution& execution, const Bindings& bindings,
                                std::shared_ptr<Fence> wait_for);
  void enable_profile(bool on) { profile_ = on; }
  template <typename Add>
  void read_profile(const Add& add) const {
    for (size_t i = 0; i < times_.size(); ++i) add(program_.code.instructions[i].node, times_[i]);
  }
  void keep(int32_t tensor) const;
  void read(int32_t tensor, void* to, uint64_t bytes) const;

 private:
  // How one run stops early, and where it may stage its copies.
  struct Run {
    const Execution* execution;       // nullptr when asynchronous
    const std::atomic<bool>* cancel;  // nullptr when not
    unsigned char* staging;
    bool cancelled() const {
      return (execution != nullptr && execution->is_cancelled()) ||
             (cancel != nullptr && cancel->load());
    }
  };
  void run(const Run& run, const Bindings& bindings);
  void upload(const Run& run, const View& view, const baton_buffer& buffer);
  void download(const Run& run, const View& view, const baton_buffer& buffer);
  View* place(std::map<int32_t, View>* views, int32_t tensor, const baton_buffer& buffer);
  // What faults need.
  bool shrinks(const Shapes& shapes) const;
  bool begins_as_before(const Bindings& bindings) const;
  void move_constants(const Run& run, std::map<int32_t, View>* views);

  const FakeProgram& program_;
  const Faults fault_;
  Needs needs_;
  std::map<int32_t, View> views_;  // every tensor of the partition, in device memory
  std::map<int32_t, View> new_states_;
  std::vector<std::unique_ptr<Block>> blocks_;
  int64_t executions_ = 0;
  bool constants_moved_ = false;
  bool profile_ = false;
  std::vector<uint64_t> times_;
};

// Devices differ in what they declare, not in what they do.
enum DeviceIndex : uint32_t { kNormal, kSlow, kBroken, kUnified, kDeviceCount };

class FakeNpu : public Plugin {
 public:
  explicit FakeNpu(Host host) : Plugin(host), thread_(std::this_thread::get_id()) {
    const auto add = [&](const char* name, uint32_t flags, uint64_t memory, uint64_t launch_ns,
                         uint64_t bytes_per_us, const char* unusable = "") {
      baton_device_info info = make_device(name, "fake 1.0", BATON_DEVICE_ACCELERATOR,
                                           flags | BATON_DEVICE_EXACT_INTEGER, unusable);
      info.memory_bytes = memory;
      info.launch_ns = launch_ns;
      info.transfer_bytes_per_us = bytes_per_us;
      devices_.push_back(std::make_unique<Device>(host, static_cast<uint32_t>(infos_.size()),
                                                  memory != 0 ? memory : UINT64_MAX));
      infos_.push_back(info);
    };
    add("Fake NPU", BATON_DEVICE_USABLE, 256 << 20, 100, 100'000);
    add("Fake NPU over a thin wire", BATON_DEVICE_USABLE, 256 << 20, 5'000'000, 1);
    add("Fake NPU in repair", 0, 256 << 20, 100, 100'000, "its fan was taken out");
    add("Fake NPU on the same memory", BATON_DEVICE_USABLE | BATON_DEVICE_IN_PLACE, 0, 0, 0);
  }
  ~FakeNpu() override {
    if (std::this_thread::get_id() != thread_ && kPluginFlags != 0) {
      host().log(BATON_LOG_ERROR, "destroyed on another thread than it was created on");
    }
  }

  static About about() {
    return {"Baton's tests", "1.0", "An accelerator that exists in memory only.", kPluginFlags};
  }
  static Span<const baton_option_spec> options() { return kOptions; }

  uint32_t device_count() override {
    check_thread();
    return kDeviceCount;
  }
  const baton_device_info* device(uint32_t device) override {
    check_thread();
    return device < kDeviceCount ? &infos_[device] : nullptr;
  }
  int32_t max_version(uint32_t, int32_t op) override {
    check_thread();
    return fake_npu::max_version(op);
  }
  void examine(uint32_t device, const Options& options, const Graph& graph,
               const Answer& answer) override;
  std::unique_ptr<Program> compile(uint32_t device, const Options& options,
                                   const Graph& partition) override;
  const void* extension(std::string_view id) override;

  // From one thread only means from one thread only.
  void check_thread() const {
    if (kPluginFlags != 0 && std::this_thread::get_id() != thread_) {
      throw Error(BATON_REASON_OTHER, "it was called from another thread than create was");
    }
  }
  Device& at(uint32_t device) { return *devices_[device]; }
  Queue& queue() { return queue_; }
  // The options' of the last examine, for functions that get no options.
  const Faults& fault() const { return fault_; }

 private:
  std::thread::id thread_;
  Faults fault_;
  std::vector<baton_device_info> infos_;
  std::vector<std::unique_ptr<Device>> devices_;
  Queue queue_;
};

// ---- Examine and compile -----------------------------------------------------------------------

// The same for the same seed on every machine.
bool picked(const Settings& settings, uint32_t subgraph, uint32_t node) {
  uint64_t x = static_cast<uint64_t>(settings.seed) * 0x9E3779B97F4A7C15u + subgraph * 7919u + node;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return static_cast<int64_t>((x >> 33) % 100) < settings.take_percent;
}

Refusal refusal(const Settings& settings, const Graph& graph, const Node& node) {
  if (fake_npu::max_version(node.op()) == 0) {
    return {BATON_REASON_OP_UNKNOWN, std::string("it has no instruction for ") + node.name()};
  }
  if (settings.refuse.find(Settings::enclosed(node.name())) != std::string::npos) {
    return {BATON_REASON_OPTION, std::string("the option refuse names ") + node.name()};
  }
  if (!picked(settings, graph.subgraph(), node.index())) {
    return {BATON_REASON_OPTION, "take_percent leaves it out"};
  }
  for (const auto tensors : {node.inputs(), node.outputs()}) {
    for (const int32_t index : tensors) {
      const Tensor tensor = graph.tensor(index);
      if (tensor && tensor.count() > settings.max_elements) {
        return {BATON_REASON_TOO_LARGE, std::string("tensor '") + tensor.name() + "' has " +
                                            std::to_string(tensor.count()) +
                                            " elements, the limit is " +
                                            std::to_string(settings.max_elements)};
      }
    }
  }
  return check(graph, node, settings.fault);
}

void FakeNpu::examine(uint32_t, const Options& options, const Graph& graph, const Answer& answer) {
  check_thread();
  const Settings settings(options);
  fault_ = settings.fault;
  settings.maybe_fail("examine");
  std::vector<uint32_t> accepted;
  for (uint32_t i = 0; i < graph.node_count(); ++i) {
    const Node node = graph.node(i);
    if (!node.offered()) continue;
    const Refusal why = refusal(settings, graph, node);
    if (why.reason != BATON_REASON_NONE) {
      answer.no(node, why.reason, why.sentence);
      continue;
    }
    answer.yes(node, settings.costs ? work(graph, node) / 100 + 1 : -1);
    accepted.push_back(node.index());
  }
  if (settings.groups == "all" && !accepted.empty()) {
    answer.group({accepted.data(), accepted.size()});
  }
  if (settings.groups == "single") {
    for (const uint32_t& node : accepted) answer.group({&node, 1});
  }
}

std::unique_ptr<Program> FakeNpu::compile(uint32_t device, const Options& options,
                                          const Graph& partition) {
  check_thread();
  Settings settings(options);
  settings.maybe_fail("compile");
  for (uint32_t i = 0; settings.fault(kWeightsNotConstant) && i < partition.node_count(); ++i) {
    const Refusal why = check(partition, partition.node(i), Faults());
    if (why.reason != BATON_REASON_NONE) throw Error(why.reason, why.sentence);
  }
  Code code = fake_npu::compile(partition, at(device), settings.fault);
  return std::make_unique<FakeProgram>(*this, at(device), std::move(settings), std::move(code));
}

// ---- Run ---------------------------------------------------------------------------------------

std::unique_ptr<Instance> FakeProgram::instantiate(const Shapes&) {
  plugin.check_thread();
  settings.maybe_fail("instantiate");
  return std::make_unique<FakeInstance>(*this);
}

Needs FakeInstance::reshape(const Shapes& shapes) {
  program_.plugin.check_thread();
  const Code& code = program_.code;
  const Settings& settings = program_.settings;
  if (!views_.empty()) settings.maybe_fail("reshape");
  for (const auto& [tensor, dims] : code.compiled_dims) {
    const auto now = shapes.dims(tensor);
    const bool same = std::equal(dims.begin(), dims.end(), now.begin(), now.end());
    if (settings.static_shapes && !same) throw recompile_needed("the program is for other shapes");
  }
  if (fault_(kStaleShapes) && shrinks(shapes)) return needs_;
  views_.clear();
  new_states_.clear();
  blocks_.clear();
  constants_moved_ = false;
  needs_ = {};
  // What it computes with is of 4 or 1 bytes; the shape of a RESHAPE can be of 8.
  const auto size_of = [](int32_t dtype) -> uint64_t {
    if (dtype == BATON_INT8 || dtype == BATON_UINT8) return 1;
    return dtype == BATON_INT64 ? 8 : 4;
  };
  std::map<int32_t, uint64_t> element_bytes;
  for (const Instruction& i : code.instructions) {
    for (const Operand& operand : i.inputs) element_bytes[operand.tensor] = size_of(operand.dtype);
    element_bytes[i.output.tensor] = size_of(i.output.dtype);
  }
  const auto make = [&](std::map<int32_t, View>* views, int32_t tensor, bool border) {
    const auto dims = shapes.dims(tensor);
    const int64_t count = shapes.count(tensor);
    if (count > settings.max_elements) {
      throw Error(BATON_REASON_TOO_LARGE,
                  "tensor " + std::to_string(tensor) + " has " + std::to_string(count) +
                      " elements now, the limit is " + std::to_string(settings.max_elements));
    }
    const uint64_t bytes = static_cast<uint64_t>(count) * element_bytes[tensor];
    if (fault_(kEmptyTensorFails) && bytes == 0) throw Error(BATON_REASON_MEMORY, "no memory");
    View& view = (*views)[tensor];
    view.dims.assign(dims.begin(), dims.end());
    if (fault_(kInnerShared) && !border) {
      view.data = program_.shared.get(program_.device, tensor, bytes);
      return;
    }
    blocks_.push_back(program_.device.allocate(bytes));
    view.data = blocks_.back()->data();
    if (border) needs_.scratch_bytes = std::max(needs_.scratch_bytes, bytes);
  };
  for (const int32_t tensor : code.inputs) make(&views_, tensor, true);
  for (const int32_t tensor : code.outputs) make(&views_, tensor, true);
  for (const int32_t tensor : code.inner) make(&views_, tensor, false);
  for (const int32_t tensor : code.states) {
    make(&views_, tensor, true);
    make(&new_states_, tensor, true);
  }
  for (const auto& [tensor, constant] : code.constants) {
    views_[tensor] = {constant.block->data(), constant.dims};
    if (fault_(kScratchKept)) needs_.scratch_bytes += constant.block->bytes();
  }
  return needs_;
}

bool FakeInstance::shrinks(const Shapes& shapes) const {
  for (const auto& [tensor, view] : views_) {
    const bool constant = program_.code.constants.count(tensor) != 0;
    if (!constant && shapes.count(tensor) > view.count()) return false;
  }
  return !views_.empty();
}

bool FakeInstance::begins_as_before(const Bindings& bindings) const {
  for (uint32_t i = 0; i < program_.code.inputs.size(); ++i) {
    const View& before = views_.at(program_.code.inputs[i]);
    const baton_buffer& now = bindings.input(i);
    if (now.kind != BATON_BUFFER_HOST || before.count() == 0) return false;
    if (*before.as<char>() != *Bindings::host<const char>(now)) return false;
  }
  return executions_ > 1;
}

// Into scratch memory, where they are expected to stay.
void FakeInstance::move_constants(const Run& run, std::map<int32_t, View>* views) {
  uint64_t end = needs_.scratch_bytes;
  for (const auto& [tensor, constant] : program_.code.constants) {
    end -= constant.block->bytes();
    if (!constants_moved_) {
      std::memcpy(run.staging + end, constant.block->data(), constant.block->bytes());
    }
    (*views)[tensor].data = run.staging + end;
  }
  constants_moved_ = true;
}

bool uses(const Code& code, int32_t tensor) {
  for (const Instruction& i : code.instructions) {
    for (const Operand& operand : i.inputs) {
      if (operand.tensor == tensor) return true;
    }
  }
  return false;
}

void FakeInstance::upload(const Run& run, const View& view, const baton_buffer& buffer) {
  if (buffer.bytes == 0 || view.data == nullptr) return;
  const auto* from = Bindings::host<const unsigned char>(buffer);
  if (run.execution == nullptr) {
    std::memcpy(view.data, from, buffer.bytes);
    return;
  }
  // Through the staging memory, with the session's threads.
  if (fault_(kThreadsTail)) {
    const uint32_t threads = run.execution->thread_count();
    const uint64_t share = buffer.bytes / threads;
    run.execution->parallel_for(threads, 1, [&](uint32_t, uint64_t begin, uint64_t end) {
      std::memcpy(run.staging + begin * share, from + begin * share, (end - begin) * share);
    });
    std::memcpy(view.data, run.staging, share * threads);
    return;
  }
  run.execution->parallel_for(buffer.bytes, 65536, [&](uint32_t, uint64_t begin, uint64_t end) {
    std::memcpy(run.staging + begin, from + begin, end - begin);
  });
  std::memcpy(view.data, run.staging, buffer.bytes);
}

void FakeInstance::download(const Run& run, const View& view, const baton_buffer& buffer) {
  if (buffer.bytes == 0) return;
  std::memcpy(run.staging, view.data, buffer.bytes);
  std::memcpy(Bindings::host<unsigned char>(buffer), run.staging, buffer.bytes);
}

// The tensor's memory in this run: a device buffer itself where one is bound, and on the device
// that shares the host's memory the host's.
View* FakeInstance::place(std::map<int32_t, View>* views, int32_t tensor,
                          const baton_buffer& buffer) {
  View& view = (*views)[tensor];
  if (buffer.kind == BATON_BUFFER_DEVICE) {
    view.data =
        static_cast<Block*>(buffer.handle)->data() + (fault_(kDeviceOffset) ? 0 : buffer.offset);
    return nullptr;
  }
  if (program_.device.index() == kUnified) {
    view.data = Bindings::host<void>(buffer);
    return nullptr;
  }
  return &view;
}

void FakeInstance::run(const Run& run, const Bindings& bindings) {
  const Code& code = program_.code;
  const Settings& settings = program_.settings;
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::microseconds(settings.latency_us);
  while (std::chrono::steady_clock::now() < deadline && !run.cancelled()) {
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  const bool failing = executions_ >= settings.fail_after;
  ++executions_;
  if (failing) settings.maybe_fail("execute");

  std::map<int32_t, View> views = views_;
  std::map<int32_t, View> new_states = new_states_;
  const bool skipped = fault_(kSameFirstElement) && begins_as_before(bindings);
  if (fault_(kScratchKept)) move_constants(run, &views);
  for (uint32_t i = 0; i < code.inputs.size(); ++i) {
    const baton_buffer& buffer = bindings.input(i);
    if (View* view = place(&views, code.inputs[i], buffer)) upload(run, *view, buffer);
  }
  for (uint32_t i = 0; i < code.outputs.size(); ++i) {
    place(&views, code.outputs[i], bindings.output(i));
  }
  for (uint32_t i = 0; i < code.states.size(); ++i) {
    const baton_buffer& buffer = bindings.state_in(i);
    if (View* view = place(&views, code.states[i], buffer)) upload(run, *view, buffer);
    if (fault_(kStateKept) && executions_ > 1) {
      std::memcpy(views[code.states[i]].data, new_states_[code.states[i]].data, buffer.bytes);
    }
    place(&new_states, code.states[i], bindings.state_out(i));
    // A state that no instruction writes stays as it is.
    const View& from = views[code.states[i]];
    const View& to = new_states[code.states[i]];
    if (from.data != to.data) std::memcpy(to.data, from.data, buffer.bytes);
  }

  times_.assign(profile_ ? code.instructions.size() : 0, 0);
  const size_t half = failing && settings.fail_at == "half_way" ? code.instructions.size() / 2 + 1
                                                                : code.instructions.size();
  std::vector<View> inputs;
  for (size_t k = 0; k < half && !skipped; ++k) {
    if (run.cancelled() && fault_(kCancelledIsSuccess)) break;
    if (run.cancelled()) throw cancelled();
    const Instruction& i = code.instructions[k];
    const auto begin = std::chrono::steady_clock::now();
    View state_in, state_out;
    inputs.clear();
    for (const Operand& operand : i.inputs) {
      inputs.push_back(operand.tensor >= 0 ? views[operand.tensor] : View());
      const auto state = new_states.find(operand.tensor);
      if (state == new_states.end()) continue;
      state_in = views[operand.tensor];
      state_out = state->second;
    }
    fake_npu::run(i, inputs, views[i.output.tensor], state_in, state_out);
    if (profile_) {
      const auto time = std::chrono::steady_clock::now() - begin;
      times_[k] =
          static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
    }
  }
  for (uint32_t i = 0; i < code.outputs.size(); ++i) {
    const baton_buffer& buffer = bindings.output(i);
    if (fault_(kSharedOutputLost) && uses(code, code.outputs[i])) continue;
    if (views[code.outputs[i]].data == views_[code.outputs[i]].data) {
      download(run, views[code.outputs[i]], buffer);
    }
  }
  for (uint32_t i = 0; i < code.states.size(); ++i) {
    const baton_buffer& buffer = bindings.state_out(i);
    if (new_states[code.states[i]].data == new_states_[code.states[i]].data) {
      download(run, new_states[code.states[i]], buffer);
    }
  }
  if (failing) settings.maybe_fail("half_way");
}

void FakeInstance::execute(const Execution& execution, const Bindings& bindings) {
  program_.plugin.check_thread();
  run({&execution, nullptr, execution.scratch<unsigned char>()}, bindings);
}

std::shared_ptr<Fence> FakeInstance::submit(const Execution& execution, const Bindings& bindings,
                                            std::shared_ptr<Fence> wait_for) {
  program_.plugin.check_thread();
  auto* staging = execution.scratch<unsigned char>();
  return program_.plugin.queue().submit([=, this](const Fence& fence) {
    if (wait_for != nullptr) {
      wait_for->wait(UINT64_MAX);
      wait_for->check();
    }
    run({nullptr, &fence.cancelled(), staging}, bindings);
  });
}

void FakeInstance::keep(int32_t tensor) const {
  // All are kept, as long as they have memory of the device's own.
  if (views_.count(tensor) == 0) {
    throw Error(BATON_REASON_OTHER, "tensor " + std::to_string(tensor) + " is not in the partition",
                BATON_UNSUPPORTED);
  }
}

void FakeInstance::read(int32_t tensor, void* to, uint64_t bytes) const {
  keep(tensor);
  std::memcpy(to, views_.at(tensor).data, bytes);
}

// ---- Extensions --------------------------------------------------------------------------------

const baton_ext_program_cache kProgramCache = {
    sizeof(baton_ext_program_cache), 0,
    [](baton_program* program, int32_t (*write)(void*, const void*, uint64_t),
       void* user) -> int32_t {
      return Border::guard(Border::host_of(program), [&] {
        const auto& self = object_of<FakeProgram>(program);
        const auto blob = save(self.code, self.device);
        const size_t half = blob.size() / 2;
        if (write(user, blob.data(), half) != BATON_OK ||
            write(user, blob.data() + half, blob.size() - half) != BATON_OK) {
          throw Error(BATON_REASON_OTHER, "the host did not take the program");
        }
      });
    },
    [](baton_plugin* plugin, uint32_t device, const void* bytes, uint64_t count,
       int32_t* verdict) -> int32_t {
      return Border::guard(Border::host_of(plugin), [&] {
        auto& self = object_of<FakeNpu>(plugin);
        *verdict = validate(self.at(device), self.fault(), bytes, count);
      });
    },
    [](baton_plugin* plugin, uint32_t device, const baton_options* options,
       const baton_graph* partition, const void* bytes, uint64_t count,
       baton_program** program) -> int32_t {
      return Border::guard(Border::host_of(plugin), [&] {
        auto& self = object_of<FakeNpu>(plugin);
        self.check_thread();
        Settings settings{Options(options)};
        Code code = load(Graph(partition), self.at(device), settings.fault, bytes, count);
        *program = Border::hand_over(
            self.host().abi(), std::make_unique<FakeProgram>(self, self.at(device),
                                                             std::move(settings), std::move(code)));
      });
    }};

const baton_ext_profile kProfile = {
    sizeof(baton_ext_profile), 0,
    [](baton_instance* instance, int32_t on) -> int32_t {
      object_of<FakeInstance>(instance).enable_profile(on != 0);
      return BATON_OK;
    },
    [](baton_instance* instance, void (*add)(void*, uint32_t, uint64_t), void* user) -> int32_t {
      object_of<FakeInstance>(instance).read_profile(
          [&](uint32_t node, uint64_t ns) { add(user, node, ns); });
      return BATON_OK;
    }};

// The handle of a fence: what to wait for, and whom to tell about errors.
struct FenceHandle {
  std::shared_ptr<Fence> fence;
  const baton_host* host;
  Faults fault;
};
FenceHandle& handle(baton_fence* fence) { return *reinterpret_cast<FenceHandle*>(fence); }

const baton_ext_async kAsync = {
    sizeof(baton_ext_async),
    0,
    [](baton_instance* instance, const baton_execution* execution, const baton_bindings* bindings,
       const baton_fence* wait_for, baton_fence** done) -> int32_t {
      return Border::guard(Border::host_of(instance), [&] {
        std::shared_ptr<Fence> before;
        if (wait_for != nullptr) before = handle(const_cast<baton_fence*>(wait_for)).fence;
        auto fence = object_of<FakeInstance>(instance).submit(Execution(execution),
                                                              Bindings(bindings), before);
        *done = reinterpret_cast<baton_fence*>(
            new FenceHandle{std::move(fence), Border::host_of(instance),
                            object_of<FakeInstance>(instance).fault()});
      });
    },
    [](baton_fence* fence, uint64_t timeout_ns) -> int32_t {
      return Border::guard(handle(fence).host, [&] {
        if (timeout_ns == 0 && handle(fence).fault(kFenceEarly)) return;
        if (!handle(fence).fence->wait(timeout_ns)) {
          throw Error(BATON_REASON_OTHER, "it is still running", BATON_TIMED_OUT);
        }
        handle(fence).fence->check();
      });
    },
    [](baton_fence* fence) { handle(fence).fence->cancel(); },
    [](baton_fence* fence) { delete &handle(fence); }};

const baton_ext_device_buffers kDeviceBuffers = {
    sizeof(baton_ext_device_buffers),
    0,
    [](baton_plugin* plugin, uint32_t device, uint64_t bytes, void** handle) -> int32_t {
      return Border::guard(Border::host_of(plugin), [&] {
        *handle = object_of<FakeNpu>(plugin).at(device).allocate(bytes).release();
      });
    },
    [](baton_plugin*, uint32_t, void* handle) { delete static_cast<Block*>(handle); },
    [](baton_plugin*, uint32_t, void* handle, uint64_t offset, const void* from,
       uint64_t bytes) -> int32_t {
      if (bytes != 0) std::memcpy(static_cast<Block*>(handle)->data() + offset, from, bytes);
      return BATON_OK;
    },
    [](baton_plugin*, uint32_t, void* handle, uint64_t offset, void* to,
       uint64_t bytes) -> int32_t {
      if (bytes != 0) std::memcpy(to, static_cast<Block*>(handle)->data() + offset, bytes);
      return BATON_OK;
    }};

const baton_ext_intermediates kIntermediates = {
    sizeof(baton_ext_intermediates), 0,
    [](baton_instance* instance, int32_t tensor) -> int32_t {
      return Border::guard(Border::host_of(instance),
                           [&] { object_of<FakeInstance>(instance).keep(tensor); });
    },
    [](baton_instance* instance, int32_t tensor, void* to, uint64_t bytes) -> int32_t {
      return Border::guard(Border::host_of(instance),
                           [&] { object_of<FakeInstance>(instance).read(tensor, to, bytes); });
    }};

const void* FakeNpu::extension(std::string_view id) {
  check_thread();
  if (id == BATON_EXT_PROGRAM_CACHE) return &kProgramCache;
  if (id == BATON_EXT_PROFILE) return &kProfile;
  if (id == BATON_EXT_ASYNC) return &kAsync;
  if (id == BATON_EXT_DEVICE_BUFFERS) return &kDeviceBuffers;
  if (id == BATON_EXT_INTERMEDIATES) return &kIntermediates;
  return nullptr;
}

}  // namespace
}  // namespace fake_npu

#if defined(FAKE_NPU_ONE_THREAD)
BATON_DEFINE_PLUGIN(fake_npu_one_thread, fake_npu::FakeNpu)
#elif defined(FAULTY_NPU)
BATON_DEFINE_PLUGIN(faulty_npu, fake_npu::FakeNpu)
#else
BATON_DEFINE_PLUGIN(fake_npu, fake_npu::FakeNpu)
#endif
