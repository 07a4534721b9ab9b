// Products of an LSTM cell's vectors with its matrices, for lstm_step(): float weights, and 8-bit
// ones with vectors quantised on the way.
#pragma once

#include "core/ops/support/hybrid.h"
#include "core/ops/support/lstm_step.h"

namespace baton::ops {

class LstmFloatProducts {
 public:
  LstmFloatProducts(const LstmTensors& tensors, const LstmSizes& sizes)
      : tensors_(tensors), sizes_(sizes) {}

  void take_inputs(const LstmRows<float>& rows) { rows_ = &rows; }
  void add_gate(int gate, int64_t row, int64_t first, int64_t count, float* sums) const;
  void take_hidden(const float* hidden) { hidden_ = hidden; }
  void add_projection(int64_t row, int64_t first, int64_t count, float* sums) const;

 private:
  const LstmTensors& tensors_;
  const LstmSizes& sizes_;
  const LstmRows<float>* rows_ = nullptr;
  const float* hidden_ = nullptr;
};

class LstmHybridProducts {
 public:
  static uint64_t scratch_bytes(const LstmSizes& sizes);

  LstmHybridProducts(const LstmTensors& tensors, const LstmSizes& sizes, bool asymmetric,
                     void* scratch);

  void take_inputs(const LstmRows<float>& rows);
  void add_gate(int gate, int64_t row, int64_t first, int64_t count, float* sums) const;
  void take_hidden(const float* hidden);
  void add_projection(int64_t row, int64_t first, int64_t count, float* sums) const;

 private:
  // The quantised vectors of all rows.
  struct Vectors {
    int64_t length;
    HybridScale* scales;
    int8_t* values;
  };

  void quantize(const float* source, int64_t stride, Vectors& target) const;
  void add(const Vectors& vectors, const Value& weights, int64_t row, int64_t first, int64_t count,
           float* sums) const;

  const LstmTensors& tensors_;
  const LstmSizes& sizes_;
  bool asymmetric_;
  const LstmRows<float>* rows_ = nullptr;
  Vectors inputs_, aux_, state_, hidden_;
};

}  // namespace baton::ops
