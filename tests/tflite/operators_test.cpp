#include "core/schema/operators.h"

#include <gtest/gtest.h>

#include "tests/tflite/test_schema.h"

namespace baton::tflite {
namespace {

TEST(Operators, NumbersAndNamesAreThoseOfTheSchema) {
  const auto* values = reflected_enum("BuiltinOperator")->values();
  ASSERT_EQ(values->size(), builtin_operators().size());
  ASSERT_EQ(values->size(), static_cast<size_t>(BATON_OP_COUNT));
  for (const auto* value : *values) {
    const auto code = static_cast<int32_t>(value->value());
    EXPECT_EQ(operator_name(code), value->name()->str());
    ASSERT_NE(builtin_operator(code), nullptr);
    EXPECT_EQ(builtin_operator(code)->code, code);
    EXPECT_EQ(builtin_operator(value->name()->str()), builtin_operator(code));
  }
}

TEST(Operators, UnknownNumbers) {
  for (const int32_t code : {-1, static_cast<int32_t>(BATON_OP_COUNT), 1 << 30}) {
    EXPECT_EQ(builtin_operator(code), nullptr);
    EXPECT_STREQ(operator_name(code), "UNKNOWN");
  }
  EXPECT_EQ(builtin_operator("NO_SUCH_OPERATOR"), nullptr);
}

TEST(Operators, Versions) {
  for (const BuiltinOperator& known : builtin_operators()) {
    EXPECT_EQ(known.first_version == 0, known.last_version == 0) << known.name;
    EXPECT_LE(known.first_version, known.last_version) << known.name;
  }
  EXPECT_EQ(builtin_operator(BATON_OP_CONV_2D)->last_version, 8);
  EXPECT_EQ(builtin_operator(BATON_OP_BROADCAST_TO)->first_version, 2);
}

TEST(Operators, EveryOptionsTableBelongsToAnOperator) {
  for (const OptionsUnion one : {OptionsUnion::kBuiltinOptions, OptionsUnion::kBuiltinOptions2}) {
    for (const AttributeLayout& layout : attribute_layouts(one)) {
      bool used = false;
      for (const BuiltinOperator& known : builtin_operators()) {
        used = used || known.attributes() == &layout;
      }
      EXPECT_TRUE(used) << layout.name;
    }
  }
}

struct Pairing {
  int32_t code;
  const char* table;  // null: none
};

class OperatorAttributes : public testing::TestWithParam<Pairing> {};

TEST_P(OperatorAttributes, AreInTheRightTable) {
  const AttributeLayout* layout = builtin_operator(GetParam().code)->attributes();
  if (GetParam().table == nullptr) {
    EXPECT_EQ(layout, nullptr);
  } else {
    ASSERT_NE(layout, nullptr);
    EXPECT_STREQ(layout->name, GetParam().table);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, OperatorAttributes,
    testing::Values(Pairing{BATON_OP_CONV_2D, "Conv2DOptions"},
                    Pairing{BATON_OP_MAX_POOL_2D, "Pool2DOptions"},
                    Pairing{BATON_OP_L2_POOL_2D, "Pool2DOptions"},
                    Pairing{BATON_OP_REDUCE_ALL, "ReducerOptions"},
                    Pairing{BATON_OP_MINIMUM, "MaximumMinimumOptions"},
                    Pairing{BATON_OP_CONV_3D_TRANSPOSE, "Conv3DOptions"},
                    Pairing{BATON_OP_MULTINOMIAL, "RandomOptions"},
                    Pairing{BATON_OP_DILATE, "DilateOptions"},
                    Pairing{BATON_OP_STABLEHLO_COMPOSITE, "StableHLOCompositeOptions"},
                    Pairing{BATON_OP_LOGISTIC, nullptr}, Pairing{BATON_OP_CUSTOM, nullptr}));

}  // namespace
}  // namespace baton::tflite
