// An LSTM cell over the steps of a sequence.
#pragma once

#include "core/ops/support/lstm_integer.h"

namespace baton::ops {

struct LstmLayer {
  LstmKind kind = LstmKind::kFloat;
  LstmSettings settings;
  LstmIntegerData integer;
};

// What the layer reads and writes.
struct LstmSequence {
  const Value* input = nullptr;   // [batch, inputs], or with time in front of or behind batch
  const Value* aux = nullptr;     // as input; nullptr when there is none
  const Value* output = nullptr;  // as input
  bool time_major = true;
  bool backward = false;      // the last step first
  int64_t output_offset = 0;  // where each row of the output begins
};

// A node of one layer, as its operator describes it.
struct LstmNode {
  LstmTensors tensors;
  LstmSizes sizes;
  LstmSequence sequence;
};

// Of the attributes that the operators of the family share.
template <typename Attributes>
LstmSettings lstm_settings(const Attributes& attributes) {
  return {attributes.fused_activation_function, attributes.cell_clip, attributes.proj_clip,
          attributes.asymmetric_quantize_inputs != 0};
}

// `prepare` and `run` of such a node.
Status prepare_lstm_node(NodeContext& ctx, const LstmNode& node, const LstmSettings& settings);
Status run_lstm_node(NodeContext& ctx, const LstmNode& node);

// Checks types and quantisation; settings are set.
Status prepare_lstm_layer(const NodeContext& ctx, const LstmTensors& tensors,
                          const LstmSizes& sizes, const LstmSequence& sequence, LstmLayer* layer);

uint64_t lstm_scratch_bytes(const LstmSizes& sizes, LstmKind kind);

Status run_lstm_layer(const NodeContext& ctx, const LstmTensors& tensors, const LstmSizes& sizes,
                      const LstmLayer& layer, const LstmSequence& sequence, void* scratch);

// The smallest version of an operator whose hybrid kernel came with version 2 or 3, and its
// asymmetric form one later; 1 for other types.
int32_t lstm_hybrid_version(const NodeContext& ctx, int weights, bool asymmetric, int32_t version);

}  // namespace baton::ops
