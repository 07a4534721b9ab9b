#include "core/plan/plan.h"

#include <algorithm>
#include <numeric>

#include "core/plan/cost.h"
#include "core/plan/dependencies.h"

namespace baton {
namespace {

// Nodes that may run together: the same delegate and, where it proposed groups, the same group.
// Class 0 is the reference kernels.
struct Classes {
  std::vector<uint32_t> of_node;
  std::vector<int32_t> delegate;  // by class
};

class Planner {
 public:
  Planner(const Subgraph& subgraph, std::span<const Value> values, const Propagation& propagation,
          std::span<const DelegateOffer> offers, const PlanOptions& options)
      : subgraph_(subgraph),
        values_(values),
        offers_(offers),
        options_(options),
        dependencies_(find_dependencies(subgraph)),
        refused_(offers.size()) {
    plan_.placements.resize(subgraph.nodes.size());
    for (size_t i = 0; i < subgraph.nodes.size(); ++i) {
      plan_.placements[i].folded = propagation.nodes[i] == NodeShape::kFolded;
    }
    for (auto& refused : refused_) {
      refused.resize(subgraph.nodes.size(), Refusal{0, BATON_REASON_NONE, {}});
    }
  }

  SubgraphPlan make() {
    // Each round takes the partitions that are not worth their price off their delegate; their nodes
    // fall to the next delegate, or to the reference kernels. A node is refused at most once per
    // delegate, so this ends.
    do {
      assign_owners();
      schedule();
    } while (refuse_unworthy());
    write_refusals();
    return std::move(plan_);
  }

 private:
  bool accepts(size_t delegate, uint32_t node) const {
    return offers_[delegate].nodes[node].yes && !refused_[delegate][node].reason;
  }

  void assign_owners() {
    for (uint32_t i = 0; i < plan_.placements.size(); ++i) {
      Placement& placement = plan_.placements[i];
      placement.delegate = kReference;
      placement.partition = -1;
      placement.cost_ns = -1;
      if (placement.folded) continue;
      for (size_t d = 0; d < offers_.size(); ++d) {
        if (!accepts(d, i)) continue;
        placement.delegate = static_cast<int32_t>(d);
        placement.cost_ns = offers_[d].nodes[i].cost_ns;
        break;
      }
    }
  }

  Classes classify() const {
    Classes classes;
    classes.of_node.assign(plan_.placements.size(), 0);
    classes.delegate.push_back(kReference);
    for (size_t d = 0; d < offers_.size(); ++d) {
      const auto plain = static_cast<uint32_t>(classes.delegate.size());
      classes.delegate.push_back(static_cast<int32_t>(d));
      for (uint32_t i = 0; i < plan_.placements.size(); ++i) {
        if (plan_.placements[i].delegate == static_cast<int32_t>(d)) classes.of_node[i] = plain;
      }
      for (const auto& group : offers_[d].groups) {
        const auto own = static_cast<uint32_t>(classes.delegate.size());
        classes.delegate.push_back(static_cast<int32_t>(d));
        for (const uint32_t i : group) {
          if (plan_.placements[i].delegate == static_cast<int32_t>(d)) classes.of_node[i] = own;
        }
      }
    }
    return classes;
  }

  // Runs all that can run on the reference kernels, then the class with the most nodes that can run
  // now becomes a partition, and so on. With one class beside the reference, no order of running has
  // fewer partitions: after each partition at least as many nodes have run as in any other order.
  void schedule() {
    const size_t count = plan_.placements.size();
    const Classes classes = classify();
    plan_.partitions.clear();
    plan_.steps.clear();
    std::vector<uint32_t> waiting_for(count, 0);
    std::vector<bool> done(count, false);
    for (uint32_t i = 0; i < count; ++i) {
      for (const uint32_t earlier : dependencies_.before[i]) {
        if (!plan_.placements[earlier].folded) ++waiting_for[i];
      }
    }

    // Nodes of one class that can run in one go, in file order.
    auto closure = [&](uint32_t wanted) {
      std::vector<uint32_t> waiting = waiting_for;
      std::vector<uint32_t> found;
      for (uint32_t i = 0; i < count; ++i) {  // file order is topological: one pass is enough
        if (done[i] || plan_.placements[i].folded) continue;
        if (classes.of_node[i] != wanted || waiting[i] != 0) continue;
        found.push_back(i);
        for (const uint32_t later : dependencies_.after[i]) --waiting[later];
      }
      return found;
    };
    auto finish = [&](const std::vector<uint32_t>& nodes) {
      for (const uint32_t i : nodes) {
        done[i] = true;
        for (const uint32_t later : dependencies_.after[i]) --waiting_for[later];
      }
    };

    for (;;) {
      const std::vector<uint32_t> reference = closure(0);
      finish(reference);
      for (const uint32_t i : reference) plan_.steps.push_back({false, i});

      std::vector<uint32_t> best;
      uint32_t best_class = 0;
      for (uint32_t c = 1; c < classes.delegate.size(); ++c) {
        std::vector<uint32_t> nodes = closure(c);
        if (nodes.size() > best.size()) {
          best = std::move(nodes);
          best_class = c;
        }
      }
      if (best.empty()) {
        if (reference.empty()) return;
        continue;
      }
      finish(best);
      PlannedPartition partition{make_partition(subgraph_, std::move(best)),
                                 classes.delegate[best_class]};
      const auto index = static_cast<int32_t>(plan_.partitions.size());
      for (const uint32_t i : partition.nodes) plan_.placements[i].partition = index;
      plan_.steps.push_back({true, static_cast<uint32_t>(index)});
      plan_.partitions.push_back(std::move(partition));
    }
  }

  void refuse(const PlannedPartition& partition, const std::string& text) {
    for (const uint32_t i : partition.nodes) {
      refused_[static_cast<size_t>(partition.delegate)][i] = {partition.delegate,
                                                              BATON_REASON_NOT_WORTH_IT, text};
    }
  }

  // What the partition's nodes would cost where they would go instead.
  uint64_t cost_elsewhere(const PlannedPartition& partition) const {
    uint64_t total = 0;
    for (const uint32_t i : partition.nodes) {
      uint64_t cost = reference_cost_ns(subgraph_.nodes[i], values_);
      for (size_t d = static_cast<size_t>(partition.delegate) + 1; d < offers_.size(); ++d) {
        if (!accepts(d, i)) continue;
        if (offers_[d].nodes[i].cost_ns >= 0) {
          cost = static_cast<uint64_t>(offers_[d].nodes[i].cost_ns);
        }
        break;
      }
      total += cost;
    }
    return total;
  }

  bool refuse_unworthy() {
    if (options_.min_partition_nodes > 1) {
      bool any = false;
      for (const PlannedPartition& partition : plan_.partitions) {
        if (partition.nodes.size() >= options_.min_partition_nodes) continue;
        refuse(partition, format("the partition has %zu nodes, at least %u are asked for",
                                 partition.nodes.size(), options_.min_partition_nodes));
        any = true;
      }
      if (any) return true;
    }
    if (options_.weigh_costs && refuse_by_cost()) return true;
    return options_.max_partitions != 0 && refuse_beyond_most();
  }

  bool refuse_by_cost() {
    bool any = false;
    for (const PlannedPartition& partition : plan_.partitions) {
      const DelegateOffer& offer = offers_[static_cast<size_t>(partition.delegate)];
      const uint64_t crossing = crossing_cost_ns(partition, offer, values_);
      if (crossing == 0) continue;
      uint64_t own = 0;  // nodes of unknown cost count as free: the crossing alone decides
      for (const uint32_t i : partition.nodes) {
        own += static_cast<uint64_t>(std::max<int64_t>(offer.nodes[i].cost_ns, 0));
      }
      const uint64_t elsewhere = cost_elsewhere(partition);
      if (crossing + own <= elsewhere) continue;
      refuse(partition,
             format("a partition of %zu nodes would cost %.1f us here, %.1f us of it for crossing "
                    "over, and %.1f us elsewhere",
                    partition.nodes.size(), static_cast<double>(crossing + own) / 1e3,
                    static_cast<double>(crossing) / 1e3, static_cast<double>(elsewhere) / 1e3));
      any = true;
    }
    return any;
  }

  bool refuse_beyond_most() {
    bool any = false;
    for (size_t d = 0; d < offers_.size(); ++d) {
      std::vector<const PlannedPartition*> own;
      for (const PlannedPartition& partition : plan_.partitions) {
        if (partition.delegate == static_cast<int32_t>(d)) own.push_back(&partition);
      }
      if (own.size() <= options_.max_partitions) continue;
      std::stable_sort(own.begin(), own.end(), [](const PlannedPartition* a, const PlannedPartition* b) {
        return a->nodes.size() > b->nodes.size();
      });
      for (size_t i = options_.max_partitions; i < own.size(); ++i) {
        refuse(*own[i], format("at most %u partitions are asked for", options_.max_partitions));
        any = true;
      }
    }
    return any;
  }

  void write_refusals() {
    for (uint32_t i = 0; i < plan_.placements.size(); ++i) {
      Placement& placement = plan_.placements[i];
      for (size_t d = 0; d < offers_.size(); ++d) {
        const auto delegate = static_cast<int32_t>(d);
        if (delegate == placement.delegate) continue;
        const NodeAnswer& answer = offers_[d].nodes[i];
        if (placement.folded) {
          placement.refusals.push_back(
              {delegate, BATON_REASON_FOLDED, "its value is computed while planning"});
        } else if (!answer.yes) {
          placement.refusals.push_back({delegate, answer.reason, answer.text});
        } else if (refused_[d][i].reason) {
          placement.refusals.push_back(refused_[d][i]);
        } else {
          placement.refusals.push_back(
              {delegate, BATON_REASON_PREFERRED, "a delegate earlier in the order runs it"});
        }
      }
    }
  }

  const Subgraph& subgraph_;
  std::span<const Value> values_;
  std::span<const DelegateOffer> offers_;
  const PlanOptions& options_;
  const Dependencies dependencies_;
  std::vector<std::vector<Refusal>> refused_;  // by delegate and node; reason 0: not refused
  SubgraphPlan plan_;
};

}  // namespace

SubgraphPlan make_plan(const Subgraph& subgraph, std::span<const Value> values,
                       const Propagation& propagation, std::span<const DelegateOffer> offers,
                       const PlanOptions& options) {
  return Planner(subgraph, values, propagation, offers, options).make();
}

}  // namespace baton
