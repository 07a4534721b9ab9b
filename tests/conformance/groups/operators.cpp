// Each operator that delegates are offered, with each element type that the reference kernels have.
#include <string>
#include <utility>

#include "core/ops/operator.h"
#include "tests/conformance/operators/never_offered.h"
#include "tests/conformance/operators/recipe.h"
#include "tests/conformance/suite.h"
#include "tests/conformance/trial.h"

namespace baton::conformance {
namespace {

// Of an operator without a recipe. A test of the suite finds these.
constexpr const char* kNoModel =
    "the suite found no model of this operator that the reference kernels run";

Reproduction reproduce(const std::optional<Draft>& draft) {
  if (!draft) return {};
  Reproduction result{draft->b.finish(), {}};
  const Fill fill = draft->fill();
  const auto model = TrialModel::create(result.model);
  if (!model.ok()) return result;
  const Subgraph& main = (*model)->graph()->main();
  for (size_t i = 0; i < main.inputs.size(); ++i) {
    const Value value(main.tensors[static_cast<size_t>(main.inputs[i])]);
    result.inputs.emplace_back(static_cast<size_t>(value.bytes()));
    fill(i, 0, value, result.inputs.back().data());
  }
  return result;
}

std::vector<Case> cases(uint64_t seed) {
  std::vector<Case> list;
  for (const Operator* op : all_operators()) {
    if (never_offered(*op) != nullptr) continue;
    const uint32_t count = case_count(*op);
    for (const Variant& variant : variants(*op)) {
      for (uint32_t number = 0; number < count; ++number) {
        const auto make = [op, variant, seed, number] {
          return make_case(*op, variant, seed, number);
        };
        list.push_back({format("%s/%s/%u", op->name, variant.label, number), op->name,
                        variant.label,
                        [make](Subject& subject) {
                          const auto made = make();
                          if (!made) return unsupported(kNoModel);
                          return try_model(subject, made->b.finish(), made->fill(), made->options);
                        },
                        [make] { return reproduce(make()); }});
      }
    }
  }
  return list;
}

}  // namespace

extern const Group operators_group{"operators", "operators by types, shapes and attributes", cases};

}  // namespace baton::conformance
