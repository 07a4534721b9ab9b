// The sly delegate's fences and device buffers.
#include <condition_variable>
#include <mutex>

#include "sly_program.h"

namespace sly {
namespace {

using namespace baton::sdk;

// An execution on a thread of its own.
class Fence {
 public:
  Fence(SlyInstance& instance, std::function<void(const Fence&)> job)
      : instance_(instance), host_(instance.program.plugin.host().abi()), job_(std::move(job)) {
    // fence_early computes when nobody waits any more.
    if (!mode("fence_early")) thread_ = std::thread([this] { work(); });
  }
  ~Fence() {
    if (thread_.joinable()) {
      thread_.join();
    } else {
      work();
    }
  }

  int32_t wait(uint64_t timeout_ns) {
    if (mode("fence_hang")) hang();
    return Border::guard(host_, [&] {
      if (mode("fence_early")) return;
      std::unique_lock<std::mutex> lock(mutex_);
      const auto done = [this] { return done_; };
      // Long waits in pieces: the clock's arithmetic would overflow.
      const uint64_t piece = std::min<uint64_t>(timeout_ns, 1'000'000'000);
      while (!changed_.wait_for(lock, std::chrono::nanoseconds(piece), done)) {
        if (piece == timeout_ns) {
          throw Error(BATON_REASON_OTHER, "it is still running", BATON_TIMED_OUT);
        }
      }
      if (mode("fence_once") && waits_++ > 0)
        throw Error(BATON_REASON_OTHER, "the fence is used up");
      if (mode("fence_cancel_fails") && cancelled_)
        throw Error(BATON_REASON_OTHER, "it was stopped");
      if (thrown_) std::rethrow_exception(thrown_);
    });
  }
  // Until it is done, however it ended.
  void join() const {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return done_; });
  }
  void cancel() {
    cancelled_ = true;
    if (mode("fence_cancel_spoils")) instance_.spoiled = true;
  }
  bool cancelled() const { return cancelled_; }

 private:
  void work() {
    std::exception_ptr thrown;
    try {
      job_(*this);
    } catch (...) {
      thrown = std::current_exception();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    thrown_ = thrown;
    done_ = true;
    changed_.notify_all();
  }

  SlyInstance& instance_;
  const baton_host* host_;
  std::function<void(const Fence&)> job_;
  std::atomic<bool> cancelled_{false};
  mutable std::mutex mutex_;  // of what follows
  mutable std::condition_variable changed_;
  bool done_ = false;
  int waits_ = 0;
  std::exception_ptr thrown_;
  std::thread thread_;
};

Fence& of(baton_fence* fence) { return *reinterpret_cast<Fence*>(fence); }

void start(SlyInstance& instance, const Execution& execution, const baton_bindings* bindings,
           const baton_fence* wait_for, baton_fence** done) {
  const Fence* before = wait_for != nullptr ? &of(const_cast<baton_fence*>(wait_for)) : nullptr;
  auto* scratch = execution.scratch<float>();
  *done = reinterpret_cast<baton_fence*>(
      new Fence(instance, [&instance, before, scratch, bindings](const Fence& self) {
        if (mode("fence_ignores_order")) {
          // The one that is waited for takes its time.
          if (before == nullptr) std::this_thread::sleep_for(std::chrono::milliseconds(50));
        } else if (before != nullptr && !mode("fence_early")) {
          before->join();
        }
        instance.run(
            scratch, [&self] { return self.cancelled(); }, Bindings(bindings));
      }));
}

}  // namespace

const baton_ext_async kAsync = {
    sizeof(baton_ext_async),
    0,
    [](baton_instance* instance, const baton_execution* execution, const baton_bindings* bindings,
       const baton_fence* wait_for, baton_fence** done) -> int32_t {
      return Border::guard(Border::host_of(instance), [&] {
        start(object_of<SlyInstance>(instance), Execution(execution), bindings, wait_for, done);
      });
    },
    [](baton_fence* fence, uint64_t timeout_ns) { return of(fence).wait(timeout_ns); },
    [](baton_fence* fence) { of(fence).cancel(); },
    [](baton_fence* fence) { delete &of(fence); }};

const baton_ext_device_buffers kDeviceBuffers = {
    sizeof(baton_ext_device_buffers),
    0,
    [](baton_plugin* plugin, uint32_t, uint64_t bytes, void** handle) -> int32_t {
      return Border::guard(Border::host_of(plugin), [&] {
        *handle = object_of<SlyPlugin>(plugin).allocate(bytes).release();
      });
    },
    [](baton_plugin* plugin, uint32_t, void* handle) {
      const baton_host* host = Border::host_of(plugin);
      host->release(host, handle);
    },
    [](baton_plugin*, uint32_t, void* handle, uint64_t offset, const void* from,
       uint64_t bytes) -> int32_t {
      if (mode("upload_without_offset")) offset = 0;
      if (bytes != 0) std::memcpy(static_cast<unsigned char*>(handle) + offset, from, bytes);
      return BATON_OK;
    },
    [](baton_plugin*, uint32_t, void* handle, uint64_t offset, void* to,
       uint64_t bytes) -> int32_t {
      if (bytes != 0) std::memcpy(to, static_cast<unsigned char*>(handle) + offset, bytes);
      return BATON_OK;
    }};

}  // namespace sly
