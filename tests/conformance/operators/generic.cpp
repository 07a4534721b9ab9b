#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {

void make_generic(const Operator& op, Draft& d) {
  const Shape shape = d.shape(d.pick({4u, 1u, 2u, 3u}));
  std::vector<TensorId> inputs;
  for (int i = 0; i < op.inputs.min; ++i) inputs.push_back(d.input(shape));
  const std::vector<Draft::OutputSpec> outputs(static_cast<size_t>(op.outputs.min),
                                               {d.dtype(), d.quantization()});
  d.node(op.code, inputs, outputs);
}

}  // namespace baton::conformance
