// The delegate under test, and runtimes to try it in. It is only ever reached through the plugin
// ABI: by the core's own host, or by calls of a group's own.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/host/delegate.h"
#include "core/host/plugin_host.h"

namespace baton::conformance {

class Subject;

// Host services that can be told to fail. [any thread]
class Services : public HostServices {
 public:
  explicit Services(LogSink sink) : HostServices(sink) {}

  // The allocation after `count` more fails, and all later ones; kNever: none does.
  static constexpr int64_t kNever = -1;
  void fail_allocations_after(int64_t count) { left_ = count; }
  // Allocations asked for so far.
  int64_t allocations() const { return allocations_; }

  void* allocate(uint64_t bytes, uint64_t alignment) override;

 private:
  std::atomic<int64_t> left_{kNever};
  std::atomic<int64_t> allocations_{0};
};

// One runtime with the subject's plugin in it.
class Bench {
 public:
  explicit Bench(const Subject& subject);
  ~Bench();
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  std::shared_ptr<Services> services() const { return services_; }
  // What the plugin, or the host about it, logged as warning or error since the last call.
  std::vector<std::string> take_log();

  // Loaded and created on the first call, kept until `unload`.
  Result<std::shared_ptr<Plugin>> plugin();
  // With the subject's options, and these besides.
  Result<std::shared_ptr<Delegate>> delegate(const Options& more = {});
  void unload() { plugin_.reset(); }

 private:
  const Subject& subject_;
  std::mutex mutex_;
  std::vector<std::string> log_;
  std::shared_ptr<Services> services_;
  PluginHost host_;
  Status built_in_;  // registering what is no file
  std::shared_ptr<Plugin> plugin_;
};

// The name of the reference kernels as a subject.
inline constexpr const char* kReferenceName = "reference";

class Subject {
 public:
  Subject(DelegateSpec spec, std::vector<std::string> plugin_folders);
  ~Subject();

  const DelegateSpec& spec() const { return spec_; }
  const std::vector<std::string>& plugin_folders() const { return plugin_folders_; }
  // The bench that cases share which need no other.
  Bench& bench();

 private:
  DelegateSpec spec_;
  std::vector<std::string> plugin_folders_;
  std::unique_ptr<Bench> bench_;
};

}  // namespace baton::conformance
