#include "tests/conformance/operators/parts.h"

#include <algorithm>

namespace baton::conformance {

TensorId operand(Draft& d, baton_dtype dtype, const Shape& shape, const Quantization& quantization,
                 const Content& content) {
  return d.pick_index(3) == 2 ? d.constant(dtype, shape, quantization, content)
                              : d.input(dtype, shape, quantization, content);
}

TensorId operand_like(Draft& d, TensorId other, const Shape& shape, const Content& content) {
  const Quantization quantization = d.quantization_of(other);
  return operand(d, d.b.at(other).dtype, shape, quantization, content);
}

TensorId int32s(Draft& d, const std::vector<int32_t>& values) {
  return d.b.int32s(d.b.unique_name("c"), values);
}

TensorId integers(Draft& d, const Shape& shape, const std::vector<int32_t>& values) {
  if (d.pick_bool()) {
    const std::vector<int64_t> wide(values.begin(), values.end());
    return d.b.constant(d.b.unique_name("c"), shape, wide);
  }
  return d.b.constant(d.b.unique_name("c"), shape, values);
}

TensorId single(Draft& d, int32_t value) {
  return d.pick_bool() ? int32s(d, {value}) : d.b.int32(d.b.unique_name("c"), value);
}

int64_t elements(const Shape& shape) {
  int64_t product = 1;
  for (const int32_t dim : shape) product *= dim;
  return product;
}

Shape shape_within(Draft& d, uint32_t rank, int64_t most) {
  Shape shape = d.shape(rank);
  while (elements(shape) > most) {
    int32_t& largest = *std::ranges::max_element(shape);
    largest = (largest + 1) / 2;
  }
  return shape;
}

uint32_t pick_axis(Draft& d, const Shape& shape) {
  return d.pick_index(static_cast<uint32_t>(shape.size()));
}

int32_t from_either_end(Draft& d, uint32_t axis, size_t rank) {
  const auto index = static_cast<int32_t>(axis);
  return d.random().one_in(2) ? index : index - static_cast<int32_t>(rank);
}

}  // namespace baton::conformance
