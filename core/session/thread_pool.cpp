#include "core/session/thread_pool.h"

#include <pthreadpool.h>

#include <algorithm>
#include <atomic>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BATON_THREAD_SANITIZER 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define BATON_THREAD_SANITIZER 1
#endif

#ifdef BATON_THREAD_SANITIZER
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
#endif

namespace baton {
namespace {

constexpr uint32_t kMostThreads = 1024;

// pthreadpool deadlocks when a task starts another parallel loop: such loops run inline.
thread_local bool inside_parallel_for = false;

// pthreadpool is not built with the thread sanitizer: tell it about the hand-overs.
void announce_release([[maybe_unused]] void* address) {
#ifdef BATON_THREAD_SANITIZER
  __tsan_release(address);
#endif
}

void announce_acquire([[maybe_unused]] void* address) {
#ifdef BATON_THREAD_SANITIZER
  __tsan_acquire(address);
#endif
}

struct Loop {
  std::atomic<uint64_t> next{0};
  uint64_t count;
  uint64_t grain;
  baton_range_fn fn;
  void* user;
};

// One call per worker; each takes pieces until none is left.
void work(void* context, size_t worker) {
  Loop& loop = *static_cast<Loop*>(context);
  announce_acquire(&loop);
  inside_parallel_for = true;
  for (;;) {
    const uint64_t begin = loop.next.fetch_add(loop.grain, std::memory_order_relaxed);
    if (begin >= loop.count) break;
    const uint64_t end = begin + std::min(loop.grain, loop.count - begin);
    loop.fn(loop.user, static_cast<uint32_t>(worker), begin, end);
  }
  inside_parallel_for = false;
  announce_release(&loop);
}

}  // namespace

Result<std::unique_ptr<ThreadPool>> ThreadPool::create(uint32_t threads) {
  if (threads > kMostThreads) {
    return error(BATON_INVALID_ARGUMENT, "%u threads were asked for: at most %u are possible",
                 threads, kMostThreads);
  }
  std::unique_ptr<ThreadPool> pool(new ThreadPool);
  pool->threads_ = std::max(threads, 1u);
  if (pool->threads_ > 1) {
    pool->pool_ = pthreadpool_create(pool->threads_);
    if (pool->pool_ == nullptr) {
      return error(BATON_OUT_OF_MEMORY, "%u threads cannot be started: ask for fewer", threads);
    }
  }
  return pool;
}

ThreadPool::~ThreadPool() {
  if (pool_ != nullptr) pthreadpool_destroy(pool_);
}

void ThreadPool::parallel_for(uint64_t count, uint64_t grain, baton_range_fn fn, void* user) {
  if (count == 0) return;
  // By default about four pieces for each worker, so that a slow one does not hold up the rest.
  if (grain == 0) grain = std::max<uint64_t>(1, count / (uint64_t{threads_} * 4));
  if (pool_ == nullptr || inside_parallel_for || count <= grain) {
    fn(user, 0, 0, count);
    return;
  }
  Loop loop{{0}, count, grain, fn, user};
  announce_release(&loop);
  pthreadpool_parallelize_1d(pool_, work, &loop, threads_, 0);
  announce_acquire(&loop);
}

}  // namespace baton
