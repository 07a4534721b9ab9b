// What an operator is to the core: one constant of this struct in one file of this folder, and one
// line in table.inc.
//
// Three functions, called in this order for a node that the core runs itself:
//   infer    the shape rule. Checks arity, ranks and attributes; sets the outputs' shapes. Called
//   for
//            every node, also for those that a delegate runs, and again after each resize.
//   prepare  the kernel's own checks (element types, quantisation) and everything that can be
//            computed before the run: multipliers, tables, the need of scratch memory.
//   run      the kernel. Allocates nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "baton/attributes.h"
#include "baton/builtin_ops.h"
#include "baton/plugin.h"
#include "core/base/status.h"
#include "core/ops/value.h"

namespace baton {

// What `prepare` computes and `run` reads. Belongs to one node of one session.
struct OpData {
  virtual ~OpData() = default;
};

// What a kernel may ask of the session that runs it.
class SessionServices {
 public:
  virtual ~SessionServices() = default;

  // As baton_execution.parallel_for.
  virtual void parallel_for(uint64_t count, uint64_t grain, baton_range_fn fn, void* user) = 0;
  virtual uint32_t thread_count() const = 0;
  virtual bool cancelled() const = 0;

  // Control flow. The shapes of the callee's outputs for these inputs: `outputs` get dims, or an
  // unknown shape.
  virtual Status infer_subgraph(uint32_t subgraph, std::span<const Value* const> inputs,
                                std::span<Value* const> outputs) = 0;
  // Runs a subgraph on copies of `inputs`. On return results[i] are the callee's output values,
  // valid until the subgraph is called again.
  virtual Status call_subgraph(uint32_t subgraph, std::span<const Value* const> inputs,
                               std::vector<const Value*>* results) = 0;
  // True once per session state for a CALL_ONCE of this subgraph; false after.
  virtual bool first_call(uint32_t subgraph) = 0;

  // Resource variables by container and shared name: the id that a VAR_HANDLE gives.
  virtual int32_t resource_id(const char* container, const char* shared_name) = 0;
  // The content of a variable; nullptr when the id is not one.
  struct Resource {
    baton_dtype dtype = BATON_FLOAT32;
    bool assigned = false;
    std::vector<int32_t> dims;
    const uint8_t* data = nullptr;
    uint64_t bytes = 0;
  };
  virtual const Resource* resource(int32_t id) = 0;
  // Gives a variable a copy of `value`, in memory that counts for the session's quota. On failure
  // it keeps what it has.
  virtual Status assign_resource(int32_t id, const Value& value) = 0;

  // A tensor whose shape is found while running gets its memory here (dims are set).
  virtual Status place_output(Value& output) = 0;
};

struct Operator;

class NodeContext {
 public:
  // `values` is the subgraph's array, by tensor index. `op` is the operator whose functions are
  // called; those that plugins bring find themselves by it.
  NodeContext(const baton_node& node, std::span<Value> values, const Operator* op = nullptr)
      : node_(node), values_(values), op_(op) {}

  const baton_node& node() const { return node_; }
  const Operator* op() const { return op_; }
  template <typename Attributes>
  const Attributes& attributes() const {
    return *static_cast<const Attributes*>(node_.attributes);
  }

  int input_count() const { return static_cast<int>(node_.input_count); }
  int output_count() const { return static_cast<int>(node_.output_count); }
  bool has_input(int i) const { return i < input_count() && node_.inputs[i] >= 0; }
  // has_input(i) must hold: the operator's arity says which ones always do.
  const Value& input(int i) const { return values_[static_cast<size_t>(node_.inputs[i])]; }
  const Value* optional_input(int i) const { return has_input(i) ? &input(i) : nullptr; }
  Value& output(int i) const { return values_[static_cast<size_t>(node_.outputs[i])]; }
  // State: an input that the kernel also writes.
  Value& variable(int i) const { return values_[static_cast<size_t>(node_.inputs[i])]; }
  Value& intermediate(int i) const { return values_[static_cast<size_t>(node_.intermediates[i])]; }

  // infer
  Status set_output_dims(int i, std::span<const int32_t> dims) const {
    return output(i).set_dims(dims);
  }
  Status set_output_dims(int i, std::initializer_list<int32_t> dims) const {
    return output(i).set_dims({dims.begin(), dims.size()});
  }
  // The operator decides the element type, whatever the file says. Before set_output_dims.
  void set_output_dtype(int i, baton_dtype dtype) const {
    Value& value = output(i);
    if (value.dtype() != dtype && !value.constant() && !value.variable()) value.set_dtype(dtype);
  }
  // The shape depends on data that is not known yet. infer is called again in the run, with data.
  void set_output_unknown(int i) const { output(i).set_shape_unknown(); }

  // prepare and run
  void set_data(std::unique_ptr<OpData> data) { data_ = std::move(data); }
  template <typename Data>
  const Data& data() const {
    return static_cast<const Data&>(*data_);
  }
  template <typename Data>
  Data& data() {
    return static_cast<Data&>(*data_);
  }
  void request_scratch(uint64_t bytes) { scratch_bytes_ = bytes; }
  uint64_t scratch_bytes() const { return scratch_bytes_; }
  void set_scratch(void* scratch) { scratch_ = scratch; }
  // 64-byte aligned, undefined content.
  template <typename T>
  T* scratch() const {
    return static_cast<T*>(scratch_);
  }

  void set_services(SessionServices* services) { services_ = services; }
  // In infer nullptr when there is no session yet (default shapes).
  SessionServices* services() const { return services_; }

  // fn(worker, begin, end) over [0, count) on the session's threads.
  template <typename Fn>
  void parallel_for(int64_t count, int64_t grain, const Fn& fn) const {
    if (count <= 0) return;
    if (services_ == nullptr || services_->thread_count() == 1) {
      fn(uint32_t{0}, int64_t{0}, count);
      return;
    }
    services_->parallel_for(
        static_cast<uint64_t>(count), static_cast<uint64_t>(grain),
        [](void* user, uint32_t worker, uint64_t begin, uint64_t end) {
          (*static_cast<const Fn*>(user))(worker, static_cast<int64_t>(begin),
                                          static_cast<int64_t>(end));
        },
        const_cast<Fn*>(&fn));
  }

 private:
  const baton_node& node_;
  std::span<Value> values_;
  const Operator* op_;
  std::unique_ptr<OpData> data_;
  uint64_t scratch_bytes_ = 0;
  void* scratch_ = nullptr;
  SessionServices* services_ = nullptr;
};

enum OperatorFlags : uint32_t {
  kNoFlags = 0,
  // The output may lie where an input of the same size lies (element-wise; a reshape copies
  // nothing then).
  kInPlace = 1,
  // Output values follow from shapes and small constants: computed while planning where possible.
  kFoldable = 2,
  // Changes something outside its outputs: order among such operators is kept.
  kSideEffect = 4,
  // Never offered to delegates: control flow, resources, strings.
  kHostOnly = 8,
  // Inputs are not read, only their shapes (SHAPE, RANK).
  kShapeOnly = 16,
};

struct Arity {
  int min;
  int max;  // -1: any number
};

struct Operator {
  int32_t code = BATON_OP_CUSTOM;  // BATON_OP_
  const char* name = "";           // schema name, or the custom operator's
  const char* summary = "";        // one sentence for the documentation
  int32_t max_version = 1;
  Arity inputs{1, 1};  // the first `min` inputs must be there
  Arity outputs{1, 1};
  uint32_t flags = kNoFlags;
  uint32_t dtypes = 0;  // of the first data input that run knows: dtype_bit() | ...

  Status (*infer)(NodeContext&) = nullptr;
  Status (*prepare)(NodeContext&) = nullptr;  // nullptr: nothing to prepare
  Status (*run)(NodeContext&) = nullptr;

  // Smallest version of the operator that expresses what the node uses; nullptr: 1.
  int32_t (*min_version)(const NodeContext&) = nullptr;
  // Scalar multiply-adds (or element operations) of the node, for cost estimates; nullptr: the
  // number of output elements.
  uint64_t (*work)(const NodeContext&) = nullptr;

  // Operators that a plugin brings: the host's PluginOperator. nullptr for the core's own.
  const void* user = nullptr;
};

constexpr uint32_t dtype_bit(baton_dtype dtype) { return 1u << dtype; }

// nullptr when the core does not have it. `custom_name` matters for BATON_OP_CUSTOM only.
const Operator* find_operator(int32_t code, const char* custom_name);
std::span<const Operator* const> all_operators();

}  // namespace baton
