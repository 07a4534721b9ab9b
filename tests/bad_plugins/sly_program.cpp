#include "sly_program.h"

#include <baton/fixed_point.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <limits>

namespace sly {

using namespace baton::sdk;

namespace {

constexpr uint64_t kMarker = 64;     // floats of scratch memory in front of the inner tensors
constexpr float kMark = 1234.5f;     // scratch_kept
constexpr uint64_t kLarge = 10'000;  // elements
constexpr uint32_t kRnnState = 4;

// FNV-1a.
uint64_t mix(uint64_t hash, const void* data, size_t bytes) {
  const auto* p = static_cast<const unsigned char*>(data);
  for (size_t i = 0; i < bytes; ++i) hash = (hash ^ p[i]) * 0x100000001B3u;
  return hash;
}

int32_t activation(const Node& node) {
  switch (node.op()) {
    case BATON_OP_ADD:
      return node.attributes<baton_add_attributes>().fused_activation_function;
    case BATON_OP_MUL:
      return node.attributes<baton_mul_attributes>().fused_activation_function;
    default:
      return node.op() == BATON_OP_RELU ? BATON_ACTIVATION_RELU : BATON_ACTIVATION_NONE;
  }
}

float* floats(const baton_buffer& buffer) { return reinterpret_cast<float*>(address(buffer)); }

template <typename T>
int64_t position(const std::vector<T>& list, T value) {
  const auto found = std::find(list.begin(), list.end(), value);
  return found == list.end() ? -1 : found - list.begin();
}

}  // namespace

void crash() { std::raise(SIGSEGV); }

void hang() {
  for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
}

unsigned char* address(const baton_buffer& buffer) {
  const bool at_handle = (buffer.kind == BATON_BUFFER_HOST && mode("ignores_offset")) ||
                         (buffer.kind == BATON_BUFFER_DEVICE && mode("device_without_offset"));
  return static_cast<unsigned char*>(buffer.handle) + (at_handle ? 0 : buffer.offset);
}

// ---- Program ------------------------------------------------------------------------------------

SlyProgram::SlyProgram(SlyPlugin& plugin, const Graph& graph)
    : plugin(plugin), memory_(plugin.allocate(64)) {
  for (uint32_t i = 0; i < graph.input_count(); ++i) inputs.push_back(graph.input(i));
  for (uint32_t i = 0; i < graph.output_count(); ++i) outputs.push_back(graph.output(i));
  for (uint32_t i = 0; i < graph.state_count(); ++i) states.push_back(graph.state(i));
  key = mix(0xCBF29CE484222325u, graph.model_hash(), std::strlen(graph.model_hash()));
  for (uint32_t i = 0; i < graph.node_count(); ++i) {
    const Node node = graph.node(i);
    const uint32_t index = node.index();
    key = mix(key, &index, sizeof(index));
    Step step{node.op(), {node.inputs().begin(), node.inputs().end()}, node.outputs()[0], 0, 0};
    baton_activation_range_float(activation(node), &step.low, &step.high);
    for (const int32_t tensor : step.inputs) {
      if (graph.tensor(tensor).constant()) {
        constants[tensor].count = static_cast<uint64_t>(graph.tensor(tensor).count());
      }
    }
    if (position(outputs, step.output) < 0) inner.push_back(step.output);
    steps.push_back(std::move(step));
  }
}

SlyProgram::~SlyProgram() {
  if (mode("leak_program")) memory_.release();
}

void SlyProgram::copy_constants(const Graph& graph) {
  for (auto& [tensor, constant] : constants) {
    Host::Memory extra = plugin.allocate(64);
    try {
      constant.memory = plugin.allocate(constant.count * sizeof(float));
    } catch (...) {
      if (mode("leaks_on_failure")) extra.release();
      throw;
    }
    const auto* from = graph.tensor(tensor).data<float>();
    if (constant.count == 0) continue;
    std::memcpy(constant.memory.get(), from, constant.count * sizeof(float));
    if (mode("writes_constant")) const_cast<float*>(from)[0] += 1;
  }
}

std::unique_ptr<Instance> SlyProgram::instantiate(const Shapes&) {
  plugin.check_thread();
  if (mode("one_instance") && instances > 0) {
    throw Error(BATON_REASON_OTHER, "the program is in use");
  }
  return std::make_unique<SlyInstance>(*this);
}

// ---- Instance -----------------------------------------------------------------------------------

struct SlyInstance::Run {
  float* scratch;
  const Cancelled& cancelled;
  const Bindings& bindings;
};

SlyInstance::SlyInstance(SlyProgram& p) : program(p), memory_(nullptr, {nullptr}) {
  ++program.instances;
}

SlyInstance::~SlyInstance() {
  --program.instances;
  if (mode("shared_by_instances")) program.spoiled = true;
  if (mode("leak_instance")) memory_.release();
}

Needs SlyInstance::reshape(const Shapes& shapes) {
  program.plugin.check_thread();
  memory_ = program.plugin.allocate(128);
  shapes_.clear();
  offsets_.clear();
  scratch_floats_ = kMarker;
  const auto add = [&](int32_t tensor) {
    const auto dims = shapes.dims(tensor);
    Shape shape{1, 1};
    for (const int32_t dim : dims) shape.count *= static_cast<uint64_t>(dim);
    if (!dims.empty()) shape.last = static_cast<uint64_t>(dims[dims.size() - 1]);
    if (shape.count == 0 && mode("fails_empty")) {
      throw Error(BATON_REASON_SHAPE, "a tensor has no elements");
    }
    shapes_[tensor] = shape;
  };
  for (const Step& step : program.steps) {
    for (const int32_t tensor : step.inputs) add(tensor);
    add(step.output);
    // There is no broadcast: sizes that became unequal are for others.
    if (step.op == BATON_OP_RNN) continue;
    for (const int32_t tensor : step.inputs) {
      if (shapes_[tensor].count == shapes_[step.output].count) continue;
      throw Error(BATON_REASON_SHAPE, "inputs of unequal sizes are not supported");
    }
  }
  for (const int32_t tensor : program.inner) {
    offsets_[tensor] = scratch_floats_;
    scratch_floats_ += shapes_[tensor].count;
  }
  return {scratch_floats_ * sizeof(float)};
}

void SlyInstance::execute(const Execution& execution, const Bindings& bindings) {
  run(
      execution.scratch<float>(), [&] { return execution.is_cancelled(); }, bindings);
}

const float* SlyInstance::read(Run& run, int32_t tensor) {
  const auto constant = program.constants.find(tensor);
  if (constant != program.constants.end()) return constant->second.data();
  const int64_t input = position(program.inputs, tensor);
  if (input < 0) return write(run, tensor);
  const baton_buffer& buffer = run.bindings.input(static_cast<uint32_t>(input));
  if (input == 0 && mode("keeps_buffers")) {
    if (first_handle_ == nullptr) first_handle_ = buffer.handle;
    if (first_handle_ != buffer.handle) return first_input_.data();
    first_input_.assign(floats(buffer), floats(buffer) + shapes_[tensor].count);
  }
  return floats(buffer);
}

float* SlyInstance::write(Run& run, int32_t tensor) {
  const int64_t output = position(program.outputs, tensor);
  if (output >= 0) return floats(run.bindings.output(static_cast<uint32_t>(output)));
  return run.scratch + offsets_[tensor];
}

void SlyInstance::compute_rnn(Run& run, const Step& step, float* out) {
  const auto i = static_cast<uint32_t>(position(program.states, step.inputs[kRnnState]));
  const float* x = read(run, step.inputs[0]);
  const float* w = read(run, step.inputs[1]);
  const float* r = read(run, step.inputs[2]);
  const float* bias = read(run, step.inputs[3]);
  float* state_in = floats(run.bindings.state_in(i));
  float* state_out = floats(run.bindings.state_out(i));
  const uint64_t width = shapes_[step.inputs[0]].last;
  const uint64_t units = shapes_[step.output].last;
  const uint64_t all = shapes_[step.output].count;
  std::vector<float> before(state_in, state_in + all);
  auto& kept = mode("state_in_program") ? program.kept_states : kept_states_;
  const bool keeps = mode("state_in_program") || mode("state_kept");
  kept.resize(program.states.size());
  if (keeps && !kept[i].empty()) before = kept[i];
  for (uint64_t k = 0; k < all; ++k) {
    const uint64_t row = k / units;
    const uint64_t unit = k % units;
    float sum = bias[unit];
    for (uint64_t c = 0; c < width; ++c) sum += x[row * width + c] * w[unit * width + c];
    for (uint64_t c = 0; c < units; ++c) sum += before[row * units + c] * r[unit * units + c];
    out[k] = std::tanh(sum);
  }
  std::copy(out, out + all, state_out);
  if (keeps) kept[i].assign(out, out + all);
  if (mode("writes_state_in")) state_in[0] += 1;
}

// To so many bits of significand.
static float rounded(float value, int bits) {
  int exponent = 0;
  const float fraction = std::frexp(value, &exponent);
  return std::ldexp(std::rint(std::ldexp(fraction, bits)), exponent - bits);
}

void SlyInstance::compute(Run& run, const Step& step) {
  float* out = write(run, step.output);
  const uint64_t count = shapes_[step.output].count;
  if (mode("not_in_place")) std::fill(out, out + count, 0.0f);
  if (step.op == BATON_OP_RNN) return compute_rnn(run, step, out);
  const float* a = read(run, step.inputs[0]);
  const float* b = step.inputs.size() > 1 ? read(run, step.inputs[1]) : a;
  for (uint64_t i = 0; i < count; ++i) {
    float y = step.op == BATON_OP_MUL ? a[i] * b[i] : step.op == BATON_OP_ADD ? a[i] + b[i] : a[i];
    y = std::min(std::max(y, step.low), step.high);
    out[i] = mode("adds_to_output") ? out[i] + y : y;
  }
  const bool wrong = spoiled || program.spoiled || program.plugin.lost() || mode("wrong") ||
                     (mode("wrong_at_odd_sizes") && count % 2 == 1) ||
                     (mode("wrong_at_large_sizes") && count > kLarge);
  if (wrong && count > 0) out[count - 1] += 100;
  const int bits = mode("rounds_finely") ? 8 : mode("rounds_coarsely") ? 4 : 0;
  for (uint64_t i = 0; bits != 0 && i < count; ++i) out[i] = rounded(out[i], bits);
}

// False: there is nothing more to do.
bool SlyInstance::begin(Run& run) {
  ++executions_;
  if (mode("crash_execute")) crash();
  if (mode("exit_execute")) std::_Exit(0);
  if (mode("hang_execute")) hang();
  try {
    memory_ = program.plugin.allocate(128);
  } catch (const Error&) {
    if (mode("wrong_without_memory")) return false;
    throw;
  }
  if (mode("late_unwritten") && executions_ > 1) return false;
  if (mode("scratch_kept")) {
    if (executions_ > 1 && run.scratch[0] != kMark) spoiled = true;
    run.scratch[0] = kMark;
  }
  return true;
}

void SlyInstance::end(Run& run) {
  const auto input = [&] { return floats(run.bindings.input(0)); };
  if (mode("writes_input") && run.bindings.input(0).bytes != 0) input()[0] += 1;
  const baton_buffer& output = run.bindings.output(0);
  if (mode("late_overrun") && executions_ > 1) address(output)[output.bytes + 3] ^= 1;
  if (mode("scratch_overrun")) {
    reinterpret_cast<unsigned char*>(run.scratch + scratch_floats_)[5] ^= 1;
  }
  if (!mode("keeps_outputs")) return;
  for (uint32_t i = 0; i < program.outputs.size(); ++i) {
    float* out = write(run, program.outputs[i]);
    const uint64_t count = shapes_[program.outputs[i]].count;
    if (kept_outputs_.size() <= i) kept_outputs_.emplace_back(out, out + count);
    std::copy(kept_outputs_[i].begin(), kept_outputs_[i].end(), out);
  }
}

void SlyInstance::run(float* scratch, const Cancelled& is_cancelled, const Bindings& bindings) {
  program.plugin.check_thread();
  Run run{scratch, is_cancelled, bindings};
  if (!begin(run)) return;
  for (const Step& step : program.steps) {
    if (is_cancelled()) {
      if (mode("cancel_done")) return;
      if (mode("cancel_spoils")) spoiled = true;
      if (mode("cancel_fails")) throw Error(BATON_REASON_OTHER, "it was interrupted");
      throw cancelled();
    }
    compute(run, step);
  }
  end(run);
}

}  // namespace sly
