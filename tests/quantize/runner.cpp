#include "tests/quantize/runner.h"

#include <baton/baton.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <memory>

#include "converter/tflite/serialize.h"
#include "tests/support/quantised.h"
#include "tests/support/split_mix.h"

namespace baton::test {
namespace {

template <auto kDestroy>
struct Destroyer {
  template <typename T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};

template <typename T, auto kDestroy>
using Handle = std::unique_ptr<T, Destroyer<kDestroy>>;

// A model in the runtime.
class Loaded {
 public:
  explicit Loaded(const tflite::Model& model) : file_(tflite::serialize(model)) {
    baton_runtime* runtime = nullptr;
    check(baton_runtime_create(nullptr, &runtime, &error_));
    runtime_.reset(runtime);
    baton_model* loaded = nullptr;
    check(baton_model_load_memory(runtime, file_.data(), file_.size(), nullptr, &loaded, &error_));
    model_.reset(loaded);
  }
  ~Loaded() { baton_error_destroy(error_); }
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  baton_model* model() const { return model_.get(); }

  baton_session* start() {
    if (model_ == nullptr) return nullptr;
    baton_compiled* compiled = nullptr;
    if (!check(baton_model_compile(model_.get(), nullptr, &compiled, &error_))) return nullptr;
    compiled_.reset(compiled);
    baton_session* session = nullptr;
    check(baton_session_create(compiled, nullptr, &session, &error_));
    session_.reset(session);
    return session;
  }
  bool check(baton_status status) {
    EXPECT_EQ(status, BATON_OK) << baton_error_message(error_);
    return status == BATON_OK;
  }
  baton_error** error() { return &error_; }

 private:
  std::vector<uint8_t> file_;
  baton_error* error_ = nullptr;
  Handle<baton_runtime, baton_runtime_destroy> runtime_;
  Handle<baton_model, baton_model_destroy> model_;
  Handle<baton_compiled, baton_compiled_destroy> compiled_;
  Handle<baton_session, baton_session_destroy> session_;
};

template <typename T>
std::vector<T> elements(const void* data, uint64_t bytes) {
  std::vector<T> values(bytes / sizeof(T));
  if (bytes != 0) std::memcpy(values.data(), data, bytes);
  return values;
}

template <typename T>
tflite::Bytes quantised(const tflite::Bytes& floats, const baton_quantization& quantisation) {
  const auto values = elements<float>(floats.data(), floats.size());
  return tflite::bytes_of(quantise<T>({values.begin(), values.end()},
                                      static_cast<double>(quantisation.scales[0]),
                                      quantisation.zero_points[0]));
}

tflite::Bytes input_bytes(const baton_tensor& tensor, const tflite::Bytes& sample) {
  if (tensor.dtype == BATON_INT8) return quantised<int8_t>(sample, *tensor.quantization);
  if (tensor.dtype == BATON_UINT8) return quantised<uint8_t>(sample, *tensor.quantization);
  return sample;
}

template <typename T>
std::vector<double> dequantised(const baton_tensor& tensor, const void* data) {
  const auto values = elements<T>(data, tensor.bytes);
  return dequantise(std::span<const T>(values), static_cast<double>(tensor.quantization->scales[0]),
                    tensor.quantization->zero_points[0]);
}

template <typename T>
std::vector<double> plain(const baton_tensor& tensor, const void* data) {
  const auto values = elements<T>(data, tensor.bytes);
  return {values.begin(), values.end()};
}

std::vector<double> output_values(const baton_tensor& tensor, const void* data) {
  if (tensor.dtype == BATON_INT8) return dequantised<int8_t>(tensor, data);
  if (tensor.dtype == BATON_UINT8) return dequantised<uint8_t>(tensor, data);
  if (tensor.dtype == BATON_FLOAT32) return plain<float>(tensor, data);
  if (tensor.dtype == BATON_INT32) return plain<int32_t>(tensor, data);
  EXPECT_EQ(tensor.dtype, BATON_BOOL);
  return plain<uint8_t>(tensor, data);
}

}  // namespace

std::vector<Sample> samples(const tflite::Model& model, size_t count, uint64_t seed) {
  SplitMix random(seed);
  std::vector<Sample> all(count);
  const tflite::Subgraph& graph = model.subgraphs[0];
  for (Sample& sample : all) {
    for (const tflite::TensorId id : graph.inputs) {
      const tflite::Tensor& tensor = graph.tensors[static_cast<size_t>(id)];
      size_t elements = 1;
      for (const int32_t dim : tensor.shape) elements *= static_cast<size_t>(dim);
      std::vector<double> values;
      for (size_t i = 0; i < elements; ++i) {
        const double uniform = static_cast<double>(random.next() >> 11) * 0x1p-53;
        values.push_back(tensor.dtype == BATON_FLOAT32 ? 2 * uniform - 1
                                                       : std::floor(50 * uniform));
      }
      sample.push_back(tflite::convert_values(tensor.dtype, values));
    }
  }
  return all;
}

std::vector<std::vector<double>> run(const tflite::Model& model,
                                     const std::vector<Sample>& samples) {
  Loaded loaded(model);
  baton_session* session = loaded.start();
  if (session == nullptr) return {};
  std::vector<std::vector<double>> outputs(baton_session_output_count(session));
  for (const Sample& sample : samples) {
    loaded.check(baton_session_reset_state(session, loaded.error()));
    for (size_t i = 0; i < sample.size(); ++i) {
      const auto position = static_cast<uint32_t>(i);
      const tflite::Bytes bytes = input_bytes(*baton_session_input(session, position), sample[i]);
      loaded.check(
          baton_session_set_input(session, position, bytes.data(), bytes.size(), loaded.error()));
    }
    if (!loaded.check(baton_session_run(session, loaded.error()))) return {};
    for (size_t i = 0; i < outputs.size(); ++i) {
      const auto position = static_cast<uint32_t>(i);
      const std::vector<double> values = output_values(
          *baton_session_output(session, position), baton_session_output_data(session, position));
      outputs[i].insert(outputs[i].end(), values.begin(), values.end());
    }
  }
  return outputs;
}

double snr(const std::vector<double>& expected, const std::vector<double>& actual) {
  EXPECT_EQ(expected.size(), actual.size());
  double signal = 0;
  double noise = 0;
  for (size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
    signal += expected[i] * expected[i];
    noise += (expected[i] - actual[i]) * (expected[i] - actual[i]);
  }
  return 10 * std::log10(signal / noise);
}

std::string oddities(const tflite::Model& model) {
  Loaded loaded(model);
  std::string lines;
  if (loaded.model() == nullptr) return lines;
  for (uint32_t i = 0; const char* oddity = baton_model_oddity(loaded.model(), i); ++i) {
    lines += std::string(oddity) + "\n";
  }
  return lines;
}

quantize::Ranges ranges_of(const tflite::Model& model, size_t count) {
  auto ranges = quantize::calibrate(model, samples(model, count, 1));
  EXPECT_TRUE(ranges.ok()) << ranges.status().message();
  return ranges.ok() ? *ranges : quantize::Ranges{};
}

}  // namespace baton::test
