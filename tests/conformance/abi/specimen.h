// A partition of a small model that the subject runs, and what its tensors hold by the reference
// kernels: everything to drive the plugin's objects by hand and to know what must come out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "converter/tflite/builder.h"
#include "core/host/delegate.h"
#include "tests/conformance/suite.h"
#include "tests/conformance/trial.h"

namespace baton::conformance {

// A model in the making, and what it is fed.
struct Candidate {
  std::vector<uint8_t> file;
  std::vector<uint8_t> shown;  // the same, with every tensor that a node writes as an output
  Fill fill;
};

// In any size: the numbers of elements are odd when `size` is, and none when it is 0.
Candidate make_candidate(const std::string& name, int32_t size, uint64_t seed);

// Of what was built; the builder is used up.
Candidate finish_candidate(tflite::GraphBuilder& b, Fill fill);

// "float32/elements", "int8/elements", "float32/image", "int8/image", "float32/state": models of
// several nodes each, of operators that most delegates have.
std::span<const char* const> candidate_names();

// The first candidate that the delegate takes anything of; when there is none, a model of what it
// does take.
inline constexpr char kAnyCandidate[] = "any";

inline constexpr int32_t kUsualSize = 5;
inline constexpr uint32_t kSpecimenRuns = 3;

struct Specimen {
  std::string name;
  std::shared_ptr<const TrialModel> model;
  std::vector<Value> values;  // by tensor: shapes, no memory
  Partition partition;
  // By run and tensor: the content; empty for constants and variables.
  std::vector<std::vector<std::vector<uint8_t>>> contents;

  const std::shared_ptr<const Graph>& graph() const { return model->graph(); }
  const Subgraph& subgraph() const { return model->graph()->main(); }
  const Value& value(int32_t tensor) const { return values[static_cast<size_t>(tensor)]; }
  bool has_state() const { return !partition.states.empty(); }
};

// By tensor, at default shapes.
Result<std::vector<Value>> default_values(const TrialModel& model);

// What of a candidate the delegate takes. A Status is something that went wrong.
struct Taken {
  std::unique_ptr<Specimen> specimen;  // nullptr: nothing
  std::string refusals;                // why not, when nothing
};
Result<Taken> take(const std::shared_ptr<Delegate>& delegate, const std::string& name,
                   int32_t size = kUsualSize, uint64_t seed = 1);

// The same with these nodes alone.
std::unique_ptr<Specimen> part_of(const Specimen& specimen, std::vector<uint32_t> nodes);

// A delegate and a specimen, as most cases begin.
class Scene {
 public:
  Scene(Bench& bench, const std::string& candidate, int32_t size = kUsualSize, uint64_t seed = 1);

  bool ready() const { return specimen_ != nullptr; }
  // When it is not.
  const Verdict& otherwise() const { return otherwise_; }

  Bench& bench() { return bench_; }
  const std::shared_ptr<Delegate>& delegate() const { return delegate_; }
  const Specimen& specimen() const { return *specimen_; }
  Limits limits() const { return limits_of(*delegate_); }
  // Of the delegate and the plugin, so that it is destroyed.
  void drop_delegate();
  // Of everything, before the bench is looked at for what is left.
  void let_go();

 private:
  Bench& bench_;
  std::shared_ptr<Delegate> delegate_;
  std::unique_ptr<Specimen> specimen_;
  Verdict otherwise_;
};

// Adds a case that runs on a scene of the subject's own bench ...
using SceneCase = std::function<Verdict(Scene&)>;
void add_case(std::vector<Case>* cases, const std::string& name, const std::string& candidate,
              SceneCase run);
// ... and one for each candidate, and for kAnyCandidate.
void add_cases(std::vector<Case>* cases, const std::string& name, const SceneCase& run);

}  // namespace baton::conformance
