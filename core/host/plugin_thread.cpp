#include "core/host/plugin_thread.h"

#include <cstring>

namespace baton {

Result<std::unique_ptr<PluginThread>> PluginThread::start() {
  std::unique_ptr<PluginThread> self(new PluginThread());
  // The new thread reads its own id from thread_ only after pthread_create wrote it.
  const std::unique_lock lock(self->mutex_);
  const int code = pthread_create(&self->thread_, nullptr, &PluginThread::main, self.get());
  if (code != 0) {
    self->thread_ = {};
    self->stop_ = true;
    return error(BATON_OUT_OF_MEMORY, "cannot start a thread for the plugin: %s",
                 std::strerror(code));
  }
  return self;
}

PluginThread::~PluginThread() {
  {
    const std::lock_guard lock(mutex_);
    if (stop_) return;  // it never started
    stop_ = true;
  }
  changed_.notify_all();
  pthread_join(thread_, nullptr);
}

void PluginThread::run(void (*fn)(void*), void* context) {
  if (pthread_equal(pthread_self(), thread_)) return fn(context);
  std::unique_lock lock(mutex_);
  const uint64_t own_turn = next_turn_++;
  changed_.wait(lock, [&] { return turn_ == own_turn; });
  task_ = fn;
  context_ = context;
  changed_.notify_all();
  changed_.wait(lock, [&] { return task_ == nullptr; });
  ++turn_;
  changed_.notify_all();
}

void* PluginThread::main(void* self) {
  static_cast<PluginThread*>(self)->loop();
  return nullptr;
}

void PluginThread::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return task_ != nullptr || stop_; });
    if (task_ == nullptr) return;
    lock.unlock();
    task_(context_);
    lock.lock();
    task_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace baton
