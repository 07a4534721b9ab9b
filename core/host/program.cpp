#include <unistd.h>

#include <algorithm>

#include "core/host/delegate.h"
#include "core/host/execution_view.h"
#include "core/host/output_watch.h"

namespace baton {
namespace {

// A plugin that must be called from one thread is asked again and again whether an execution is
// done: a long wait would keep that thread from all other calls.
constexpr uint64_t kWaitSliceNs = 2'000'000;

uint64_t physical_memory_bytes() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return UINT64_MAX;
  return static_cast<uint64_t>(pages) * static_cast<uint64_t>(page);
}

// For what cannot fail into a caller's face.
void log_error(const Delegate& delegate, const Status& status) {
  if (!status.ok()) delegate.plugin().services().log(BATON_LOG_ERROR, status.message().c_str());
}

}  // namespace

// ---- Program ----------------------------------------------------------------------------------

Program::Program(std::shared_ptr<const Delegate> delegate, std::shared_ptr<const Graph> graph,
                 Partition partition)
    : delegate_(std::move(delegate)),
      graph_(std::move(graph)),
      partition_(std::move(partition)),
      constants_(graph_, partition_) {}

Program::~Program() {
  if (object_ == nullptr) return;
  log_error(*delegate_, delegate_->call(Plugin::Serial::kYes, "destroy a program", [&] {
    delegate_->plugin().delegate()->destroy_program(object_);
    return BATON_OK;
  }));
}

Result<std::unique_ptr<Instance>> Program::instantiate(std::span<const Value> values,
                                                       uint32_t threads) {
  std::unique_ptr<Instance> instance(new Instance(shared_from_this(), threads));
  BATON_RETURN_IF_ERROR(instance->start(values));
  return instance;
}

// ---- Instance ---------------------------------------------------------------------------------

Instance::Instance(std::shared_ptr<Program> program, uint32_t threads)
    : program_(std::move(program)), threads_(threads) {
  const Partition& partition = program_->partition();
  const auto make = [](size_t count) {
    baton_buffer empty{};
    empty.struct_size = sizeof(empty);
    return std::vector<baton_buffer>(count, empty);
  };
  inputs_ = make(partition.inputs.size());
  outputs_ = make(partition.outputs.size());
  states_in_ = make(partition.states.size());
  states_out_ = make(partition.states.size());
  bindings_.struct_size = sizeof(bindings_);
  bindings_.context = this;
  bindings_.input = [](const baton_bindings* b, uint32_t i) {
    return at(static_cast<Instance*>(b->context)->inputs_, i);
  };
  bindings_.output = [](const baton_bindings* b, uint32_t i) {
    return at(static_cast<Instance*>(b->context)->outputs_, i);
  };
  bindings_.state_in = [](const baton_bindings* b, uint32_t i) {
    return at(static_cast<Instance*>(b->context)->states_in_, i);
  };
  bindings_.state_out = [](const baton_bindings* b, uint32_t i) {
    return at(static_cast<Instance*>(b->context)->states_out_, i);
  };
}

const baton_buffer* Instance::at(const std::vector<baton_buffer>& buffers, uint32_t position) {
  return position < buffers.size() ? &buffers[position] : nullptr;
}

Instance::~Instance() {
  if (object_ == nullptr) return;
  const Delegate& delegate = program_->delegate();
  log_error(delegate, delegate.call(Plugin::Serial::kNo, "destroy an instance", [&] {
    delegate.plugin().delegate()->destroy_instance(object_);
    return BATON_OK;
  }));
}

Status Instance::after(Status status) {
  if (!status.ok() && status.code() != BATON_CANCELLED) failed_ = true;
  return status;
}

Status Instance::start(std::span<const Value> values) {
  const Delegate& delegate = program_->delegate();
  const ShapesView shapes(values, threads_);
  baton_instance_info info{};
  info.struct_size = sizeof(info);
  baton_instance* object = nullptr;
  BATON_RETURN_IF_ERROR(delegate.call(Plugin::Serial::kYes, "instantiate", [&] {
    return delegate.plugin().delegate()->instantiate(program_->object_, shapes.abi(), &info,
                                                     &object);
  }));
  if (object == nullptr) {
    return delegate.fault("instantiate said that all is well but gave no instance");
  }
  object_ = object;
  return take_shapes(values, info);
}

Status Instance::reshape(std::span<const Value> values) {
  if (failed_) return error(BATON_ERROR, "an instance that failed cannot be reshaped");
  const Delegate& delegate = program_->delegate();
  const ShapesView shapes(values, threads_);
  baton_instance_info info{};
  info.struct_size = sizeof(info);
  Status status = delegate.call(Plugin::Serial::kNo, "reshape", [&] {
    return delegate.plugin().delegate()->reshape(object_, shapes.abi(), &info);
  });
  if (status.ok()) status = take_shapes(values, info);
  if (!status.ok()) failed_ = true;
  return status;
}

Status Instance::take_shapes(std::span<const Value> values, const baton_instance_info& info) {
  const Partition& partition = program_->partition();
  const uint64_t memory = physical_memory_bytes();
  if (info.scratch_bytes > memory) {
    return program_->delegate().fault(
        "it asks for %llu bytes of scratch memory, this machine has %llu",
        static_cast<unsigned long long>(info.scratch_bytes),
        static_cast<unsigned long long>(memory));
  }
  scratch_bytes_ = info.scratch_bytes;
  const auto set = [&](std::vector<baton_buffer>* buffers, const std::vector<int32_t>& tensors) {
    for (size_t i = 0; i < tensors.size(); ++i) {
      baton_buffer& buffer = (*buffers)[i];
      buffer.kind = BATON_BUFFER_HOST;
      buffer.handle = nullptr;
      buffer.offset = 0;
      buffer.bytes = values[static_cast<size_t>(tensors[i])].bytes();
    }
  };
  set(&inputs_, partition.inputs);
  set(&outputs_, partition.outputs);
  set(&states_in_, partition.states);
  set(&states_out_, partition.states);
  written_ = outputs_;
  written_.reserve(outputs_.size() + states_out_.size());
  written_.insert(written_.end(), states_out_.begin(), states_out_.end());
  watch_ = OutputWatch::create(written_);
  return {};
}

void Instance::bind_input(size_t position, const void* memory) {
  inputs_[position].kind = BATON_BUFFER_HOST;
  inputs_[position].handle = const_cast<void*>(memory);
  inputs_[position].offset = 0;
}

void Instance::bind_output(size_t position, void* memory) {
  outputs_[position].kind = BATON_BUFFER_HOST;
  outputs_[position].handle = memory;
  outputs_[position].offset = 0;
}

void Instance::bind_state(size_t position, const void* in, void* out) {
  states_in_[position].handle = const_cast<void*>(in);
  states_out_[position].handle = out;
}

void Instance::bind_input(size_t position, const DeviceBuffer& buffer, uint64_t offset) {
  inputs_[position].kind = BATON_BUFFER_DEVICE;
  inputs_[position].handle = buffer.handle();
  inputs_[position].offset = offset;
}

void Instance::bind_output(size_t position, const DeviceBuffer& buffer, uint64_t offset) {
  outputs_[position].kind = BATON_BUFFER_DEVICE;
  outputs_[position].handle = buffer.handle();
  outputs_[position].offset = offset;
}

Status Instance::check_ready() const {
  if (failed_) return error(BATON_ERROR, "an instance that failed cannot be executed again");
  for (const auto* buffers : {&inputs_, &outputs_, &states_in_, &states_out_}) {
    for (const baton_buffer& buffer : *buffers) {
      if (buffer.handle == nullptr && buffer.bytes != 0) {
        return error(BATON_INVALID_ARGUMENT, "a buffer of the partition was not bound");
      }
    }
  }
  return {};
}

Status Instance::execute_bound(SessionServices& services, void* scratch) {
  const Delegate& delegate = program_->delegate();
  ExecutionView execution(&services, scratch);
  return delegate.call(Plugin::Serial::kNo, "execute", [&] {
    return delegate.plugin().delegate()->execute(object_, execution.enter(), &bindings_);
  });
}

Status Instance::execute(SessionServices& services, void* scratch) {
  BATON_RETURN_IF_ERROR(check_ready());
  if (watch_ == nullptr) return after(execute_bound(services, scratch));

  // The watch looks at outputs and new states as one list; its memory was had in take_shapes.
  const auto divert = [&](bool to_watch) {
    written_ = outputs_;
    written_.insert(written_.end(), states_out_.begin(), states_out_.end());
    if (to_watch) {
      watch_->divert(&written_);
    } else {
      watch_->restore(&written_);
    }
    std::copy_n(written_.begin(), outputs_.size(), outputs_.begin());
    std::copy(written_.begin() + static_cast<ptrdiff_t>(outputs_.size()), written_.end(),
              states_out_.begin());
  };
  divert(true);
  Status status = execute_bound(services, scratch);
  divert(false);
  if (status.ok()) {
    size_t position = 0;
    const std::string what = watch_->collect(written_, &position);
    if (!what.empty()) {
      const bool output = position < outputs_.size();
      status = program_->delegate().fault("execute %s %s %zu of its partition", what.c_str(),
                                          output ? "output" : "state",
                                          output ? position : position - outputs_.size());
    } else {
      watch_.reset();
    }
  }
  return after(std::move(status));
}

bool Instance::can_submit() const { return program_->delegate().plugin().async() != nullptr; }

Result<std::unique_ptr<Fence>> Instance::submit(SessionServices& services, void* scratch,
                                                const Fence* wait_for) {
  const Delegate& delegate = program_->delegate();
  const baton_ext_async* async = delegate.plugin().async();
  if (async == nullptr || watch_ != nullptr) {
    if (wait_for != nullptr) {
      BATON_RETURN_IF_ERROR(const_cast<Fence*>(wait_for)->wait(UINT64_MAX));
    }
    BATON_RETURN_IF_ERROR(execute(services, scratch));
    return std::unique_ptr<Fence>(new Fence(*this, nullptr));
  }
  BATON_RETURN_IF_ERROR(check_ready());
  ExecutionView execution(&services, scratch);
  baton_fence* object = nullptr;
  BATON_RETURN_IF_ERROR(after(delegate.call(Plugin::Serial::kNo, "submit", [&] {
    return async->submit(object_, execution.enter(), &bindings_,
                         wait_for != nullptr ? wait_for->object_ : nullptr, &object);
  })));
  if (object == nullptr) {
    return after(delegate.fault("submit said that all is well but gave no fence"));
  }
  return std::unique_ptr<Fence>(new Fence(*this, object));
}

Status Instance::set_profiling(bool on) {
  const Delegate& delegate = program_->delegate();
  const baton_ext_profile* profile = delegate.plugin().profile();
  if (profile == nullptr) {
    return error(BATON_UNSUPPORTED, "%s keeps no profile", delegate.label().c_str());
  }
  return delegate.call(Plugin::Serial::kNo, "start its profile",
                       [&] { return profile->enable(object_, on ? 1 : 0); });
}

Status Instance::read_profile(std::vector<NodeTime>* times) {
  const Delegate& delegate = program_->delegate();
  const baton_ext_profile* profile = delegate.plugin().profile();
  if (profile == nullptr) {
    return error(BATON_UNSUPPORTED, "%s keeps no profile", delegate.label().c_str());
  }
  times->clear();
  const auto add = [](void* user, uint32_t node, uint64_t ns) {
    static_cast<std::vector<NodeTime>*>(user)->push_back({node, ns});
  };
  BATON_RETURN_IF_ERROR(delegate.call(Plugin::Serial::kNo, "read its profile",
                                      [&] { return profile->read(object_, add, times); }));
  const auto& nodes = program_->partition().nodes;
  for (const NodeTime& time : *times) {
    if (!std::binary_search(nodes.begin(), nodes.end(), time.node)) {
      return delegate.fault("its profile names node %u, which is not in the partition", time.node);
    }
  }
  return {};
}

Status Instance::keep(int32_t tensor) {
  const Delegate& delegate = program_->delegate();
  const baton_ext_intermediates* table = delegate.plugin().intermediates();
  if (table == nullptr) {
    return error(BATON_UNSUPPORTED, "%s shows no tensors inside its partitions",
                 delegate.label().c_str());
  }
  return delegate.call(Plugin::Serial::kNo, "keep a tensor",
                       [&] { return table->keep(object_, tensor); });
}

Status Instance::read(int32_t tensor, void* to, uint64_t bytes) {
  const Delegate& delegate = program_->delegate();
  const baton_ext_intermediates* table = delegate.plugin().intermediates();
  if (table == nullptr) {
    return error(BATON_UNSUPPORTED, "%s shows no tensors inside its partitions",
                 delegate.label().c_str());
  }
  return delegate.call(Plugin::Serial::kNo, "read a tensor",
                       [&] { return table->read(object_, tensor, to, bytes); });
}

// ---- Fence ------------------------------------------------------------------------------------

Fence::~Fence() {
  if (object_ == nullptr) return;
  (void)wait(UINT64_MAX);
  const Delegate& delegate = instance_.program_->delegate();
  log_error(delegate, delegate.call(Plugin::Serial::kNo, "destroy a fence", [&] {
    delegate.plugin().async()->destroy_fence(object_);
    return BATON_OK;
  }));
}

Status Fence::wait(uint64_t timeout_ns) {
  if (object_ == nullptr) return {};
  const Delegate& delegate = instance_.program_->delegate();
  const bool sliced = delegate.plugin().library().one_thread();
  for (;;) {
    const uint64_t slice = sliced ? std::min(timeout_ns, kWaitSliceNs) : timeout_ns;
    Status status = delegate.call(Plugin::Serial::kNo, "finish an execution",
                                  [&] { return delegate.plugin().async()->wait(object_, slice); });
    if (status.code() != BATON_TIMED_OUT) return instance_.after(std::move(status));
    if (timeout_ns != UINT64_MAX) timeout_ns -= slice;
    if (timeout_ns == 0) return status;
  }
}

void Fence::cancel() {
  if (object_ == nullptr) return;
  const Delegate& delegate = instance_.program_->delegate();
  const auto* async = delegate.plugin().async();
  if (async->cancel == nullptr) return;
  log_error(delegate, delegate.call(Plugin::Serial::kNo, "cancel an execution", [&] {
    async->cancel(object_);
    return BATON_OK;
  }));
}

// ---- DeviceBuffer -----------------------------------------------------------------------------

Result<std::unique_ptr<DeviceBuffer>> DeviceBuffer::create(std::shared_ptr<const Delegate> delegate,
                                                           uint64_t bytes) {
  const baton_ext_device_buffers* table = delegate->plugin().device_buffers();
  if (table == nullptr) {
    return error(BATON_UNSUPPORTED, "%s lends no memory", delegate->label().c_str());
  }
  void* handle = nullptr;
  BATON_RETURN_IF_ERROR(delegate->call(Plugin::Serial::kNo, "lend memory", [&] {
    return table->allocate(delegate->plugin().object(), delegate->device_index(), bytes, &handle);
  }));
  if (handle == nullptr) {
    return delegate->fault("allocate said that all is well but gave no memory");
  }
  return std::unique_ptr<DeviceBuffer>(new DeviceBuffer(std::move(delegate), bytes, handle));
}

DeviceBuffer::~DeviceBuffer() {
  log_error(*delegate_, delegate_->call(Plugin::Serial::kNo, "take back memory", [&] {
    delegate_->plugin().device_buffers()->release(delegate_->plugin().object(),
                                                  delegate_->device_index(), handle_);
    return BATON_OK;
  }));
}

Status DeviceBuffer::upload(uint64_t offset, const void* from, uint64_t bytes) {
  if (offset > bytes_ || bytes > bytes_ - offset) {
    return error(BATON_INVALID_ARGUMENT, "bytes %llu to %llu lie outside the device buffer",
                 static_cast<unsigned long long>(offset),
                 static_cast<unsigned long long>(offset + bytes));
  }
  return delegate_->call(Plugin::Serial::kNo, "copy to its memory", [&] {
    return delegate_->plugin().device_buffers()->upload(
        delegate_->plugin().object(), delegate_->device_index(), handle_, offset, from, bytes);
  });
}

Status DeviceBuffer::download(uint64_t offset, void* to, uint64_t bytes) const {
  if (offset > bytes_ || bytes > bytes_ - offset) {
    return error(BATON_INVALID_ARGUMENT, "bytes %llu to %llu lie outside the device buffer",
                 static_cast<unsigned long long>(offset),
                 static_cast<unsigned long long>(offset + bytes));
  }
  return delegate_->call(Plugin::Serial::kNo, "copy from its memory", [&] {
    return delegate_->plugin().device_buffers()->download(
        delegate_->plugin().object(), delegate_->device_index(), handle_, offset, to, bytes);
  });
}

}  // namespace baton
