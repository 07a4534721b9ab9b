#include "tests/conformance/probe.h"

#include <algorithm>

#include "core/ops/operator.h"

namespace baton::conformance {
namespace {

using tflite::Quantization;
using tflite::Shape;
using tflite::TensorId;

struct ElementType {
  baton_dtype dtype;
  uint32_t kind;
  Quantization quantization;
};

const std::vector<ElementType>& element_types() {
  static const std::vector<ElementType> types = {
      {BATON_FLOAT32, kReal, {}},
      {BATON_INT8, kQuantised, tflite::per_tensor(0.05f, 3)},
      {BATON_UINT8, kQuantised, tflite::per_tensor(0.05f, 131)},
      {BATON_INT16, kQuantised, tflite::per_tensor(0.0005f)},
      {BATON_INT32, kInteger, {}},
      {BATON_INT64, kInteger, {}},
  };
  return types;
}

uint32_t kind_of(baton_dtype dtype) {
  for (const ElementType& type : element_types()) {
    if (type.dtype == dtype) return type.kind;
  }
  return 0;
}

bool goes_with(const Brick& brick, const Material& material) {
  const Operator* op = find_operator(brick.op, "");
  return op != nullptr && (op->dtypes & dtype_bit(material.dtype)) &&
         (brick.kinds & kind_of(material.dtype)) && brick.min_rank <= material.shape.size();
}

// Every brick that goes with the material, side by side in one graph.
Result<Examination> examine(const Delegate& delegate, const Material& material,
                            std::span<const Brick* const> bricks) {
  Sketch sketch(material, 1);
  const TensorId x = sketch.input();
  const TensorId y = sketch.input();
  for (const Brick* brick : bricks) sketch.b.output(sketch.node(*brick, {x, y}));
  BATON_ASSIGN_OR_RETURN(const auto model, TrialModel::create(sketch.b.finish()));
  BATON_ASSIGN_OR_RETURN(const auto shapes,
                         compile(*model, nullptr, std::make_shared<HostServices>(LogSink{})));
  return delegate.examine({.graph = model->graph(),
                           .subgraph = 0,
                           .values = shapes->defaults(0).values,
                           .keep_off = nullptr});
}

const Brick* pick_of(std::span<const Brick* const> bricks, uint32_t kind, Random& random,
                     uint32_t inputs, bool any_shape) {
  std::vector<const Brick*> fitting;
  std::vector<const Brick*> steady;
  for (const Brick* brick : bricks) {
    if ((inputs != 0 && brick->inputs != inputs) || (any_shape && !brick->any_shape)) continue;
    fitting.push_back(brick);
    if (brick->steady & kind) steady.push_back(brick);
  }
  const auto& best = steady.empty() ? fitting : steady;
  return best.empty() ? nullptr : best[random.below(static_cast<uint32_t>(best.size()))];
}

}  // namespace

uint32_t Material::kind() const { return kind_of(dtype); }

const Brick* Material::pick(Random& random, uint32_t inputs, bool any_shape) const {
  return pick_of(taken, kind(), random, inputs, any_shape);
}

const Brick* Material::pick_refused(Random& random, uint32_t inputs, bool any_shape) const {
  return pick_of(refused, kind(), random, inputs, any_shape);
}

Result<Probe> probe(const Delegate& delegate) {
  // Some devices know few ranks only.
  static const Shape kShapes[] = {{2, 5, 4, 8}, {6, 8}, {40}};
  Probe result;
  std::vector<std::string> reasons;
  for (const ElementType& type : element_types()) {
    Material best;
    for (const Shape& shape : kShapes) {
      Material material{type.dtype, shape, type.quantization, {}, {}};
      std::vector<const Brick*> bricks;
      for (const Brick& brick : all_bricks()) {
        if (goes_with(brick, material)) bricks.push_back(&brick);
      }
      BATON_ASSIGN_OR_RETURN(const Examination answers, examine(delegate, material, bricks));
      for (size_t i = 0; i < bricks.size(); ++i) {
        const NodeAnswer& answer = answers.nodes[i];
        (answer.yes ? material.taken : material.refused).push_back(bricks[i]);
        if (!answer.yes && reasons.size() < 3) {
          reasons.push_back(
              format("%s, %s: %s", bricks[i]->name, dtype_name(type.dtype), answer.text.c_str()));
        }
      }
      // Much of many dimensions is worth more than all of one.
      if (material.taken.size() > 2 * best.taken.size()) best = std::move(material);
    }
    if (!best.taken.empty()) result.materials.push_back(std::move(best));
  }
  for (const std::string& reason : reasons) {
    result.refusals += (result.refusals.empty() ? "" : "; ") + reason;
  }
  return result;
}

Fill fill_random(uint64_t seed) {
  return [seed](size_t input, uint32_t run, const Value& value, uint8_t* data) {
    fill_any(mix_seed(seed, "input", input * 65537 + run), value, data);
  };
}

namespace {

// Runs on materials[first], and so many after it.
Verdict for_materials(Subject& subject, uint64_t first, size_t most,
                      const std::function<Verdict(const Material&)>& run) {
  auto delegate = subject.bench().delegate();
  if (!delegate.ok()) return failure(delegate.status().message());
  auto found = probe(**delegate);
  if (!found.ok()) return failure("asked about single nodes: " + found.status().message());
  if (found->materials.empty()) return unsupported(found->refusals);
  const size_t count = found->materials.size();
  Verdict last;
  bool any_ok = false;
  for (size_t i = 0; i < std::min(most, count); ++i) {
    const Material& material = found->materials[(first + i) % count];
    Verdict verdict = run(material);
    any_ok = any_ok || verdict.outcome == Outcome::kOk;
    if (verdict.outcome == Outcome::kOk) continue;
    verdict.text = std::string(dtype_name(material.dtype)) + ": " + verdict.text;
    if (verdict.outcome != Outcome::kUnsupported) return verdict;
    if (last.outcome == Outcome::kOk) last = std::move(verdict);
  }
  return any_ok ? ok() : last;
}

}  // namespace

Verdict for_each_material(Subject& subject, const std::function<Verdict(const Material&)>& run,
                          size_t most) {
  return for_materials(subject, 0, most, run);
}

Verdict for_one_material(Subject& subject, uint64_t number,
                         const std::function<Verdict(const Material&)>& run) {
  return for_materials(subject, number, 1, run);
}

}  // namespace baton::conformance
