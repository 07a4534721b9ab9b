/// C++17 on top of plugin.h: write a delegate as three classes, throw exceptions, and let this
/// header turn them into the C ABI. Header-only; the plugin still links nothing of Baton.
///
///   class MyInstance : public baton::sdk::Instance { reshape, execute };
///   class MyProgram  : public baton::sdk::Program  { instantiate };
///   class MyPlugin   : public baton::sdk::Plugin   { devices, examine, compile };
///
///   BATON_DEFINE_PLUGIN(mine, MyPlugin)   // the name that --delegate= takes
///
/// MyPlugin has a constructor that takes a baton::sdk::Host, and static functions:
///   static baton::sdk::About about();                        // who made it
///   static baton::sdk::Span<const baton_option_spec> options();          // may be left out
///   static baton::sdk::Span<const baton_custom_operator> operators();    // may be left out
///
/// Views (Graph, Node, Tensor, Options ...) are small, cheap to copy, and valid as long as what
/// they show: mostly the call that they were handed to. Threads and life times are those of
/// plugin.h.
///
/// Errors: throw baton::sdk::Error with a reason and a sentence that says what, where and what to
/// do. Other exceptions are reported with their what(). None leaves the plugin.
#ifndef BATON_PLUGIN_HPP_
#define BATON_PLUGIN_HPP_

#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "baton/plugin.h"

namespace baton {
namespace sdk {

/// A pointer and a count.
template <typename T>
class Span {
 public:
  constexpr Span() = default;
  constexpr Span(T* data, size_t size) : data_(data), size_(size) {}
  template <size_t N>
  constexpr Span(T (&array)[N]) : data_(array), size_(N) {}  // NOLINT: implicit by design
  constexpr T* data() const { return data_; }
  constexpr size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr T* begin() const { return data_; }
  constexpr T* end() const { return data_ + size_; }
  constexpr T& operator[](size_t i) const { return data_[i]; }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
};

/// What a function of a plugin throws when it cannot do its work.
class Error : public std::runtime_error {
 public:
  /// `reason` is a BATON_REASON_, `status` a baton_status.
  Error(uint32_t reason, const std::string& sentence, int32_t status = BATON_ERROR)
      : std::runtime_error(sentence), reason_(reason), status_(status) {}
  uint32_t reason() const { return reason_; }
  int32_t status() const { return status_; }

 private:
  uint32_t reason_;
  int32_t status_;
};

/// Throw it in reshape or instantiate when the program does not fit the shapes.
inline Error recompile_needed(const std::string& sentence) {
  return Error(BATON_REASON_SHAPE, sentence, BATON_RECOMPILE_NEEDED);
}
/// Throw it in execute when Execution::cancelled() says so.
inline Error cancelled() {
  return Error(BATON_REASON_OTHER, "the run was cancelled", BATON_CANCELLED);
}

/// The host's services. Valid as long as the plugin object.
class Host {
 public:
  explicit Host(const baton_host* abi) : abi_(abi) {}
  const baton_host* abi() const { return abi_; }
  void log(int32_t level, const std::string& text) const { abi_->log(abi_, level, text.c_str()); }
  void report(uint32_t reason, const char* text) const { abi_->report(abi_, reason, text); }

  /// Counted memory; throws Error when there is none.
  struct Release {
    const baton_host* host;
    void operator()(void* memory) const { host->release(host, memory); }
  };
  using Memory = std::unique_ptr<void, Release>;
  Memory allocate(uint64_t bytes, uint64_t alignment = 64) const {
    void* memory = abi_->allocate(abi_, bytes, alignment);
    if (memory == nullptr) {
      throw Error(BATON_REASON_MEMORY, "cannot allocate " + std::to_string(bytes) + " bytes",
                  BATON_OUT_OF_MEMORY);
    }
    return Memory(memory, Release{abi_});
  }

 private:
  const baton_host* abi_;
};

// ---- The graph ----------------------------------------------------------------------------------

class Tensor {
 public:
  explicit Tensor(const baton_tensor* abi) : abi_(abi) {}
  /// False for an optional input that is absent: nothing else may be asked then.
  explicit operator bool() const { return abi_ != nullptr; }
  const baton_tensor* abi() const { return abi_; }
  int32_t index() const { return abi_->index; }
  const char* name() const { return abi_->name; }
  baton_dtype dtype() const { return abi_->dtype; }
  uint32_t rank() const { return abi_->rank; }
  Span<const int32_t> dims() const { return {abi_->dims, abi_->rank}; }
  int32_t dim(uint32_t i) const { return abi_->dims[i]; }
  uint64_t bytes() const { return abi_->bytes; }
  int64_t count() const {
    int64_t product = 1;
    for (const int32_t dim : dims()) product *= dim;
    return product;
  }
  bool constant() const { return (abi_->flags & BATON_TENSOR_CONSTANT) != 0; }
  bool variable() const { return (abi_->flags & BATON_TENSOR_VARIABLE) != 0; }
  /// Of a constant.
  template <typename T>
  const T* data() const {
    return static_cast<const T*>(abi_->data);
  }
  const baton_quantization& quantization() const { return *abi_->quantization; }
  bool quantized() const { return abi_->quantization->kind != BATON_QUANTIZATION_NONE; }
  /// Of the whole tensor, or of channel 0.
  float scale() const { return quantized() ? abi_->quantization->scales[0] : 0.0f; }
  int32_t zero_point() const {
    const baton_quantization& q = *abi_->quantization;
    return quantized() && q.zero_points != nullptr ? static_cast<int32_t>(q.zero_points[0]) : 0;
  }

 private:
  const baton_tensor* abi_;
};

class Node {
 public:
  explicit Node(const baton_node* abi) : abi_(abi) {}
  const baton_node* abi() const { return abi_; }
  /// Its identity in the subgraph.
  uint32_t index() const { return abi_->index; }
  int32_t op() const { return abi_->op; }
  const char* name() const { return abi_->name; }
  bool offered() const { return (abi_->flags & BATON_NODE_OFFERED) != 0; }
  Span<const int32_t> inputs() const { return {abi_->inputs, abi_->input_count}; }
  Span<const int32_t> outputs() const { return {abi_->outputs, abi_->output_count}; }
  bool has_input(uint32_t i) const { return i < abi_->input_count && abi_->inputs[i] >= 0; }
  template <typename Attributes>
  const Attributes& attributes() const {
    return *static_cast<const Attributes*>(abi_->attributes);
  }

 private:
  const baton_node* abi_;
};

/// A subgraph, or a partition of it.
class Graph {
 public:
  explicit Graph(const baton_graph* abi) : abi_(abi) {}
  const baton_graph* abi() const { return abi_; }
  uint32_t subgraph() const { return abi_->subgraph; }
  uint32_t node_count() const { return abi_->node_count(abi_); }
  Node node(uint32_t position) const { return Node(abi_->node(abi_, position)); }
  uint32_t tensor_count() const { return abi_->tensor_count(abi_); }
  /// False for index -1.
  Tensor tensor(int32_t index) const { return Tensor(abi_->tensor(abi_, index)); }
  /// The node's tensors by position; false for an absent optional one.
  Tensor input_of(const Node& node, uint32_t i) const {
    return tensor(node.has_input(i) ? node.inputs()[i] : -1);
  }
  Tensor output_of(const Node& node, uint32_t i) const { return tensor(node.outputs()[i]); }
  /// Tensor indices at the border, in the order of the bindings.
  uint32_t input_count() const { return abi_->input_count(abi_); }
  int32_t input(uint32_t i) const { return abi_->input(abi_, i); }
  uint32_t output_count() const { return abi_->output_count(abi_); }
  int32_t output(uint32_t i) const { return abi_->output(abi_, i); }
  uint32_t state_count() const { return abi_->state_count(abi_); }
  int32_t state(uint32_t i) const { return abi_->state(abi_, i); }
  uint64_t constant_hash(int32_t tensor) const { return abi_->constant_hash(abi_, tensor); }
  void done_with_constant(int32_t tensor) const { abi_->done_with_constant(abi_, tensor); }
  const char* model_hash() const { return abi_->model_hash(abi_); }

 private:
  const baton_graph* abi_;
};

class Options {
 public:
  explicit Options(const baton_options* abi) : abi_(abi) {}
  std::string_view text(const char* name) const { return value(name); }
  int64_t integer(const char* name) const { return std::strtoll(value(name), nullptr, 10); }
  double number(const char* name) const { return std::strtod(value(name), nullptr); }
  bool boolean(const char* name) const { return std::string_view(value(name)) == "true"; }

 private:
  const char* value(const char* name) const {
    const char* text = abi_->get(abi_, name);
    if (text != nullptr) return text;
    throw Error(BATON_REASON_OPTION, std::string("option '") + name + "' is not in the schema");
  }
  const baton_options* abi_;
};

/// Takes the answers to examine.
class Answer {
 public:
  explicit Answer(const baton_answer* abi) : abi_(abi) {}
  /// cost_ns -1: not known.
  void yes(const Node& node, int64_t cost_ns = -1) const { abi_->yes(abi_, node.index(), cost_ns); }
  void no(const Node& node, uint32_t reason, const std::string& sentence) const {
    abi_->no(abi_, node.index(), reason, sentence.c_str());
  }
  void group(Span<const uint32_t> nodes) const {
    abi_->group(abi_, nodes.data(), static_cast<uint32_t>(nodes.size()));
  }

 private:
  const baton_answer* abi_;
};

class Shapes {
 public:
  explicit Shapes(const baton_shapes* abi) : abi_(abi) {}
  /// That execute will have.
  uint32_t thread_count() const { return abi_->thread_count; }
  Span<const int32_t> dims(int32_t tensor) const {
    const int32_t* dims = nullptr;
    const int32_t rank = abi_->dims(abi_, tensor, &dims);
    if (rank < 0) {
      throw Error(BATON_REASON_DYNAMIC_SHAPE,
                  "the shape of tensor " + std::to_string(tensor) + " is not known");
    }
    return {dims, static_cast<size_t>(rank)};
  }
  int64_t count(int32_t tensor) const {
    int64_t product = 1;
    for (const int32_t dim : dims(tensor)) product *= dim;
    return product;
  }

 private:
  const baton_shapes* abi_;
};

// ---- A run --------------------------------------------------------------------------------------

/// The buffers of a run.
class Bindings {
 public:
  explicit Bindings(const baton_bindings* abi) : abi_(abi) {}
  const baton_bindings* abi() const { return abi_; }
  const baton_buffer& input(uint32_t i) const { return *abi_->input(abi_, i); }
  const baton_buffer& output(uint32_t i) const { return *abi_->output(abi_, i); }
  const baton_buffer& state_in(uint32_t i) const { return *abi_->state_in(abi_, i); }
  const baton_buffer& state_out(uint32_t i) const { return *abi_->state_out(abi_, i); }
  /// The address in a buffer of host memory.
  template <typename T>
  static T* host(const baton_buffer& buffer) {
    return reinterpret_cast<T*>(static_cast<unsigned char*>(buffer.handle) + buffer.offset);
  }
  template <typename T>
  const T* input_data(uint32_t i) const {
    return host<const T>(input(i));
  }
  template <typename T>
  T* output_data(uint32_t i) const {
    return host<T>(output(i));
  }

 private:
  const baton_bindings* abi_;
};

class Execution {
 public:
  explicit Execution(const baton_execution* abi) : abi_(abi) {}
  const baton_execution* abi() const { return abi_; }
  uint32_t thread_count() const { return abi_->thread_count; }
  bool is_cancelled() const { return abi_->is_cancelled(abi_) != 0; }
  template <typename T>
  T* scratch() const {
    return static_cast<T*>(abi_->scratch);
  }
  /// fn(worker, begin, end) over pieces of [0, count). What a piece throws is thrown here.
  template <typename Fn>
  void parallel_for(uint64_t count, uint64_t grain, const Fn& fn) const {
    struct Job {
      const Fn& fn;
      std::mutex mutex;
      std::exception_ptr thrown;
    } job{fn, {}, {}};
    abi_->parallel_for(
        abi_, count, grain,
        [](void* user, uint32_t worker, uint64_t begin, uint64_t end) {
          Job& j = *static_cast<Job*>(user);
          try {
            j.fn(worker, begin, end);
          } catch (...) {
            const std::lock_guard<std::mutex> lock(j.mutex);
            j.thrown = std::current_exception();
          }
        },
        &job);
    if (job.thrown) std::rethrow_exception(job.thrown);
  }

 private:
  const baton_execution* abi_;
};

// ---- What a plugin implements -------------------------------------------------------------------

class Border;

/// What an instance needs for its shapes.
struct Needs {
  uint64_t scratch_bytes = 0;
};

/// Runs a partition in one session.
class Instance {
 public:
  virtual ~Instance() = default;
  /// Called once after it was made, and again for new shapes.
  virtual Needs reshape(const Shapes& shapes) = 0;
  /// Returns when the outputs are written.
  virtual void execute(const Execution& execution, const Bindings& bindings) = 0;

 private:
  friend class Border;
  const baton_host* host_ = nullptr;
};

/// A compiled partition. Immutable: several sessions use it.
class Program {
 public:
  virtual ~Program() = default;
  virtual std::unique_ptr<Instance> instantiate(const Shapes& shapes) = 0;

 private:
  friend class Border;
  const baton_host* host_ = nullptr;
};

/// One per runtime. The overrides answer as plugin.h says.
class Plugin {
 public:
  explicit Plugin(Host host) : host_(host) {}
  virtual ~Plugin() = default;
  const Host& host() const { return host_; }

  virtual uint32_t device_count() = 0;
  /// Lives as long as the plugin.
  virtual const baton_device_info* device(uint32_t device) = 0;
  /// 0: the delegate does not have the operator.
  virtual int32_t max_version(uint32_t device, int32_t op) = 0;
  virtual void examine(uint32_t device, const Options& options, const Graph& graph,
                       const Answer& answer) = 0;
  virtual std::unique_ptr<Program> compile(uint32_t device, const Options& options,
                                           const Graph& partition) = 0;
  virtual const void* extension(std::string_view id) {
    (void)id;
    return nullptr;
  }

 private:
  Host host_;
};

/// Your object behind a handle of the ABI, for functions of extensions.
template <typename T>
T& object_of(baton_plugin* handle) {
  return static_cast<T&>(*reinterpret_cast<Plugin*>(handle));
}
template <typename T>
T& object_of(baton_program* handle) {
  return static_cast<T&>(*reinterpret_cast<Program*>(handle));
}
template <typename T>
T& object_of(baton_instance* handle) {
  return static_cast<T&>(*reinterpret_cast<Instance*>(handle));
}

struct About {
  const char* vendor;
  const char* version;
  const char* description;  // one sentence
  uint32_t flags = 0;       // BATON_PLUGIN_
};

/// Lines for options().
constexpr baton_option_spec option(int32_t type, const char* name, const char* default_value,
                                   const char* help, const char* choices = nullptr) {
  return baton_option_spec{sizeof(baton_option_spec), type, name, default_value, help, choices};
}

/// A device info with everything at zero but these.
inline baton_device_info make_device(const char* name, const char* driver, int32_t kind,
                                     uint32_t flags = BATON_DEVICE_USABLE,
                                     const char* unusable_reason = "") {
  baton_device_info info{};
  info.struct_size = sizeof(info);
  info.flags = flags;
  info.name = name;
  info.driver = driver;
  info.unusable_reason = unusable_reason;
  info.kind = kind;
  return info;
}

/// The functions behind the C tables.
class Border {
 public:
  /// Runs fn; what it throws is reported and becomes a status. For functions of extensions, too.
  template <typename Fn>
  static int32_t guard(const baton_host* host, const Fn& fn) noexcept {
    try {
      fn();
      return BATON_OK;
    } catch (const Error& error) {
      host->report(host, error.reason(), error.what());
      return error.status();
    } catch (const std::bad_alloc&) {
      host->report(host, BATON_REASON_MEMORY, "there is not enough memory");
      return BATON_OUT_OF_MEMORY;
    } catch (const std::exception& exception) {
      host->report(host, BATON_REASON_OTHER, exception.what());
      return BATON_ERROR;
    } catch (...) {
      host->report(host, BATON_REASON_OTHER, "something that is no std::exception was thrown");
      return BATON_ERROR;
    }
  }

  template <typename P>
  static int32_t create(const baton_host* host, baton_plugin** plugin) {
    return guard(host, [&] {
      *plugin = reinterpret_cast<baton_plugin*>(static_cast<Plugin*>(new P(Host(host))));
    });
  }
  static void destroy(baton_plugin* plugin) { delete &object_of<Plugin>(plugin); }

  static uint32_t device_count(baton_plugin* plugin) {
    uint32_t count = 0;
    guard(host_of(plugin), [&] { count = object_of<Plugin>(plugin).device_count(); });
    return count;
  }
  static const baton_device_info* device(baton_plugin* plugin, uint32_t device) {
    const baton_device_info* info = nullptr;
    guard(host_of(plugin), [&] { info = object_of<Plugin>(plugin).device(device); });
    return info;
  }
  static int32_t max_version(baton_plugin* plugin, uint32_t device, int32_t op) {
    int32_t version = 0;
    guard(host_of(plugin), [&] { version = object_of<Plugin>(plugin).max_version(device, op); });
    return version;
  }
  static int32_t examine(baton_plugin* plugin, uint32_t device, const baton_options* options,
                         const baton_graph* graph, const baton_answer* answer) {
    return guard(host_of(plugin), [&] {
      object_of<Plugin>(plugin).examine(device, Options(options), Graph(graph), Answer(answer));
    });
  }
  static int32_t compile(baton_plugin* plugin, uint32_t device, const baton_options* options,
                         const baton_graph* partition, baton_program** program) {
    return guard(host_of(plugin), [&] {
      *program = hand_over(host_of(plugin), object_of<Plugin>(plugin).compile(
                                                device, Options(options), Graph(partition)));
    });
  }
  static void destroy_program(baton_program* program) { delete &object_of<Program>(program); }

  static int32_t instantiate(baton_program* program, const baton_shapes* shapes,
                             baton_instance_info* info, baton_instance** instance) {
    Program& self = object_of<Program>(program);
    return guard(self.host_, [&] {
      std::unique_ptr<Instance> made = self.instantiate(Shapes(shapes));
      if (made == nullptr) throw Error(BATON_REASON_OTHER, "instantiate gave nothing");
      made->host_ = self.host_;
      info->scratch_bytes = made->reshape(Shapes(shapes)).scratch_bytes;
      *instance = reinterpret_cast<baton_instance*>(made.release());
    });
  }
  static int32_t reshape(baton_instance* instance, const baton_shapes* shapes,
                         baton_instance_info* info) {
    Instance& self = object_of<Instance>(instance);
    return guard(self.host_,
                 [&] { info->scratch_bytes = self.reshape(Shapes(shapes)).scratch_bytes; });
  }
  static int32_t execute(baton_instance* instance, const baton_execution* execution,
                         const baton_bindings* bindings) {
    Instance& self = object_of<Instance>(instance);
    return guard(self.host_, [&] { self.execute(Execution(execution), Bindings(bindings)); });
  }
  static void destroy_instance(baton_instance* instance) { delete &object_of<Instance>(instance); }

  static const void* get_extension(baton_plugin* plugin, const char* id) {
    const void* table = nullptr;
    guard(host_of(plugin), [&] { table = object_of<Plugin>(plugin).extension(id); });
    return table;
  }

  /// A program as the ABI's handle, for an extension that makes one.
  static baton_program* hand_over(const baton_host* host, std::unique_ptr<Program> program) {
    if (program == nullptr) throw Error(BATON_REASON_OTHER, "compile gave nothing");
    program->host_ = host;
    return reinterpret_cast<baton_program*>(program.release());
  }

  static const baton_host* host_of(baton_plugin* plugin) {
    return object_of<Plugin>(plugin).host().abi();
  }
  static const baton_host* host_of(baton_instance* instance) {
    return object_of<Instance>(instance).host_;
  }
  static const baton_host* host_of(baton_program* program) {
    return object_of<Program>(program).host_;
  }

  /// The plugin's constant data.
  template <typename P>
  static const baton_plugin_info* query(const char* name, uint32_t host_abi) {
    if (host_abi != BATON_PLUGIN_ABI_VERSION) return nullptr;
    static constexpr baton_delegate kDelegate = {sizeof(baton_delegate),
                                                 0,
                                                 device_count,
                                                 device,
                                                 max_version,
                                                 examine,
                                                 compile,
                                                 destroy_program,
                                                 instantiate,
                                                 reshape,
                                                 execute,
                                                 destroy_instance};
    static const baton_plugin_info kInfo = [name] {
      const About about = P::about();
      baton_plugin_info info{};
      info.struct_size = sizeof(info);
      info.abi_version = BATON_PLUGIN_ABI_VERSION;
      info.name = name;
      info.vendor = about.vendor;
      info.version = about.version;
      info.description = about.description;
      info.flags = about.flags;
      info.option_count = static_cast<uint32_t>(options<P>(0).size());
      info.operator_count = static_cast<uint32_t>(operators<P>(0).size());
      info.option = [](uint32_t i) -> const baton_option_spec* {
        return i < options<P>(0).size() ? &options<P>(0)[i] : nullptr;
      };
      info.custom_operator = [](uint32_t i) -> const baton_custom_operator* {
        return i < operators<P>(0).size() ? &operators<P>(0)[i] : nullptr;
      };
      info.delegate = &kDelegate;
      info.create = create<P>;
      info.destroy = destroy;
      info.get_extension = get_extension;
      return info;
    }();
    return &kInfo;
  }

 private:
  // P::options() and P::operators() where P has them.
  template <typename P>
  static auto options(int) -> decltype(P::options()) {
    return P::options();
  }
  template <typename P>
  static Span<const baton_option_spec> options(long) {
    return {};
  }
  template <typename P>
  static auto operators(int) -> decltype(P::operators()) {
    return P::operators();
  }
  template <typename P>
  static Span<const baton_custom_operator> operators(long) {
    return {};
  }
};

// ---- Custom operators ---------------------------------------------------------------------------

/// What the functions of a custom operator see.
class KernelCall {
 public:
  explicit KernelCall(const baton_kernel_call* abi) : abi_(abi) {}
  Node node() const { return Node(abi_->node); }
  /// False when absent; the data is there in run.
  Tensor input(uint32_t i) const { return Tensor(abi_->input(abi_, i)); }
  Tensor output(uint32_t i) const { return Tensor(abi_->output(abi_, i)); }
  template <typename T>
  T* output_data(uint32_t i) const {
    return static_cast<T*>(abi_->output_data(abi_, i));
  }
  /// In infer.
  void set_output_dims(uint32_t i, Span<const int32_t> dims) const {
    const int32_t status =
        abi_->set_output_dims(abi_, i, static_cast<uint32_t>(dims.size()), dims.data());
    if (status != BATON_OK)
      throw Error(BATON_REASON_SHAPE, "the output's shape is refused", status);
  }
  /// In run.
  Execution execution() const { return Execution(abi_->execution); }

 private:
  const baton_kernel_call* abi_;
};

/// A line for operators(): void infer(P&, const KernelCall&), void run(P&, const KernelCall&).
template <typename P, void (*Infer)(P&, const KernelCall&), void (*Run)(P&, const KernelCall&)>
constexpr baton_custom_operator custom_operator(const char* name, int32_t max_version,
                                                const char* help) {
  return baton_custom_operator{sizeof(baton_custom_operator),
                               max_version,
                               name,
                               help,
                               [](baton_plugin* plugin, const baton_kernel_call* call) -> int32_t {
                                 return Border::guard(Border::host_of(plugin), [&] {
                                   Infer(object_of<P>(plugin), KernelCall(call));
                                 });
                               },
                               [](baton_plugin* plugin, const baton_kernel_call* call) -> int32_t {
                                 return Border::guard(Border::host_of(plugin), [&] {
                                   Run(object_of<P>(plugin), KernelCall(call));
                                 });
                               }};
}

}  // namespace sdk
}  // namespace baton

/// Defines the plugin's one exported function.
#define BATON_DEFINE_PLUGIN(name, type)                        \
  BATON_PLUGIN_ENTRY(name)(uint32_t host_abi) {                \
    return ::baton::sdk::Border::query<type>(#name, host_abi); \
  }

#endif  // BATON_PLUGIN_HPP_
