#include "benchmarks/zoo/zoo.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "benchmarks/zoo/networks.h"
#include "benchmarks/zoo/random.h"
#include "converter/quantize/calibrate.h"
#include "converter/quantize/quantize.h"
#include "converter/tflite/replace_file.h"
#include "core/base/dtype.h"

namespace baton::zoo {
namespace {

const Network& network(std::string_view name) {
  const Network* found = find_network(name);
  if (found == nullptr) {
    throw std::runtime_error("the zoo has no network '" + std::string(name) + "'");
  }
  return *found;
}

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

tflite::Model made(std::string_view name, Type type, uint64_t seed, const Progress& progress) {
  if (progress) progress("making the weights");
  Net net = build_network(network(name), seed, Net::Weights::kFilled);
  tflite::Model model = std::move(net.builder().model());
  for (const Scheme& scheme : kSchemes) {
    if (scheme.type == type) return quantised(model, name, scheme, progress);
  }
  return model;
}

// Large tiles with noise over them: pictures that are nothing but noise look alike to a network.
tflite::Bytes made_up_picture(const Input& input, Random& random) {
  constexpr int32_t kTiles = 8;  // on each side
  constexpr double kTileShare = 0.8, kNoiseShare = 0.6;
  const int32_t rows = input.shape[1], columns = input.shape[2], channels = input.shape[3];
  std::vector<double> tiles(static_cast<size_t>(kTiles * kTiles * channels));
  for (double& tile : tiles) tile = random.uniform() * kTileShare;
  std::vector<float> values;
  values.reserve(static_cast<size_t>(element_count(input.shape)));
  const double middle = (input.low + input.high) / 2, spread = (input.high - input.low) / 2;
  for (int32_t row = 0; row < rows; ++row) {
    for (int32_t column = 0; column < columns; ++column) {
      const int32_t tile = row * kTiles / rows * kTiles + column * kTiles / columns;
      for (int32_t channel = 0; channel < channels; ++channel) {
        const double value =
            tiles[static_cast<size_t>(tile * channels + channel)] + random.uniform() * kNoiseShare;
        values.push_back(static_cast<float>(middle + std::clamp(value, -1.0, 1.0) * spread));
      }
    }
  }
  return tflite::bytes_of(values);
}

tflite::Bytes made_up_words(const Input& input, Random& random) {
  std::vector<int32_t> values(static_cast<size_t>(element_count(input.shape)));
  for (int32_t& value : values) {
    value = static_cast<int32_t>(random.next() % static_cast<uint64_t>(input.high));
  }
  return tflite::bytes_of(values);
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
  // In the order of Type.
  static const std::vector<std::string> names = {"float32", "float16", "int8", "uint8", "dynamic"};
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
    contents.push_back(input.type == dtype_name(BATON_FLOAT32) ? made_up_picture(input, random)
                                                               : made_up_words(input, random));
  }
  return contents;
}

}  // namespace baton::zoo
