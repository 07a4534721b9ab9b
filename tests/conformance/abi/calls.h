// The objects of a plugin, driven call by call: nothing of what the host checks, copies or forgives
// stands between. Calls still go through Plugin::call, so that what a plugin throws is an error and
// a plugin that wants one thread gets it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/host/delegate.h"
#include "tests/conformance/abi/specimen.h"

namespace baton::conformance {

// One answer as it came.
struct Answer {
  uint32_t node = 0;
  bool yes = false;
  int64_t cost_ns = -1;
  uint32_t reason = BATON_REASON_NONE;
  std::string text;

  bool operator==(const Answer&) const = default;
};

struct Answers {
  std::vector<Answer> list;
  std::vector<std::vector<uint32_t>> groups;

  bool operator==(const Answers&) const = default;
};

// `offered` by node of the main subgraph; `values` as in ExamineRequest.
Result<Answers> examine(const Delegate& delegate, const std::shared_ptr<const Graph>& graph,
                        std::span<const Value> values, std::span<const uint8_t> offered);

// Whether an error has a sentence of the plugin's own.
bool has_sentence(const Status& status);

// What execute gets, by position.
struct Buffers {
  std::vector<baton_buffer> inputs;
  std::vector<baton_buffer> outputs;
  std::vector<baton_buffer> states_in;
  std::vector<baton_buffer> states_out;
};

class AbiProgram : public std::enable_shared_from_this<AbiProgram> {
 public:
  static Result<std::shared_ptr<AbiProgram>> compile(std::shared_ptr<const Delegate> delegate,
                                                     const Specimen& specimen);
  // From bytes, whatever validate would say of them.
  static Result<std::shared_ptr<AbiProgram>> load(std::shared_ptr<const Delegate> delegate,
                                                  const Specimen& specimen,
                                                  std::span<const uint8_t> blob);
  ~AbiProgram();
  AbiProgram(const AbiProgram&) = delete;
  AbiProgram& operator=(const AbiProgram&) = delete;

  const Delegate& delegate() const { return *delegate_; }
  baton_program* object() const { return object_; }
  Result<std::vector<uint8_t>> save() const;

 private:
  AbiProgram(std::shared_ptr<const Delegate> delegate, const Specimen& specimen);
  Status take(const char* stage, const Status& status);

  std::shared_ptr<const Delegate> delegate_;
  std::shared_ptr<const Graph> graph_;
  PartitionConstants constants_;
  GraphView view_;
  baton_program* object_ = nullptr;
};

// BATON_BLOB_, or what went wrong.
Result<int32_t> validate(const Delegate& delegate, std::span<const uint8_t> blob);

class AbiInstance;

class AbiFence {
 public:
  AbiFence(const Delegate& delegate, baton_fence* object) : delegate_(delegate), object_(object) {}
  // Waits first if nobody did.
  ~AbiFence();
  AbiFence(const AbiFence&) = delete;
  AbiFence& operator=(const AbiFence&) = delete;

  const baton_fence* object() const { return object_; }
  // One call of the plugin's `wait`.
  Status poll(uint64_t timeout_ns);
  // Until it is done.
  Status wait();
  void cancel();

 private:
  const Delegate& delegate_;
  baton_fence* object_;
  bool done_ = false;
};

// One thread at a time. Keeps its program.
class AbiInstance {
 public:
  static Result<std::unique_ptr<AbiInstance>> create(std::shared_ptr<AbiProgram> program,
                                                     std::span<const Value> values,
                                                     uint32_t threads);
  ~AbiInstance();
  AbiInstance(const AbiInstance&) = delete;
  AbiInstance& operator=(const AbiInstance&) = delete;

  const AbiProgram& program() const { return *program_; }
  uint64_t scratch_bytes() const { return scratch_bytes_; }
  Status reshape(std::span<const Value> values);
  Status execute(const Buffers& buffers, SessionServices& services, void* scratch);
  Result<std::unique_ptr<AbiFence>> submit(const Buffers& buffers, SessionServices& services,
                                           void* scratch, const AbiFence* wait_for);

 private:
  AbiInstance(std::shared_ptr<AbiProgram> program, uint32_t threads);
  const baton_bindings* bind(const Buffers& buffers);

  std::shared_ptr<AbiProgram> program_;
  uint32_t threads_;
  uint64_t scratch_bytes_ = 0;
  baton_instance* object_ = nullptr;
  Buffers buffers_;  // as long as an execution may look at them
  baton_bindings bindings_{};
};

// What a session lends to an execution: two workers that take turns, and a cancellation that comes
// when it was asked for often enough.
class TestServices : public SessionServices {
 public:
  // is_cancelled says yes from its `count`-th call on; -1: never.
  void cancel_after(int64_t count) { left_ = count; }
  bool asked() const { return asked_; }

  void parallel_for(uint64_t count, uint64_t grain, baton_range_fn fn, void* user) override;
  uint32_t thread_count() const override { return kThreads; }
  bool cancelled() const override;
  Status infer_subgraph(uint32_t, std::span<const Value* const>, std::span<Value* const>) override;
  Status call_subgraph(uint32_t, std::span<const Value* const>,
                       std::vector<const Value*>*) override;
  bool first_call(uint32_t) override { return true; }
  int32_t resource_id(const char*, const char*) override { return 0; }
  const Resource* resource(int32_t) override { return nullptr; }
  Status assign_resource(int32_t, const Value&) override;
  Status place_output(Value&) override;

  static constexpr uint32_t kThreads = 2;

 private:
  mutable std::atomic<int64_t> left_{-1};
  mutable std::atomic<bool> asked_{false};
};

}  // namespace baton::conformance
