#include "core/plan/schedule.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace baton {
namespace {

// Which class comes next, of those of which some nodes can run, but not all that are left.
enum class Rule {
  kLargest,  // most nodes can run now
  kDeepest,  // most batches must follow on some path
  kFirst,    // it has the first node of the file that can run
};
constexpr std::array kRules{Rule::kLargest, Rule::kDeepest, Rule::kFirst};
constexpr uint32_t kAnyStart = 0;
constexpr size_t kMostStarts = 4;

class Scheduler {
 public:
  Scheduler(const Dependencies& dependencies, const NodeClasses& classes)
      : dependencies_(dependencies), classes_(classes), members_(classes.whole.size()) {
    const size_t count = classes.of_node.size();
    for (uint32_t i = 0; i < count; ++i) {
      if (classes.of_node[i] != kNeverRuns) members_[classes.of_node[i]].push_back(i);
    }
    measure_depth();
  }

  // `start` is the first class to choose where there is a choice.
  std::vector<Batch> run(Rule rule, uint32_t start) {
    waiting_for_.clear();
    for (const auto& before : dependencies_.before) {
      waiting_for_.push_back(static_cast<uint32_t>(before.size()));
    }
    left_ = members_;
    ready_.assign(members_.size(), {});
    stale_.assign(members_.size(), true);
    choices_.clear();

    std::vector<Batch> batches;
    bool chosen = false;
    for (;;) {
      take(0, &batches);
      if (take_all_complete(&batches)) continue;
      uint32_t next = choose(rule);
      if (next == 0) return batches;
      if (!chosen && start != kAnyStart) next = start;
      chosen = true;
      take(next, &batches);
    }
  }

  // The classes that there were to choose from at the first choice of the last run, largest first.
  const std::vector<uint32_t>& choices() const { return choices_; }

 private:
  void measure_depth() {
    const size_t count = classes_.of_node.size();
    depth_.assign(count, 0);
    for (size_t i = count; i-- > 0;) {
      const uint32_t own = classes_.of_node[i];
      if (own == kNeverRuns) continue;
      depth_[i] = own == 0 ? 0 : 1;
      for (const uint32_t later : dependencies_.after[i]) {
        const bool other = own != 0 && classes_.of_node[later] != own;
        depth_[i] = std::max(depth_[i], depth_[later] + (other ? 1 : 0));
      }
    }
  }

  // Nodes of the class that can run in one go.
  const std::vector<uint32_t>& ready(uint32_t c) {
    std::vector<uint32_t>& found = ready_[c];
    if (!stale_[c]) return found;
    stale_[c] = false;
    found.clear();
    for (const uint32_t i : left_[c]) {  // the file's order is topological: one pass is enough
      if (waiting_for_[i] != 0) continue;
      found.push_back(i);
      for (const uint32_t later : dependencies_.after[i]) {
        if (classes_.of_node[later] == c) --waiting_for_[later];
      }
    }
    for (const uint32_t i : found) {
      for (const uint32_t later : dependencies_.after[i]) {
        if (classes_.of_node[later] == c) ++waiting_for_[later];
      }
    }
    return found;
  }

  void take(uint32_t c, std::vector<Batch>* batches) {
    if (ready(c).empty()) return;
    Batch batch{c, std::move(ready_[c])};
    for (const uint32_t i : batch.nodes) {
      for (const uint32_t later : dependencies_.after[i]) {
        --waiting_for_[later];
        stale_[classes_.of_node[later]] = true;
      }
    }
    std::vector<uint32_t> left;
    std::set_difference(left_[c].begin(), left_[c].end(), batch.nodes.begin(), batch.nodes.end(),
                        std::back_inserter(left));
    left_[c] = std::move(left);
    stale_[c] = true;
    batches->push_back(std::move(batch));
  }

  // A class of which all that is left can run needs one batch now or later: now, other nodes have
  // to wait for it no longer.
  bool take_all_complete(std::vector<Batch>* batches) {
    bool any = false;
    for (uint32_t c = 1; c < members_.size(); ++c) {
      if (left_[c].empty() || ready(c).size() != left_[c].size()) continue;
      take(c, batches);
      any = true;
    }
    return any;
  }

  // 0: nothing is left.
  uint32_t choose(Rule rule) {
    std::vector<uint32_t> candidates;
    // A whole class is split only when nothing else can run.
    for (const bool whole : {false, true}) {
      for (uint32_t c = 1; c < members_.size(); ++c) {
        if (classes_.whole[c] == whole && !ready(c).empty()) candidates.push_back(c);
      }
      if (!candidates.empty()) break;
    }
    if (candidates.empty()) return 0;
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](uint32_t a, uint32_t b) { return ready_[a].size() > ready_[b].size(); });
    if (choices_.empty()) choices_ = candidates;
    if (rule == Rule::kLargest) return candidates.front();
    const auto key = [&](uint32_t c) {  // the largest wins
      if (rule == Rule::kFirst) return -static_cast<int64_t>(ready_[c].front());
      uint32_t depth = 0;
      for (const uint32_t i : ready_[c]) depth = std::max(depth, depth_[i]);
      return static_cast<int64_t>(depth);
    };
    return *std::max_element(candidates.begin(), candidates.end(),
                             [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  }

  const Dependencies& dependencies_;
  const NodeClasses& classes_;
  std::vector<std::vector<uint32_t>> members_;  // by class
  std::vector<uint32_t> depth_;  // by node: batches on the longest path that it begins

  // Of one run:
  std::vector<uint32_t> waiting_for_;         // by node: how many others
  std::vector<std::vector<uint32_t>> left_;   // by class
  std::vector<std::vector<uint32_t>> ready_;  // by class, unless stale
  std::vector<bool> stale_;
  std::vector<uint32_t> choices_;
};

size_t partitions(const std::vector<Batch>& batches) {
  return static_cast<size_t>(std::count_if(
      batches.begin(), batches.end(), [](const Batch& batch) { return batch.node_class != 0; }));
}

}  // namespace

std::vector<Batch> make_schedule(const Dependencies& dependencies, const NodeClasses& classes) {
  Scheduler scheduler(dependencies, classes);
  std::vector<Batch> best = scheduler.run(kRules[0], kAnyStart);
  std::vector<uint32_t> starts = scheduler.choices();
  if (starts.size() < 2) starts.clear();
  starts.resize(std::min(starts.size(), kMostStarts));
  starts.push_back(kAnyStart);
  for (const Rule rule : kRules) {
    for (const uint32_t start : starts) {
      std::vector<Batch> batches = scheduler.run(rule, start);
      if (partitions(batches) < partitions(best)) best = std::move(batches);
    }
  }
  return best;
}

}  // namespace baton
