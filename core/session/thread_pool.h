// The threads of one session.
#pragma once

#include <cstdint>
#include <memory>

#include "baton/plugin.h"
#include "core/base/status.h"

struct pthreadpool;

namespace baton {

class ThreadPool {
 public:
  // `threads` counts the caller: 1 makes no thread.
  static Result<std::unique_ptr<ThreadPool>> create(uint32_t threads);
  ~ThreadPool();

  uint32_t threads() const { return threads_; }

  // As baton_execution.parallel_for. One caller at a time; nested calls run inline as worker 0 of
  // their own.
  void parallel_for(uint64_t count, uint64_t grain, baton_range_fn fn, void* user);

 private:
  ThreadPool() = default;

  pthreadpool* pool_ = nullptr;
  uint32_t threads_ = 1;
};

}  // namespace baton
