// Tensors that are put together and taken apart along one axis.
#include "tests/conformance/operators/parts.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

// Another tensor of this kind, or now and then one of those that are there already.
TensorId next_part(Draft& d, const std::vector<TensorId>& parts, const Shape& shape,
                   const Quantization& quantization) {
  const TensorId first = parts.front();
  if (d.random().one_in(6) && d.b.at(first).shape == shape) return first;
  return operand(d, d.dtype(), shape, quantization);
}

void concatenation(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  const uint32_t count = d.pick({2u, 3u, 1u, 5u, 4u, 9u});
  // Only uint8 inputs are rescaled to the output.
  const bool rescaled = d.pick_bool() && d.dtype() == BATON_UINT8;
  Shape shape = shape_within(d, rank, 500);
  const uint32_t axis = pick_axis(d, shape);
  const TensorId first = d.input(shape, kDistinct);
  const Quantization quantization = d.quantization_of(first);
  std::vector<TensorId> inputs = {first};
  while (inputs.size() < count) {
    if (!d.random().one_in(3)) shape[axis] = d.random().one_in(12) ? 0 : d.random().between(1, 9);
    inputs.push_back(next_part(d, inputs, shape, rescaled ? d.quantization() : quantization));
  }
  auto attributes = default_attributes<baton_concatenation_attributes>();
  attributes.axis = from_either_end(d, axis, rank);
  d.node(BATON_OP_CONCATENATION, inputs, rescaled ? d.quantization() : quantization, attributes);
}

void pack(Draft& d) {
  const uint32_t rank = d.pick({3u, 1u, 2u, 4u, 0u});
  const uint32_t count = d.pick({2u, 3u, 1u, 4u, 7u});
  const uint32_t axis = d.pick_index(rank + 1);
  Shape shape = shape_within(d, rank, 500);
  if (rank != 0 && d.random().one_in(24)) shape[d.random().below(rank)] = 0;
  std::vector<TensorId> inputs = {d.input(shape, kDistinct)};
  const Quantization quantization = d.quantization_of(inputs[0]);
  while (inputs.size() < count) inputs.push_back(next_part(d, inputs, shape, quantization));
  auto attributes = default_attributes<baton_pack_attributes>();
  attributes.values_count = static_cast<int32_t>(count);
  attributes.axis = from_either_end(d, axis, rank + 1);
  d.node(BATON_OP_PACK, inputs, quantization, attributes);
}

Outputs outputs_like(const Draft& d, TensorId x, int32_t count) {
  return Outputs(static_cast<size_t>(count), {d.dtype(), d.quantization_of(x)});
}

void unpack(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  Shape shape = d.shape_or_empty(rank);
  const uint32_t axis = pick_axis(d, shape);
  if (shape[axis] == 0) shape[axis] = 2;
  const TensorId x = d.input(shape, kDistinct);
  auto attributes = default_attributes<baton_unpack_attributes>();
  attributes.num = shape[axis];
  attributes.axis = from_either_end(d, axis, rank);
  d.node(BATON_OP_UNPACK, {x}, outputs_like(d, x, shape[axis]), attributes);
}

void split(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  const int32_t count = d.pick({2, 3, 1, 4, 7});
  Shape shape = shape_within(d, rank, 300);
  const uint32_t axis = pick_axis(d, shape);
  shape[axis] = d.random().one_in(24) ? 0 : count * d.random().between(1, 5);
  const TensorId where = single(d, from_either_end(d, axis, rank));
  const TensorId x = d.input(shape, kDistinct);
  auto attributes = default_attributes<baton_split_attributes>();
  attributes.num_splits = count;
  d.node(BATON_OP_SPLIT, {where, x}, outputs_like(d, x, count), attributes);
}

void split_v(Draft& d) {
  const uint32_t rank = d.pick({4u, 1u, 2u, 3u, 5u});
  const int32_t count = d.pick({2, 3, 1, 4, 6});
  const bool rest = d.pick_bool();
  Shape shape = shape_within(d, rank, 300);
  const uint32_t axis = pick_axis(d, shape);
  std::vector<int32_t> sizes;
  shape[axis] = 0;
  for (int32_t i = 0; i < count; ++i) {
    sizes.push_back(d.random().one_in(8) ? 0 : d.random().between(1, 7));
    shape[axis] += sizes.back();
  }
  if (rest) sizes[d.random().below(static_cast<uint32_t>(count))] = -1;
  const TensorId x = d.input(shape, kDistinct);
  const TensorId parts = integers(d, {count}, sizes);
  const TensorId where = single(d, from_either_end(d, axis, rank));
  auto attributes = default_attributes<baton_split_v_attributes>();
  attributes.num_splits = count;
  d.node(BATON_OP_SPLIT_V, {x, parts, where}, outputs_like(d, x, count), attributes);
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_CONCATENATION, concatenation, 36},
    {BATON_OP_PACK, pack},
    {BATON_OP_SPLIT, split},
    {BATON_OP_SPLIT_V, split_v},
    {BATON_OP_UNPACK, unpack},
};

}  // namespace

extern const Recipes joins_recipes{kRecipes};

}  // namespace baton::conformance
