// The thread that the host keeps for a plugin that wants to be called from one thread only.
#pragma once

#include <pthread.h>

#include <condition_variable>
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
  // take turns. Allocates nothing.
  void run(void (*fn)(void*), void* context);

 private:
  PluginThread() = default;
  static void* main(void* self);
  void loop();

  pthread_t thread_{};
  std::mutex turn_;  // held by the caller whose task it is
  std::mutex mutex_;
  std::condition_variable changed_;
  void (*task_)(void*) = nullptr;
  void* context_ = nullptr;
  bool stop_ = false;
};

}  // namespace baton
