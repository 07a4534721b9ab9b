#include "tests/conformance/trial.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "tests/conformance/random.h"

namespace baton::conformance {
namespace {

// At the default shapes.
uint64_t node_depth(const Node& node, std::span<Value> values) {
  if (node.op == nullptr || node.op->work == nullptr) return 1;
  for (const int32_t index : node.outputs()) {
    if (!values[static_cast<size_t>(index)].shape_known()) return 1;
  }
  const NodeContext context(node.abi, values, node.op);
  const auto elements = static_cast<uint64_t>(std::max<int64_t>(context.output(0).count(), 1));
  return std::max<uint64_t>(node.op->work(context) / elements, 1);
}

template <typename T>
T element(const std::vector<uint8_t>& bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

template <typename T>
double largest_float(const TrialOutput& output) {
  double largest = 0;
  for (size_t i = 0; i < output.bytes.size() / sizeof(T); ++i) {
    const double value = std::abs(static_cast<double>(element<T>(output.bytes, i)));
    if (std::isfinite(value)) largest = std::max(largest, value);
  }
  return largest;
}

// What errors of an output's floats are compared with.
double largest_value(const TrialOutput& output) {
  switch (output.dtype) {
    case BATON_FLOAT32:
      return largest_float<float>(output);
    case BATON_FLOAT64:
      return largest_float<double>(output);
    default:
      return 0;
  }
}

template <typename T>
std::string float_difference(const std::string& where_run, const TrialOutput& actual,
                             const TrialOutput& expected, double tolerance, double largest) {
  for (size_t i = 0; i < actual.bytes.size() / sizeof(T); ++i) {
    const auto a = static_cast<double>(element<T>(actual.bytes, i));
    const auto e = static_cast<double>(element<T>(expected.bytes, i));
    if (a == e || (std::isnan(a) && std::isnan(e))) continue;
    if (std::abs(a - e) <= tolerance * largest) continue;
    return format("%s, element %zu: %.9g instead of %.9g (largest value %.9g)", where_run.c_str(),
                  i, a, e, largest);
  }
  return "";
}

template <typename T>
std::string integer_difference(const std::string& where_run, const TrialOutput& actual,
                               const TrialOutput& expected, int64_t units) {
  for (size_t i = 0; i < actual.bytes.size() / sizeof(T); ++i) {
    const auto a = static_cast<int64_t>(element<T>(actual.bytes, i));
    const auto e = static_cast<int64_t>(element<T>(expected.bytes, i));
    if (std::abs(a - e) <= units) continue;
    return format("%s, element %zu: %lld instead of %lld", where_run.c_str(), i,
                  static_cast<long long>(a), static_cast<long long>(e));
  }
  return "";
}

std::string output_difference(uint32_t run, const TrialOutput& actual, const TrialOutput& expected,
                              double tolerance, double largest, int64_t units) {
  const std::string where_run = format("run %u, output '%s'", run, expected.name.c_str());
  if (actual.dtype != expected.dtype || actual.dims != expected.dims ||
      actual.bytes.size() != expected.bytes.size()) {
    return where_run + ": another type or shape";
  }
  if (actual.bytes == expected.bytes) return "";
  switch (expected.dtype) {
    case BATON_FLOAT32:
      return float_difference<float>(where_run, actual, expected, tolerance, largest);
    case BATON_FLOAT64:
      return float_difference<double>(where_run, actual, expected, tolerance, largest);
    case BATON_INT8:
      return integer_difference<int8_t>(where_run, actual, expected, units);
    case BATON_UINT8:
      return integer_difference<uint8_t>(where_run, actual, expected, units);
    case BATON_INT16:
      return integer_difference<int16_t>(where_run, actual, expected, units);
    case BATON_INT32:
      return integer_difference<int32_t>(where_run, actual, expected, 0);
    case BATON_INT64:
      return integer_difference<int64_t>(where_run, actual, expected, 0);
    default: {
      const auto at = std::ranges::mismatch(actual.bytes, expected.bytes).in1;
      return format("%s: other bits in byte %td", where_run.c_str(), at - actual.bytes.begin());
    }
  }
}

template <typename T, typename Make>
void fill_with(const Value& value, uint8_t* data, const Make& make) {
  for (int64_t i = 0; i < value.count(); ++i) {
    const T element = static_cast<T>(make());
    std::memcpy(data + static_cast<size_t>(i) * sizeof(T), &element, sizeof(T));
  }
}

}  // namespace

Result<std::shared_ptr<const TrialModel>> TrialModel::create(std::vector<uint8_t> file,
                                                             const Plugin* custom) {
  std::shared_ptr<TrialModel> self(new TrialModel);
  self->file_ = std::move(file);
  BATON_ASSIGN_OR_RETURN(auto model,
                         Model::from_memory(self->file_.data(), self->file_.size(), {}));
  BATON_ASSIGN_OR_RETURN(self->graph_,
                         Graph::build(
                             model,
                             [](void* user, const char* name) -> const Operator* {
                               return user == nullptr
                                          ? nullptr
                                          : static_cast<const Plugin*>(user)->find_operator(name);
                             },
                             const_cast<Plugin*>(custom)));
  for (const Subgraph& subgraph : self->graph_->subgraphs()) {
    std::vector<Value> values(subgraph.tensors.begin(), subgraph.tensors.end());
    self->node_count_ += subgraph.nodes.size();
    for (const Node& node : subgraph.nodes) {
      self->depth_ = std::max(self->depth_, node_depth(node, values));
    }
  }
  return std::shared_ptr<const TrialModel>(std::move(self));
}

Result<std::shared_ptr<Compiled>> compile(const TrialModel& model,
                                          std::shared_ptr<Delegate> delegate,
                                          std::shared_ptr<HostServices> services,
                                          std::vector<Pin> pins) {
  CompileOptions options;
  if (delegate != nullptr) options.delegates.push_back(std::move(delegate));
  options.pins = std::move(pins);
  options.strict = true;
  options.plan.weigh_costs = false;
  return Compiled::create(model.graph(), std::move(options), std::move(services));
}

Result<TrialOutputs> run(const std::shared_ptr<Compiled>& compiled, const Fill& fill,
                         const TrialOptions& options) {
  BATON_ASSIGN_OR_RETURN(auto session,
                         Session::create(compiled, {.threads = options.threads, .signature = ""}));
  TrialOutputs outputs(options.runs);
  for (uint32_t run = 0; run < options.runs; ++run) {
    if (run > 0 && run <= options.resizes.size()) {
      const auto& shapes = options.resizes[run - 1];
      for (size_t i = 0; i < shapes.size(); ++i) {
        BATON_RETURN_IF_ERROR(session->resize_input(i, shapes[i]));
      }
    }
    BATON_ASSIGN_OR_RETURN(outputs[run], run_once(*session, fill, run));
  }
  return outputs;
}

void fill_inputs(Session& session, const Fill& fill, uint32_t run) {
  for (size_t i = 0; i < session.inputs().size(); ++i) {
    fill(i, run, session.input(i), session.input(i).as<uint8_t>());
  }
}

std::vector<TrialOutput> read_outputs(const Session& session) {
  std::vector<TrialOutput> outputs;
  for (size_t i = 0; i < session.outputs().size(); ++i) {
    const Value& value = session.output(i);
    const auto* data = value.as<uint8_t>();
    outputs.push_back({value.dtype(),
                       session.outputs()[i].name,
                       {value.dims().begin(), value.dims().end()},
                       {data, data + value.bytes()}});
  }
  return outputs;
}

Result<std::vector<TrialOutput>> run_once(Session& session, const Fill& fill, uint32_t run) {
  BATON_RETURN_IF_ERROR(session.prepare());
  fill_inputs(session, fill, run);
  BATON_RETURN_IF_ERROR(session.run());
  return read_outputs(session);
}

namespace {

double largest_of_runs(const TrialOutputs& runs, size_t output) {
  double largest = 0;
  for (const auto& outputs : runs) {
    if (output < outputs.size()) largest = std::max(largest, largest_value(outputs[output]));
  }
  return largest;
}

}  // namespace

std::string difference(const TrialOutputs& actual, const TrialOutputs& expected, uint64_t depth,
                       const Limits& limits) {
  const double tolerance = limits.of_floats(depth);
  if (actual.size() > expected.size()) return "another number of runs";
  for (uint32_t run = 0; run < actual.size(); ++run) {
    if (actual[run].size() != expected[run].size()) return "another number of outputs";
    for (size_t i = 0; i < expected[run].size(); ++i) {
      const double largest =
          limits.reduced() ? largest_of_runs(expected, i) : largest_value(expected[run][i]);
      std::string found = output_difference(run, actual[run][i], expected[run][i], tolerance,
                                            largest, limits.units);
      if (!found.empty()) return found;
    }
  }
  return "";
}

std::string difference(const TrialOutputs& actual, const TrialOutputs& expected,
                       const TrialModel& model, const Delegate& delegate) {
  const uint64_t nodes = std::clamp<uint64_t>(model.node_count(), 1, 1000);
  Limits limits = limits_of(delegate);
  limits.units *= static_cast<int64_t>(nodes * nodes);
  return difference(actual, expected, model.depth() * nodes * nodes, limits);
}

std::vector<std::string> refusals(const Compiled& compiled) {
  std::vector<std::string> texts;
  for (const auto& node : compiled.default_report().nodes) {
    for (const baton_refusal& refusal : node.refusals) {
      texts.push_back(format("%s: %s", node.row.op_name, refusal.text));
    }
  }
  return texts;
}

size_t delegated_nodes(const Compiled& compiled) {
  size_t count = 0;
  for (const auto& node : compiled.default_report().nodes) count += node.row.partition >= 0;
  return count;
}

Both compile_both(Bench& bench, const std::vector<uint8_t>& file, std::vector<Pin> pins) {
  Both both;
  const auto fail = [&](const std::string& text) {
    both.verdict = failure(text);
    return both;
  };
  auto delegate = bench.delegate();
  if (!delegate.ok()) return fail(delegate.status().message());
  auto model = TrialModel::create(file, &(*delegate)->plugin());
  if (!model.ok()) return fail("the suite's model: " + model.status().message());
  auto reference = compile(**model, nullptr, bench.services());
  if (!reference.ok()) return fail("the suite's model: " + reference.status().message());
  both.model = *model;
  both.delegate = *delegate;
  both.reference = *reference;
  auto compiled = compile(**model, *delegate, bench.services(), std::move(pins));
  if (!compiled.ok()) return fail(compiled.status().message());
  both.compiled = *compiled;
  if (delegated_nodes(**compiled) == 0) {
    const std::vector<std::string> reasons = refusals(**compiled);
    both.verdict = unsupported(reasons.empty() ? "no node was offered" : reasons.front());
  }
  return both;
}

std::string Both::difference(uint32_t run, std::vector<TrialOutput> actual,
                             std::vector<TrialOutput> expected) const {
  TrialOutputs rows[2];
  for (TrialOutputs& all : rows) all.resize(size_t{run} + 1);
  rows[0][run] = std::move(actual);
  rows[1][run] = std::move(expected);
  return difference(rows[0], rows[1]);
}

Verdict try_model(Subject& subject, const std::vector<uint8_t>& file, const Fill& fill,
                  const TrialOptions& options) {
  const Both both = compile_both(subject.bench(), file, options.pins);
  if (both.reference == nullptr) return both.verdict;
  // Runs of the reference kernels that show how large the values are.
  constexpr uint32_t kScaleRuns = 16;
  TrialOptions reference = options;
  if (limits_of(*both.delegate).reduced()) reference.runs = std::max(options.runs, kScaleRuns);
  // Also where the delegate refuses: the suite's models shall run.
  auto expected = run(both.reference, fill, reference);
  if (!expected.ok()) return failure("the reference kernels: " + expected.status().message());
  if (both.verdict.outcome != Outcome::kOk) return both.verdict;
  auto actual = run(both.compiled, fill, options);
  if (!actual.ok()) return failure(actual.status().message());
  std::string found = both.difference(*actual, *expected);
  return found.empty() ? ok() : mismatch(std::move(found));
}

void fill_any(uint64_t seed, const Value& value, uint8_t* data) {
  Random random(seed);
  const auto small = [&] { return random.between(-8, 8); };
  switch (value.dtype()) {
    case BATON_FLOAT32:
      return fill_with<float>(value, data, [&] {
        return random.one_in(16) ? static_cast<float>(small())
                                 : static_cast<float>(random.real(-2, 2));
      });
    case BATON_FLOAT64:
      return fill_with<double>(value, data, [&] { return random.real(-2, 2); });
    case BATON_INT16:
    case BATON_UINT16:
      return fill_with<int16_t>(value, data, [&] { return random.next(); });
    case BATON_INT32:
    case BATON_UINT32:
      return fill_with<int32_t>(value, data, small);
    case BATON_INT64:
    case BATON_UINT64:
      return fill_with<int64_t>(value, data, small);
    case BATON_BOOL:
      return fill_with<uint8_t>(value, data, [&] { return random.below(2); });
    default:
      for (uint64_t i = 0; i < value.bytes(); ++i) data[i] = static_cast<uint8_t>(random.next());
  }
}

}  // namespace baton::conformance
