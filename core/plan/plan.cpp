#include "core/plan/plan.h"

#include <algorithm>

#include "core/plan/cost.h"
#include "core/plan/dependencies.h"
#include "core/plan/schedule.h"

namespace baton {
namespace {

class Planner {
 public:
  Planner(const Subgraph& subgraph, std::span<const Value> values, const Propagation& propagation,
          std::span<const DelegateOffer> offers, const PlanOptions& options)
      : subgraph_(subgraph),
        values_(values),
        offers_(offers),
        options_(options),
        dependencies_(find_dependencies(subgraph, propagation.nodes)),
        refused_(offers.size()) {
    plan_.placements.resize(subgraph.nodes.size());
    for (size_t i = 0; i < subgraph.nodes.size(); ++i) {
      plan_.placements[i].folded = propagation.nodes[i] == NodeShape::kFolded;
    }
    readers_.resize(subgraph.tensors.size());
    is_output_.resize(subgraph.tensors.size());
    for (const int32_t t : subgraph.outputs) is_output_[static_cast<size_t>(t)] = true;
    for (uint32_t i = 0; i < subgraph.nodes.size(); ++i) {
      if (plan_.placements[i].folded) continue;
      for (const int32_t t : subgraph.nodes[i].inputs()) {
        if (t >= 0) readers_[static_cast<size_t>(t)].push_back(i);
      }
    }
    for (auto& refused : refused_) {
      refused.resize(subgraph.nodes.size(), Refusal{0, BATON_REASON_NONE, {}});
    }
  }

  SubgraphPlan make() {
    // Each round takes the partitions that are not worth their price off their delegate; their
    // nodes fall to the next delegate, or to the reference kernels. A node is refused at most once
    // per delegate, so this ends.
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

  // A class for the nodes of each delegate, and one for each group that it proposed.
  NodeClasses classify(std::vector<int32_t>* delegate_of) const {
    NodeClasses classes{{}, {false}};
    *delegate_of = {kReference};
    for (const Placement& placement : plan_.placements) {
      classes.of_node.push_back(placement.folded ? kNeverRuns : 0);
    }
    for (size_t d = 0; d < offers_.size(); ++d) {
      const auto delegate = static_cast<int32_t>(d);
      const auto add = [&](bool whole) {
        classes.whole.push_back(whole);
        delegate_of->push_back(delegate);
        return static_cast<uint32_t>(classes.whole.size() - 1);
      };
      const uint32_t plain = add(false);
      for (uint32_t i = 0; i < plan_.placements.size(); ++i) {
        if (plan_.placements[i].delegate == delegate) classes.of_node[i] = plain;
      }
      for (const auto& group : offers_[d].groups) {
        const uint32_t own = add(true);
        for (const uint32_t i : group) {
          if (plan_.placements[i].delegate == delegate) classes.of_node[i] = own;
        }
      }
    }
    return classes;
  }

  void schedule() {
    std::vector<int32_t> delegate_of;
    const NodeClasses classes = classify(&delegate_of);
    plan_.partitions.clear();
    plan_.steps.clear();
    for (Batch& batch : make_schedule(dependencies_, classes)) {
      if (batch.node_class == 0) {
        for (const uint32_t i : batch.nodes) plan_.steps.push_back({false, i});
        continue;
      }
      const auto index = static_cast<int32_t>(plan_.partitions.size());
      for (const uint32_t i : batch.nodes) plan_.placements[i].partition = index;
      plan_.steps.push_back({true, static_cast<uint32_t>(index)});
      plan_.partitions.push_back(
          {make_partition(subgraph_, std::move(batch.nodes)), delegate_of[batch.node_class]});
      drop_unread_outputs(plan_.partitions.back());
    }
  }

  // Folded nodes do not read: SHAPE of a tensor inside is no reason to bring it out.
  void drop_unread_outputs(PlannedPartition& partition) const {
    std::erase_if(partition.outputs, [&](int32_t t) {
      const auto& readers = readers_[static_cast<size_t>(t)];
      return !is_output_[static_cast<size_t>(t)] && std::ranges::all_of(readers, [&](uint32_t i) {
        return plan_.placements[i].partition == plan_.placements[partition.nodes[0]].partition;
      });
    });
  }

  void refuse(const PlannedPartition& partition, const std::string& text) {
    for (const uint32_t i : partition.nodes) {
      refused_[static_cast<size_t>(partition.delegate)][i] = {partition.delegate,
                                                              BATON_REASON_NOT_WORTH_IT, text};
    }
  }

  bool has_kernel(uint32_t node) const {
    const Operator* op = subgraph_.nodes[node].op;
    return op != nullptr && op->run != nullptr;
  }

  // The delegate that gets the node if this one does not run it.
  int32_t next_delegate(int32_t delegate, uint32_t node) const {
    for (size_t d = static_cast<size_t>(delegate) + 1; d < offers_.size(); ++d) {
      if (accepts(d, node)) return static_cast<int32_t>(d);
    }
    return kReference;
  }

  // Some of its nodes would have nobody to run them.
  bool irreplaceable(const PlannedPartition& partition) const {
    return std::ranges::any_of(partition.nodes, [&](uint32_t i) {
      return !has_kernel(i) && next_delegate(partition.delegate, i) == kReference;
    });
  }

  // The first delegate with partitions that are not worth their price loses them. The nodes may
  // make partitions of the delegates after it large enough, so those are judged later.
  bool refuse_unworthy() {
    for (size_t d = 0; d < offers_.size(); ++d) {
      std::vector<const PlannedPartition*> own;
      for (const PlannedPartition& partition : plan_.partitions) {
        if (partition.delegate == static_cast<int32_t>(d)) own.push_back(&partition);
      }
      if (refuse_small(own) || refuse_by_cost(own) || refuse_beyond_most(own)) return true;
    }
    return false;
  }

  bool refuse_small(std::span<const PlannedPartition* const> own) {
    bool any = false;
    for (const PlannedPartition* partition : own) {
      const size_t size = partition->nodes.size();
      if (size >= options_.min_partition_nodes || irreplaceable(*partition)) continue;
      refuse(*partition, format("the partition has %zu node%s, at least %u are asked for", size,
                                size == 1 ? "" : "s", options_.min_partition_nodes));
      any = true;
    }
    return any;
  }

  bool refuse_by_cost(std::span<const PlannedPartition* const> own) {
    if (!options_.weigh_costs) return false;
    bool any = false;
    for (const PlannedPartition* partition : own) {
      if (irreplaceable(*partition)) continue;
      const DelegateOffer& offer = offers_[static_cast<size_t>(partition->delegate)];
      const uint64_t crossing = crossing_cost_ns(*partition, offer, values_);
      if (crossing == 0) continue;
      uint64_t here = crossing;  // nodes of unknown cost count as free: the crossing alone decides
      for (const uint32_t i : partition->nodes) {
        here = saturating_add(here,
                              static_cast<uint64_t>(std::max<int64_t>(offer.nodes[i].cost_ns, 0)));
      }
      const uint64_t elsewhere = cost_elsewhere(*partition);
      if (here <= elsewhere) continue;
      const size_t size = partition->nodes.size();
      refuse(*partition,
             format("a partition of %zu node%s would cost %.1f us here, %.1f us of it for crossing "
                    "over, and %.1f us elsewhere",
                    size, size == 1 ? "" : "s", static_cast<double>(here) / 1e3,
                    static_cast<double>(crossing) / 1e3, static_cast<double>(elsewhere) / 1e3));
      any = true;
    }
    return any;
  }

  // What the partition's nodes would cost where they would go instead: to the next delegates, with
  // what it costs to cross over to them, or where that is cheaper to the reference kernels.
  uint64_t cost_elsewhere(const PlannedPartition& partition) const {
    uint64_t reference = 0, next = 0;
    std::vector<bool> crossed(offers_.size());
    for (const uint32_t i : partition.nodes) {
      const uint64_t cost = reference_cost_ns(subgraph_.nodes[i], values_);
      reference = saturating_add(reference, has_kernel(i) ? cost : UINT64_MAX);
      const int32_t d = next_delegate(partition.delegate, i);
      if (d == kReference) {
        next = saturating_add(next, cost);
        continue;
      }
      const DelegateOffer& offer = offers_[static_cast<size_t>(d)];
      const int64_t declared = offer.nodes[i].cost_ns;
      next = saturating_add(next, declared < 0 ? cost : static_cast<uint64_t>(declared));
      if (crossed[static_cast<size_t>(d)]) continue;
      crossed[static_cast<size_t>(d)] = true;
      next = saturating_add(next, crossing_cost_ns(partition, offer, values_));
    }
    return std::min(reference, next);
  }

  bool refuse_beyond_most(std::vector<const PlannedPartition*> own) {
    if (options_.max_partitions == 0 || own.size() <= options_.max_partitions) return false;
    std::stable_sort(own.begin(), own.end(),
                     [](const PlannedPartition* a, const PlannedPartition* b) {
                       return a->nodes.size() > b->nodes.size();
                     });
    // Those that nobody else can run count first.
    std::stable_partition(own.begin(), own.end(), [&](const PlannedPartition* partition) {
      return irreplaceable(*partition);
    });
    bool any = false;
    for (size_t i = options_.max_partitions; i < own.size(); ++i) {
      if (irreplaceable(*own[i])) continue;
      refuse(*own[i], format("at most %u partition%s asked for", options_.max_partitions,
                             options_.max_partitions == 1 ? " is" : "s are"));
      any = true;
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
  std::vector<std::vector<uint32_t>> readers_;  // by tensor: nodes that run
  std::vector<bool> is_output_;                 // by tensor: of the subgraph
  std::vector<std::vector<Refusal>> refused_;   // by delegate and node; reason 0: not refused
  SubgraphPlan plan_;
};

}  // namespace

SubgraphPlan make_plan(const Subgraph& subgraph, std::span<const Value> values,
                       const Propagation& propagation, std::span<const DelegateOffer> offers,
                       const PlanOptions& options) {
  return Planner(subgraph, values, propagation, offers, options).make();
}

}  // namespace baton
