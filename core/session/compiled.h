// A model with a placement: what the delegates answered, the plans made from it, and the programs
// they compiled. Shared by all sessions; programs exist once.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "core/graph/graph.h"
#include "core/graph/propagate.h"
#include "core/host/delegate.h"
#include "core/plan/plan.h"
#include "core/session/missing_operators.h"
#include "core/session/placement.h"

namespace baton {

struct Pin {
  int32_t subgraph = -1;  // -1: any
  int32_t node = -1;      // -1: any
  std::string op;         // "": any
  std::string delegate;   // "": every one
};

struct CompileOptions {
  std::vector<std::shared_ptr<Delegate>> delegates;  // in the user's order
  std::vector<std::string> failed_to_start;  // one sentence for each that is not in `delegates`
  std::vector<Pin> pins;
  PlanOptions plan;
  bool strict = false;
  std::shared_ptr<BlobStore> store;  // may be null
};

// A set of delegates, by their place in the order.
using DelegateSet = uint64_t;
inline constexpr size_t kMostDelegates = 64;

// One subgraph's plan for certain shapes, with the programs of its partitions.
struct CompiledSubgraph {
  SubgraphPlan plan;
  std::vector<NodeShape> shapes;                   // how the nodes' shapes were known then
  std::vector<std::shared_ptr<Program>> programs;  // by partition
};

class Compiled {
 public:
  // Examines, plans and compiles every subgraph at its default shapes.
  static Result<std::shared_ptr<Compiled>> create(std::shared_ptr<const Graph> graph,
                                                  CompileOptions options,
                                                  std::shared_ptr<HostServices> services);

  const Graph& graph() const { return *graph_; }
  const CompileOptions& options() const { return options_; }
  const Delegate& delegate(int32_t index) const {
    return *options_.delegates[static_cast<size_t>(index)];
  }

  // A subgraph at the shapes of `values`, without the delegates that are off. A delegate that fails
  // meanwhile is switched off, and the plan made without it; with `strict` that is an error.
  // *without gets the delegates that were off for this plan, *missing the nodes that nobody can
  // run, which are an error.
  Result<std::shared_ptr<const CompiledSubgraph>> compile(uint32_t subgraph,
                                                          std::span<const Value> values,
                                                          const Propagation& propagation,
                                                          DelegateSet* without = nullptr,
                                                          MissingOperators* missing = nullptr);
  // The one for the default shapes: made once for each set of delegates that are on.
  Result<std::shared_ptr<const CompiledSubgraph>> compile_default(
      uint32_t subgraph, MissingOperators* missing = nullptr);
  // The same with what a session knows at the default shapes: the outputs of control flow, too.
  Result<std::shared_ptr<const CompiledSubgraph>> compile_shared(
      uint32_t subgraph, std::span<const Value> values, const Propagation& propagation,
      MissingOperators* missing = nullptr);

  // A delegate failed: it is off from now on, as a whole, and for every session. Said once, through
  // the log and in the placement's events. With `strict` the result is the error to return.
  Status switch_off(int32_t delegate, const Status& failure);
  DelegateSet off() const;

  // The report for these plans, by subgraph; null: not planned.
  std::unique_ptr<baton_placement> report(
      std::span<const std::shared_ptr<const CompiledSubgraph>> plans) const;
  const baton_placement& default_report() const { return *default_report_; }

  // A subgraph's tensors at the default shapes, and what follows from them.
  struct Defaults {
    std::vector<Value> values;
    Propagation propagation;
  };
  const Defaults& defaults(uint32_t subgraph) const { return *defaults_[subgraph]; }

 private:
  Compiled(std::shared_ptr<const Graph> graph, CompileOptions options,
           std::shared_ptr<HostServices> services)
      : graph_(std::move(graph)),
        options_(std::move(options)),
        services_(std::move(services)),
        failures_(options_.delegates.size()),
        events_(options_.failed_to_start) {}

  bool pinned(const Subgraph& subgraph, const Node& node, const std::string& delegate) const;
  // The delegate's answers; all refused when it is among `without`, or fails and so joins them.
  Result<DelegateOffer> ask(int32_t delegate, const Subgraph& subgraph,
                            std::span<const Value> values, const Propagation& propagation,
                            DelegateSet* without);
  std::string failure(int32_t delegate) const;

  const std::shared_ptr<const Graph> graph_;
  const CompileOptions options_;
  const std::shared_ptr<HostServices> services_;
  std::vector<std::unique_ptr<Defaults>> defaults_;
  std::unique_ptr<baton_placement> default_report_;

  mutable std::mutex mutex_;  // guards all below
  DelegateSet off_ = 0;
  std::vector<std::string> failures_;  // by delegate: its sentence
  std::vector<std::string> events_;
  // By subgraph, delegates that are off, and how the nodes' shapes are known.
  std::map<std::tuple<uint32_t, DelegateSet, std::vector<NodeShape>>,
           std::shared_ptr<const CompiledSubgraph>>
      plans_;
};

}  // namespace baton
