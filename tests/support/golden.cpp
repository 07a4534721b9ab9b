#include "tests/support/golden.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "tests/support/generator.h"

namespace baton::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::pair<const char*, baton_dtype> kTypes[] = {
    {"float32", BATON_FLOAT32}, {"float16", BATON_FLOAT16}, {"float64", BATON_FLOAT64},
    {"int8", BATON_INT8},       {"uint8", BATON_UINT8},     {"int16", BATON_INT16},
    {"uint16", BATON_UINT16},   {"int32", BATON_INT32},     {"uint32", BATON_UINT32},
    {"int64", BATON_INT64},     {"uint64", BATON_UINT64},   {"bool", BATON_BOOL},
};

// Errors inside this file; they leave it as sentences.
struct Failure {
  std::string text;
};

std::vector<std::byte> read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Failure{path.string() + ": cannot be read"};
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

json read_json(const fs::path& path) {
  std::ifstream file(path);
  if (!file) throw Failure{path.string() + ": cannot be read"};
  try {
    return json::parse(file);
  } catch (const json::exception& e) {
    throw Failure{path.string() + ": " + e.what()};
  }
}

GoldenTensor read_tensor(const json& meta, const fs::path& folder, const std::string& prefix) {
  GoldenTensor tensor;
  tensor.name = meta.at("name");
  tensor.shape = meta.at("shape").get<std::vector<int>>();
  tensor.dtype_name = meta.at("dtype");
  tensor.bytes = meta.at("bytes");
  tensor.scale = meta.at("scale");
  tensor.zero_point = meta.at("zero_point");
  const auto dtype = dtype_by_name(tensor.dtype_name);
  if (!dtype) throw Failure{tensor.name + ": unknown type " + tensor.dtype_name};
  tensor.dtype = *dtype;
  if (tensor.bytes != tensor.elements() * element_size(tensor.dtype)) {
    throw Failure{tensor.name + ": bytes, shape and type do not agree"};
  }
  if (meta.contains("sha256")) tensor.sha256 = meta.at("sha256");
  if (meta.contains("sample")) {
    const json& sample = meta.at("sample");
    tensor.sample = Sample{sample.at("stride"), sample.at("count"), sample.at("largest")};
  }
  if (meta.contains("file")) {
    tensor.content = read_bytes(folder / (prefix + meta.at("file").get<std::string>()));
    const size_t expected =
        tensor.sample ? tensor.sample->count * element_size(tensor.dtype) : tensor.bytes;
    if (tensor.content.size() != expected) throw Failure{tensor.name + ": wrong file size"};
  }
  return tensor;
}

// Runs `read`, and turns what it throws into a sentence.
template <typename Read>
bool guarded(std::string* error, const fs::path& where, Read read) {
  try {
    read();
    return true;
  } catch (const Failure& failure) {
    if (error) *error = where.string() + ": " + failure.text;
  } catch (const json::exception& e) {
    if (error) *error = where.string() + ": " + e.what();
  }
  return false;
}

}  // namespace

size_t GoldenTensor::elements() const {
  size_t count = 1;
  for (const int dim : shape) count *= static_cast<size_t>(dim);
  return count;
}

std::optional<baton_dtype> dtype_by_name(const std::string& name) {
  for (const auto& [known, dtype] : kTypes) {
    if (name == known) return dtype;
  }
  return std::nullopt;
}

std::optional<Golden> read_golden(const fs::path& folder, std::string* error,
                                  const std::string& prefix) {
  Golden golden;
  const bool ok = guarded(error, folder, [&] {
    const json meta = read_json(folder / "meta.json");
    golden.model = meta.at("model");
    golden.kernels = meta.at("kernels");
    for (const json& tensor : meta.at("inputs")) {
      golden.inputs.push_back(read_tensor(tensor, folder, prefix));
    }
    for (const json& tensor : meta.at("outputs")) {
      golden.outputs.push_back(read_tensor(tensor, folder, prefix));
      const GoldenTensor& output = golden.outputs.back();
      if (output.content.empty() && output.sha256.empty() && output.bytes != 0) {
        throw Failure{output.name + ": neither content nor hash"};
      }
    }
  });
  if (!ok) return std::nullopt;
  return golden;
}

std::vector<GoldenEntry> golden_index(const fs::path& shared, const std::string& folder,
                                      std::string* error) {
  std::vector<GoldenEntry> entries;
  const fs::path index = shared / "golden" / "INDEX.json";
  const bool ok = guarded(error, index, [&] {
    const json all = read_json(index);
    for (const auto& [model, meta] : all.items()) {
      if (!model.starts_with(folder)) continue;
      GoldenEntry entry;
      entry.model = model;
      entry.status = meta.at("status");
      entry.message = meta.value("message", "");
      entry.model_path = shared / "models" / "tflite" / model;
      if (entry.status == "ok")
        entry.folder = shared / "golden" / fs::path(model).replace_extension();
      entries.push_back(std::move(entry));
    }
  });
  if (!ok) return {};
  return entries;
}

std::vector<std::string> stateful_models(const fs::path& shared, std::string* error) {
  std::vector<std::string> models;
  const fs::path path = shared / "golden" / "STATEFUL.json";
  guarded(error, path,
          [&] { models = read_json(path).at("models").get<std::vector<std::string>>(); });
  return models;
}

}  // namespace baton::test
