// One time step of an LSTM cell with float activations. What differs between float and 8-bit
// weights is how vectors are multiplied with matrices; `Products` has it:
//
//   void take_inputs(const LstmRows&)          the vectors of this step are ready
//   void add_gate(gate, row, first, count, sums)   adds the products of cells [first, first +
//   count) void take_hidden(const float*)             the vectors to project are ready void
//   add_projection(row, first, count, sums)
//
// with count from 1 to kDotRows. add_* are called from several threads.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/ops/support/dot.h"
#include "core/ops/support/grain.h"
#include "core/ops/support/lstm_tensors.h"
#include "core/ops/support/real_activation.h"

namespace baton::ops {

struct LstmSettings {
  int32_t activation = BATON_ACTIVATION_TANH;
  float cell_clip = 0;
  float proj_clip = 0;
  bool asymmetric = false;  // how hybrid cells quantise vectors
};

// The rows of a batch at one time.
template <typename T>
struct LstmRows {
  const T* input;
  int64_t input_stride;
  const T* aux;  // nullptr when there is none
  int64_t aux_stride;
  T* output;
  int64_t output_stride;
};

// Scratch of a step, in floats.
inline uint64_t lstm_gate_count(const LstmSizes& sizes) {
  return uint64_t{kLstmGates} * static_cast<uint64_t>(sizes.batch) *
         static_cast<uint64_t>(sizes.cells);
}

inline float clip_magnitude(float x, float limit) { return std::max(std::min(limit, x), -limit); }

// Mean 0 and variance 1, then coefficients and bias.
void normalize_lstm_gate(const float* coefficients, const float* bias, int64_t cells, float* gate);

// Gates of one row, from sums to the hidden vector, which replaces the cell gate; updates the cell
// state. gates[g] is row g's vector.
void finish_lstm_row(const LstmTensors& tensors, const LstmSettings& settings,
                     const float* const* peephole, int64_t cells, float* const* gates,
                     float* cell_state);

template <typename Products>
void lstm_step(const NodeContext& ctx, const LstmTensors& tensors, const LstmSizes& sizes,
               const LstmSettings& settings, const float* const* peephole,
               const LstmRows<float>& rows, Products& products, float* gates) {
  const int64_t batch = sizes.batch;
  const int64_t cells = sizes.cells;
  const int64_t outputs = sizes.outputs;
  auto* output_state = tensors.output_state->as<float>();
  auto* cell_state = tensors.cell_state->as<float>();
  const auto blocks_of = [](int64_t count) { return (count + kDotRows - 1) / kDotRows; };

  products.take_inputs(rows);
  const int64_t blocks = blocks_of(cells);
  const int first_gate = tensors.first_gate();
  ctx.parallel_for((kLstmGates - first_gate) * batch * blocks,
                   grain_of(kDotRows, int64_t{sizes.inputs} + sizes.aux_inputs + outputs),
                   [&](uint32_t, int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i) {
                       const int gate = first_gate + static_cast<int>(i / (batch * blocks));
                       const int64_t row = i / blocks % batch;
                       const int64_t first = i % blocks * kDotRows;
                       const int64_t count = std::min<int64_t>(kDotRows, cells - first);
                       float* sums = gates + (gate * batch + row) * cells + first;
                       if (tensors.has_layer_norm()) {
                         std::fill_n(sums, count, 0.0f);
                       } else {
                         std::copy_n(tensors.bias[gate]->as<const float>() + first, count, sums);
                       }
                       products.add_gate(gate, row, first, count, sums);
                     }
                   });

  ctx.parallel_for(batch, grain_of(cells, 64), [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      float* vectors[kLstmGates];
      for (int gate = 0; gate < kLstmGates; ++gate) {
        vectors[gate] = gates + (gate * batch + row) * cells;
      }
      finish_lstm_row(tensors, settings, peephole, cells, vectors, cell_state + row * cells);
    }
  });

  const float* hidden = gates + kCellGate * batch * cells;
  if (tensors.projection != nullptr) {
    products.take_hidden(hidden);
    const int64_t output_blocks = blocks_of(outputs);
    const float* bias =
        tensors.projection_bias ? tensors.projection_bias->as<const float>() : nullptr;
    ctx.parallel_for(batch * output_blocks, grain_of(kDotRows, cells),
                     [&](uint32_t, int64_t begin, int64_t end) {
                       for (int64_t i = begin; i < end; ++i) {
                         const int64_t row = i / output_blocks;
                         const int64_t first = i % output_blocks * kDotRows;
                         const int64_t count = std::min<int64_t>(kDotRows, outputs - first);
                         float* sums = output_state + row * outputs + first;
                         for (int64_t k = 0; k < count; ++k) sums[k] = bias ? bias[first + k] : 0;
                         products.add_projection(row, first, count, sums);
                         if (settings.proj_clip <= 0) continue;
                         for (int64_t k = 0; k < count; ++k) {
                           sums[k] = clip_magnitude(sums[k], settings.proj_clip);
                         }
                       }
                     });
  } else {
    std::copy_n(hidden, batch * outputs, output_state);
  }
  for (int64_t row = 0; row < batch; ++row) {
    std::copy_n(output_state + row * outputs, outputs, rows.output + row * rows.output_stride);
  }
}

}  // namespace baton::ops
