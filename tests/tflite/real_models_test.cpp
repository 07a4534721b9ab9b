// Tables against models that other tools wrote.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "converter/tflite/version_rules.h"
#include "core/schema/attributes.h"
#include "core/schema/operators.h"
#include "core/schema/tflite_generated.h"

namespace baton::tflite {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> model_paths() {
  std::vector<std::string> paths;
  const fs::path folder = fs::path(BATON_SHARED_DIR) / "models";
  if (!fs::exists(folder)) return paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".tflite") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<uint8_t> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int32_t code_of(const schema::OperatorCode& code) {
  return std::max<int32_t>(code.deprecated_builtin_code(),
                           static_cast<int32_t>(code.builtin_code()));
}

template <typename T>
std::vector<T> values(const flatbuffers::Vector<T>* vector) {
  return vector != nullptr ? std::vector<T>(vector->begin(), vector->end()) : std::vector<T>();
}

Tensor plain_tensor(const schema::Tensor& tensor) {
  Tensor plain;
  plain.dtype = static_cast<baton_dtype>(tensor.type());
  plain.shape = values(tensor.shape());
  if (tensor.quantization() != nullptr) {
    plain.quantization.scale = values(tensor.quantization()->scale());
    plain.quantization.zero_point = values(tensor.quantization()->zero_point());
  }
  if (tensor.sparsity() != nullptr) plain.sparsity.emplace();
  return plain;
}

class RealModels : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(BATON_SHARED_DIR)) GTEST_SKIP() << "no folder " << BATON_SHARED_DIR;
    ASSERT_FALSE(model_paths().empty());
  }

  // Calls visit(model, subgraph, operator) for every operator of every model.
  template <typename Visitor>
  void for_each_operator(Visitor visit) {
    for (const std::string& path : model_paths()) {
      const auto file = read_file(path);
      flatbuffers::Verifier verifier(file.data(), file.size());
      if (!schema::VerifyModelBuffer(verifier)) continue;
      SCOPED_TRACE(path);
      const auto& model = *schema::GetModel(file.data());
      for (const auto* graph : *model.subgraphs()) {
        if (graph->operators() == nullptr) continue;
        for (const auto* op : *graph->operators()) visit(model, *graph, *op);
      }
    }
  }
};

TEST_F(RealModels, OptionsAreInTheTableOfTheirOperator) {
  size_t seen = 0;
  for_each_operator([&](const auto& model, const auto&, const auto& op) {
    const int32_t code = code_of(*model.operator_codes()->Get(op.opcode_index()));
    const int member = static_cast<int>(op.builtin_options_type());
    if (code == BATON_OP_CUSTOM || member == 0) return;
    ASSERT_NE(builtin_operator(code), nullptr);
    const AttributeLayout* layout = builtin_operator(code)->attributes();
    ASSERT_NE(layout, nullptr) << operator_name(code);
    EXPECT_EQ(layout->member, member) << operator_name(code);
    alignas(8) uint8_t attributes[kMaxAttributesSize];
    read_attributes(static_cast<const flatbuffers::Table*>(op.builtin_options()), *layout,
                    attributes);
    for_each_attribute(*layout, attributes, [](const auto& field, const auto& value) {
      EXPECT_FALSE(format_attribute(field, value).empty());
    });
    ++seen;
  });
  EXPECT_GT(seen, 1000u);
}

// Most of these models were written by converters that choose the lowest version themselves. Not
// all: old ones knew fewer rules, and gave all operators of a kind the same version.
TEST_F(RealModels, MostVersionsAreThoseOfTheFile) {
  size_t seen = 0, equal = 0;
  for_each_operator([&](const auto& model, const auto& graph, const auto& op) {
    const auto& code = *model.operator_codes()->Get(op.opcode_index());
    const int32_t number = code_of(code);
    if (number == BATON_OP_CUSTOM) return;
    Subgraph plain;
    for (const auto* tensor : *graph.tensors()) plain.tensors.push_back(plain_tensor(*tensor));
    Operator node;
    node.inputs = values(op.inputs());
    node.outputs = values(op.outputs());
    if (const AttributeLayout* layout = builtin_operator(number)->attributes()) {
      alignas(8) uint8_t attributes[kMaxAttributesSize];
      read_attributes(static_cast<const flatbuffers::Table*>(op.builtin_options()), *layout,
                      attributes);
      node.attributes = AttributeSet(*layout, attributes);
    }
    const int32_t version = lowest_version(plain, node, number);
    ++seen;
    if (version == code.version()) ++equal;
  });
  EXPECT_GT(seen, 1000u);
  EXPECT_GT(equal, seen * 8 / 10);
}

}  // namespace
}  // namespace baton::tflite
