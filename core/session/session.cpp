#include "core/session/session.h"

#include <algorithm>
#include <cstring>

namespace baton {
namespace {

// Longer times than a century are for ever.
constexpr uint64_t kForEver = uint64_t{100} * 365 * 24 * 3600 * 1000000000;
// How often the model's nodes may be prepared at one time: honest models need a few times.
constexpr uint64_t kPreparations = 16;
constexpr uint64_t kPreparedNodes = uint64_t{1} << 16;

}  // namespace

Session::Session(std::shared_ptr<Compiled> compiled, std::unique_ptr<ThreadPool> pool)
    : compiled_(std::move(compiled)),
      pool_(std::move(pool)),
      quota_(compiled_->graph().model().limits().max_session_bytes,
             compiled_->graph().model().limits().max_tensor_bytes),
      max_steps_(compiled_->graph().model().limits().max_steps) {
  runners_.resize(compiled_->graph().subgraphs().size());
  called_.resize(runners_.size());
  called_saved_.resize(runners_.size());
  uint64_t nodes = 0;
  for (const Subgraph& subgraph : compiled_->graph().subgraphs()) nodes += subgraph.nodes.size();
  max_prepared_nodes_ = kPreparedNodes + kPreparations * nodes;
}

Session::~Session() {
  if (!worker_.joinable()) return;
  cancel();
  {
    std::lock_guard lock(mutex_);
    quit_ = true;
  }
  changed_.notify_all();
  worker_.join();
}

Result<std::unique_ptr<Session>> Session::create(std::shared_ptr<Compiled> compiled,
                                                 const SessionOptions& options) {
  BATON_ASSIGN_OR_RETURN(auto pool, ThreadPool::create(options.threads));
  std::unique_ptr<Session> session(new Session(std::move(compiled), std::move(pool)));
  BATON_RETURN_IF_ERROR(session->choose_signature(options.signature));
  BATON_RETURN_IF_ERROR(session->prepare_main());
  return session;
}

Status Session::choose_signature(const std::string& key) {
  const Graph& graph = compiled_->graph();
  if (key.empty()) {
    const Subgraph& subgraph = graph.main();
    for (const int32_t t : subgraph.inputs) {
      inputs_.push_back({subgraph.tensors[static_cast<size_t>(t)].name, t});
    }
    for (const int32_t t : subgraph.outputs) {
      outputs_.push_back({subgraph.tensors[static_cast<size_t>(t)].name, t});
    }
  } else {
    const auto signatures = graph.signatures();
    const auto found = std::ranges::find(signatures, key, &Signature::key);
    if (found == signatures.end()) {
      std::string list;
      for (const Signature& signature : signatures) {
        list += (list.empty() ? "'" : ", '") + signature.key + "'";
      }
      return error(BATON_NOT_FOUND, "the model has no signature '%s'; it has %s", key.c_str(),
                   list.empty() ? "none" : list.c_str());
    }
    main_ = found->subgraph;
    for (const SignatureEntry& entry : found->inputs) inputs_.push_back({entry.name, entry.tensor});
    for (const SignatureEntry& entry : found->outputs) {
      outputs_.push_back({entry.name, entry.tensor});
    }
  }
  runner(main_);
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const auto dims = input(i).dims();
    wanted_dims_.emplace_back(dims.begin(), dims.end());
  }
  return {};
}

SubgraphRunner& Session::runner(uint32_t subgraph) {
  auto& runner = runners_[subgraph];
  if (runner == nullptr) {
    runner = std::make_unique<SubgraphRunner>(compiled_->graph().subgraphs()[subgraph], *this);
  }
  return *runner;
}

// ---- Shapes -------------------------------------------------------------------------------------

Status Session::resize_input(size_t i, std::span<const int32_t> dims) {
  const Value& value = input(i);
  const auto bytes = tensor_bytes(value.dtype(), dims);
  if (!bytes) {
    return error(BATON_INVALID_ARGUMENT, "input %zu ('%s'): the new shape is negative or too large",
                 i, inputs_[i].name.c_str());
  }
  wanted_dims_[i].assign(dims.begin(), dims.end());
  resized_ = true;
  return {};
}

Status Session::prepare() {
  if (!resized_ && main().prepared()) return {};
  resized_ = false;
  const Kept kept = keep();
  std::vector<std::vector<int32_t>> before;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const auto dims = input(i).dims();
    before.emplace_back(dims.begin(), dims.end());
  }
  Status status;
  for (size_t i = 0; i < inputs_.size() && status.ok(); ++i) {
    status = input(i).set_dims(wanted_dims_[i]);
  }
  if (status.ok()) status = prepare_main();
  if (!status.ok()) {
    wanted_dims_ = before;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      BATON_RETURN_IF_ERROR(input(i).set_dims(before[i]));
    }
    BATON_RETURN_IF_ERROR(prepare_main());
    put_back(kept);
  }
  return status;
}

Status Session::prepare_main() {
  report_.reset();
  prepared_nodes_ = 0;
  for (auto* arguments : {&inputs_, &outputs_}) {
    for (Argument& argument : *arguments) argument.bound = nullptr;
  }
  return main().prepare();
}

Status Session::keep_tapped(SubgraphRunner& runner) {
  for (const Tap& tap : taps_) {
    if (tap.subgraph != runner.subgraph().index) continue;
    BATON_RETURN_IF_ERROR(runner.make_readable(tap.tensor));
  }
  return {};
}

Session::Kept Session::keep() const {
  Kept kept;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const auto* data = input(i).as<uint8_t>();
    kept.contents.emplace_back(data, data + (data != nullptr ? input(i).bytes() : 0));
    kept.bound_inputs.push_back(inputs_[i].bound);
  }
  for (const Argument& output : outputs_) kept.bound_outputs.push_back(output.bound);
  return kept;
}

void Session::put_back(const Kept& kept) {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const std::vector<uint8_t>& content = kept.contents[i];
    if (!content.empty() && content.size() == input(i).bytes()) {
      std::memcpy(input(i).data(), content.data(), content.size());
    }
    inputs_[i].bound = kept.bound_inputs[i];
  }
  for (size_t i = 0; i < outputs_.size(); ++i) outputs_[i].bound = kept.bound_outputs[i];
  apply_bindings();
}

// After a delegate failed: all subgraphs with new instances, and the inputs as they were.
Status Session::prepare_anew() {
  const Kept kept = keep();
  for (auto& runner : runners_) {
    if (runner != nullptr) runner->unprepare();
  }
  BATON_RETURN_IF_ERROR(prepare_main());
  put_back(kept);
  return {};
}

// ---- Binding ----------------------------------------------------------------------------------

Status Session::check_bindable(const Value& value, const void* memory, uint64_t capacity) const {
  if (memory == nullptr) return {};
  if (!value.shape_known() || value.known() || value.variable()) {
    return error(BATON_UNSUPPORTED,
                 "tensor '%s' cannot be bound: it is a constant, a variable, or its "
                 "shape is only known in the run; copy it instead",
                 value.name());
  }
  if (reinterpret_cast<uintptr_t>(memory) % kTensorAlignment != 0 ||
      capacity < value.bytes() + kTensorPadding) {
    return error(
        BATON_INVALID_ARGUMENT,
        "tensor '%s' needs memory that is %llu-byte aligned and has %llu bytes (its %llu and "
        "%llu past the end); %llu were given",
        value.name(), static_cast<unsigned long long>(kTensorAlignment),
        static_cast<unsigned long long>(value.bytes() + kTensorPadding),
        static_cast<unsigned long long>(value.bytes()),
        static_cast<unsigned long long>(kTensorPadding), static_cast<unsigned long long>(capacity));
  }
  return {};
}

Status Session::bind_input(size_t i, void* memory, uint64_t capacity) {
  BATON_RETURN_IF_ERROR(prepare());
  BATON_RETURN_IF_ERROR(check_bindable(input(i), memory, capacity));
  inputs_[i].bound = memory;
  main().bind(inputs_[i].tensor, memory);
  return {};
}

Status Session::bind_output(size_t i, void* memory, uint64_t capacity) {
  BATON_RETURN_IF_ERROR(prepare());
  BATON_RETURN_IF_ERROR(check_bindable(output(i), memory, capacity));
  const int32_t tensor = outputs_[i].tensor;
  if (memory != nullptr && main().found_in_run(tensor)) {
    return error(BATON_UNSUPPORTED,
                 "output '%s' cannot be bound: its shape is only known in the run; copy it instead",
                 outputs_[i].name.c_str());
  }
  const auto& subgraph_inputs = main().subgraph().inputs;
  if (memory != nullptr && std::ranges::find(subgraph_inputs, tensor) != subgraph_inputs.end()) {
    return error(BATON_UNSUPPORTED, "output '%s' is an input passed through: bind the input",
                 outputs_[i].name.c_str());
  }
  outputs_[i].bound = memory;
  main().bind(tensor, memory);
  return {};
}

void Session::apply_bindings() {
  for (auto* arguments : {&inputs_, &outputs_}) {
    for (const Argument& argument : *arguments) {
      if (argument.bound != nullptr) main().bind(argument.tensor, argument.bound);
    }
  }
}

// ---- Running ----------------------------------------------------------------------------------

bool Session::interrupted() const {
  return cancel_.load(std::memory_order_relaxed) || (timeout_ns_ != 0 && Clock::now() >= deadline_);
}

Status Session::check_interrupted() const {
  if (cancel_.load(std::memory_order_relaxed)) return {BATON_CANCELLED, "the run was cancelled"};
  if (timeout_ns_ != 0 && Clock::now() >= deadline_) {
    return error(BATON_TIMED_OUT, "the run took longer than its limit of %.3f ms",
                 static_cast<double>(timeout_ns_) / 1e6);
  }
  return {};
}

Status Session::run() {
  if (running_.exchange(true, std::memory_order_acquire)) {
    return {BATON_BUSY, "the session is running: wait for it, or use another session"};
  }
  cancel_.store(false, std::memory_order_relaxed);
  Status status = run_guarded();
  running_.store(false, std::memory_order_release);
  return status;
}

// Runs until it succeeds or fails for another reason than a delegate.
Status Session::run_guarded() {
  BATON_RETURN_IF_ERROR(prepare());
  deadline_ = Clock::time_point::max();
  if (timeout_ns_ != 0 && timeout_ns_ < kForEver) {
    deadline_ = Clock::now() + std::chrono::nanoseconds(timeout_ns_);
  }
  main().normalize_bools(main().subgraph().inputs);
  save_state();
  for (;;) {
    failed_delegate_ = -1;
    Status status = run_once();
    if (status.ok()) return status;
    restore_state();
    // A delegate that was told to stop has not failed.
    const Status interrupted = check_interrupted();
    if (failed_delegate_ < 0) return interrupted.ok() ? status : interrupted;
    // An instance whose execution failed is of no more use, whatever the reason was.
    const Status refused =
        interrupted.ok() ? compiled_->switch_off(failed_delegate_, status) : interrupted;
    BATON_RETURN_IF_ERROR(prepare_anew());
    BATON_RETURN_IF_ERROR(refused);
  }
}

Status Session::too_many_steps() const {
  return error(BATON_OUT_OF_MEMORY,
               "the run executes more than the %llu nodes that its step quota allows",
               static_cast<unsigned long long>(max_steps_));
}

Status Session::run_once() {
  steps_ = 0;
  for (const Tap& tap : taps_) {
    const SubgraphRunner& tapped = runner(tap.subgraph);
    if (tapped.subgraph().producer[static_cast<size_t>(tap.tensor)] < 0 &&
        tapped.value(tap.tensor).data() != nullptr) {
      call_taps(tap.subgraph, tapped.value(tap.tensor));
    }
  }
  return main().run();
}

bool Session::first_call(uint32_t subgraph) {
  if (called_[subgraph]) return false;
  called_[subgraph] = 1;
  return true;
}

Status Session::count_prepared(uint64_t nodes) {
  prepared_nodes_ += nodes + 1;
  if (prepared_nodes_ <= max_prepared_nodes_) return {};
  return error(BATON_INVALID_MODEL,
               "its subgraphs call each other with ever other shapes: more than %llu nodes would "
               "have to be prepared",
               static_cast<unsigned long long>(max_prepared_nodes_));
}

void Session::save_state() {
  for (auto& runner : runners_) {
    if (runner != nullptr) runner->save_state();
  }
  resources_.save();
  std::ranges::copy(called_, called_saved_.begin());
}

void Session::restore_state() {
  for (auto& runner : runners_) {
    if (runner != nullptr) runner->restore_state();
  }
  resources_.restore();
  std::ranges::copy(called_saved_, called_.begin());
}

Status Session::reset_state() {
  if (running()) return {BATON_BUSY, "the session is running: wait before its state is reset"};
  for (auto& runner : runners_) {
    if (runner != nullptr) runner->reset_state();
  }
  resources_.clear();
  std::ranges::fill(called_, uint8_t{0});
  return {};
}

Status Session::run_async(void (*done)(void*, baton_status), void* user) {
  std::unique_lock lock(mutex_);
  if (async_ != Async::kIdle) {
    return {BATON_BUSY, "a run was started and not waited for: call baton_session_wait first"};
  }
  if (running_.exchange(true, std::memory_order_acquire)) {
    return {BATON_BUSY, "the session is running: wait for it, or use another session"};
  }
  cancel_.store(false, std::memory_order_relaxed);  // from here on a cancel is for this run
  if (!worker_.joinable()) worker_ = std::thread([this] { serve_async(); });
  done_ = done;
  done_user_ = user;
  async_ = Async::kAsked;
  changed_.notify_all();
  return {};
}

void Session::serve_async() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return quit_ || async_ == Async::kAsked; });
    if (async_ != Async::kAsked) return;
    lock.unlock();
    Status status = run_guarded();
    running_.store(false, std::memory_order_release);
    if (done_ != nullptr) done_(done_user_, status.code());
    lock.lock();
    async_status_ = std::move(status);
    async_ = Async::kDone;
    changed_.notify_all();
    if (quit_) return;
  }
}

Status Session::wait(uint64_t timeout_ns) {
  std::unique_lock lock(mutex_);
  if (async_ == Async::kIdle) {
    return {BATON_INVALID_ARGUMENT, "nothing to wait for: no run was started"};
  }
  const auto done = [this] { return async_ == Async::kDone; };
  if (timeout_ns >= kForEver) {
    changed_.wait(lock, done);
  } else if (!changed_.wait_for(lock, std::chrono::nanoseconds(timeout_ns), done)) {
    return {BATON_TIMED_OUT, "the run goes on: wait again, or cancel it"};
  }
  async_ = Async::kIdle;
  return std::move(async_status_);
}

// ---- Looking inside ---------------------------------------------------------------------------

Status Session::tap(uint32_t subgraph, int32_t tensor, baton_tap_fn fn, void* user) {
  const auto subgraphs = compiled_->graph().subgraphs();
  if (subgraph >= subgraphs.size() || tensor < 0 ||
      static_cast<size_t>(tensor) >= subgraphs[subgraph].tensors.size()) {
    return error(BATON_INVALID_ARGUMENT, "there is no tensor %d in subgraph %u", tensor, subgraph);
  }
  if (fn != nullptr) {
    BATON_RETURN_IF_ERROR(prepare());
    SubgraphRunner& tapped = runner(subgraph);
    if (!tapped.prepared()) BATON_RETURN_IF_ERROR(tapped.prepare());
    BATON_RETURN_IF_ERROR(tapped.make_readable(tensor));
  }
  std::erase_if(taps_,
                [&](const Tap& tap) { return tap.subgraph == subgraph && tap.tensor == tensor; });
  if (fn != nullptr) taps_.push_back({subgraph, tensor, fn, user});
  return {};
}

bool Session::tapped(uint32_t subgraph, int32_t tensor) const {
  return std::ranges::any_of(
      taps_, [&](const Tap& tap) { return tap.subgraph == subgraph && tap.tensor == tensor; });
}

void Session::call_taps(uint32_t subgraph, const Value& value) {
  for (const Tap& tap : taps_) {
    if (tap.subgraph != subgraph || tap.tensor != value.info().index) continue;
    baton_tensor tensor = value.info();
    tensor.data = value.data();
    tap.fn(tap.user, subgraph, &tensor);
  }
}

void Session::set_profiling(bool on) {
  profiling_ = on;
  for (auto& runner : runners_) {
    if (runner != nullptr) runner->set_profiling(on);
  }
}

void Session::read_profile(void (*add)(void*, uint32_t, int32_t, int32_t, uint64_t),
                           void* user) const {
  for (const auto& runner : runners_) {
    if (runner != nullptr && runner->prepared()) runner->read_profile(add, user);
  }
}

const baton_placement* Session::report() {
  std::vector<std::shared_ptr<const CompiledSubgraph>> plans;
  for (const Subgraph& subgraph : compiled_->graph().subgraphs()) {
    const auto& own = runners_[subgraph.index];
    plans.push_back(own != nullptr ? own->compiled() : nullptr);
    if (plans.back() != nullptr) continue;
    if (auto plan = compiled_->compile_default(subgraph.index); plan.ok()) plans.back() = *plan;
  }
  report_ = compiled_->report(plans);
  return report_.get();
}

void Session::memory(baton_memory_figures* figures) const {
  for (const auto& runner : runners_) {
    if (runner != nullptr) runner->add_memory_figures(figures);
  }
  figures->state_bytes += resources_.bytes();
}

}  // namespace baton
