// A small delegate that is right but for the one rule that its mode breaks: element-wise float32
// operators and RNN.
#pragma once

#include <baton/plugin.hpp>

#include <atomic>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

// mode.c: "sly_" and the mode.
extern "C" const char bad_plugin_name[];

namespace sly {

inline bool mode(const char* name) {
  return std::strcmp(bad_plugin_name + std::strlen("sly_"), name) == 0;
}

// The ways to end a process, or never to return.
void crash();
void hang();

class SlyPlugin;

struct Step {
  int32_t op;
  std::vector<int32_t> inputs;
  int32_t output;
  float low, high;  // the fused activation
};

struct Constant {
  baton::sdk::Host::Memory memory{nullptr, {nullptr}};
  uint64_t count = 0;
  const float* data() const { return static_cast<const float*>(memory.get()); }
};

class SlyProgram : public baton::sdk::Program {
 public:
  SlyProgram(SlyPlugin& plugin, const baton::sdk::Graph& graph);
  ~SlyProgram() override;
  std::unique_ptr<baton::sdk::Instance> instantiate(const baton::sdk::Shapes& shapes) override;

  // Copies of the graph's, or those of a blob.
  void copy_constants(const baton::sdk::Graph& graph);

  SlyPlugin& plugin;
  std::vector<Step> steps;
  std::vector<int32_t> inputs, outputs, states, inner;
  std::map<int32_t, Constant> constants;
  uint64_t key = 0;

  std::atomic<int> instances{0};
  std::atomic<bool> spoiled{false};
  std::vector<std::vector<float>> kept_states;  // state_in_program

 private:
  baton::sdk::Host::Memory memory_;
};

class SlyInstance : public baton::sdk::Instance {
 public:
  explicit SlyInstance(SlyProgram& program);
  ~SlyInstance() override;
  baton::sdk::Needs reshape(const baton::sdk::Shapes& shapes) override;
  void execute(const baton::sdk::Execution& execution,
               const baton::sdk::Bindings& bindings) override;

  using Cancelled = std::function<bool()>;
  void run(float* scratch, const Cancelled& cancelled, const baton::sdk::Bindings& bindings);

  SlyProgram& program;
  std::atomic<bool> spoiled{false};

 private:
  struct Shape {
    uint64_t count = 0;
    uint64_t last = 0;  // the size of the last dimension
  };
  struct Run;
  bool begin(Run& run);
  void compute(Run& run, const Step& step);
  void compute_rnn(Run& run, const Step& step, float* out);
  void end(Run& run);
  const float* read(Run& run, int32_t tensor);
  float* write(Run& run, int32_t tensor);

  std::map<int32_t, Shape> shapes_;
  std::map<int32_t, uint64_t> offsets_;  // in scratch memory, in floats
  uint64_t scratch_floats_ = 0;
  baton::sdk::Host::Memory memory_;
  int executions_ = 0;
  std::vector<std::vector<float>> kept_states_;   // state_kept
  std::vector<std::vector<float>> kept_outputs_;  // keeps_outputs
  const void* first_handle_ = nullptr;            // keeps_buffers
  std::vector<float> first_input_;
};

class SlyPlugin : public baton::sdk::Plugin {
 public:
  explicit SlyPlugin(baton::sdk::Host host);
  ~SlyPlugin() override;

  static baton::sdk::About about();
  static baton::sdk::Span<const baton_option_spec> options();

  uint32_t device_count() override;
  const baton_device_info* device(uint32_t device) override;
  int32_t max_version(uint32_t device, int32_t op) override;
  void examine(uint32_t device, const baton::sdk::Options& options, const baton::sdk::Graph& graph,
               const baton::sdk::Answer& answer) override;
  std::unique_ptr<baton::sdk::Program> compile(uint32_t device, const baton::sdk::Options& options,
                                               const baton::sdk::Graph& partition) override;
  const void* extension(std::string_view id) override;

  // Of the host; goes wrong in some modes when there is none.
  baton::sdk::Host::Memory allocate(uint64_t bytes);
  void check_thread() const;
  // True once the device is of no use any more.
  bool lost() const { return lost_; }

 private:
  std::thread::id thread_;
  baton::sdk::Host::Memory memory_;
  std::vector<baton_device_info> infos_;
  int asked_ = 0;
  std::atomic<int> versions_{0};
  std::atomic<bool> lost_{false};
};

// Tables of the extensions.
extern const baton_ext_program_cache kProgramCache;
extern const baton_ext_async kAsync;
extern const baton_ext_device_buffers kDeviceBuffers;

// The address in a buffer of either kind.
unsigned char* address(const baton_buffer& buffer);

}  // namespace sly
