// LSTM's basic kernel: five inputs, all gates in one matrix, float or uint8.
#pragma once

#include "core/ops/operator.h"

namespace baton::ops {

Status infer_basic_lstm(NodeContext& ctx);
Status prepare_basic_lstm(NodeContext& ctx);
Status run_basic_lstm(NodeContext& ctx);
uint64_t basic_lstm_work(const NodeContext& ctx);

}  // namespace baton::ops
