// One user's run state of a compiled model: a runner for each subgraph in use, threads, variables.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/session/compiled.h"
#include "core/session/quota.h"
#include "core/session/resources.h"
#include "core/session/subgraph_runner.h"
#include "core/session/thread_pool.h"

namespace baton {

struct SessionOptions {
  uint32_t threads = 1;
  std::string signature;  // "": the main subgraph
};

class Session {
 public:
  static Result<std::unique_ptr<Session>> create(std::shared_ptr<Compiled> compiled,
                                                 const SessionOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  struct Argument {
    std::string name;
    int32_t tensor;
    void* bound = nullptr;
  };
  const std::vector<Argument>& inputs() const { return inputs_; }
  const std::vector<Argument>& outputs() const { return outputs_; }
  Value& input(size_t i) { return main().value(inputs_[i].tensor); }
  const Value& input(size_t i) const { return main().value(inputs_[i].tensor); }
  const Value& output(size_t i) const { return main().value(outputs_[i].tensor); }

  // Asks for a shape; prepare makes it so, or run does.
  Status resize_input(size_t i, std::span<const int32_t> dims);
  // Everything for the shapes asked for. On failure the shapes before stay.
  Status prepare();

  Status bind_input(size_t i, void* memory, uint64_t capacity);
  Status bind_output(size_t i, void* memory, uint64_t capacity);

  Status run();
  Status run_async(void (*done)(void*, baton_status), void* user);
  Status wait(uint64_t timeout_ns);
  bool running() const { return running_.load(std::memory_order_acquire); }
  void cancel() { cancel_.store(true, std::memory_order_relaxed); }
  void set_timeout(uint64_t timeout_ns) { timeout_ns_ = timeout_ns; }
  Status reset_state();

  Status tap(uint32_t subgraph, int32_t tensor, baton_tap_fn fn, void* user);
  void set_profiling(bool on);
  void read_profile(void (*add)(void*, uint32_t, int32_t, int32_t, uint64_t), void* user) const;
  const baton_placement* report();
  void memory(baton_memory_figures* figures) const;

  // ---- for its runners
  Compiled& compiled() { return *compiled_; }
  ThreadPool& pool() { return *pool_; }
  Resources& resources() { return resources_; }
  MemoryQuota& quota() { return quota_; }
  // Nodes are about to run.
  Status count_steps(uint64_t steps) {
    prepared_nodes_ = 0;
    steps_ += steps;
    if (max_steps_ == 0 || steps_ <= max_steps_) return {};
    return too_many_steps();
  }
  // A subgraph of so many nodes is prepared. Calls that ask for other shapes each time can lead to
  // exponentially many preparations.
  Status count_prepared(uint64_t nodes);
  SubgraphRunner& runner(uint32_t subgraph);
  bool first_call(uint32_t subgraph);
  bool profiling() const { return profiling_; }
  // The user cancelled, or time is up.
  bool interrupted() const;
  Status check_interrupted() const;
  // The delegate whose execution is about to return an error.
  void note_failure(int32_t delegate) { failed_delegate_ = delegate; }
  int32_t failed_delegate() const { return failed_delegate_; }
  // After a runner was prepared: what is tapped there can be read.
  Status keep_tapped(SubgraphRunner& runner);
  bool has_taps() const { return !taps_.empty(); }
  bool tapped(uint32_t subgraph, int32_t tensor) const;
  void call_taps(uint32_t subgraph, const Value& value);

 private:
  using Clock = std::chrono::steady_clock;
  struct Tap {
    uint32_t subgraph;
    int32_t tensor;
    baton_tap_fn fn;
    void* user;
  };

  Session(std::shared_ptr<Compiled> compiled, std::unique_ptr<ThreadPool> pool);
  Status choose_signature(const std::string& key);
  SubgraphRunner& main() { return *runners_[main_]; }
  const SubgraphRunner& main() const { return *runners_[main_]; }
  Status check_bindable(const Value& value, const void* memory, uint64_t capacity) const;
  Status prepare_main();
  // Contents of inputs and bound memory, over a preparation that would lose them.
  struct Kept {
    std::vector<std::vector<uint8_t>> contents;
    std::vector<void*> bound_inputs;
    std::vector<void*> bound_outputs;
  };
  Kept keep() const;
  void put_back(const Kept& kept);
  Status prepare_anew();
  Status run_once();
  Status too_many_steps() const;
  Status run_guarded();
  void save_state();
  void restore_state();
  void apply_bindings();
  void serve_async();

  const std::shared_ptr<Compiled> compiled_;
  const std::unique_ptr<ThreadPool> pool_;
  MemoryQuota quota_;
  const uint64_t max_steps_;
  std::vector<std::unique_ptr<SubgraphRunner>> runners_;  // by subgraph; null: not used yet
  uint32_t main_ = 0;
  std::vector<Argument> inputs_;
  std::vector<Argument> outputs_;
  bool resized_ = false;
  std::vector<std::vector<int32_t>> wanted_dims_;  // by input

  Resources resources_{quota_};
  std::vector<uint8_t> called_;  // CALL_ONCE, by subgraph
  std::vector<uint8_t> called_saved_;
  std::vector<Tap> taps_;
  bool profiling_ = false;
  std::unique_ptr<baton_placement> report_;
  int32_t failed_delegate_ = -1;
  uint64_t steps_ = 0;
  uint64_t prepared_nodes_ = 0;  // since the last step
  uint64_t max_prepared_nodes_ = 0;

  std::atomic<bool> running_{false};
  std::atomic<bool> cancel_{false};
  uint64_t timeout_ns_ = 0;
  Clock::time_point deadline_ = Clock::time_point::max();

  // run_async
  std::thread worker_;
  std::mutex mutex_;
  std::condition_variable changed_;
  enum class Async { kIdle, kAsked, kDone } async_ = Async::kIdle;
  bool quit_ = false;
  void (*done_)(void*, baton_status) = nullptr;
  void* done_user_ = nullptr;
  Status async_status_;
};

}  // namespace baton
