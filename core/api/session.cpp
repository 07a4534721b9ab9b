#include <algorithm>
#include <cstring>

#include "core/api/handles.h"

using namespace baton;

namespace {

Status out_of_range(const char* what, uint32_t position, size_t count) {
  return error(BATON_INVALID_ARGUMENT, "there is no %s %u: the model has %zu", what, position,
               count);
}

Status wrong_size(const char* what, const std::string& name, uint64_t given, const Value& value) {
  std::string shape;
  for (const int32_t dim : value.dims()) shape += (shape.empty() ? "" : ",") + std::to_string(dim);
  return error(BATON_INVALID_ARGUMENT, "%s '%s' has %llu bytes (%s[%s]), %llu were given", what,
               name.c_str(), static_cast<unsigned long long>(value.bytes()),
               dtype_name(value.dtype()), shape.c_str(), static_cast<unsigned long long>(given));
}

int32_t find(const std::vector<Session::Argument>& arguments, const char* name) {
  const auto found =
      std::ranges::find(arguments, std::string_view(name),
                        [](const auto& argument) -> std::string_view { return argument.name; });
  return found == arguments.end() ? -1 : static_cast<int32_t>(found - arguments.begin());
}

const baton_tensor* info(std::vector<baton_tensor>* infos, uint32_t position, const Value& value) {
  baton_tensor& info = (*infos)[position];
  info = value.info();
  info.data = nullptr;
  return &info;
}

}  // namespace

baton_status baton_session_create(baton_compiled* compiled, const baton_session_options* options,
                                  baton_session** session, baton_error** error) {
  baton_session_options given = BATON_SESSION_OPTIONS_INIT;
  if (options != nullptr) {
    std::memcpy(&given, options, std::min<size_t>(options->struct_size, sizeof(given)));
  }
  SessionOptions read;
  read.threads = std::max(given.threads, 1u);
  if (given.signature != nullptr) read.signature = given.signature;
  auto result = Session::create(compiled->compiled, read);
  if (!result.ok()) return give(result.status(), error);
  auto handle = std::make_unique<baton_session>();
  handle->runtime = compiled->runtime;
  handle->plugins = compiled->plugins;
  handle->session = std::move(*result);
  handle->input_infos.resize(handle->session->inputs().size());
  handle->output_infos.resize(handle->session->outputs().size());
  *session = handle.release();
  return give({}, error);
}

void baton_session_destroy(baton_session* session) { delete session; }

uint32_t baton_session_input_count(const baton_session* session) {
  return static_cast<uint32_t>(session->session->inputs().size());
}

uint32_t baton_session_output_count(const baton_session* session) {
  return static_cast<uint32_t>(session->session->outputs().size());
}

const baton_tensor* baton_session_input(const baton_session* session, uint32_t input) {
  if (input >= session->input_infos.size()) return nullptr;
  return info(&session->input_infos, input, session->session->input(input));
}

const baton_tensor* baton_session_output(const baton_session* session, uint32_t output) {
  if (output >= session->output_infos.size()) return nullptr;
  return info(&session->output_infos, output, session->session->output(output));
}

const char* baton_session_input_name(const baton_session* session, uint32_t input) {
  const auto& inputs = session->session->inputs();
  return input < inputs.size() ? inputs[input].name.c_str() : nullptr;
}

const char* baton_session_output_name(const baton_session* session, uint32_t output) {
  const auto& outputs = session->session->outputs();
  return output < outputs.size() ? outputs[output].name.c_str() : nullptr;
}

int32_t baton_session_find_input(const baton_session* session, const char* name) {
  return find(session->session->inputs(), name);
}

int32_t baton_session_find_output(const baton_session* session, const char* name) {
  return find(session->session->outputs(), name);
}

baton_status baton_session_resize_input(baton_session* session, uint32_t input, uint32_t rank,
                                        const int32_t* dims, baton_error** error) {
  const size_t count = session->session->inputs().size();
  if (input >= count) return give(out_of_range("input", input, count), error);
  return give(session->session->resize_input(input, {dims, rank}), error);
}

baton_status baton_session_prepare(baton_session* session, baton_error** error) {
  return give(session->session->prepare(), error);
}

baton_status baton_session_set_input(baton_session* session, uint32_t input, const void* data,
                                     uint64_t bytes, baton_error** error) {
  Session& self = *session->session;
  if (input >= self.inputs().size()) {
    return give(out_of_range("input", input, self.inputs().size()), error);
  }
  if (const Status status = self.prepare(); !status.ok()) return give(status, error);
  const Value& value = self.input(input);
  if (bytes != value.bytes()) {
    return give(wrong_size("input", self.inputs()[input].name, bytes, value), error);
  }
  if (bytes != 0) std::memcpy(value.data(), data, static_cast<size_t>(bytes));
  return give({}, error);
}

baton_status baton_session_get_output(const baton_session* session, uint32_t output, void* data,
                                      uint64_t bytes, baton_error** error) {
  const Session& self = *session->session;
  if (output >= self.outputs().size()) {
    return give(out_of_range("output", output, self.outputs().size()), error);
  }
  const Value& value = self.output(output);
  if (bytes != value.bytes()) {
    return give(wrong_size("output", self.outputs()[output].name, bytes, value), error);
  }
  if (bytes != 0 && value.data() == nullptr) {
    return give(baton::error(BATON_INVALID_ARGUMENT, "output '%s' has no content yet: run first",
                             self.outputs()[output].name.c_str()),
                error);
  }
  if (bytes != 0) std::memcpy(data, value.data(), static_cast<size_t>(bytes));
  return give({}, error);
}

void* baton_session_input_data(baton_session* session, uint32_t input) {
  Session& self = *session->session;
  if (input >= self.inputs().size() || !self.prepare().ok()) return nullptr;
  return self.input(input).data();
}

const void* baton_session_output_data(const baton_session* session, uint32_t output) {
  const Session& self = *session->session;
  return output < self.outputs().size() ? self.output(output).data() : nullptr;
}

baton_status baton_session_bind_input(baton_session* session, uint32_t input, void* memory,
                                      uint64_t capacity, baton_error** error) {
  Session& self = *session->session;
  if (input >= self.inputs().size()) {
    return give(out_of_range("input", input, self.inputs().size()), error);
  }
  return give(self.bind_input(input, memory, capacity), error);
}

baton_status baton_session_bind_output(baton_session* session, uint32_t output, void* memory,
                                       uint64_t capacity, baton_error** error) {
  Session& self = *session->session;
  if (output >= self.outputs().size()) {
    return give(out_of_range("output", output, self.outputs().size()), error);
  }
  return give(self.bind_output(output, memory, capacity), error);
}

baton_status baton_session_run(baton_session* session, baton_error** error) {
  return give(session->session->run(), error);
}

baton_status baton_session_run_async(baton_session* session,
                                     void (*done)(void* user, baton_status status), void* user,
                                     baton_error** error) {
  return give(session->session->run_async(done, user), error);
}

baton_status baton_session_wait(baton_session* session, uint64_t timeout_ns, baton_error** error) {
  return give(session->session->wait(timeout_ns), error);
}

void baton_session_cancel(baton_session* session) { session->session->cancel(); }

void baton_session_set_timeout(baton_session* session, uint64_t timeout_ns) {
  session->session->set_timeout(timeout_ns);
}

baton_status baton_session_reset_state(baton_session* session, baton_error** error) {
  return give(session->session->reset_state(), error);
}

baton_status baton_session_tap(baton_session* session, uint32_t subgraph, int32_t tensor,
                               baton_tap_fn fn, void* user, baton_error** error) {
  return give(session->session->tap(subgraph, tensor, fn, user), error);
}

void baton_session_enable_profile(baton_session* session, int32_t on) {
  session->session->set_profiling(on != 0);
}

void baton_session_profile(const baton_session* session,
                           void (*add)(void* user, uint32_t subgraph, int32_t node,
                                       int32_t partition, uint64_t ns),
                           void* user) {
  session->session->read_profile(add, user);
}

const baton_placement* baton_session_placement(const baton_session* session) {
  return session->session->report();
}

void baton_session_memory(const baton_session* session, baton_memory_figures* figures) {
  baton_memory_figures result = BATON_MEMORY_FIGURES_INIT;
  session->session->memory(&result);
  const size_t size = std::min<size_t>(figures->struct_size, sizeof(result));
  result.struct_size = figures->struct_size;
  std::memcpy(figures, &result, size);
}
