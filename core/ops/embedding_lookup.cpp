#include <cstring>

#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

constexpr uint32_t kHybridDtypes = dtypes_of<int8_t, uint8_t>();

bool hybrid(const NodeContext& ctx) {
  return ctx.output(0).dtype() == BATON_FLOAT32 &&
         (dtype_bit(ctx.input(1).dtype()) & kHybridDtypes) != 0;
}

Status infer(NodeContext& ctx) {
  const Value& lookup = ctx.input(0);
  const Value& table = ctx.input(1);
  BATON_RETURN_IF_ERROR(check_dtype("lookup", lookup.dtype(), dtypes_of<int32_t>()));
  if (lookup.rank() != 1 || table.rank() < 2) {
    return error(BATON_INVALID_MODEL,
                 "the lookup must be a vector, the table have at least two dimensions");
  }
  std::vector<int32_t> dims(table.dims().begin(), table.dims().end());
  dims[0] = lookup.dim(0);
  return ctx.set_output_dims(0, dims);
}

Status prepare(NodeContext& ctx) {
  const Value& table = ctx.input(1);
  if (!hybrid(ctx)) {
    BATON_RETURN_IF_ERROR(check_plain("table", table));
    return check_same_dtype("table", table, "output", ctx.output(0));
  }
  BATON_RETURN_IF_ERROR(check_per_tensor("table", table));
  const baton_quantization& scales = table.quantization();
  if (table.zero_point() != 0) {
    return error(BATON_INVALID_MODEL, "the table has zero point %d, it must be 0",
                 table.zero_point());
  }
  if (scales.count > 1 && (scales.kind == BATON_QUANTIZATION_BLOCK || scales.axis != 0 ||
                           scales.count != static_cast<uint32_t>(table.dim(0)))) {
    return error(BATON_UNSUPPORTED,
                 "the table has %u scales; one, or one for each row, can be used", scales.count);
  }
  return {};
}

template <typename T>
void scale_row(const NodeContext& ctx, int64_t index, int64_t size, float* to) {
  const Value& table = ctx.input(1);
  const baton_quantization& scales = table.quantization();
  const float scale = scales.scales[scales.count > 1 ? index : 0];
  const T* from = table.as<const T>() + index * size;
  for (int64_t i = 0; i < size; ++i) to[i] = static_cast<float>(from[i]) * scale;
}

Status run(NodeContext& ctx) {
  const Value& lookup = ctx.input(0);
  const Value& table = ctx.input(1);
  const int64_t size = product_of_dims(table, 1, table.rank());
  const int64_t bytes = size * (dtype_bits(table.dtype()) / 8);
  for (int64_t i = 0; i < lookup.dim(0); ++i) {
    const int32_t index = lookup.as<const int32_t>()[i];
    if (index < 0 || index >= table.dim(0)) {
      return error(BATON_INVALID_ARGUMENT, "lookup %lld is %d; the table has %d rows",
                   static_cast<long long>(i), index, table.dim(0));
    }
    if (size == 0) continue;
    if (!hybrid(ctx)) {
      std::memcpy(ctx.output(0).as<unsigned char>() + i * bytes,
                  table.as<const unsigned char>() + index * bytes, static_cast<size_t>(bytes));
    } else if (table.dtype() == BATON_INT8) {
      scale_row<int8_t>(ctx, index, size, ctx.output(0).as<float>() + i * size);
    } else {
      scale_row<uint8_t>(ctx, index, size, ctx.output(0).as<float>() + i * size);
    }
  }
  return {};
}

int32_t min_version(const NodeContext& ctx) {
  return hybrid(ctx) && ctx.input(1).quantization().count > 1 ? 4 : 1;
}

}  // namespace

extern const Operator embedding_lookup{
    .code = BATON_OP_EMBEDDING_LOOKUP,
    .name = "EMBEDDING_LOOKUP",
    .summary = "Rows of a table, picked by indices; 8-bit tables may give float32.",
    .max_version = 5,
    .inputs = {2, 2},
    .dtypes = dtypes_of<int32_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
