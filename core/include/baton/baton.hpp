/* Baton for C++17: owners and views over the C API of baton.h, header-only.
 *
 *   baton::Runtime runtime = baton::or_throw(baton::Runtime::create());
 *   baton::Model model = baton::or_throw(runtime.load("model.tflite"));
 *   baton::Compiled compiled =
 * baton::or_throw(model.compile(baton::CompileOptions().delegate("cpu"))); baton::Session session =
 * baton::or_throw(compiled.session()); session.set_input(0, pixels.data(), pixels.size()); if
 * (baton::Status status = session.run(); !status) std::puts(status.message().c_str()); const float*
 * scores = session.output_data<float>(0);
 *
 * Owners are move-only and may be destroyed in any order. Nothing here throws but or_throw, which
 * is there where exceptions are. What is said of threads, lifetimes and units in baton.h holds.
 */
#ifndef BATON_BATON_HPP_
#define BATON_BATON_HPP_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#if defined(__cpp_exceptions)
#include <stdexcept>
#endif

#include "baton/baton.h"

namespace baton {
inline namespace api {

/* A code and a sentence; true when all went well. */
class [[nodiscard]] Status {
 public:
  Status() = default;
  /* Takes the error over. */
  Status(baton_status code, baton_error* error) : code_(code) {
    if (error != nullptr) message_ = baton_error_message(error);
    baton_error_destroy(error);
  }
  explicit operator bool() const { return code_ == BATON_OK; }
  bool ok() const { return code_ == BATON_OK; }
  baton_status code() const { return code_; }
  const std::string& message() const { return message_; }

 private:
  baton_status code_ = BATON_OK;
  std::string message_;
};

/* A T, or the Status that says why there is none. */
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Status status) : status_(std::move(status)) {}
  explicit operator bool() const { return value_.has_value(); }
  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  const std::string& message() const { return status_.message(); }
  /* Only when ok(). */
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

#if defined(__cpp_exceptions)
template <typename T>
T or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.message());
  return std::move(*result);
}
inline void or_throw(const Status& status) {
  if (!status) throw std::runtime_error(status.message());
}
#endif

/* Quotas against hostile files. */
struct LoadOptions : baton_load_options {
  LoadOptions() : baton_load_options(BATON_LOAD_OPTIONS_INIT) {}
};

/* What delegates to use, in order, and how. Builds a baton_compile_options. */
class CompileOptions {
 public:
  using Options = std::vector<std::pair<std::string, std::string>>;

  CompileOptions& delegate(std::string name, Options options = {}) {
    delegates_.push_back({std::move(name), std::move(options)});
    return *this;
  }
  CompileOptions& strict(bool on = true) { return flag(BATON_COMPILE_STRICT, on); }
  CompileOptions& ignore_costs(bool on = true) { return flag(BATON_COMPILE_IGNORE_COSTS, on); }
  CompileOptions& min_partition_nodes(uint32_t nodes) {
    min_partition_nodes_ = nodes;
    return *this;
  }
  CompileOptions& max_partitions(uint32_t partitions) {
    max_partitions_ = partitions;
    return *this;
  }
  /* Keeps nodes off a delegate; -1 and "" mean any. */
  CompileOptions& pin(int32_t subgraph, int32_t node, std::string op = "",
                      std::string delegate = "") {
    pins_.push_back({subgraph, node, std::move(op), std::move(delegate)});
    return *this;
  }

  /* Calls fn(const baton_compile_options*) with the C form, valid during the call. */
  template <typename Fn>
  auto with(Fn&& fn) const {
    std::vector<std::vector<const char*>> keys(delegates_.size()), values(delegates_.size());
    std::vector<baton_delegate_choice> choices(delegates_.size());
    std::vector<const baton_delegate_choice*> choice_pointers;
    for (size_t i = 0; i < delegates_.size(); ++i) {
      for (const auto& [key, value] : delegates_[i].options) {
        keys[i].push_back(key.c_str());
        values[i].push_back(value.c_str());
      }
      choices[i] = {sizeof(baton_delegate_choice), static_cast<uint32_t>(keys[i].size()),
                    delegates_[i].name.c_str(), keys[i].data(), values[i].data()};
      choice_pointers.push_back(&choices[i]);
    }
    std::vector<baton_pin> pins;
    std::vector<const baton_pin*> pin_pointers;
    pins.reserve(pins_.size());
    for (const Pin& pin : pins_) {
      pins.push_back({sizeof(baton_pin), pin.subgraph, pin.node, 0,
                      pin.op.empty() ? nullptr : pin.op.c_str(),
                      pin.delegate.empty() ? nullptr : pin.delegate.c_str()});
      pin_pointers.push_back(&pins.back());
    }
    baton_compile_options options = BATON_COMPILE_OPTIONS_INIT;
    options.flags = flags_;
    options.delegate_count = static_cast<uint32_t>(choices.size());
    options.pin_count = static_cast<uint32_t>(pins.size());
    options.delegates = choice_pointers.data();
    options.pins = pin_pointers.data();
    options.min_partition_nodes = min_partition_nodes_;
    options.max_partitions = max_partitions_;
    return fn(static_cast<const baton_compile_options*>(&options));
  }

 private:
  struct Choice {
    std::string name;
    Options options;
  };
  struct Pin {
    int32_t subgraph;
    int32_t node;
    std::string op;
    std::string delegate;
  };
  CompileOptions& flag(uint32_t flag, bool on) {
    flags_ = on ? flags_ | flag : flags_ & ~flag;
    return *this;
  }

  std::vector<Choice> delegates_;
  std::vector<Pin> pins_;
  uint32_t flags_ = 0;
  uint32_t min_partition_nodes_ = 0;
  uint32_t max_partitions_ = 0;
};

/* A view of a report; lives as long as what it came from. */
class Placement {
 public:
  explicit Placement(const baton_placement* placement) : placement_(placement) {}
  uint32_t node_count() const { return baton_placement_node_count(placement_); }
  const baton_node_placement& node(uint32_t i) const {
    return *baton_placement_node(placement_, i);
  }
  const baton_refusal& refusal(uint32_t node, uint32_t i) const {
    return *baton_placement_refusal(placement_, node, i);
  }
  uint32_t partition_count() const { return baton_placement_partition_count(placement_); }
  const baton_partition_placement& partition(uint32_t i) const {
    return *baton_placement_partition(placement_, i);
  }
  /* nullptr past the last. */
  const char* event(uint32_t i) const { return baton_placement_event(placement_, i); }

 private:
  const baton_placement* placement_;
};

class Session {
 public:
  baton_session* get() const { return handle_.get(); }

  uint32_t input_count() const { return baton_session_input_count(get()); }
  uint32_t output_count() const { return baton_session_output_count(get()); }
  /* i in range. */
  const baton_tensor& input(uint32_t i) const { return *baton_session_input(get(), i); }
  const baton_tensor& output(uint32_t i) const { return *baton_session_output(get(), i); }
  std::string input_name(uint32_t i) const { return baton_session_input_name(get(), i); }
  std::string output_name(uint32_t i) const { return baton_session_output_name(get(), i); }
  /* -1: no such name. */
  int32_t find_input(const std::string& name) const {
    return baton_session_find_input(get(), name.c_str());
  }
  int32_t find_output(const std::string& name) const {
    return baton_session_find_output(get(), name.c_str());
  }

  Status resize_input(uint32_t i, const std::vector<int32_t>& dims) {
    baton_error* error = nullptr;
    const auto rank = static_cast<uint32_t>(dims.size());
    const baton_status code = baton_session_resize_input(get(), i, rank, dims.data(), &error);
    return {code, error};
  }
  Status prepare() { return call(baton_session_prepare); }

  Status set_input(uint32_t i, const void* data, uint64_t bytes) {
    baton_error* error = nullptr;
    const baton_status code = baton_session_set_input(get(), i, data, bytes, &error);
    return {code, error};
  }
  Status get_output(uint32_t i, void* data, uint64_t bytes) const {
    baton_error* error = nullptr;
    const baton_status code = baton_session_get_output(get(), i, data, bytes, &error);
    return {code, error};
  }
  template <typename T = void>
  T* input_data(uint32_t i) {
    return static_cast<T*>(baton_session_input_data(get(), i));
  }
  template <typename T = void>
  const T* output_data(uint32_t i) const {
    return static_cast<const T*>(baton_session_output_data(get(), i));
  }
  Status bind_input(uint32_t i, void* memory, uint64_t capacity) {
    baton_error* error = nullptr;
    const baton_status code = baton_session_bind_input(get(), i, memory, capacity, &error);
    return {code, error};
  }
  Status bind_output(uint32_t i, void* memory, uint64_t capacity) {
    baton_error* error = nullptr;
    const baton_status code = baton_session_bind_output(get(), i, memory, capacity, &error);
    return {code, error};
  }

  Status run() { return call(baton_session_run); }
  Status run_async(void (*done)(void*, baton_status) = nullptr, void* user = nullptr) {
    baton_error* error = nullptr;
    const baton_status code = baton_session_run_async(get(), done, user, &error);
    return {code, error};
  }
  Status wait(uint64_t timeout_ns = UINT64_MAX) {
    baton_error* error = nullptr;
    const baton_status code = baton_session_wait(get(), timeout_ns, &error);
    return {code, error};
  }
  void cancel() { baton_session_cancel(get()); }
  void set_timeout(uint64_t timeout_ns) { baton_session_set_timeout(get(), timeout_ns); }
  Status reset_state() { return call(baton_session_reset_state); }

  Status tap(uint32_t subgraph, int32_t tensor, baton_tap_fn fn, void* user) {
    baton_error* error = nullptr;
    const baton_status code = baton_session_tap(get(), subgraph, tensor, fn, user, &error);
    return {code, error};
  }
  void enable_profile(bool on = true) { baton_session_enable_profile(get(), on ? 1 : 0); }
  /* add(subgraph, node or -1, partition or -1, ns) for the last run. */
  template <typename Add>
  void profile(Add&& add) const {
    baton_session_profile(
        get(),
        [](void* user, uint32_t subgraph, int32_t node, int32_t partition, uint64_t ns) {
          (*static_cast<std::remove_reference_t<Add>*>(user))(subgraph, node, partition, ns);
        },
        const_cast<void*>(static_cast<const void*>(&add)));
  }
  Placement placement() const { return Placement(baton_session_placement(get())); }
  baton_memory_figures memory() const {
    baton_memory_figures figures = BATON_MEMORY_FIGURES_INIT;
    baton_session_memory(get(), &figures);
    return figures;
  }

 private:
  friend class Compiled;
  explicit Session(baton_session* handle) : handle_(handle) {}
  Status call(baton_status (*function)(baton_session*, baton_error**)) {
    baton_error* error = nullptr;
    const baton_status code = function(get(), &error);
    return {code, error};
  }
  struct Destroy {
    void operator()(baton_session* handle) const { baton_session_destroy(handle); }
  };
  std::unique_ptr<baton_session, Destroy> handle_;
};

class Compiled {
 public:
  baton_compiled* get() const { return handle_.get(); }
  Placement placement() const { return Placement(baton_compiled_placement(get())); }
  /* signature "": the main subgraph. */
  Result<Session> session(uint32_t threads = 1, const std::string& signature = "") const {
    baton_session_options options = BATON_SESSION_OPTIONS_INIT;
    options.threads = threads;
    if (!signature.empty()) options.signature = signature.c_str();
    baton_session* handle = nullptr;
    baton_error* error = nullptr;
    const baton_status code = baton_session_create(get(), &options, &handle, &error);
    if (code != BATON_OK) return Status(code, error);
    return Session(handle);
  }

 private:
  friend class Model;
  explicit Compiled(baton_compiled* handle) : handle_(handle) {}
  struct Destroy {
    void operator()(baton_compiled* handle) const { baton_compiled_destroy(handle); }
  };
  std::unique_ptr<baton_compiled, Destroy> handle_;
};

class Model {
 public:
  baton_model* get() const { return handle_.get(); }
  uint32_t subgraph_count() const { return baton_model_subgraph_count(get()); }
  /* nullptr when out of range. */
  const baton_graph* subgraph(uint32_t i) const { return baton_model_subgraph(get(), i); }

  Result<Compiled> compile(const CompileOptions& options = {}) const {
    baton_compiled* handle = nullptr;
    baton_error* error = nullptr;
    const baton_status code = options.with([&](const baton_compile_options* c_options) {
      return baton_model_compile(get(), c_options, &handle, &error);
    });
    if (code != BATON_OK) return Status(code, error);
    return Compiled(handle);
  }

 private:
  friend class Runtime;
  explicit Model(baton_model* handle) : handle_(handle) {}
  struct Destroy {
    void operator()(baton_model* handle) const { baton_model_destroy(handle); }
  };
  std::unique_ptr<baton_model, Destroy> handle_;
};

class Runtime {
 public:
  baton_runtime* get() const { return handle_.get(); }

  static Result<Runtime> create(const baton_runtime_options* options = nullptr) {
    baton_runtime* handle = nullptr;
    baton_error* error = nullptr;
    const baton_status code = baton_runtime_create(options, &handle, &error);
    if (code != BATON_OK) return Status(code, error);
    return Runtime(handle);
  }
  Status register_plugin(baton_plugin_query_fn query) {
    baton_error* error = nullptr;
    const baton_status code = baton_runtime_register(get(), query, &error);
    return {code, error};
  }
  Status load_plugin(const std::string& name_or_path) {
    baton_error* error = nullptr;
    const baton_status code = baton_runtime_load_plugin(get(), name_or_path.c_str(), &error);
    return {code, error};
  }
  Result<Model> load(const std::string& path, const baton_load_options* options = nullptr) const {
    baton_model* handle = nullptr;
    baton_error* error = nullptr;
    const baton_status code = baton_model_load_file(get(), path.c_str(), options, &handle, &error);
    return model(code, handle, error);
  }
  /* The memory must outlive the model and all that is made from it. */
  Result<Model> load(const void* data, uint64_t bytes,
                     const baton_load_options* options = nullptr) const {
    baton_model* handle = nullptr;
    baton_error* error = nullptr;
    const baton_status code = baton_model_load_memory(get(), data, bytes, options, &handle, &error);
    return model(code, handle, error);
  }

 private:
  explicit Runtime(baton_runtime* handle) : handle_(handle) {}
  static Result<Model> model(baton_status code, baton_model* handle, baton_error* error) {
    if (code != BATON_OK) return Status(code, error);
    return Model(handle);
  }
  struct Destroy {
    void operator()(baton_runtime* handle) const { baton_runtime_destroy(handle); }
  };
  std::unique_ptr<baton_runtime, Destroy> handle_;
};

}  // namespace api
}  // namespace baton

#endif /* BATON_BATON_HPP_ */
