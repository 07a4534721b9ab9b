// The fake accelerator's own worker: jobs run one after another on a thread of the device.
#pragma once

#include <baton/plugin.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace fake_npu {

// A job under way. The handle of the ABI shows one of these.
class Fence {
 public:
  // False after timeout_ns.
  bool wait(uint64_t timeout_ns) const;
  // After wait: throws what the job threw.
  void check() const;
  void cancel() { cancelled_ = true; }
  const std::atomic<bool>& cancelled() const { return cancelled_; }

 private:
  friend class Queue;
  void finish(std::exception_ptr thrown);

  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool done_ = false;
  std::exception_ptr thrown_;
};

class Queue {
 public:
  // Lets the jobs finish.
  ~Queue();
  // The thread starts with the first job.
  std::shared_ptr<Fence> submit(std::function<void(const Fence&)> job);

 private:
  void loop();

  struct Job {
    std::function<void(const Fence&)> work;
    std::shared_ptr<Fence> fence;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace fake_npu
