#include "core/session/compiled.h"

namespace baton {
namespace {

// A node that no delegate is asked about: why.
uint32_t host_reason(const Node& node, NodeShape shape, std::string* text) {
  if (shape == NodeShape::kFolded) {
    *text = "its value is computed while planning";
    return BATON_REASON_FOLDED;
  }
  if (shape == NodeShape::kDynamic) {
    *text = "a shape is only known in the run";
    return BATON_REASON_DYNAMIC_SHAPE;
  }
  if (node.op != nullptr && (node.op->flags & kHostOnly)) {
    *text = "control flow, variables and strings stay in the core";
    return BATON_REASON_HOST_ONLY;
  }
  return BATON_REASON_NONE;
}

// Shapes at the file's defaults. Where those do not work, which the graph accepts when shapes come
// with a call or a resize, nothing is known yet.
Propagation propagate_defaults(const Subgraph& subgraph, std::vector<Value>* values) {
  for (const baton_tensor& tensor : subgraph.tensors) values->emplace_back(tensor);
  auto known = propagate(subgraph, *values, nullptr);
  if (known.ok()) return std::move(*known);
  values->clear();
  for (const baton_tensor& tensor : subgraph.tensors) values->emplace_back(tensor);
  Propagation unknown;
  unknown.nodes.assign(subgraph.nodes.size(), NodeShape::kDynamic);
  for (const Node& node : subgraph.nodes) {
    for (const int32_t t : node.outputs()) (*values)[static_cast<size_t>(t)].set_shape_unknown();
  }
  return unknown;
}

void add_missing(const Subgraph& subgraph, const SubgraphPlan& plan, MissingOperators* missing) {
  for (size_t i = 0; i < plan.placements.size(); ++i) {
    const Node& node = subgraph.nodes[i];
    if (plan.placements[i].delegate != kReference || plan.placements[i].folded) continue;
    if (node.op == nullptr || node.op->run == nullptr) missing->add(subgraph, node);
  }
}

}  // namespace

Result<std::shared_ptr<Compiled>> Compiled::create(std::shared_ptr<const Graph> graph,
                                                   CompileOptions options,
                                                   std::shared_ptr<HostServices> services) {
  if (options.delegates.size() > kMostDelegates) {
    return error(BATON_INVALID_ARGUMENT, "%zu delegates were asked for: at most %zu are possible",
                 options.delegates.size(), kMostDelegates);
  }
  std::shared_ptr<Compiled> compiled(
      new Compiled(std::move(graph), std::move(options), std::move(services)));
  const auto subgraphs = compiled->graph_->subgraphs();
  for (const Subgraph& subgraph : subgraphs) {
    auto defaults = std::make_unique<Defaults>();
    defaults->propagation = propagate_defaults(subgraph, &defaults->values);
    compiled->defaults_.push_back(std::move(defaults));
  }
  // A delegate that fails at a later subgraph is off for the earlier ones, too.
  std::vector<std::shared_ptr<const CompiledSubgraph>> plans;
  DelegateSet off = 0;
  do {
    off = compiled->off();
    plans.clear();
    Status failed;
    MissingOperators missing;
    for (const Subgraph& subgraph : subgraphs) {
      auto plan = compiled->compile_default(subgraph.index, &missing);
      if (plan.ok()) {
        plans.push_back(std::move(*plan));
      } else if (failed.ok()) {
        failed = plan.status();
      }
    }
    BATON_RETURN_IF_ERROR(missing.status());
    BATON_RETURN_IF_ERROR(std::move(failed));
  } while (off != compiled->off());
  compiled->default_report_ = compiled->report(plans);
  return compiled;
}

bool Compiled::pinned(const Subgraph& subgraph, const Node& node,
                      const std::string& delegate) const {
  for (const Pin& pin : options_.pins) {
    if ((pin.subgraph < 0 || static_cast<uint32_t>(pin.subgraph) == subgraph.index) &&
        (pin.node < 0 || static_cast<uint32_t>(pin.node) == node.abi.index) &&
        (pin.op.empty() || pin.op == node.abi.name) &&
        (pin.delegate.empty() || pin.delegate == delegate)) {
      return true;
    }
  }
  return false;
}

DelegateSet Compiled::off() const {
  std::lock_guard lock(mutex_);
  return off_;
}

std::string Compiled::failure(int32_t delegate) const {
  std::lock_guard lock(mutex_);
  return failures_[static_cast<size_t>(delegate)];
}

Status Compiled::switch_off(int32_t index, const Status& failure) {
  if (options_.strict) return {BATON_DELEGATE_FAILED, failure.message()};
  std::lock_guard lock(mutex_);
  const DelegateSet bit = DelegateSet{1} << index;
  if (off_ & bit) return {};
  off_ |= bit;
  failures_[static_cast<size_t>(index)] = failure.message();
  std::string next = "the reference kernels";
  for (size_t i = static_cast<size_t>(index) + 1; i < options_.delegates.size(); ++i) {
    if ((off_ & (DelegateSet{1} << i)) == 0) {
      next = "'" + options_.delegates[i]->name() + "' or the reference kernels";
      break;
    }
  }
  events_.push_back(failure.message() + "; its nodes go to " + next);
  services_->log(BATON_LOG_WARNING, events_.back().c_str());
  return {};
}

Result<DelegateOffer> Compiled::ask(int32_t index, const Subgraph& subgraph,
                                    std::span<const Value> values, const Propagation& propagation,
                                    DelegateSet* without) {
  const DelegateSet bit = DelegateSet{1} << index;
  const Delegate& delegate = this->delegate(index);
  DelegateOffer offer;
  offer.launch_ns = delegate.device().launch_ns;
  offer.transfer_bytes_per_us = delegate.device().transfer_bytes_per_us;
  if ((*without & bit) == 0) {
    ExamineRequest request;
    request.graph = graph_;
    request.subgraph = subgraph.index;
    request.values = values;
    request.keep_off = [&](uint32_t node, std::string* text) -> uint32_t {
      if (const uint32_t reason =
              host_reason(subgraph.nodes[node], propagation.nodes[node], text)) {
        return reason;
      }
      if (pinned(subgraph, subgraph.nodes[node], delegate.name())) {
        *text = "the user keeps it off";
        return BATON_REASON_PINNED;
      }
      return BATON_REASON_NONE;
    };
    auto examination = delegate.examine(request);
    if (examination.ok()) {
      offer.nodes = std::move(examination->nodes);
      offer.groups = std::move(examination->groups);
      return offer;
    }
    BATON_RETURN_IF_ERROR(switch_off(index, examination.status()));
    *without |= bit;
  }
  offer.nodes.resize(subgraph.nodes.size());
  for (NodeAnswer& answer : offer.nodes) {
    answer.reason = BATON_REASON_DELEGATE_FAILED;
    answer.text = failure(index);
  }
  return offer;
}

Result<std::shared_ptr<const CompiledSubgraph>> Compiled::compile(uint32_t index,
                                                                  std::span<const Value> values,
                                                                  const Propagation& propagation,
                                                                  DelegateSet* without,
                                                                  MissingOperators* missing) {
  const Subgraph& subgraph = graph_->subgraphs()[index];
  for (;;) {
    DelegateSet left_out = off();  // other sessions may switch one off meanwhile
    std::vector<DelegateOffer> offers;
    for (size_t d = 0; d < options_.delegates.size(); ++d) {
      BATON_ASSIGN_OR_RETURN(
          auto offer, ask(static_cast<int32_t>(d), subgraph, values, propagation, &left_out));
      offers.push_back(std::move(offer));
    }
    auto compiled = std::make_shared<CompiledSubgraph>();
    compiled->plan = make_plan(subgraph, values, propagation, offers, options_.plan);
    compiled->shapes = propagation.nodes;
    MissingOperators here;
    add_missing(subgraph, compiled->plan, &here);
    if (missing != nullptr) add_missing(subgraph, compiled->plan, missing);
    BATON_RETURN_IF_ERROR(here.status());

    bool complete = true;
    for (const PlannedPartition& partition : compiled->plan.partitions) {
      auto program =
          delegate(partition.delegate).compile(graph_, partition, values, options_.store.get());
      if (!program.ok()) {
        BATON_RETURN_IF_ERROR(switch_off(partition.delegate, program.status()));
        complete = false;
        break;
      }
      compiled->programs.push_back(std::move(*program));
    }
    if (!complete) continue;
    if (without != nullptr) *without = left_out;
    return std::shared_ptr<const CompiledSubgraph>(compiled);
  }
}

Result<std::shared_ptr<const CompiledSubgraph>> Compiled::compile_default(
    uint32_t subgraph, MissingOperators* missing) {
  return compile_shared(subgraph, defaults_[subgraph]->values, defaults_[subgraph]->propagation,
                        missing);
}

Result<std::shared_ptr<const CompiledSubgraph>> Compiled::compile_shared(
    uint32_t subgraph, std::span<const Value> values, const Propagation& propagation,
    MissingOperators* missing) {
  {
    std::lock_guard lock(mutex_);
    const auto found = plans_.find({subgraph, off_, propagation.nodes});
    if (found != plans_.end()) return found->second;
  }
  DelegateSet without = 0;
  BATON_ASSIGN_OR_RETURN(auto plan, compile(subgraph, values, propagation, &without, missing));
  std::lock_guard lock(mutex_);
  // Two sessions may have made it at the same time: the first one's is kept, so that programs exist
  // once.
  return plans_.try_emplace({subgraph, without, propagation.nodes}, std::move(plan)).first->second;
}

std::unique_ptr<baton_placement> Compiled::report(
    std::span<const std::shared_ptr<const CompiledSubgraph>> plans) const {
  auto placement = std::make_unique<baton_placement>();
  std::vector<DelegateNames> names;
  for (const auto& delegate : options_.delegates) {
    names.push_back({delegate->name(), delegate->device().name});
  }
  for (size_t i = 0; i < plans.size(); ++i) {
    if (plans[i] == nullptr) continue;
    add_to_placement(graph_->subgraphs()[i], defaults_[i]->values, plans[i]->plan, names,
                     placement.get());
  }
  std::lock_guard lock(mutex_);
  placement->events = events_;
  return placement;
}

}  // namespace baton
