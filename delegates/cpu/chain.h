// One run: all works of a partition in one parallel region.
//
// Every worker goes through the phases in order and takes items until none is left, those of its
// own share first: neighbouring items of one phase make what the same items of the next one read,
// so that most of it stays in the worker's cache. Then it waits until the other workers have done
// theirs. It only ever waits for workers that hold items, so that nothing depends on how many
// workers the host really lets run at the same time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "delegates/cpu/step.h"

namespace baton::cpu {

class Chain {
 public:
  // Everything about one step that a run needs. Pointers belong to the instance.
  struct Link {
    const Work* work = nullptr;
    const int32_t* inputs = nullptr;
    const int32_t* outputs = nullptr;
    const int32_t* new_states = nullptr;
    uint64_t scratch_offset = 0;
  };

  // `workers`: of a run at most.
  void build(std::vector<Link> links, uint32_t workers);

  // `tensors`: addresses by slot. `scratch`: what the links' offsets count from; each thread of the
  // session has `worker_scratch_bytes` from `worker_scratch` on: any of them may be a worker.
  // `step_ns`, where not nullptr, gets each link's time. `after`, where there is one, is called
  // after each link, by one worker at a time. Throws what a work threw, or sdk::cancelled().
  struct Memory {
    std::byte* const* tensors = nullptr;
    std::byte* scratch = nullptr;
    std::byte* worker_scratch = nullptr;
    uint64_t worker_scratch_bytes = 0;
  };
  void run(const sdk::Execution& execution, const Memory& memory, uint64_t* step_ns,
           const std::function<void(size_t link)>& after);

 private:
  // What workers change lies in cache lines of its own.
  struct alignas(64) Share {
    std::atomic<uint64_t> next{0};  // the first item that nobody has taken
    uint64_t begin = 0, end = 0;
  };
  // One phase of one link.
  struct Unit {
    uint32_t link = 0;
    uint32_t phase = 0;
    bool last_phase = false;
  };
  // A unit whose items the workers share; or several units in a row that are too small to be
  // shared, as one item: nobody waits between them.
  struct alignas(64) Stage {
    std::atomic<uint64_t> done{0};      // items finished
    std::atomic<uint32_t> complete{0};  // set once by the worker who finished the last item
    uint64_t items = 1;
    uint64_t piece = 1;
    size_t first_unit = 0, end_unit = 0;
    bool shared = false;
  };

  struct Run;
  void run_alone(Run& run);
  void work_through(Run& run, uint32_t worker);
  void take_items(Run& run, Stage& stage, Share& share, uint32_t worker);
  void run_items(Run& run, const Stage& stage, uint64_t begin, uint64_t end, uint32_t worker);

  std::vector<Link> links_;
  std::vector<Unit> units_;
  std::unique_ptr<Stage[]> stages_;
  std::unique_ptr<Share[]> shares_;  // workers_ for each stage
  size_t stage_count_ = 0;
  uint32_t workers_ = 1;
};

}  // namespace baton::cpu
