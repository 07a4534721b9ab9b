// What recipes share for operators that move elements: tensors that are quantised alike, and
// constants that say which elements.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/conformance/operators/draft.h"

namespace baton::conformance {

// Elements that can be told apart.
inline constexpr Content kDistinct{-100, 100};

// An input of the graph or a constant.
TensorId operand(Draft& d, baton_dtype dtype, const Shape& shape, const Quantization& quantization,
                 const Content& content = kDistinct);
// With the type and quantisation of another tensor, for operators that demand it.
TensorId operand_like(Draft& d, TensorId other, const Shape& shape,
                      const Content& content = kDistinct);

// Constants of whole numbers: vectors of int32 ...
TensorId int32s(Draft& d, const std::vector<int32_t>& values);
// ... and tensors of int32 or int64 where an operator takes both.
TensorId integers(Draft& d, const Shape& shape, const std::vector<int32_t>& values);
// One int32, a scalar or a vector of one.
TensorId single(Draft& d, int32_t value);

// The types and quantisations of a node's outputs.
using Outputs = std::vector<Draft::OutputSpec>;

int64_t elements(const Shape& shape);
// A shape of so many elements at most.
Shape shape_within(Draft& d, uint32_t rank, int64_t most);
// Whichever of the dimensions.
uint32_t pick_axis(Draft& d, const Shape& shape);
// The axis, counted from the front or (negative) from the end.
int32_t from_either_end(Draft& d, uint32_t axis, size_t rank);

}  // namespace baton::conformance
