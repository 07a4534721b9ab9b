// What a runtime lends to its plugins: a log and counted memory.
#pragma once

#include <atomic>
#include <cstdint>

namespace baton {

struct LogSink {
  void (*write)(void* user, int32_t level, const char* text) = nullptr;  // BATON_LOG_
  void* user = nullptr;
};

// Shared by the runtime and everything made from it. [any thread]
class HostServices {
 public:
  explicit HostServices(LogSink sink) : sink_(sink) {}
  virtual ~HostServices() = default;

  void log(int32_t level, const char* text) const {
    if (sink_.write != nullptr) sink_.write(sink_.user, level, text);
  }

  // nullptr when there is no memory, or when `alignment` is no power of two.
  // Virtual so that the conformance suite can run out of it.
  virtual void* allocate(uint64_t bytes, uint64_t alignment);
  void release(void* memory);
  // Memory that plugins hold now, and the most that they ever held.
  uint64_t plugin_bytes() const { return bytes_.load(std::memory_order_relaxed); }
  uint64_t plugin_peak_bytes() const { return peak_.load(std::memory_order_relaxed); }

 private:
  LogSink sink_;
  std::atomic<uint64_t> bytes_{0};
  std::atomic<uint64_t> peak_{0};
};

}  // namespace baton
