#include "delegates/cpu/chain.h"

#include <algorithm>

namespace baton::cpu {
namespace {

using Clock = std::chrono::steady_clock;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Turns of a waiting loop before the worker sleeps: some 30 us, more than most steps differ by.
constexpr int kSpins = 1000;

}  // namespace

struct Chain::Run {
  const sdk::Execution& execution;
  const Memory& memory;
  uint64_t* step_ns;
  const std::function<void(size_t)>& after;
  Clock::time_point last_end;

  std::atomic<bool> stop{false};
  std::atomic<bool> cancelled{false};
  std::mutex mutex;
  std::exception_ptr thrown;

  Call call(const Link& link, uint32_t worker) const {
    return Call(memory.tensors, link.inputs, link.outputs, link.new_states,
                memory.scratch + link.scratch_offset,
                memory.worker_scratch + worker * memory.worker_scratch_bytes, worker);
  }
  // After the last item of a link, by the one who did it.
  void finish(size_t link) {
    if (step_ns != nullptr) {
      const Clock::time_point now = Clock::now();
      step_ns[link] = static_cast<uint64_t>(
          std::chrono::duration_cast<std::chrono::nanoseconds>(now - last_end).count());
      last_end = now;
    }
    if (after) after(link);
  }
};

void Chain::build(std::vector<Link> links, uint32_t workers) {
  links_ = std::move(links);
  workers_ = workers;
  stage_count_ = 0;
  for (const Link& link : links_) stage_count_ += link.work->phases.size();
  stages_ = std::make_unique<Stage[]>(stage_count_);
  shares_ = std::make_unique<Share[]>(stage_count_ * workers_);
  Stage* stage = stages_.get();
  Share* share = shares_.get();
  for (uint32_t i = 0; i < links_.size(); ++i) {
    const auto& phases = links_[i].work->phases;
    for (uint32_t phase = 0; phase < phases.size(); ++phase, ++stage) {
      // An empty phase is one piece without items: somebody has to say that it is done.
      stage->items = std::max<uint64_t>(1, phases[phase].items);
      // Some four pieces for each worker, so that a slow one does not hold up the others.
      const uint64_t fair = (stage->items + workers_ * 4 - 1) / (workers_ * 4);
      stage->piece = std::max<uint64_t>({1, phases[phase].grain, fair});
      for (uint64_t w = 0; w < workers_; ++w, ++share) {
        share->begin = stage->items * w / workers_;
        share->end = stage->items * (w + 1) / workers_;
      }
      stage->link = i;
      stage->phase = phase;
      stage->last_phase = phase + 1 == phases.size();
    }
  }
}

void Chain::run(const sdk::Execution& execution, const Memory& memory, uint64_t* step_ns,
                const std::function<void(size_t)>& after) {
  Run run{execution, memory, step_ns, after, {}, {false}, {false}, {}, nullptr};
  if (step_ns != nullptr) run.last_end = Clock::now();
  const uint32_t workers = std::min(workers_, execution.thread_count());
  if (workers <= 1) {
    run_alone(run);
    return;
  }
  for (size_t i = 0; i < stage_count_; ++i) {
    stages_[i].done.store(0, std::memory_order_relaxed);
    stages_[i].complete.store(0, std::memory_order_relaxed);
  }
  for (size_t i = 0; i < stage_count_ * workers_; ++i) {
    shares_[i].next.store(shares_[i].begin, std::memory_order_relaxed);
  }
  execution.parallel_for(workers, 1, [&](uint32_t worker, uint64_t begin, uint64_t end) {
    for (uint64_t i = begin; i < end; ++i) work_through(run, worker);
  });
  if (run.thrown) std::rethrow_exception(run.thrown);
  if (run.cancelled.load()) throw sdk::cancelled();
}

void Chain::run_alone(Run& run) {
  for (size_t i = 0; i < links_.size(); ++i) {
    if (run.execution.is_cancelled()) throw sdk::cancelled();
    const Link& link = links_[i];
    const Call call = run.call(link, 0);
    for (size_t phase = 0; phase < link.work->phases.size(); ++phase) {
      link.work->run(call, phase, 0, link.work->phases[phase].items);
    }
    run.finish(i);
  }
}

void Chain::work_through(Run& run, uint32_t worker) {
  for (size_t i = 0; i < stage_count_ && !run.stop.load(std::memory_order_relaxed); ++i) {
    Stage& stage = stages_[i];
    // The worker's own share, then what is left of the others'.
    for (uint32_t k = 0; k < workers_; ++k) {
      take_items(run, stage, shares_[i * workers_ + (worker + k) % workers_], worker);
    }
    for (int spin = 0; stage.complete.load(std::memory_order_acquire) == 0; ++spin) {
      if (spin < kSpins) {
        relax();
      } else {
        stage.complete.wait(0, std::memory_order_acquire);
      }
    }
  }
}

void Chain::take_items(Run& run, Stage& stage, Share& share, uint32_t worker) {
  const Link& link = links_[stage.link];
  for (;;) {
    const uint64_t begin = share.next.fetch_add(stage.piece, std::memory_order_relaxed);
    if (begin >= share.end) return;
    const uint64_t end = std::min(begin + stage.piece, share.end);
    // After a failure the rest is only counted, so that nobody waits for ever.
    if (!run.stop.load(std::memory_order_relaxed)) {
      try {
        const uint64_t items = link.work->phases[stage.phase].items;
        link.work->run(run.call(link, worker), stage.phase, begin, std::min(end, items));
      } catch (...) {
        const std::lock_guard<std::mutex> lock(run.mutex);
        run.thrown = std::current_exception();
        run.stop.store(true);
      }
    }
    if (stage.done.fetch_add(end - begin, std::memory_order_acq_rel) + (end - begin) ==
        stage.items) {
      if (run.execution.is_cancelled()) {
        run.cancelled.store(true);
        run.stop.store(true);
      }
      if (stage.last_phase && !run.stop.load(std::memory_order_relaxed)) run.finish(stage.link);
      stage.complete.store(1, std::memory_order_release);
      stage.complete.notify_all();
    }
  }
}

}  // namespace baton::cpu
