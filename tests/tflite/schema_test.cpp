// The attribute table against what flatc understands of the same schema.
#include <gtest/gtest.h>

#include <cctype>
#include <map>

#include "core/base/dtype.h"
#include "core/schema/attributes.h"
#include "core/schema/tflite_generated.h"
#include "tests/tflite/test_schema.h"

namespace baton::tflite {
namespace {

constexpr OptionsUnion kUnions[] = {OptionsUnion::kBuiltinOptions, OptionsUnion::kBuiltinOptions2};

const char* union_name(OptionsUnion one) {
  return one == OptionsUnion::kBuiltinOptions ? "BuiltinOptions" : "BuiltinOptions2";
}

AttributeKind expected_kind(const reflection::Type& type) {
  using reflection::BaseType;
  const bool is_enum = type.index() >= 0;
  switch (type.base_type()) {
    case BaseType::Bool:
      return AttributeKind::kBool;
    case BaseType::Byte:
      return AttributeKind::kEnum8;
    case BaseType::Int:
      return is_enum ? AttributeKind::kEnum32 : AttributeKind::kInt32;
    case BaseType::UInt:
      return is_enum ? AttributeKind::kEnum32 : AttributeKind::kUint32;
    case BaseType::Long:
      return AttributeKind::kInt64;
    case BaseType::Float:
      return AttributeKind::kFloat;
    case BaseType::String:
      return AttributeKind::kString;
    case BaseType::Vector:
      switch (type.element()) {
        case BaseType::Bool:
          return AttributeKind::kBools;
        case BaseType::UByte:
          return AttributeKind::kBytes;
        case BaseType::Int:
          return AttributeKind::kInt32s;
        case BaseType::UInt:
          return AttributeKind::kUint32s;
        case BaseType::Long:
          return AttributeKind::kInt64s;
        case BaseType::Float:
          return AttributeKind::kFloats;
        default:
          break;
      }
      break;
    default:
      break;
  }
  ADD_FAILURE() << "no attribute kind for base type " << type.base_type();
  return AttributeKind::kBool;
}

void check_enumeration(const AttributeField& field, const reflection::Type& type) {
  const auto& enums = *reflected_schema().enums();
  if (type.index() < 0) {
    EXPECT_EQ(field.enumeration, nullptr) << field.name;
    return;
  }
  ASSERT_NE(field.enumeration, nullptr) << field.name;
  const auto* expected = enums.Get(static_cast<unsigned>(type.index()));
  EXPECT_EQ("baton.schema." + std::string(field.enumeration->name), expected->name()->str());
  ASSERT_EQ(field.enumeration->values.size(), expected->values()->size());
  for (unsigned i = 0; i < expected->values()->size(); ++i) {
    const auto* value = expected->values()->Get(i);
    EXPECT_STREQ(enum_value_name(*field.enumeration, value->value()), value->name()->c_str());
  }
}

TEST(Schema, EveryOptionsTableHasItsLayout) {
  for (const OptionsUnion one : kUnions) {
    const auto* members = reflected_enum(union_name(one))->values();
    ASSERT_EQ(attribute_layouts(one).size() + 1, members->size());  // NONE has no layout
    for (const auto* member : *members) {
      if (member->value() == 0) continue;
      const AttributeLayout* layout = attribute_layout(one, static_cast<int>(member->value()));
      ASSERT_NE(layout, nullptr) << member->name()->str();
      EXPECT_EQ(layout->name, member->name()->str());
      EXPECT_EQ(layout->member, member->value());
      EXPECT_EQ(layout->options_union, one);
      EXPECT_EQ(attribute_layout(layout->name), layout);
    }
  }
}

TEST(Schema, FieldsAreThoseOfTheTables) {
  for (const OptionsUnion one : kUnions) {
    for (const AttributeLayout& layout : attribute_layouts(one)) {
      SCOPED_TRACE(layout.name);
      std::map<int, const reflection::Field*> expected;  // by vtable offset
      for (const auto* field : *reflected_table(layout.name)->fields()) {
        if (!field->deprecated()) expected[field->offset()] = field;
      }
      ASSERT_EQ(layout.fields.size(), expected.size());
      size_t i = 0;
      for (const auto& [offset, field] : expected) {
        const AttributeField& ours = layout.fields[i++];
        EXPECT_EQ(ours.name, field->name()->str());
        EXPECT_EQ(ours.vtable, offset);
        EXPECT_EQ(ours.kind, expected_kind(*field->type())) << ours.name;
        const double expected_default = ours.kind == AttributeKind::kFloat
                                            ? field->default_real()
                                            : static_cast<double>(field->default_integer());
        EXPECT_EQ(ours.default_value, expected_default) << ours.name;
        check_enumeration(ours, *field->type());
      }
    }
  }
}

TEST(Schema, FieldsDoNotOverlapAndFillTheStruct) {
  for (const OptionsUnion one : kUnions) {
    for (const AttributeLayout& layout : attribute_layouts(one)) {
      SCOPED_TRACE(layout.name);
      size_t end = sizeof(uint32_t);
      for (const AttributeField& field : layout.fields) {
        EXPECT_GE(field.offset, end) << field.name;
        EXPECT_LE(field.offset - end, 4u) << field.name;
        const bool wide = field.count_offset != 0 || field.kind == AttributeKind::kString ||
                          field.kind == AttributeKind::kInt64;
        EXPECT_EQ(field.offset % (wide ? 8 : 4), 0u) << field.name;
        end = field.offset + (field.count_offset != 0 ? 16 : wide ? 8 : 4);
      }
      EXPECT_GE(layout.struct_size, end);
      EXPECT_LE(layout.struct_size - end, 4u);
      EXPECT_LE(layout.struct_size, kMaxAttributesSize);
    }
  }
}

TEST(Schema, ElementTypesAreNumberedAsInTheFormat) {
  const auto* types = reflected_enum("TensorType")->values();
  for (const auto* type : *types) {
    std::string name = dtype_name(static_cast<baton_dtype>(type->value()));
    for (char& letter : name) letter = static_cast<char>(std::toupper(letter));
    EXPECT_EQ(name, type->name()->str());
  }
  EXPECT_FALSE(dtype_known(static_cast<baton_dtype>(types->size())));
}

TEST(Schema, EnumConstantsOfThePublicHeader) {
  EXPECT_EQ(BATON_PADDING_VALID, static_cast<int>(schema::Padding::VALID));
  EXPECT_EQ(BATON_ACTIVATION_SIGN_BIT, static_cast<int>(schema::ActivationFunctionType::SIGN_BIT));
  EXPECT_EQ(BATON_MIRROR_PAD_MODE_SYMMETRIC, static_cast<int>(schema::MirrorPadMode::SYMMETRIC));
  EXPECT_EQ(BATON_LSTM_KERNEL_TYPE_BASIC, static_cast<int>(schema::LSTMKernelType::BASIC));
  EXPECT_EQ(BATON_COMBINER_SQRTN, static_cast<int>(schema::CombinerType::SQRTN));
  EXPECT_EQ(BATON_LSH_PROJECTION_DENSE, static_cast<int>(schema::LSHProjectionType::DENSE));
  EXPECT_EQ(BATON_REDUCE_WINDOW_FUNCTION_ANY, static_cast<int>(schema::ReduceWindowFunction::ANY));
}

TEST(Schema, AbsentMembersHaveNoLayout) {
  EXPECT_EQ(attribute_layout(OptionsUnion::kBuiltinOptions, 0), nullptr);
  EXPECT_EQ(attribute_layout(OptionsUnion::kBuiltinOptions, -1), nullptr);
  EXPECT_EQ(attribute_layout(OptionsUnion::kBuiltinOptions, 127), nullptr);
  EXPECT_EQ(attribute_layout(OptionsUnion::kBuiltinOptions2, 255), nullptr);
  EXPECT_EQ(attribute_layout("NoSuchOptions"), nullptr);
}

}  // namespace
}  // namespace baton::tflite
