// Operators that call subgraphs.
#pragma once

#include <vector>

#include "core/ops/operator.h"

namespace baton::ops {

// Room for the arguments and results of calls, so that running allocates nothing once it is used.
struct CallData : OpData {
  std::vector<const Value*> inputs;
  std::vector<const Value*> results;
};

// Whether two tensors' shapes are known and equal.
bool same_shape(const Value& a, const Value& b);

// The outputs of `subgraph` for the node's inputs from `first_input` on: copies of the node's
// outputs with the shapes found. Without a session the shapes are unknown.
Status infer_call(const NodeContext& ctx, int32_t subgraph, int first_input,
                  std::vector<Value>* outputs);

// Copies a value into an output of the node, which gets its shape, and memory where it needs it.
Status copy_value(const NodeContext& ctx, const Value& from, Value& to);

// Calls `subgraph` with `inputs` and copies its results into the node's outputs.
Status call_into_outputs(const NodeContext& ctx, int32_t subgraph,
                         std::span<const Value* const> inputs, std::vector<const Value*>* results);

}  // namespace baton::ops
