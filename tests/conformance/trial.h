// A model run by the reference kernels and by the subject, and how far apart they are.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/graph/graph.h"
#include "core/session/compiled.h"
#include "core/session/session.h"
#include "tests/conformance/limits.h"
#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {

// Fills an input of a model for a run, as far as it has elements. Called with the same arguments
// for every session that is compared.
using Fill = std::function<void(size_t input, uint32_t run, const Value& value, uint8_t* data)>;

struct TrialOptions {
  uint32_t threads = 1;
  uint32_t runs = 2;  // one session, other inputs each time, state carried over
  // Shapes of all inputs to resize to before runs 1, 2 ...; after the last, they stay.
  std::vector<std::vector<std::vector<int32_t>>> resizes;
  std::vector<Pin> pins = {};  // nodes that are kept off the delegate
};

// A model in memory, verified and ready. Keeps the bytes.
class TrialModel {
 public:
  static Result<std::shared_ptr<const TrialModel>> create(std::vector<uint8_t> file,
                                                          const Plugin* custom = nullptr);
  const std::shared_ptr<const Graph>& graph() const { return graph_; }
  // Products that are summed up for one element, at most over the nodes; at least 1.
  uint64_t depth() const { return depth_; }
  uint64_t node_count() const { return node_count_; }

 private:
  TrialModel() = default;
  std::vector<uint8_t> file_;
  std::shared_ptr<const Graph> graph_;
  uint64_t depth_ = 1;
  uint64_t node_count_ = 0;
};

// By run and output.
struct TrialOutput {
  baton_dtype dtype = BATON_FLOAT32;
  std::string name;
  std::vector<int32_t> dims;
  std::vector<uint8_t> bytes;
};
using TrialOutputs = std::vector<std::vector<TrialOutput>>;

// Compiles with this delegate alone, strictly and whatever it costs; nullptr: the reference
// kernels.
Result<std::shared_ptr<Compiled>> compile(const TrialModel& model,
                                          std::shared_ptr<Delegate> delegate,
                                          std::shared_ptr<HostServices> services,
                                          std::vector<Pin> pins = {});

// One run of a session, step by step.
void fill_inputs(Session& session, const Fill& fill, uint32_t run);
std::vector<TrialOutput> read_outputs(const Session& session);
// Prepares, fills, runs, reads.
Result<std::vector<TrialOutput>> run_once(Session& session, const Fill& fill, uint32_t run);

Result<TrialOutputs> run(const std::shared_ptr<Compiled>& compiled, const Fill& fill,
                         const TrialOptions& options = {});

// "" when close enough: floats, and 8- and 16-bit integers, within the limits, everything else bit
// for bit. Floats are compared with the largest value expected of the output in that run, or, where
// precision is reduced, in any run: a single element may be small by chance. `expected` may have
// runs besides for that.
std::string difference(const TrialOutputs& actual, const TrialOutputs& expected, uint64_t depth,
                       const Limits& limits);

// The same for models of many nodes, which add up errors.
std::string difference(const TrialOutputs& actual, const TrialOutputs& expected,
                       const TrialModel& model, const Delegate& delegate);

// A model for the subject and for the reference kernels.
struct Both {
  Verdict verdict;  // not ok: what the case ends with; `compiled` is of no use then
  std::shared_ptr<const TrialModel> model;
  std::shared_ptr<Delegate> delegate;
  std::shared_ptr<Compiled> reference;
  std::shared_ptr<Compiled> compiled;

  std::string difference(const TrialOutputs& actual, const TrialOutputs& expected) const {
    return conformance::difference(actual, expected, *model, *delegate);
  }
  // Of one run.
  std::string difference(uint32_t run, std::vector<TrialOutput> actual,
                         std::vector<TrialOutput> expected) const;
};
Both compile_both(Bench& bench, const std::vector<uint8_t>& file, std::vector<Pin> pins = {});

// Why the delegate does not run a node, for each that the host offered: "ADD: a sentence". Empty:
// it runs them all.
std::vector<std::string> refusals(const Compiled& compiled);
// Nodes that the delegate runs.
size_t delegated_nodes(const Compiled& compiled);

// All of it: unsupported when the delegate runs no node of the model.
Verdict try_model(Subject& subject, const std::vector<uint8_t>& file, const Fill& fill,
                  const TrialOptions& options = {});

// Content for a tensor of this type: mostly small numbers, with the type's limits among them.
void fill_any(uint64_t seed, const Value& value, uint8_t* data);

}  // namespace baton::conformance
