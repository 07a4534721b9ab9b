// LSTM's basic kernel: five inputs, all gates in one matrix, float32 or uint8.
#pragma once

#include <memory>

#include "delegates/cpu/operator.h"

namespace baton::cpu {

Refusal check_basic_lstm(const NodeView& node);
std::unique_ptr<Step> compile_basic_lstm(const NodeView& node, const Compiler& compiler);

}  // namespace baton::cpu
