#include "core/schema/attributes.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "converter/tflite/attribute_set.h"
#include "converter/tflite/builder.h"
#include "core/schema/tflite_generated.h"

namespace baton::tflite {
namespace {

size_t element_size(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::kBools:
    case AttributeKind::kBytes:
      return 1;
    case AttributeKind::kInt64s:
      return 8;
    default:
      return 4;
  }
}

// A C struct of any layout, each of whose fields has another value than the default.
class Filled {
 public:
  explicit Filled(const AttributeLayout& layout) {
    default_attributes(layout, bytes_);
    uint8_t number = 3;
    for (const AttributeField& field : layout.fields) fill(field, number += 7);
  }
  const void* data() const { return bytes_; }

 private:
  template <typename T>
  void store(size_t offset, T value) {
    std::memcpy(bytes_ + offset, &value, sizeof(value));
  }

  void fill(const AttributeField& field, uint8_t number) {
    switch (field.kind) {
      case AttributeKind::kBool:
        return store(field.offset, static_cast<uint8_t>(field.default_value == 0));
      case AttributeKind::kEnum8:  // also values that no enumeration has, also negative ones
        return store(field.offset, static_cast<int32_t>(number % 2 != 0 ? -number : number));
      case AttributeKind::kEnum32:
      case AttributeKind::kInt32:
        return store(field.offset, int32_t{-1000000} * number);
      case AttributeKind::kUint32:
        return store(field.offset, 0xFFFFFF00u + number);
      case AttributeKind::kInt64:
        return store(field.offset, int64_t{-10000000000} * number);
      case AttributeKind::kFloat:
        return store(field.offset, 0.1f * static_cast<float>(number));
      case AttributeKind::kString:
        text_.push_back(std::make_unique<std::string>("text " + std::to_string(number)));
        return store(field.offset, text_.back()->c_str());
      default:
        break;
    }
    const uint32_t count = number % 5 + 1;
    auto array = std::make_unique<std::vector<uint8_t>>(count * element_size(field.kind));
    for (uint8_t& byte : *array) byte = number++;
    store(field.offset, static_cast<const void*>(array->data()));
    store(field.count_offset, count);
    arrays_.push_back(std::move(array));
  }

  alignas(8) uint8_t bytes_[kMaxAttributesSize];
  std::vector<std::unique_ptr<std::string>> text_;
  std::vector<std::unique_ptr<std::vector<uint8_t>>> arrays_;
};

void expect_equal(const AttributeLayout& layout, const void* actual, const void* expected) {
  for (const AttributeField& field : layout.fields) {
    const AttributeValue a = attribute_value(field, actual);
    const AttributeValue b = attribute_value(field, expected);
    EXPECT_EQ(a.integer, b.integer) << layout.name << "." << field.name;
    EXPECT_EQ(a.real, b.real) << layout.name << "." << field.name;
    EXPECT_EQ(a.count, b.count) << layout.name << "." << field.name;
    ASSERT_EQ(a.data == nullptr, b.data == nullptr) << layout.name << "." << field.name;
    if (a.data == nullptr) continue;
    const size_t bytes =
        field.kind == AttributeKind::kString ? a.count : a.count * element_size(field.kind);
    EXPECT_EQ(std::memcmp(a.data, b.data, bytes), 0) << layout.name << "." << field.name;
  }
}

// The options table of the only operator of a file, as the file has it.
const flatbuffers::Table* options_in(const std::vector<uint8_t>& file, OptionsUnion one) {
  const auto* op = schema::GetModel(file.data())->subgraphs()->Get(0)->operators()->Get(0);
  const void* options =
      one == OptionsUnion::kBuiltinOptions ? op->builtin_options() : op->builtin_options_2();
  return static_cast<const flatbuffers::Table*>(options);
}

std::vector<uint8_t> file_with(const AttributeSet& attributes) {
  GraphBuilder b;
  b.op(BATON_OP_ADD, {}, {});
  b.operator_at(0).attributes = attributes;
  return b.finish();
}

class EveryLayout : public testing::TestWithParam<const AttributeLayout*> {
 protected:
  const AttributeLayout& layout() { return *GetParam(); }
};

TEST_P(EveryLayout, SurvivesWritingAndReading) {
  const Filled filled(layout());
  const auto file = file_with(AttributeSet(layout(), filled.data()));
  flatbuffers::Verifier verifier(file.data(), file.size());
  ASSERT_TRUE(schema::VerifyModelBuffer(verifier));

  const auto* op = schema::GetModel(file.data())->subgraphs()->Get(0)->operators()->Get(0);
  const bool first = layout().options_union == OptionsUnion::kBuiltinOptions;
  EXPECT_EQ(static_cast<int>(op->builtin_options_type()), first ? layout().member : 0);
  EXPECT_EQ(static_cast<int>(op->builtin_options_2_type()), first ? 0 : layout().member);

  alignas(8) uint8_t read[kMaxAttributesSize];
  std::memset(read, 0xAA, sizeof(read));
  read_attributes(options_in(file, layout().options_union), layout(), read);
  uint32_t size = 0;
  std::memcpy(&size, read, sizeof(size));
  EXPECT_EQ(size, layout().struct_size);
  expect_equal(layout(), read, filled.data());
  // Nothing is written behind the struct.
  for (size_t i = layout().struct_size; i < sizeof(read); ++i) ASSERT_EQ(read[i], 0xAA);
}

TEST_P(EveryLayout, DefaultsMakeAnEmptyTable) {
  const AttributeSet defaults(layout());
  const auto file = file_with(defaults);
  const auto* table = options_in(file, layout().options_union);
  ASSERT_NE(table, nullptr);
  for (const AttributeField& field : layout().fields) {
    EXPECT_FALSE(table->CheckField(field.vtable)) << field.name;
  }
  alignas(8) uint8_t read[kMaxAttributesSize];
  read_attributes(nullptr, layout(), read);
  EXPECT_EQ(std::memcmp(read, defaults.data(), layout().struct_size), 0);
}

TEST_P(EveryLayout, AnOlderStructHasDefaultsBehindItsEnd) {
  Filled filled(layout());
  // A writer that knew nothing but the size.
  const uint32_t size = sizeof(uint32_t);
  std::memcpy(const_cast<void*>(filled.data()), &size, sizeof(size));
  const AttributeSet defaults(layout());
  expect_equal(layout(), filled.data(), defaults.data());
  expect_equal(layout(), AttributeSet(layout(), filled.data()).data(), defaults.data());
}

std::vector<const AttributeLayout*> all_layouts() {
  std::vector<const AttributeLayout*> layouts;
  for (const OptionsUnion one : {OptionsUnion::kBuiltinOptions, OptionsUnion::kBuiltinOptions2}) {
    for (const AttributeLayout& layout : attribute_layouts(one)) layouts.push_back(&layout);
  }
  return layouts;
}

INSTANTIATE_TEST_SUITE_P(Options, EveryLayout, testing::ValuesIn(all_layouts()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(Attributes, AgreeWithTheGeneratedReader) {
  auto conv = default_attributes<baton_conv_2d_attributes>();
  conv.padding = BATON_PADDING_VALID;
  conv.stride_w = 2;
  conv.stride_h = 3;
  conv.fused_activation_function = BATON_ACTIVATION_RELU6;
  conv.dilation_w_factor = 4;
  conv.quantized_bias_type = BATON_INT64;
  const auto file = file_with(conv);
  const auto* options = schema::GetModel(file.data())
                            ->subgraphs()
                            ->Get(0)
                            ->operators()
                            ->Get(0)
                            ->builtin_options_as_Conv2DOptions();
  ASSERT_NE(options, nullptr);
  EXPECT_EQ(options->padding(), schema::Padding::VALID);
  EXPECT_EQ(options->stride_w(), 2);
  EXPECT_EQ(options->stride_h(), 3);
  EXPECT_EQ(options->fused_activation_function(), schema::ActivationFunctionType::RELU6);
  EXPECT_EQ(options->dilation_w_factor(), 4);
  EXPECT_EQ(options->dilation_h_factor(), 1);
  EXPECT_EQ(options->quantized_bias_type(), schema::TensorType::INT64);
}

TEST(Attributes, ArraysAgreeWithTheGeneratedReader) {
  auto call = default_attributes<baton_stablehlo_custom_call_attributes>();
  const int32_t called[] = {7, -8};
  const uint8_t bytes[] = {1, 2, 255};
  call.call_target_name = "target";
  call.has_side_effect = 1;
  call.called_computations = called;
  call.called_computations_count = 2;
  call.custom_attributes = bytes;
  call.custom_attributes_count = 3;
  const auto file = file_with(call);
  const auto* options = schema::GetModel(file.data())
                            ->subgraphs()
                            ->Get(0)
                            ->operators()
                            ->Get(0)
                            ->builtin_options_2_as_StablehloCustomCallOptions();
  ASSERT_NE(options, nullptr);
  EXPECT_EQ(options->call_target_name()->str(), "target");
  EXPECT_EQ(options->backend_config(), nullptr);
  EXPECT_TRUE(options->has_side_effect());
  ASSERT_EQ(options->called_computations()->size(), 2u);
  EXPECT_EQ(options->called_computations()->Get(1), -8);
  ASSERT_EQ(options->custom_attributes()->size(), 3u);
  EXPECT_EQ(options->custom_attributes()->Get(2), 255);
}

// The macros of the C header against the table.
template <typename T>
void expect_defaults(const T& initialised) {
  const T defaults = default_attributes<T>();
  EXPECT_EQ(initialised.struct_size, sizeof(T));
  EXPECT_EQ(std::memcmp(&initialised, &defaults, sizeof(T)), 0) << AttributeType<T>::layout().name;
}

TEST(Attributes, InitialisersOfTheHeader) {
  expect_defaults<baton_conv_2d_attributes>(BATON_CONV_2D_ATTRIBUTES_INIT);
  expect_defaults<baton_conv_3d_attributes>(BATON_CONV_3D_ATTRIBUTES_INIT);
  expect_defaults<baton_add_attributes>(BATON_ADD_ATTRIBUTES_INIT);
  expect_defaults<baton_sub_attributes>(BATON_SUB_ATTRIBUTES_INIT);
  expect_defaults<baton_unique_attributes>(BATON_UNIQUE_ATTRIBUTES_INIT);
  expect_defaults<baton_reshape_attributes>(BATON_RESHAPE_ATTRIBUTES_INIT);
  expect_defaults<baton_abs_attributes>(BATON_ABS_ATTRIBUTES_INIT);
  expect_defaults<baton_bidirectional_sequence_lstm_attributes>(
      BATON_BIDIRECTIONAL_SEQUENCE_LSTM_ATTRIBUTES_INIT);
  expect_defaults<baton_stablehlo_convolution_attributes>(
      BATON_STABLEHLO_CONVOLUTION_ATTRIBUTES_INIT);
  EXPECT_EQ(default_attributes<baton_add_attributes>().pot_scale_int16, 1);
  EXPECT_EQ(default_attributes<baton_unique_attributes>().idx_out_type, BATON_INT32);
}

TEST(Attributes, BooleansAreZeroOrOne) {
  auto gather = default_attributes<baton_batch_mat_mul_attributes>();
  gather.adj_x = 77;
  const auto file = file_with(gather);
  baton_batch_mat_mul_attributes read;
  const AttributeLayout& layout = AttributeType<baton_batch_mat_mul_attributes>::layout();
  read_attributes(options_in(file, layout.options_union), layout, &read);
  EXPECT_EQ(read.adj_x, 1);
  EXPECT_EQ(read.adj_y, 0);
}

TEST(Attributes, AnEmptyArrayIsNotAnAbsentOne) {
  const AttributeLayout& layout = AttributeType<baton_reshape_attributes>::layout();
  auto attributes = default_attributes<baton_reshape_attributes>();
  const int32_t none = 0;
  attributes.new_shape = &none;
  baton_reshape_attributes read;
  const auto with = file_with(attributes);
  read_attributes(options_in(with, layout.options_union), layout, &read);
  EXPECT_NE(read.new_shape, nullptr);
  EXPECT_EQ(read.new_shape_count, 0u);
  const auto without = file_with(default_attributes<baton_reshape_attributes>());
  read_attributes(options_in(without, layout.options_union), layout, &read);
  EXPECT_EQ(read.new_shape, nullptr);
}

TEST(AttributeSet, OwnsWhatItsPointersLeadTo) {
  AttributeSet kept;
  {
    std::vector<int32_t> shape = {4, 5, 6};
    std::string name = "a name";
    auto attributes = default_attributes<baton_reshape_attributes>();
    attributes.new_shape = shape.data();
    attributes.new_shape_count = 3;
    kept = attributes;
    std::fill(shape.begin(), shape.end(), -1);
  }
  const AttributeSet copy = kept;
  kept = {};
  const auto* attributes = copy.get<baton_reshape_attributes>();
  ASSERT_NE(attributes, nullptr);
  EXPECT_EQ(std::vector<int32_t>(attributes->new_shape, attributes->new_shape + 3),
            (std::vector<int32_t>{4, 5, 6}));
  EXPECT_EQ(copy.get<baton_conv_2d_attributes>(), nullptr);
  EXPECT_TRUE(kept.empty());
  EXPECT_EQ(kept.get<baton_reshape_attributes>(), nullptr);
}

std::string formatted(const AttributeSet& attributes, std::string_view name) {
  std::string text = "no such attribute";
  for_each_attribute(*attributes.layout(), attributes.data(),
                     [&](const AttributeField& field, const AttributeValue& value) {
                       if (field.name == name) text = format_attribute(field, value);
                     });
  return text;
}

TEST(Attributes, AreFormattedForPeople) {
  auto conv = default_attributes<baton_conv_2d_attributes>();
  conv.padding = BATON_PADDING_VALID;
  conv.fused_activation_function = 99;
  EXPECT_EQ(formatted(conv, "padding"), "VALID");
  EXPECT_EQ(formatted(conv, "fused_activation_function"), "99");
  EXPECT_EQ(formatted(conv, "dilation_w_factor"), "1");

  auto softmax = default_attributes<baton_softmax_attributes>();
  softmax.beta = 0.1f;
  EXPECT_EQ(formatted(softmax, "beta"), "0.1");
  softmax.beta = 16777217.0f / 3;
  float read_back = 0;
  sscanf(formatted(softmax, "beta").c_str(), "%f", &read_back);
  EXPECT_EQ(read_back, softmax.beta);

  EXPECT_EQ(formatted(default_attributes<baton_add_attributes>(), "pot_scale_int16"), "true");

  auto reshape = default_attributes<baton_reshape_attributes>();
  EXPECT_EQ(formatted(reshape, "new_shape"), "absent");
  std::array<int32_t, 20> shape{1, -1};
  reshape.new_shape = shape.data();
  reshape.new_shape_count = 2;
  EXPECT_EQ(formatted(reshape, "new_shape"), "[1, -1]");
  reshape.new_shape_count = 20;
  EXPECT_EQ(formatted(reshape, "new_shape"),
            "[1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...]");

  auto handle = default_attributes<baton_var_handle_attributes>();
  handle.shared_name = "v";
  EXPECT_EQ(formatted(handle, "shared_name"), "\"v\"");
  EXPECT_EQ(formatted(handle, "container"), "absent");
}

}  // namespace
}  // namespace baton::tflite
