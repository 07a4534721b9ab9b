#include "tests/conformance/abi/calls.h"

#include <unistd.h>

#include "core/host/execution_view.h"

namespace baton::conformance {
namespace {

// baton_options over checked options.
baton_options options_of(const Delegate& delegate) {
  baton_options options{};
  options.struct_size = sizeof(options);
  options.context = const_cast<Options*>(&delegate.options());
  options.get = [](const baton_options* self, const char* name) -> const char* {
    for (const auto& [key, value] : *static_cast<const Options*>(self->context)) {
      if (key == name) return value.c_str();
    }
    return nullptr;
  };
  return options;
}

baton_plugin* plugin_of(const Delegate& delegate) { return delegate.plugin().object(); }

void log_error(const Delegate& delegate, const Status& status) {
  if (!status.ok()) delegate.plugin().services().log(BATON_LOG_ERROR, status.message().c_str());
}

const baton_buffer* at(const std::vector<baton_buffer>& buffers, uint32_t position) {
  return position < buffers.size() ? &buffers[position] : nullptr;
}

// As the host, which lends no more than the machine has.
Status check_scratch(const Delegate& delegate, uint64_t bytes) {
  const auto memory =
      static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  if (bytes <= memory / 2) return {};
  return delegate.fault("it asks for %llu bytes of scratch memory for a small model",
                        static_cast<unsigned long long>(bytes));
}

const Buffers& of(const baton_bindings* bindings) {
  return *static_cast<const Buffers*>(bindings->context);
}

}  // namespace

bool has_sentence(const Status& status) { return !status.message().ends_with("it gave no reason"); }

Result<Answers> examine(const Delegate& delegate, const std::shared_ptr<const Graph>& graph,
                        std::span<const Value> values, std::span<const uint8_t> offered) {
  const GraphView view(graph, 0, values, offered);
  const baton_options options = options_of(delegate);
  Answers answers;
  baton_answer abi{};
  abi.struct_size = sizeof(abi);
  abi.context = &answers;
  const auto self = [](const baton_answer* a) -> Answers& {
    return *static_cast<Answers*>(a->context);
  };
  static const auto kSelf = self;
  abi.yes = [](const baton_answer* a, uint32_t node, int64_t cost_ns) {
    kSelf(a).list.push_back({node, true, cost_ns, BATON_REASON_NONE, ""});
  };
  abi.no = [](const baton_answer* a, uint32_t node, uint32_t reason, const char* text) {
    kSelf(a).list.push_back({node, false, -1, reason, text != nullptr ? text : ""});
  };
  abi.group = [](const baton_answer* a, const uint32_t* nodes, uint32_t count) {
    kSelf(a).groups.emplace_back(nodes, nodes + (nodes != nullptr ? count : 0));
  };
  BATON_RETURN_IF_ERROR(delegate.call(Plugin::Serial::kYes, "examine the graph", [&] {
    return delegate.plugin().delegate()->examine(plugin_of(delegate), delegate.device_index(),
                                                 &options, view.abi(), &abi);
  }));
  return answers;
}

// ---- AbiProgram -------------------------------------------------------------------------------

AbiProgram::AbiProgram(std::shared_ptr<const Delegate> delegate, const Specimen& specimen)
    : delegate_(std::move(delegate)),
      graph_(specimen.graph()),
      constants_(graph_, specimen.partition),
      view_(graph_, specimen.partition, specimen.values, &constants_) {}

Status AbiProgram::take(const char* stage, const Status& status) {
  if (status.ok() && object_ == nullptr) {
    return delegate_->fault("%s said that all is well but gave no program", stage);
  }
  // What came with an error is not looked at.
  if (!status.ok()) object_ = nullptr;
  return status;
}

Result<std::shared_ptr<AbiProgram>> AbiProgram::compile(std::shared_ptr<const Delegate> delegate,
                                                        const Specimen& specimen) {
  std::shared_ptr<AbiProgram> self(new AbiProgram(std::move(delegate), specimen));
  const Delegate& by = *self->delegate_;
  const baton_options options = options_of(by);
  BATON_RETURN_IF_ERROR(self->take("compile", by.call(Plugin::Serial::kYes, "compile", [&] {
    return by.plugin().delegate()->compile(plugin_of(by), by.device_index(), &options,
                                           self->view_.abi(), &self->object_);
  })));
  return self;
}

Result<std::shared_ptr<AbiProgram>> AbiProgram::load(std::shared_ptr<const Delegate> delegate,
                                                     const Specimen& specimen,
                                                     std::span<const uint8_t> blob) {
  std::shared_ptr<AbiProgram> self(new AbiProgram(std::move(delegate), specimen));
  const Delegate& by = *self->delegate_;
  const baton_options options = options_of(by);
  BATON_RETURN_IF_ERROR(
      self->take("load", by.call(Plugin::Serial::kYes, "load a cached program", [&] {
        return by.plugin().program_cache()->load(plugin_of(by), by.device_index(), &options,
                                                 self->view_.abi(), blob.data(), blob.size(),
                                                 &self->object_);
      })));
  return self;
}

AbiProgram::~AbiProgram() {
  if (object_ == nullptr) return;
  log_error(*delegate_, delegate_->call(Plugin::Serial::kYes, "destroy a program", [&] {
    delegate_->plugin().delegate()->destroy_program(object_);
    return BATON_OK;
  }));
}

Result<std::vector<uint8_t>> AbiProgram::save() const {
  std::vector<uint8_t> bytes;
  const auto write = [](void* user, const void* data, uint64_t count) -> int32_t {
    const auto* begin = static_cast<const uint8_t*>(data);
    auto& all = *static_cast<std::vector<uint8_t>*>(user);
    all.insert(all.end(), begin, begin + count);
    return BATON_OK;
  };
  BATON_RETURN_IF_ERROR(delegate_->call(Plugin::Serial::kYes, "save the program", [&] {
    return delegate_->plugin().program_cache()->save(object_, write, &bytes);
  }));
  return bytes;
}

Result<int32_t> validate(const Delegate& delegate, std::span<const uint8_t> blob) {
  int32_t verdict = -1;
  BATON_RETURN_IF_ERROR(delegate.call(Plugin::Serial::kYes, "validate a cached program", [&] {
    return delegate.plugin().program_cache()->validate(plugin_of(delegate), delegate.device_index(),
                                                       blob.data(), blob.size(), &verdict);
  }));
  if (verdict < BATON_BLOB_OK || verdict > BATON_BLOB_FOREIGN) {
    return delegate.fault("validate gave the verdict %d, which is no BATON_BLOB_", verdict);
  }
  return verdict;
}

// ---- AbiInstance ------------------------------------------------------------------------------

AbiInstance::AbiInstance(std::shared_ptr<AbiProgram> program, uint32_t threads)
    : program_(std::move(program)), threads_(threads) {
  bindings_.struct_size = sizeof(bindings_);
  bindings_.context = &buffers_;
  bindings_.input = [](const baton_bindings* b, uint32_t i) { return at(of(b).inputs, i); };
  bindings_.output = [](const baton_bindings* b, uint32_t i) { return at(of(b).outputs, i); };
  bindings_.state_in = [](const baton_bindings* b, uint32_t i) { return at(of(b).states_in, i); };
  bindings_.state_out = [](const baton_bindings* b, uint32_t i) { return at(of(b).states_out, i); };
}

Result<std::unique_ptr<AbiInstance>> AbiInstance::create(std::shared_ptr<AbiProgram> program,
                                                         std::span<const Value> values,
                                                         uint32_t threads) {
  std::unique_ptr<AbiInstance> self(new AbiInstance(std::move(program), threads));
  const Delegate& by = self->program_->delegate();
  const ShapesView shapes(values, threads);
  baton_instance_info info{};
  info.struct_size = sizeof(info);
  baton_instance* object = nullptr;
  BATON_RETURN_IF_ERROR(by.call(Plugin::Serial::kYes, "instantiate", [&] {
    return by.plugin().delegate()->instantiate(self->program_->object(), shapes.abi(), &info,
                                               &object);
  }));
  if (object == nullptr) {
    return by.fault("instantiate said that all is well but gave no instance");
  }
  self->object_ = object;
  BATON_RETURN_IF_ERROR(check_scratch(by, info.scratch_bytes));
  self->scratch_bytes_ = info.scratch_bytes;
  return self;
}

AbiInstance::~AbiInstance() {
  if (object_ == nullptr) return;
  const Delegate& by = program_->delegate();
  log_error(by, by.call(Plugin::Serial::kNo, "destroy an instance", [&] {
    by.plugin().delegate()->destroy_instance(object_);
    return BATON_OK;
  }));
}

Status AbiInstance::reshape(std::span<const Value> values) {
  const Delegate& by = program_->delegate();
  const ShapesView shapes(values, threads_);
  baton_instance_info info{};
  info.struct_size = sizeof(info);
  BATON_RETURN_IF_ERROR(by.call(Plugin::Serial::kNo, "reshape", [&] {
    return by.plugin().delegate()->reshape(object_, shapes.abi(), &info);
  }));
  BATON_RETURN_IF_ERROR(check_scratch(by, info.scratch_bytes));
  scratch_bytes_ = info.scratch_bytes;
  return {};
}

const baton_bindings* AbiInstance::bind(const Buffers& buffers) {
  buffers_ = buffers;
  return &bindings_;
}

Status AbiInstance::execute(const Buffers& buffers, SessionServices& services, void* scratch) {
  const Delegate& by = program_->delegate();
  ExecutionView execution(&services, scratch);
  const baton_bindings* bindings = bind(buffers);
  return by.call(Plugin::Serial::kNo, "execute", [&] {
    return by.plugin().delegate()->execute(object_, execution.enter(), bindings);
  });
}

Result<std::unique_ptr<AbiFence>> AbiInstance::submit(const Buffers& buffers,
                                                      SessionServices& services, void* scratch,
                                                      const AbiFence* wait_for) {
  const Delegate& by = program_->delegate();
  ExecutionView execution(&services, scratch);
  const baton_bindings* bindings = bind(buffers);
  baton_fence* object = nullptr;
  BATON_RETURN_IF_ERROR(by.call(Plugin::Serial::kNo, "submit", [&] {
    return by.plugin().async()->submit(object_, execution.enter(), bindings,
                                       wait_for != nullptr ? wait_for->object() : nullptr, &object);
  }));
  if (object == nullptr) return by.fault("submit said that all is well but gave no fence");
  return std::make_unique<AbiFence>(by, object);
}

// ---- AbiFence ---------------------------------------------------------------------------------

AbiFence::~AbiFence() {
  if (!done_) (void)wait();
  log_error(delegate_, delegate_.call(Plugin::Serial::kNo, "destroy a fence", [&] {
    delegate_.plugin().async()->destroy_fence(object_);
    return BATON_OK;
  }));
}

Status AbiFence::poll(uint64_t timeout_ns) {
  Status status = delegate_.call(Plugin::Serial::kNo, "finish an execution", [&] {
    return delegate_.plugin().async()->wait(object_, timeout_ns);
  });
  done_ = done_ || status.code() != BATON_TIMED_OUT;
  return status;
}

Status AbiFence::wait() {
  // A plugin that wants one thread must not be kept from other calls by a long wait.
  const bool sliced = delegate_.plugin().library().one_thread();
  for (;;) {
    Status status = poll(sliced ? 2'000'000 : UINT64_MAX);
    if (!sliced || status.code() != BATON_TIMED_OUT) return status;
  }
}

void AbiFence::cancel() {
  if (delegate_.plugin().async()->cancel == nullptr) return;
  log_error(delegate_, delegate_.call(Plugin::Serial::kNo, "cancel an execution", [&] {
    delegate_.plugin().async()->cancel(object_);
    return BATON_OK;
  }));
}

// ---- TestServices -----------------------------------------------------------------------------

void TestServices::parallel_for(uint64_t count, uint64_t grain, baton_range_fn fn, void* user) {
  // The second piece first: a plugin may not count on an order.
  const uint64_t half = count / 2;
  if (half > 0 && half >= grain) {
    fn(user, 1, half, count);
    fn(user, 0, 0, half);
  } else if (count > 0) {
    fn(user, 0, 0, count);
  }
}

bool TestServices::cancelled() const {
  asked_ = true;
  int64_t left = left_;
  while (left > 0 && !left_.compare_exchange_weak(left, left - 1)) {
  }
  return left == 0;
}

Status TestServices::infer_subgraph(uint32_t, std::span<const Value* const>,
                                    std::span<Value* const>) {
  return error(BATON_UNSUPPORTED, "delegates call no subgraphs");
}

Status TestServices::call_subgraph(uint32_t, std::span<const Value* const>,
                                   std::vector<const Value*>*) {
  return error(BATON_UNSUPPORTED, "delegates call no subgraphs");
}

Status TestServices::assign_resource(int32_t, const Value&) {
  return error(BATON_UNSUPPORTED, "delegates assign no resources");
}

Status TestServices::place_output(Value&) {
  return error(BATON_UNSUPPORTED, "delegates place no outputs");
}

}  // namespace baton::conformance
