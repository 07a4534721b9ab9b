// Operators that compute each output element from the input element at the same place.
#pragma once

#include <cstdint>
#include <memory>

#include "baton/fixed_point.h"
#include "core/ops/operator.h"
#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"

namespace baton::ops {

// Shape rule: one input, the output has its shape.
inline Status infer_same_shape(NodeContext& ctx) {
  return ctx.set_output_dims(0, ctx.input(0).dims());
}

// out[i] = fn(in[i]).
template <typename In, typename Out, typename Fn>
void map_elements(const NodeContext& ctx, const In* in, Out* out, int64_t count, const Fn& fn) {
  ctx.parallel_for(count, 16384, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) out[i] = fn(in[i]);
  });
}

// The kernel of an operator whose function is Function::apply(x), without quantisation.
template <typename Function, typename... Ts>
struct Unary {
  static Status prepare(NodeContext& ctx) {
    BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(0).dtype(), dtypes_of<Ts...>()));
    return check_same_dtype("input", ctx.input(0), "output", ctx.output(0));
  }
  static Status run(NodeContext& ctx) {
    const Value& input = ctx.input(0);
    return for_type<Ts...>(input.dtype(), [&]<typename T>() {
      map_elements(ctx, input.as<const T>(), ctx.output(0).as<T>(), input.count(),
                   [](T x) { return Function::apply(x); });
    });
  }
};

// The whole kernel of an integer operator: 256 output bytes by the input's bits, or the
// interpolated table of an int16 operator.
struct TableData : OpData {
  uint8_t table[256] = {};
  std::unique_ptr<int16_t[]> table16;
};

// Fills the table of an int8, uint8 or int16 operator from a real function. Both tensors must pass
// check_per_tensor.
inline void fill_table(const Value& input, const Value& output, baton_transform transform,
                       const void* context, TableData* data) {
  if (input.dtype() == BATON_INT8) {
    baton_lut8_fill_int8(reinterpret_cast<int8_t*>(data->table), input.scale(), input.zero_point(),
                         output.scale(), output.zero_point(), transform, context);
  } else if (input.dtype() == BATON_UINT8) {
    baton_lut8_fill_uint8(data->table, input.scale(), input.zero_point(), output.scale(),
                          output.zero_point(), transform, context);
  } else {
    data->table16 = std::make_unique<int16_t[]>(BATON_LUT16_SIZE);
    baton_lut16_fill(data->table16.get(), input.scale(), input.zero_point(), output.scale(),
                     output.zero_point(), transform, context);
  }
}

inline void run_table(const NodeContext& ctx) {
  const auto& data = ctx.data<TableData>();
  const Value& input = ctx.input(0);
  if (input.dtype() == BATON_INT16) {
    const int16_t* table = data.table16.get();
    map_elements(ctx, input.as<const int16_t>(), ctx.output(0).as<int16_t>(), input.count(),
                 [table](int16_t x) { return baton_lut16_lookup(x, table); });
    return;
  }
  const uint8_t* table = data.table;
  map_elements(ctx, input.as<const uint8_t>(), ctx.output(0).as<uint8_t>(), input.count(),
               [table](uint8_t x) { return table[x]; });
}

// Checks a node of one type that is float32 or, with quantisation, one of `integers`.
inline Status check_float_or_quantized(const NodeContext& ctx, uint32_t integers) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(check_dtype("input", input.dtype(), integers | dtypes_of<float>()));
  BATON_RETURN_IF_ERROR(check_same_dtype("input", input, "output", output));
  if (input.dtype() == BATON_FLOAT32) return {};
  BATON_RETURN_IF_ERROR(check_per_tensor("input", input));
  BATON_RETURN_IF_ERROR(check_per_tensor("output", output));
  return check_int16_zero_points(input, output);
}

// prepare of an operator that is float32, or a table for the types among `integers`.
inline Status prepare_float_or_table(NodeContext& ctx, uint32_t integers, baton_transform transform,
                                     const void* context) {
  BATON_RETURN_IF_ERROR(check_float_or_quantized(ctx, integers));
  if (ctx.input(0).dtype() == BATON_FLOAT32) return {};
  auto data = std::make_unique<TableData>();
  fill_table(ctx.input(0), ctx.output(0), transform, context, data.get());
  ctx.set_data(std::move(data));
  return {};
}

// Smallest version of operators in which 2 added int8 and 3 int16.
inline int32_t version_by_integer_type(const NodeContext& ctx) {
  return ctx.input(0).dtype() == BATON_INT8 ? 2 : ctx.input(0).dtype() == BATON_INT16 ? 3 : 1;
}

}  // namespace baton::ops
