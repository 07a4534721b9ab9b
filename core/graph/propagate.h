// Shapes, and the values that follow from them, through a subgraph.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/graph/graph.h"

namespace baton {

enum class NodeShape : uint8_t {
  kKnown,    // all output shapes are known before the run
  kFolded,   // known, and so are the values: the node need not run
  kDynamic,  // an output shape depends on data, or on such a shape: infer again in the run
};

struct Propagation {
  std::vector<NodeShape> nodes;                    // by node index
  std::vector<std::unique_ptr<uint8_t[]>> folded;  // memory of folded values
};

// `values` (by tensor index) have the inputs' dims set; gets the shapes of everything else, and
// data for folded tensors (Value::known). Calls each node's infer, and prepare + run of foldable
// operators whose inputs are known, or kShapeOnly ones whose input shapes are, when the outputs are
// at most kMaxFoldedBytes. Nodes without an operator keep the file's shapes; an operator after them
// that rejects such shapes gets unknown ones instead of an error. Errors name the node. Called for
// the default shapes and again after each resize; a former run's folded flags are reset first.
Result<Propagation> propagate(const Subgraph& subgraph, std::span<Value> values,
                              SessionServices* services);

// Whether running the node would change nothing: all that it writes is empty. Kernels need not
// guard their loops against outputs without elements but with enormous other sizes.
bool computes_nothing(const NodeContext& context, const Operator& op);

inline constexpr uint64_t kMaxFoldedBytes = 4096;

}  // namespace baton
