#include "queue.h"

#include <chrono>

namespace fake_npu {

bool Fence::wait(uint64_t timeout_ns) const {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto done = [this] { return done_; };
  // Beyond a century the clock's arithmetic overflows.
  if (timeout_ns > uint64_t{3'000'000'000} * 1'000'000'000) {
    changed_.wait(lock, done);
    return true;
  }
  return changed_.wait_for(lock, std::chrono::nanoseconds(timeout_ns), done);
}

void Fence::check() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (thrown_) std::rethrow_exception(thrown_);
}

void Fence::finish(std::exception_ptr thrown) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
    thrown_ = thrown;
  }
  changed_.notify_all();
}

Queue::~Queue() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<Fence> Queue::submit(std::function<void(const Fence&)> job) {
  auto fence = std::make_shared<Fence>();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    jobs_.push_back({std::move(job), fence});
    if (!thread_.joinable()) thread_ = std::thread([this] { loop(); });
  }
  changed_.notify_all();
  return fence;
}

void Queue::loop() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    std::exception_ptr thrown;
    try {
      job.work(*job.fence);
    } catch (...) {
      thrown = std::current_exception();
    }
    job.fence->finish(thrown);
    lock.lock();
  }
}

}  // namespace fake_npu
