#include "tests/fuzz/drive.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "baton/baton.h"
#include "tests/fuzz/noise.h"

namespace baton::fuzz {
namespace {

// An object of the API that is destroyed with its function.
template <typename T, void (*Destroy)(T*)>
class Handle {
 public:
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { Destroy(object_); }
  T** out() { return &object_; }
  T* get() const { return object_; }

 private:
  T* object_ = nullptr;
};
using Model = Handle<baton_model, baton_model_destroy>;
using Compiled = Handle<baton_compiled, baton_compiled_destroy>;
using Session = Handle<baton_session, baton_session_destroy>;

baton_runtime* runtime() {
  static Handle<baton_runtime, baton_runtime_destroy> only;
  if (only.get() == nullptr && baton_runtime_create(nullptr, only.out(), nullptr) != BATON_OK) {
    std::abort();
  }
  return only.get();
}

// Looks at what each call returned, and keeps the first error.
class Steps {
 public:
  // Where `step` failed, what it left as an error is one sentence.
  bool good(const char* step, baton_status status, baton_error* error) {
    if ((status == BATON_OK) != (error == nullptr)) {
      violate(step, "the status and the error object do not agree");
    }
    if (status != BATON_OK) {
      const std::string message = error != nullptr ? baton_error_message(error) : "";
      if (message.empty()) violate(step, "the error has no message");
      if (message.find('\n') != std::string::npos) violate(step, "two lines: " + message);
      if (error != nullptr && baton_error_code(error) != status) {
        violate(step, "the error has another code than the status");
      }
      if (outcome.code == BATON_OK) {
        outcome.code = status;
        outcome.message = std::string(step) + ": " + message;
      }
    }
    baton_error_destroy(error);
    return status == BATON_OK;
  }

  Outcome outcome;

 private:
  void violate(const char* step, const std::string& what) {
    if (outcome.violation.empty()) outcome.violation = std::string(step) + ": " + what;
  }
};

bool load(Steps& steps, std::span<const uint8_t> file, uint64_t max_tensor_bytes, Model& model) {
  baton_load_options options = BATON_LOAD_OPTIONS_INIT;
  options.max_file_bytes = 1 << 20;
  options.max_tensor_bytes = max_tensor_bytes;
  options.max_session_bytes = 64 << 20;
  options.max_steps = 10'000;
  baton_error* error = nullptr;
  const baton_status status =
      baton_model_load_memory(runtime(), file.data(), file.size(), &options, model.out(), &error);
  return steps.good("load", status, error);
}

// Reads every byte, so that a sanitizer sees one that is not there.
void read(const void* data, uint64_t bytes) {
  volatile uint64_t sink =
      fingerprint({static_cast<const uint8_t*>(data), static_cast<size_t>(bytes)});
  (void)sink;
}
void read(const char* text) { read(text, std::char_traits<char>::length(text)); }

void read_tensor(const baton_tensor& tensor) {
  read(tensor.name);
  read(tensor.dims, tensor.rank * sizeof(int32_t));
  read(tensor.dims_signature, tensor.rank * sizeof(int32_t));
  read(tensor.quantization->scales, tensor.quantization->count * sizeof(float));
  read(tensor.quantization->zero_points, tensor.quantization->count * sizeof(int64_t));
  if (tensor.flags & BATON_TENSOR_CONSTANT) read(tensor.data, tensor.bytes);
}

void read_subgraph(const baton_graph& graph) {
  for (uint32_t t = 0; t < graph.tensor_count(&graph); ++t) {
    read_tensor(*graph.tensor(&graph, static_cast<int32_t>(t)));
  }
  for (uint32_t n = 0; n < graph.node_count(&graph); ++n) {
    const baton_node& node = *graph.node(&graph, n);
    read(node.name);
    read(node.inputs, node.input_count * sizeof(int32_t));
    read(node.outputs, node.output_count * sizeof(int32_t));
    read(node.intermediates, node.intermediate_count * sizeof(int32_t));
    const auto read_attribute = [](void*, const char* name, const char* value) {
      read(name);
      read(value);
    };
    baton_node_attributes(&node, read_attribute, nullptr);
  }
}

void read_model(const baton_model* model) {
  for (uint32_t s = 0; s < baton_model_subgraph_count(model); ++s) {
    const baton_graph& graph = *baton_model_subgraph(model, s);
    read(baton_model_subgraph_name(model, s));
    read_subgraph(graph);
    for (uint32_t n = 0; n < graph.node_count(&graph); ++n) baton_model_has_operator(model, s, n);
  }
  for (uint32_t s = 0; s < baton_model_signature_count(model); ++s) {
    read(baton_model_signature_key(model, s));
    int32_t tensor = 0;
    for (uint32_t i = 0; const char* name = baton_model_signature_input(model, s, i, &tensor); ++i)
      read(name);
    for (uint32_t i = 0; const char* name = baton_model_signature_output(model, s, i, &tensor); ++i)
      read(name);
  }
  read(baton_model_description(model));
  for (uint32_t i = 0; const char* oddity = baton_model_oddity(model, i); ++i) read(oddity);
  const char* name = nullptr;
  const void* data = nullptr;
  uint64_t bytes = 0;
  for (uint32_t i = 0; baton_model_metadata(model, i, &name, &data, &bytes); ++i) {
    read(name);
    read(data, bytes);
  }
}

void fill_inputs(baton_session* session, Noise& noise) {
  for (uint32_t i = 0; i < baton_session_input_count(session); ++i) {
    void* data = baton_session_input_data(session, i);
    const baton_tensor* tensor = baton_session_input(session, i);
    if (data != nullptr) noise.fill(tensor->dtype, data, static_cast<size_t>(tensor->bytes));
  }
}

bool run_once(Steps& steps, const char* step, baton_session* session) {
  baton_error* error = nullptr;
  const baton_status status = baton_session_run(session, &error);
  if (!steps.good(step, status, error)) return false;
  ++steps.outcome.runs;
  for (uint32_t i = 0; i < baton_session_output_count(session); ++i) {
    const baton_tensor* tensor = baton_session_output(session, i);
    const void* data = baton_session_output_data(session, i);
    if (data != nullptr) read(data, tensor->bytes);
  }
  return true;
}

// Each size may become one less or more, or nothing, or a large number.
bool resize_inputs(Steps& steps, baton_session* session, Noise& noise) {
  for (uint32_t i = 0; i < baton_session_input_count(session); ++i) {
    const baton_tensor* tensor = baton_session_input(session, i);
    std::vector<int32_t> dims(tensor->dims, tensor->dims + tensor->rank);
    if (noise.one_in(8)) dims.assign(noise.below(6), 2);
    for (int32_t& dim : dims) {
      if (noise.one_in(2)) dim = dim / 2 + static_cast<int32_t>(noise.below(3));
      if (noise.one_in(64)) dim = static_cast<int32_t>(noise.integer());
    }
    baton_error* error = nullptr;
    const baton_status status = baton_session_resize_input(
        session, i, static_cast<uint32_t>(dims.size()), dims.data(), &error);
    if (!steps.good("resize", status, error)) return false;
  }
  baton_error* error = nullptr;
  const baton_status status = baton_session_prepare(session, &error);
  return steps.good("prepare", status, error);
}

}  // namespace

uint64_t fingerprint(std::span<const uint8_t> bytes) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3u;
  return hash;
}

Outcome inspect(std::span<const uint8_t> file) {
  Steps steps;
  Model model;
  if (load(steps, file, 0, model)) read_model(model.get());
  return steps.outcome;
}

Outcome run(std::span<const uint8_t> file, const RunOptions& options) {
  Steps steps;
  Noise noise(options.seed);
  Model model;
  if (!load(steps, file, options.max_tensor_bytes, model)) return steps.outcome;

  Compiled compiled;
  baton_error* error = nullptr;
  baton_status status = baton_model_compile(model.get(), nullptr, compiled.out(), &error);
  if (!steps.good("compile", status, error)) return steps.outcome;

  Session session;
  status = baton_session_create(compiled.get(), nullptr, session.out(), &error);
  if (!steps.good("session", status, error)) return steps.outcome;
  baton_session_set_timeout(session.get(), options.timeout_ns);

  fill_inputs(session.get(), noise);
  // A run that failed leaves the session as it was: it may be tried again.
  for (const char* step : {"run", "second run"}) {
    run_once(steps, step, session.get());
    if (steps.outcome.code == BATON_TIMED_OUT) return steps.outcome;
  }
  if (!options.resize) return steps.outcome;

  // The shapes before stay where the model cannot take others.
  resize_inputs(steps, session.get(), noise);
  fill_inputs(session.get(), noise);
  run_once(steps, "run after resize", session.get());
  status = baton_session_reset_state(session.get(), &error);
  steps.good("reset", status, error);
  return steps.outcome;
}

void require(const Outcome& outcome) {
  if (std::getenv("BATON_FUZZ_VERBOSE") != nullptr) {
    std::fprintf(stderr, "%llu runs; %s\n", static_cast<unsigned long long>(outcome.runs),
                 outcome.code == BATON_OK ? "ok" : outcome.message.c_str());
  }
  if (outcome.violation.empty()) return;
  std::fprintf(stderr, "violation: %s\n", outcome.violation.c_str());
  std::abort();
}

}  // namespace baton::fuzz
