#include "core/ops/support/copy.h"

namespace baton::ops {
namespace {

// Replaces the one size of -1, if any, by what the number of elements asks for.
Status complete_shape(int64_t input_count, std::span<const int32_t> input_dims,
                      std::vector<int64_t>* shape) {
  // Zeros are left out of the products that a -1 is found from.
  int64_t input_product = 1;
  for (const int32_t dim : input_dims) input_product *= dim != 0 ? dim : 1;
  int64_t product = 1;
  bool zero = false;
  int64_t* stretch = nullptr;
  for (int64_t& dim : *shape) {
    if (dim == -1) {
      if (stretch != nullptr)
        return error(BATON_INVALID_MODEL, "the new shape has more than one -1");
      stretch = &dim;
      continue;
    }
    if (dim < 0) {
      return error(BATON_INVALID_MODEL, "the new shape has a size of %lld",
                   static_cast<long long>(dim));
    }
    if (dim == 0) zero = true;
    if (dim != 0 && __builtin_mul_overflow(product, dim, &product)) {
      return error(BATON_INVALID_MODEL, "the new shape is too large");
    }
  }
  if (stretch != nullptr) *stretch = input_count == 0 && !zero ? 0 : input_product / product;
  int64_t count = 1;
  for (const int64_t dim : *shape) {
    if (__builtin_mul_overflow(count, dim, &count)) count = -1;
    if (count < 0) break;
  }
  if (count == input_count) return {};
  std::string text;
  for (const int64_t dim : *shape) text += (text.empty() ? "" : ", ") + std::to_string(dim);
  return error(BATON_INVALID_MODEL, "the input has %lld elements, the new shape [%s] does not",
               static_cast<long long>(input_count), text.c_str());
}

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value* shape_input = ctx.optional_input(1);
  std::vector<int64_t> shape;
  // A shape tensor that is no vector of int32 gives way to the attribute.
  if (shape_input != nullptr && shape_input->rank() == 1 && shape_input->dtype() == BATON_INT32) {
    if (!shape_input->known()) {
      ctx.set_output_unknown(0);
      return {};
    }
    BATON_RETURN_IF_ERROR(read_integers("shape", *shape_input, &shape));
  } else {
    const auto& attributes = ctx.attributes<baton_reshape_attributes>();
    shape.assign(attributes.new_shape, attributes.new_shape + attributes.new_shape_count);
    // Old files write a scalar's shape as [0].
    if (shape.size() == 1 && shape[0] == 0) shape.clear();
  }
  BATON_RETURN_IF_ERROR(complete_shape(input.count(), input.dims(), &shape));
  std::vector<int32_t> dims;
  for (const int64_t size : shape) {
    BATON_ASSIGN_OR_RETURN(const int32_t dim, checked_dim(size));
    dims.push_back(dim);
  }
  return ctx.set_output_dims(0, dims);
}

}  // namespace

extern const Operator reshape{
    .code = BATON_OP_RESHAPE,
    .name = "RESHAPE",
    .summary = "The same elements in a new shape, from a tensor or an attribute; -1 is computed.",
    .max_version = 1,
    .inputs = {1, 2},
    .flags = kInPlace | kFoldable,
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run_copy,
};

}  // namespace baton::ops
