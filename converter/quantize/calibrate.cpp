#include "converter/quantize/calibrate.h"

#include <baton/baton.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <span>

#include "converter/tflite/serialize.h"

namespace baton::quantize {
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

// The status of a call of the C API, with its sentence.
class ApiError {
 public:
  ~ApiError() { baton_error_destroy(error_); }
  baton_error** out() { return &error_; }
  Status status(baton_status code) const {
    return code == BATON_OK ? Status() : Status(code, baton_error_message(error_));
  }

 private:
  baton_error* error_ = nullptr;
};

template <typename Function, typename... Arguments>
Status call(Function function, Arguments... arguments) {
  ApiError error;
  const baton_status code = function(arguments..., error.out());
  return error.status(code);
}

void widen(std::optional<Range>& range, const void* data, uint64_t bytes) {
  const auto* from = static_cast<const uint8_t*>(data);
  for (uint64_t i = 0; i + sizeof(float) <= bytes; i += sizeof(float)) {
    float value;
    std::memcpy(&value, from + i, sizeof value);
    // NaN stays, as nothing is less or more: quantize() refuses it by name.
    if (!range || std::isnan(value)) range = Range{value, value};
    if (value < range->min) range->min = value;
    if (value > range->max) range->max = value;
  }
}

Status tap_written(const tflite::Subgraph& graph, baton_session* session, Ranges& ranges) {
  for (const tflite::Operator& op : graph.operators) {
    for (const tflite::TensorId id : op.outputs) {
      if (id < 0 || graph.tensors[static_cast<size_t>(id)].dtype != BATON_FLOAT32) continue;
      const baton_tap_fn record = [](void* user, uint32_t, const baton_tensor* tensor) {
        widen(*static_cast<std::optional<Range>*>(user), tensor->data, tensor->bytes);
      };
      BATON_RETURN_IF_ERROR(
          call(baton_session_tap, session, 0u, id, record, &ranges[static_cast<size_t>(id)]));
    }
  }
  return {};
}

Status run_once(const tflite::Subgraph& graph, std::span<const tflite::Bytes> inputs,
                baton_session* session, Ranges& ranges) {
  if (inputs.size() != graph.inputs.size()) {
    return error(BATON_INVALID_ARGUMENT, "it has data for %zu inputs, the model has %zu",
                 inputs.size(), graph.inputs.size());
  }
  BATON_RETURN_IF_ERROR(call(baton_session_reset_state, session));
  for (size_t i = 0; i < inputs.size(); ++i) {
    BATON_RETURN_IF_ERROR(call(baton_session_set_input, session, static_cast<uint32_t>(i),
                               inputs[i].data(), uint64_t{inputs[i].size()}));
    const auto id = static_cast<size_t>(graph.inputs[i]);
    if (graph.tensors[id].dtype == BATON_FLOAT32) {
      widen(ranges[id], inputs[i].data(), inputs[i].size());
    }
  }
  return call(baton_session_run, session);
}

}  // namespace

Result<Ranges> calibrate(const tflite::Model& model,
                         const std::vector<std::vector<tflite::Bytes>>& runs) {
  const std::vector<uint8_t> file = tflite::serialize(model);
  baton_runtime* runtime = nullptr;
  BATON_RETURN_IF_ERROR(call(baton_runtime_create, nullptr, &runtime));
  const Handle<baton_runtime, baton_runtime_destroy> runtime_handle(runtime);
  baton_model* loaded = nullptr;
  BATON_RETURN_IF_ERROR(
      call(baton_model_load_memory, runtime, file.data(), uint64_t{file.size()}, nullptr, &loaded));
  const Handle<baton_model, baton_model_destroy> model_handle(loaded);
  baton_compiled* compiled = nullptr;
  BATON_RETURN_IF_ERROR(call(baton_model_compile, loaded, nullptr, &compiled));
  const Handle<baton_compiled, baton_compiled_destroy> compiled_handle(compiled);
  baton_session_options options = BATON_SESSION_OPTIONS_INIT;
  options.threads = 2;
  baton_session* session = nullptr;
  BATON_RETURN_IF_ERROR(call(baton_session_create, compiled, &options, &session));
  const Handle<baton_session, baton_session_destroy> session_handle(session);

  const tflite::Subgraph& graph = model.subgraphs.front();
  Ranges ranges(graph.tensors.size());
  BATON_RETURN_IF_ERROR(tap_written(graph, session, ranges));
  for (size_t i = 0; i < runs.size(); ++i) {
    BATON_RETURN_IF_ERROR(
        run_once(graph, runs[i], session, ranges).at(format("calibration run %zu", i)));
  }
  return ranges;
}

}  // namespace baton::quantize
