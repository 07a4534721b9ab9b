#include "benchmarks/zoo/zoo.h"

#include <cmath>
#include <cstring>
#include <stdexcept>

#include "benchmarks/zoo/networks.h"
#include "benchmarks/zoo/random.h"
#include "converter/tflite/replace_file.h"
#include "core/base/dtype.h"
#if BATON_HAS_QUANTIZE
#include "converter/quantize/calibrate.h"
#include "converter/quantize/quantize.h"
#endif

namespace baton::zoo {
namespace {

const Network& network(std::string_view name) {
  const Network* found = find_network(name);
  if (found == nullptr) {
    throw std::runtime_error("the zoo has no network '" + std::string(name) + "'");
  }
  return *found;
}

#if BATON_HAS_QUANTIZE

struct Scheme {
  Type type;
  quantize::Scheme scheme;
  bool needs_ranges;
};
constexpr Scheme kSchemes[] = {{Type::kFloat16, quantize::Scheme::kFloat16, false},
                               {Type::kInt8, quantize::Scheme::kInt8, true},
                               {Type::kUint8, quantize::Scheme::kUint8, true},
                               {Type::kDynamic, quantize::Scheme::kDynamic, false}};

// Runs whose ranges the integer types get.
constexpr uint64_t kCalibrationRuns = 4;

template <typename T>
T value_of(Result<T> result) {
  if (!result.ok()) throw std::runtime_error(result.status().message());
  return std::move(*result);
}

tflite::Model quantised(const tflite::Model& model, std::string_view name, const Scheme& scheme,
                        const Progress& progress) {
  quantize::Ranges ranges;
  if (scheme.needs_ranges) {
    if (progress) progress("calibrating on " + std::to_string(kCalibrationRuns) + " inputs");
    std::vector<std::vector<tflite::Bytes>> runs;
    for (uint64_t run = 0; run < kCalibrationRuns; ++run) runs.push_back(made_up_inputs(name, run));
    ranges = value_of(quantize::calibrate(model, runs));
  }
  if (progress) progress("quantising");
  return value_of(quantize::quantize(model, scheme.scheme, ranges));
}

#endif

tflite::Model made(std::string_view name, Type type, uint64_t seed, const Progress& progress) {
  if (progress) progress("making the weights");
  Net net = build_network(network(name), seed, Net::Weights::kFilled);
  tflite::Model model = std::move(net.builder().model());
#if BATON_HAS_QUANTIZE
  for (const Scheme& scheme : kSchemes) {
    if (scheme.type == type) return quantised(model, name, scheme, progress);
  }
#else
  if (type != Type::kFloat32) throw std::runtime_error("this build can make float32 files only");
#endif
  return model;
}

}  // namespace

bool Figure::fits(uint64_t count) const {
  const double above = static_cast<double>(count) / 1e6 - millions;
  const bool same_digits = cut ? above >= 0 && above < unit : std::abs(above) <= 0.5 * unit;
  return same_digits || std::abs(above) <= 0.01 * millions;
}

std::vector<Entry> entries() {
  std::vector<Entry> list;
  for (const Network& network : networks()) list.push_back(network.entry);
  return list;
}

bool has(std::string_view name) { return find_network(name) != nullptr; }

Facts facts(std::string_view name) {
  Net net = build_network(network(name), 0, Net::Weights::kLeftOut);
  Facts facts{.inputs = {}, .multiply_adds = net.multiply_adds(), .parameters = net.parameters()};
  for (const InputRange& range : net.input_ranges()) {
    const tflite::Tensor& tensor = net.builder().at(range.tensor);
    facts.inputs.push_back({.name = tensor.name,
                            .type = dtype_name(tensor.dtype),
                            .shape = tensor.shape,
                            .low = range.low,
                            .high = range.high});
  }
  return facts;
}

const std::vector<std::string>& type_names() {
  static const std::vector<std::string> names = {
    "float32",
#if BATON_HAS_QUANTIZE
    "float16",
    "int8",
    "uint8",
    "dynamic",
#endif
  };
  return names;
}

std::optional<Type> type_of(std::string_view name) {
  const std::vector<std::string>& names = type_names();
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<Type>(i);
  }
  return std::nullopt;
}

std::vector<uint8_t> build(std::string_view name, Type type, uint64_t seed,
                           const Progress& progress) {
  return tflite::serialize(made(name, type, seed, progress));
}

void write(std::string_view name, Type type, uint64_t seed, const std::string& path,
           const Progress& progress) {
  const tflite::Model model = made(name, type, seed, progress);
  if (progress) progress("writing " + path);
  const Status status = tflite::write_file(model, path);
  if (!status.ok()) throw std::runtime_error(status.message());
}

std::vector<std::vector<uint8_t>> made_up_inputs(std::string_view name, uint64_t number) {
  std::vector<std::vector<uint8_t>> contents;
  for (const Input& input : facts(name).inputs) {
    Random random(number, input.name);
    const auto count = static_cast<size_t>(element_count(input.shape));
    const double middle = (input.low + input.high) / 2, spread = (input.high - input.low) / 2;
    if (input.type == dtype_name(BATON_FLOAT32)) {
      std::vector<float> values(count);
      for (float& value : values) value = static_cast<float>(middle + random.uniform() * spread);
      contents.push_back(tflite::bytes_of(values));
    } else {
      std::vector<int32_t> values(count);
      for (int32_t& value : values) {
        value = static_cast<int32_t>(middle + random.uniform() * spread);
      }
      contents.push_back(tflite::bytes_of(values));
    }
  }
  return contents;
}

}  // namespace baton::zoo
