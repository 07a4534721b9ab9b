// The cases of the operators: models that run, whose outputs tell right kernels from wrong ones.
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "baton/fixed_point.h"
#include "core/schema/operators.h"
#include "tests/conformance/operators/generic.h"
#include "tests/conformance/operators/never_offered.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

struct Exception {
  int32_t op;
  const char* why;
};

constexpr Exception kOneValue[] = {{BATON_OP_ZEROS_LIKE, "zeros"}};
// Zeros are a bound of uint8.
constexpr Exception kMostlyZero[] = {
    {BATON_OP_MATRIX_DIAG, "but for the diagonal"},
    {BATON_OP_SCATTER_ND, "where nothing is scattered to"},
};
// Whose fused activation is applied inside the cell, and not to the output.
constexpr Exception kInnerActivation[] = {
    {BATON_OP_LSTM, "of the cell's input and state"},
    {BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, "of the cell's input and state"},
};

bool is_among(std::span<const Exception> exceptions, const Operator& op) {
  return std::ranges::find(exceptions, op.code, &Exception::op) != exceptions.end();
}

// What the outputs of an operator's cases hold, all together.
struct Content {
  std::set<std::vector<uint8_t>> values;  // a few
  size_t elements = 0;
  size_t saturated = 0;  // of quantised outputs
  size_t quantised = 0;

  void add(const TrialOutput& output, const Value& value) {
    const size_t size = dtype_bits(output.dtype) / 8;
    if (size == 0) return;
    const bool scaled = has_scale(output.dtype) && value.quantized();
    const Range limits = quantised_limits(output.dtype);
    for (size_t at = 0; at + size <= output.bytes.size(); at += size) {
      const auto* element = output.bytes.data() + at;
      ++elements;
      if (values.size() < 8) values.insert({element, element + size});
      if (!scaled) continue;
      ++quantised;
      const double integer = integer_of(output.dtype, element);
      saturated += integer == limits.low || integer == limits.high;
    }
  }
  static double integer_of(baton_dtype dtype, const uint8_t* element) {
    int16_t wide;
    switch (dtype) {
      case BATON_UINT8:
        return *element;
      case BATON_INT8:
        return static_cast<int8_t>(*element);
      default:
        std::memcpy(&wide, element, sizeof(wide));
        return wide;
    }
  }
};

// How often a fused activation limited an element, and how often not.
struct Clamped {
  size_t low = 0;
  size_t high = 0;
  size_t inside = 0;
};

struct Totals {
  size_t cases = 0;
  size_t offered = 0;
  Content content;
  std::map<int32_t, Clamped> clamped;  // by activation
};

int64_t activation_of(const Node& node) {
  const AttributeLayout* layout = builtin_operator(node.abi.op)->attributes();
  if (layout == nullptr) return BATON_ACTIVATION_NONE;
  for (const AttributeField& field : layout->fields) {
    if (std::strcmp(field.name, "fused_activation_function") == 0) {
      return attribute_value(field, node.abi.attributes).integer;
    }
  }
  return BATON_ACTIVATION_NONE;
}

void count_clamped(const TrialOutput& output, const Value& value, int32_t activation,
                   Clamped* clamped) {
  const auto count = [&](double element, double low, double high, double least, double most) {
    // Limits that are the type's own are met by saturation, too.
    if (element == low && low > least) ++clamped->low;
    if (element == high && high < most) ++clamped->high;
    if (element > low && element < high) ++clamped->inside;
  };
  if (output.dtype == BATON_FLOAT32) {
    float low, high;
    baton_activation_range_float(activation, &low, &high);
    for (size_t at = 0; at + 4 <= output.bytes.size(); at += 4) {
      float element;
      std::memcpy(&element, output.bytes.data() + at, 4);
      count(static_cast<double>(element), static_cast<double>(low), static_cast<double>(high),
            -1e38, 1e38);
    }
  } else if (has_scale(output.dtype) && value.quantized()) {
    const Range limits = quantised_limits(output.dtype);
    int32_t low, high;
    baton_activation_range(activation, value.scale(), value.zero_point(),
                           static_cast<int32_t>(limits.low), static_cast<int32_t>(limits.high),
                           &low, &high);
    const size_t size = dtype_bits(output.dtype) / 8;
    for (size_t at = 0; at + size <= output.bytes.size(); at += size) {
      count(Content::integer_of(output.dtype, output.bytes.data() + at), low, high, limits.low,
            limits.high);
    }
  }
}

// Runs a case with the reference kernels. The error says what is wrong with the case.
Status try_case(const Draft& draft, Totals* totals) {
  BATON_ASSIGN_OR_RETURN(const auto model, TrialModel::create(draft.b.finish()));
  BATON_ASSIGN_OR_RETURN(const auto compiled,
                         compile(*model, nullptr, std::make_shared<HostServices>(LogSink{})));
  BATON_ASSIGN_OR_RETURN(const TrialOutputs outputs, run(compiled, draft.fill(), draft.options));
  ++totals->cases;
  const Subgraph& main = model->graph()->main();
  const Node& node = main.nodes[0];
  bool offered = compiled->default_report().nodes[0].row.folded == 0;
  for (const int32_t t : node.outputs()) {
    offered = offered && compiled->defaults(0).values[static_cast<size_t>(t)].shape_known();
  }
  totals->offered += offered;
  const auto activation = static_cast<int32_t>(activation_of(node));
  for (const auto& run_outputs : outputs) {
    for (size_t i = 0; i < run_outputs.size(); ++i) {
      const Value value(main.tensors[static_cast<size_t>(main.outputs[i])]);
      totals->content.add(run_outputs[i], value);
      if (i == 0) count_clamped(run_outputs[i], value, activation, &totals->clamped[activation]);
    }
  }
  return {};
}

std::string name_of(const Operator& op, const Variant& variant) {
  return std::string(op.name) + "/" + variant.label;
}

void check_content(const Operator& op, const Variant& variant, const Totals& totals) {
  const std::string name = name_of(op, variant);
  const Content& content = totals.content;
  EXPECT_GT(totals.cases, 0u) << name << " has no case";
  // A case that is folded, or dynamic, says nothing of a delegate.
  EXPECT_GT(totals.offered * 2, totals.cases)
      << name << ": only " << totals.offered << " of " << totals.cases << " cases are offered";
  EXPECT_EQ(is_among(kOneValue, op), content.values.size() < 2) << name << " is constant";
  if (is_among(kOneValue, op) || is_among(kMostlyZero, op)) return;
  EXPECT_LE(content.saturated * 2, content.quantised) << name << " is mostly saturated";
}

void check_clamps(const Operator& op, const Variant& variant, const Totals& totals) {
  if (is_among(kInnerActivation, op)) return;
  for (const auto& [activation, clamped] : totals.clamped) {
    const std::string name = name_of(op, variant) + " activation " + std::to_string(activation);
    const bool has_high =
        activation == BATON_ACTIVATION_RELU6 || activation == BATON_ACTIVATION_RELU_N1_TO_1;
    if (!has_high && activation != BATON_ACTIVATION_RELU) continue;
    // Of these few results are below 0, or around 1 and 6.
    if (!has_scale(variant.dtype) && variant.dtype != BATON_FLOAT32) continue;
    EXPECT_GT(clamped.low, 0u) << name << " never meets its lower limit";
    if (has_high) {
      EXPECT_GT(clamped.high, 0u) << name << " never meets its upper limit";
    }
    EXPECT_GT(clamped.inside, 0u) << name << " is always at a limit";
  }
}

TEST(OperatorCases, AreValidAndTellingModels) {
  for (const Operator* op : all_operators()) {
    if (never_offered(*op) != nullptr) continue;
    for (const Variant& variant : variants(*op)) {
      Totals totals;
      for (uint32_t number = 0; number < case_count(*op); ++number) {
        const auto draft = make_case(*op, variant, 1, number);
        // An operator without a recipe may lack some.
        if (!draft && find_recipe(*op) == nullptr) continue;
        ASSERT_TRUE(draft);
        const Status status = try_case(*draft, &totals);
        EXPECT_TRUE(status.ok()) << name_of(*op, variant) << "/" << number << ": "
                                 << status.message();
      }
      check_content(*op, variant, totals);
      check_clamps(*op, variant, totals);
    }
  }
}

// With another seed they are other models, and as valid.
TEST(OperatorCases, AreValidWithOtherSeeds) {
  for (const uint64_t seed : {uint64_t{2}, uint64_t{20240607}}) {
    for (const Operator* op : all_operators()) {
      if (never_offered(*op) != nullptr || find_recipe(*op) == nullptr) continue;
      for (const Variant& variant : variants(*op)) {
        for (uint32_t number = 0; number < case_count(*op); ++number) {
          Totals totals;
          const Status status = try_case(*make_case(*op, variant, seed, number), &totals);
          EXPECT_TRUE(status.ok()) << name_of(*op, variant) << "/" << number << " of seed " << seed
                                   << ": " << status.message();
        }
      }
    }
  }
}

// An operator that somebody adds has cases before anybody writes a recipe.
TEST(GenericCases, AreFoundForMostOperators) {
  size_t operators = 0;
  std::string without;
  size_t missing = 0;
  for (const Operator* op : all_operators()) {
    if (never_offered(*op) != nullptr) continue;
    ++operators;
    size_t found = 0;
    for (const Variant& variant : variants(*op)) {
      for (uint32_t number = 0; number < 2; ++number) {
        Totals totals;
        const auto draft = make_generic(*op, variant, 1, number);
        if (draft && try_case(*draft, &totals).ok()) ++found;
      }
    }
    if (found > 0) continue;
    ++missing;
    without += std::string(without.empty() ? "" : ", ") + op->name;
  }
  RecordProperty("operators", static_cast<int>(operators));
  RecordProperty("without", without);
  EXPECT_LE(missing * 10, operators) << without;
}

}  // namespace
}  // namespace baton::conformance
