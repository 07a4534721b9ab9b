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
                memory.worker_scratch + worker * memory.worker_scratch_bytes);
  }
  // Unless something failed before; keeps what fn throws.
  template <typename Fn>
  void guard(const Fn& fn) {
    if (stop.load(std::memory_order_relaxed)) return;
    try {
      fn();
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex);
      thrown = std::current_exception();
      stop.store(true);
    }
  }
  // After the last item of a link, by the one who did it.
  void finish(size_t link) {
    if (step_ns != nullptr) {
      const Clock::time_point now = Clock::now();
      step_ns[link] = static_cast<uint64_t>(
          std::chrono::duration_cast<std::chrono::nanoseconds>(now - last_end).count());
      last_end = now;
    }
    if (!after) return;
    after(link);
    if (step_ns != nullptr) last_end = Clock::now();  // no step's time
  }
};

void Chain::build(std::vector<Link> links, uint32_t workers) {
  links_ = std::move(links);
  workers_ = workers;
  units_.clear();
  for (uint32_t i = 0; i < links_.size(); ++i) {
    const auto count = static_cast<uint32_t>(links_[i].work->phases.size());
    for (uint32_t phase = 0; phase < count; ++phase) {
      units_.push_back({i, phase, phase + 1 == count});
    }
  }
  stages_ = std::make_unique<Stage[]>(units_.size());
  stage_count_ = 0;
  for (size_t i = 0; i < units_.size(); ++i) {
    const Work::Phase& phase = links_[units_[i].link].work->phases[units_[i].phase];
    const uint64_t grain = std::max<uint64_t>(1, phase.grain);
    const bool shared = phase.items > grain;
    const bool joins = !shared && stage_count_ != 0 && !stages_[stage_count_ - 1].shared;
    if (!joins) stages_[stage_count_++].first_unit = i;
    Stage& stage = stages_[stage_count_ - 1];
    stage.end_unit = i + 1;
    if (!shared) continue;
    stage.shared = true;
    stage.items = phase.items;
    // Some four pieces for each worker, so that a slow one does not hold up the others.
    stage.piece = std::max(grain, (stage.items + workers_ * 4 - 1) / (workers_ * 4));
  }
  shares_ = std::make_unique<Share[]>(stage_count_ * workers_);
  for (size_t i = 0; i < stage_count_; ++i) {
    for (uint64_t w = 0; w < workers_; ++w) {
      Share& share = shares_[i * workers_ + w];
      share.begin = stages_[i].items * w / workers_;
      share.end = stages_[i].items * (w + 1) / workers_;
    }
  }
}

void Chain::run(const sdk::Execution& execution, const Memory& memory, uint64_t* step_ns,
                const std::function<void(size_t)>& after) {
  Run run{execution, memory, step_ns, after, {}, {false}, {false}, {}, nullptr};
  if (step_ns != nullptr) run.last_end = Clock::now();
  const uint32_t workers = std::min(workers_, execution.thread_count());
  const bool nothing_shared = stage_count_ == 0 || (stage_count_ == 1 && !stages_[0].shared);
  if (workers <= 1 || nothing_shared) {
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
  for (;;) {
    const uint64_t begin = share.next.fetch_add(stage.piece, std::memory_order_relaxed);
    if (begin >= share.end) return;
    const uint64_t end = std::min(begin + stage.piece, share.end);
    // After a failure the rest is only counted, so that nobody waits for ever.
    run.guard([&] { run_items(run, stage, begin, end, worker); });
    if (stage.done.fetch_add(end - begin, std::memory_order_acq_rel) + (end - begin) !=
        stage.items) {
      continue;
    }
    if (run.execution.is_cancelled()) {
      run.cancelled.store(true);
      run.stop.store(true);
    }
    const Unit& unit = units_[stage.first_unit];
    if (stage.shared && unit.last_phase) run.guard([&] { run.finish(unit.link); });
    stage.complete.store(1, std::memory_order_release);
    stage.complete.notify_all();
  }
}

void Chain::run_items(Run& run, const Stage& stage, uint64_t begin, uint64_t end, uint32_t worker) {
  if (stage.shared) {
    const Unit& unit = units_[stage.first_unit];
    const Link& link = links_[unit.link];
    link.work->run(run.call(link, worker), unit.phase, begin, end);
    return;
  }
  for (size_t i = stage.first_unit; i < stage.end_unit; ++i) {
    const Unit& unit = units_[i];
    const Link& link = links_[unit.link];
    link.work->run(run.call(link, worker), unit.phase, 0, link.work->phases[unit.phase].items);
    if (unit.last_phase) run.finish(unit.link);
  }
}

}  // namespace baton::cpu
