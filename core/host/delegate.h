// The core's side of a delegate: a plugin, one of its devices and the user's options; the programs
// that it compiles and the instances that run.
//
//   Delegate -> examine -> (planning) -> compile -> Program -> instantiate -> Instance -> execute
//
// Each object keeps alive what it was made from, so any order of letting go is right. Errors carry
// the plugin's name, the device, the stage and the plugin's own sentence; Status::reason() is the
// plugin's BATON_REASON_.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "baton/plugin.h"
#include "core/base/status.h"
#include "core/graph/graph.h"
#include "core/host/blob_store.h"
#include "core/host/graph_view.h"
#include "core/host/plugin.h"
#include "core/ops/operator.h"

namespace baton {

class Program;
class Instance;
class Fence;
class DeviceBuffer;
class OutputWatch;

struct DelegateSpec {
  std::string plugin;  // a name, or the path of a file
  Options options;  // `device` (number, or part of the name) among them; default: the first usable
};

struct NodeAnswer {
  bool yes = false;
  bool offered = false;  // false: the host kept it back, for `reason`
  int64_t cost_ns = -1;  // -1: not known
  uint32_t reason = BATON_REASON_NONE;
  std::string text;  // why not; one sentence, "" when yes
};

struct Examination {
  std::vector<NodeAnswer> nodes;              // by node index
  std::vector<std::vector<uint32_t>> groups;  // proposed; convex, disjoint, all answered yes
};

struct ExamineRequest {
  std::shared_ptr<const Graph> graph;
  uint32_t subgraph = 0;
  std::span<const Value> values;  // shapes now; empty: the graph's defaults
  // What keeps a node off this delegate (BATON_REASON_PINNED, PREFERRED, FOLDED ...), or NONE. May
  // be empty. The text goes into the answer; "" for the usual one.
  std::function<uint32_t(uint32_t node, std::string* text)> keep_off;
};

// [any thread]
class Delegate : public std::enable_shared_from_this<Delegate> {
 public:
  // Checks the options and picks the device.
  static Result<std::shared_ptr<Delegate>> create(std::shared_ptr<Plugin> plugin,
                                                  const Options& options);

  const std::string& name() const { return plugin_->name(); }
  // "delegate NAME, device 0 (Fake NPU)": begins its errors.
  const std::string& label() const { return label_; }
  uint32_t device_index() const { return device_; }
  const baton_device_info& device() const { return *plugin_->devices()[device_]; }
  bool device_has(uint32_t flag) const { return (device().flags & flag) != 0; }
  const Options& options() const { return options_; }
  const Plugin& plugin() const { return *plugin_; }

  // Highest version of a built-in operator that it knows; 0: none.
  Result<int32_t> max_version(int32_t op) const;

  Result<Examination> examine(const ExamineRequest& request) const;

  // `values` as in ExamineRequest. With `store`, a program that an earlier process compiled is
  // taken from there where the plugin accepts it; a new one is kept there. What goes wrong with the
  // store is logged and is no error.
  Result<std::shared_ptr<Program>> compile(std::shared_ptr<const Graph> graph, Partition partition,
                                           std::span<const Value> values,
                                           BlobStore* store = nullptr) const;

  // Calls into the plugin, for the classes of this file.
  template <typename Fn>
  Status call(Plugin::Serial serial, const char* stage, const Fn& fn) const {
    return plugin_->call(serial, label_, stage, fn);
  }
  // An error of this delegate that the host found.
  Status fault(const char* pattern, ...) const __attribute__((format(printf, 2, 3)));

 private:
  Delegate(std::shared_ptr<Plugin> plugin, Options options, uint32_t device);
  // What keeps the node from this delegate: answer->reason, NONE for nothing.
  Status screen(const ExamineRequest& request, uint32_t node,
                std::vector<std::pair<int32_t, int32_t>>* versions, NodeAnswer* answer) const;
  std::string blob_key(const Graph& graph, const Partition& partition, const GraphView& view) const;
  // nullptr when the store has none that the plugin accepts.
  baton_program* load(const GraphView& view, BlobStore& store, const std::string& key) const;
  void save(baton_program* program, BlobStore& store, const std::string& key) const;

  std::shared_ptr<Plugin> plugin_;
  Options options_;
  uint32_t device_;
  std::string label_;
};

// Immutable; shared by sessions. [any thread]
class Program : public std::enable_shared_from_this<Program> {
 public:
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  const Delegate& delegate() const { return *delegate_; }
  const Partition& partition() const { return partition_; }
  // True when it came from a BlobStore.
  bool from_store() const { return from_store_; }

  // For a session with so many threads. BATON_RECOMPILE_NEEDED: compile again with these values.
  Result<std::unique_ptr<Instance>> instantiate(std::span<const Value> values,
                                                uint32_t threads = 1);

 private:
  friend class Delegate;
  friend class Instance;
  Program(std::shared_ptr<const Delegate> delegate, std::shared_ptr<const Graph> graph,
          Partition partition);

  std::shared_ptr<const Delegate> delegate_;
  std::shared_ptr<const Graph> graph_;
  Partition partition_;
  PartitionConstants constants_;
  baton_program* object_ = nullptr;
  bool from_store_ = false;
};

struct NodeTime {
  uint32_t node;
  uint64_t ns;
};

// One thread at a time. After an error of reshape, or of the plugin in execute, every further call
// fails: let go of it, and run the nodes elsewhere.
class Instance {
 public:
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const Program& program() const { return *program_; }
  // For these shapes; memory is the caller's, 64-byte aligned, lent to execute.
  uint64_t scratch_bytes() const { return scratch_bytes_; }

  // BATON_RECOMPILE_NEEDED: compile and instantiate anew. Buffers must be bound again.
  Status reshape(std::span<const Value> values);

  // Memory by position in the partition's inputs, outputs and states, at least as large as the
  // tensors are. state_out may be state_in only with BATON_DEVICE_IN_PLACE.
  void bind_input(size_t position, const void* memory);
  void bind_output(size_t position, void* memory);
  void bind_state(size_t position, const void* in, void* out);
  // The same from memory of the device, `offset` bytes in.
  void bind_input(size_t position, const DeviceBuffer& buffer, uint64_t offset);
  void bind_output(size_t position, const DeviceBuffer& buffer, uint64_t offset);

  // Runs; outputs and state_out are written on success. The caller commits state_out. Allocates
  // nothing.
  //
  // The first execution after instantiate and reshape is watched: outputs and state in host memory
  // are written to memory with guard zones, and the plugin is caught when it writes outside or
  // leaves the end unwritten.
  Status execute(SessionServices& services, void* scratch);

  // Starts an execution where the plugin can; else, and while watched, runs it here. `wait_for` may
  // be nullptr; it must be of the same delegate. Nothing of the instance may be touched before the
  // fence was waited for.
  Result<std::unique_ptr<Fence>> submit(SessionServices& services, void* scratch,
                                        const Fence* wait_for);
  bool can_submit() const;

  // Device time per node. BATON_UNSUPPORTED when the plugin cannot tell.
  Status set_profiling(bool on);
  Status read_profile(std::vector<NodeTime>* times);

  // Tensors inside the partition, from the next execution on. BATON_UNSUPPORTED when one cannot be
  // had.
  Status keep(int32_t tensor);
  Status read(int32_t tensor, void* to, uint64_t bytes);

 private:
  friend class Program;
  friend class Fence;
  Instance(std::shared_ptr<Program> program, uint32_t threads);
  Status start(std::span<const Value> values);
  Status take_shapes(std::span<const Value> values, const baton_instance_info& info);
  Status check_ready() const;
  Status execute_bound(SessionServices& services, void* scratch);
  // Notes that the plugin failed; returns the status.
  Status after(Status status);
  static const baton_buffer* at(const std::vector<baton_buffer>& buffers, uint32_t position);

  std::shared_ptr<Program> program_;
  uint32_t threads_;
  baton_instance* object_ = nullptr;
  uint64_t scratch_bytes_ = 0;
  std::atomic<bool> failed_{false};
  std::vector<baton_buffer> inputs_;
  std::vector<baton_buffer> outputs_;
  std::vector<baton_buffer> states_in_;
  std::vector<baton_buffer> states_out_;
  baton_bindings bindings_{};
  std::vector<baton_buffer> written_;   // outputs and new states, for the watch
  std::unique_ptr<OutputWatch> watch_;  // until the first execution is over
};

// An execution under way; gone before its instance. The destructor waits if nobody did.
class Fence {
 public:
  ~Fence();
  Fence(const Fence&) = delete;
  Fence& operator=(const Fence&) = delete;

  // BATON_TIMED_OUT after timeout_ns (UINT64_MAX: never), else how the execution ended. [any
  // thread]
  Status wait(uint64_t timeout_ns);
  // Asks for an early end. [any thread]
  void cancel();

 private:
  friend class Instance;
  Fence(Instance& instance, baton_fence* object) : instance_(instance), object_(object) {}

  Instance& instance_;
  baton_fence* object_;  // nullptr: it ran at once
};

// Memory of a delegate's device. [any thread]
class DeviceBuffer {
 public:
  // BATON_UNSUPPORTED when the plugin lends none.
  static Result<std::unique_ptr<DeviceBuffer>> create(std::shared_ptr<const Delegate> delegate,
                                                      uint64_t bytes);
  ~DeviceBuffer();
  DeviceBuffer(const DeviceBuffer&) = delete;
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;

  uint64_t bytes() const { return bytes_; }
  void* handle() const { return handle_; }
  const Delegate& delegate() const { return *delegate_; }
  Status upload(uint64_t offset, const void* from, uint64_t bytes);
  Status download(uint64_t offset, void* to, uint64_t bytes) const;

 private:
  DeviceBuffer(std::shared_ptr<const Delegate> delegate, uint64_t bytes, void* handle)
      : delegate_(std::move(delegate)), bytes_(bytes), handle_(handle) {}

  std::shared_ptr<const Delegate> delegate_;
  uint64_t bytes_;
  void* handle_;
};

}  // namespace baton
