// Quantised MEAN and SUM: 32-bit sums, which wrap, and one factor to the output's scale.
#pragma once

#include "core/ops/operator.h"

namespace baton::ops {

struct QuantizedMeanData : OpData {
  int32_t multiplier = 0;
  int32_t shift = 0;
  int64_t depth = 0;  // elements of one result
};

// Of uint8, int8 and int16 nodes. `mean`: the sums are divided by their number of elements.
Status prepare_quantized_mean(const NodeContext& ctx, bool mean, QuantizedMeanData* data);

Status run_quantized_mean(const NodeContext& ctx, const QuantizedMeanData& data);

}  // namespace baton::ops
