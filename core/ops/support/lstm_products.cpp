#include "core/ops/support/lstm_products.h"

namespace baton::ops {
namespace {

// sums[k] += x . row k of weights: each product is summed on its own first.
void add_products(const float* x, const float* rows, int64_t length, int64_t count, float* sums) {
  float products[kDotRows] = {};
  if (count == kDotRows) {
    accumulate_dots<kDotRows>(x, rows, length, length, products);
  } else {
    for (int64_t k = 0; k < count; ++k) {
      accumulate_dots<1>(x, rows + k * length, length, length, products + k);
    }
  }
  for (int64_t k = 0; k < count; ++k) sums[k] += products[k];
}

void add_diagonal(const float* x, const float* weights, int64_t first, int64_t count, float* sums) {
  for (int64_t k = 0; k < count; ++k) sums[k] += weights[first + k] * x[first + k];
}

}  // namespace

void LstmFloatProducts::add_gate(int gate, int64_t row, int64_t first, int64_t count,
                                 float* sums) const {
  const auto rows_of = [&](const Value* weights, int64_t length) {
    return weights->as<const float>() + first * length;
  };
  add_products(rows_->input + row * rows_->input_stride,
               rows_of(tensors_.weights[gate], sizes_.inputs), sizes_.inputs, count, sums);
  if (rows_->aux != nullptr) {
    add_products(rows_->aux + row * rows_->aux_stride,
                 rows_of(tensors_.aux_weights[gate], sizes_.aux_inputs), sizes_.aux_inputs, count,
                 sums);
  }
  const float* state = tensors_.output_state->as<const float>() + row * sizes_.outputs;
  if (tensors_.diagonal(gate)) {
    add_diagonal(state, tensors_.recurrent[gate]->as<const float>(), first, count, sums);
  } else {
    add_products(state, rows_of(tensors_.recurrent[gate], sizes_.outputs), sizes_.outputs, count,
                 sums);
  }
}

void LstmFloatProducts::add_projection(int64_t row, int64_t first, int64_t count,
                                       float* sums) const {
  add_products(hidden_ + row * sizes_.cells,
               tensors_.projection->as<const float>() + first * sizes_.cells, sizes_.cells, count,
               sums);
}

uint64_t LstmHybridProducts::scratch_bytes(const LstmSizes& sizes) {
  const auto batch = static_cast<uint64_t>(sizes.batch);
  return 4 * batch * sizeof(HybridScale) +
         batch * static_cast<uint64_t>(int64_t{sizes.inputs} + sizes.aux_inputs + sizes.outputs +
                                       sizes.cells);
}

LstmHybridProducts::LstmHybridProducts(const LstmTensors& tensors, const LstmSizes& sizes,
                                       bool asymmetric, void* scratch)
    : tensors_(tensors), sizes_(sizes), asymmetric_(asymmetric) {
  const int64_t batch = sizes.batch;
  auto* scales = static_cast<HybridScale*>(scratch);
  auto* values = reinterpret_cast<int8_t*>(scales + 4 * batch);
  const auto take = [&](int64_t length) {
    const Vectors vectors{length, scales, values};
    scales += batch;
    values += batch * length;
    return vectors;
  };
  inputs_ = take(sizes.inputs);
  aux_ = take(sizes.aux_inputs);
  state_ = take(sizes.outputs);
  hidden_ = take(sizes.cells);
}

void LstmHybridProducts::quantize(const float* source, int64_t stride, Vectors& target) const {
  const auto quantize_row = asymmetric_ ? quantize_asymmetric : quantize_symmetric;
  for (int64_t row = 0; row < sizes_.batch; ++row) {
    target.scales[row] =
        quantize_row(source + row * stride, target.length, target.values + row * target.length);
  }
}

void LstmHybridProducts::add(const Vectors& vectors, const Value& weights, int64_t row,
                             int64_t first, int64_t count, float* sums) const {
  const int64_t length = vectors.length;
  const int8_t* x = vectors.values + row * length;
  const HybridScale& scale = vectors.scales[row];
  // Weights that are uint8 by name hold signed numbers, too.
  const int8_t* rows = weights.as<const int8_t>() + first * length;
  int32_t products[kDotRows] = {};
  if (count == kDotRows) {
    accumulate_dots<kDotRows>(x, scale.zero_point, rows, length, 0, length, products);
  } else {
    for (int64_t k = 0; k < count; ++k) {
      accumulate_dots<1>(x, scale.zero_point, rows + k * length, length, 0, length, products + k);
    }
  }
  const float factor = scale.scale * weights.scale();
  for (int64_t k = 0; k < count; ++k) sums[k] += static_cast<float>(products[k]) * factor;
}

void LstmHybridProducts::take_inputs(const LstmRows<float>& rows) {
  rows_ = &rows;
  quantize(rows.input, rows.input_stride, inputs_);
  if (rows.aux != nullptr) quantize(rows.aux, rows.aux_stride, aux_);
  quantize(tensors_.output_state->as<const float>(), sizes_.outputs, state_);
}

void LstmHybridProducts::add_gate(int gate, int64_t row, int64_t first, int64_t count,
                                  float* sums) const {
  add(inputs_, *tensors_.weights[gate], row, first, count, sums);
  if (rows_->aux != nullptr) add(aux_, *tensors_.aux_weights[gate], row, first, count, sums);
  if (tensors_.diagonal(gate)) {
    add_diagonal(tensors_.output_state->as<const float>() + row * sizes_.outputs,
                 tensors_.recurrent[gate]->as<const float>(), first, count, sums);
  } else {
    add(state_, *tensors_.recurrent[gate], row, first, count, sums);
  }
}

void LstmHybridProducts::take_hidden(const float* hidden) {
  quantize(hidden, sizes_.cells, hidden_);
}

void LstmHybridProducts::add_projection(int64_t row, int64_t first, int64_t count,
                                        float* sums) const {
  add(hidden_, *tensors_.projection, row, first, count, sums);
}

}  // namespace baton::ops
