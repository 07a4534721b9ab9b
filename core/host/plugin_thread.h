// The thread that the host keeps for a plugin that wants to be called from one thread only.
#pragma once

#include <pthread.h>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "core/base/status.h"

namespace baton {

class PluginThread {
 public:
  static Result<std::unique_ptr<PluginThread>> start();
  ~PluginThread();
  PluginThread(const PluginThread&) = delete;
  PluginThread& operator=(const PluginThread&) = delete;

  // Runs fn(context) there and returns when it is done; at once when this is that thread. Callers
  // are served in the order in which they came. Allocates nothing.
  void run(void (*fn)(void*), void* context);

 private:
  PluginThread() = default;
  static void* main(void* self);
  void loop();

  pthread_t thread_{};
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  uint64_t next_turn_ = 0;
  uint64_t turn_ = 0;  // the caller whose task is run
  void (*task_)(void*) = nullptr;
  void* context_ = nullptr;
  bool stop_ = false;
};

}  // namespace baton
