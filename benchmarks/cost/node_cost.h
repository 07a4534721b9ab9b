// What the nodes of a model have to do, whoever runs them: multiply-adds, bytes that must move,
// parameters. Counted from the public view of a model, at the shapes of the file.
//
// Multiply-adds are those of the operators that are made of them (convolutions, matrix products,
// recurrent cells); all others have none, and their work shows in their bytes. Taps of a window
// that lie in the padding count, as is the custom. Control flow has none of its own: how often a
// body runs depends on data.
//
// Bytes are those of every input and output once; state that is carried from run to run is read and
// written. Operators that pick from an input (GATHER, SLICE ...) read of it no more than they
// write.
//
// Parameters are elements of constants that were learnt: of a float type, or quantised (they have a
// scale), which 32-bit biases are, too. Shapes, axes and indices are neither.
//
// Whatever does not fit 64 bits is UINT64_MAX.
#pragma once

#include <cstdint>
#include <vector>

#include "baton/baton.h"

namespace baton::benchmarks {

// Of what a node multiplies: which of a machine's ceilings is its own.
enum class Precision { kFloat32, kBfloat16, kInt16, kInt8 };
const char* precision_name(Precision precision);

struct NodeCost {
  uint64_t multiply_adds = 0;
  uint64_t bytes_read = 0;
  uint64_t bytes_written = 0;
  uint64_t parameters = 0;
  Precision precision = Precision::kFloat32;
  // Float activations with weights of 8 bits or fewer: kFloat32, though a kernel may quantise the
  // activations and multiply bytes.
  bool hybrid = false;

  uint64_t bytes() const;
};

// `node` is one of `graph`'s.
NodeCost node_cost(const baton_graph* graph, const baton_node* node);

struct ModelCost {
  uint64_t multiply_adds = 0;  // of the main subgraph
  uint64_t bytes = 0;          // of the main subgraph: what its nodes read and write
  uint64_t parameters = 0;     // of all subgraphs; a constant that several nodes use counts once
  std::vector<std::vector<NodeCost>> nodes;  // [subgraph][operator's index in the file]
};

ModelCost model_cost(const baton_model* model);

}  // namespace baton::benchmarks
