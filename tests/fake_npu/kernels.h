// The instructions of the fake accelerator: one per operator, plain loops, float32 and 8-bit
// integers with the arithmetic of <baton/fixed_point.h>.
#pragma once

#include <baton/fixed_point.h>
#include <baton/plugin.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "faults.h"

namespace fake_npu {

// What an instruction knows of a tensor before shapes are known.
struct Operand {
  int32_t tensor = -1;  // -1: an absent optional input
  baton_dtype dtype = BATON_FLOAT32;
  std::vector<float> scales;
  std::vector<int64_t> zero_points;

  float scale() const { return scales.empty() ? 0.0f : scales[0]; }
  int32_t zero_point() const {
    return zero_points.empty() ? 0 : static_cast<int32_t>(zero_points[0]);
  }
};

// A tensor during a run.
struct View {
  void* data = nullptr;
  std::vector<int32_t> dims;

  int64_t count() const {
    int64_t product = 1;
    for (const int32_t dim : dims) product *= dim;
    return product;
  }
  template <typename T>
  T* as() const {
    return static_cast<T*>(data);
  }
};

struct Instruction {
  int32_t op = 0;
  uint32_t node = 0;  // its index in the file
  Faults fault;       // asked as fault(kName)
  std::vector<Operand> inputs;
  Operand output;
  // The operator's attributes, as far as the instruction needs them.
  int32_t padding = 0, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  int32_t filter_h = 1, filter_w = 1;  // pools
  int32_t activation = BATON_ACTIVATION_NONE;
  float beta = 1.0f;
  // Computed from scales.
  std::vector<int32_t> multipliers, shifts;  // one, or one per output channel
  std::vector<double> factors;               // of FULLY_CONNECTED instead
  baton_add_multipliers add{};
  baton_softmax_params softmax{};
  int32_t low = 0, high = 0;
  float float_low = 0, float_high = 0;
};

// The newest version of an operator that has an instruction; 0: there is none.
int32_t max_version(int32_t op);

// Why the node has no instruction; reason BATON_REASON_NONE when it has one.
struct Refusal {
  uint32_t reason = BATON_REASON_NONE;
  std::string sentence;
};
Refusal check(const baton::sdk::Graph& graph, const baton::sdk::Node& node, const Faults& fault);

// Of a node that passed check.
Instruction make_instruction(const baton::sdk::Graph& graph, const baton::sdk::Node& node,
                             const Faults& faults);

// Multiply-adds, or element operations.
int64_t work(const baton::sdk::Graph& graph, const baton::sdk::Node& node);

// `state` (of RNN) is read from state_in and written to state_out, which may be one.
void run(const Instruction& instruction, const std::vector<View>& inputs, const View& output,
         const View& state_in, const View& state_out);

}  // namespace fake_npu
