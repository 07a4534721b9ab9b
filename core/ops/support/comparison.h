// LESS, EQUAL and so on: two broadcast inputs, a bool output.
#pragma once

#include "core/ops/support/binary.h"

namespace baton::ops {

struct ComparisonData : OpData {
  int32_t multiplier[2] = {0, 0};
  int32_t shift[2] = {0, 0};
};

// Quantised inputs are compared after each was scaled by its own scale.
inline constexpr int kComparisonLeftShift = 8;

// Predicate::apply(a, b) decides. Ts are the types that are compared as they are; uint8 and int8
// are compared as real numbers when they are quantised.
template <typename Predicate, typename... Ts>
struct Comparison {
  static constexpr uint32_t kDtypes = dtypes_of<Ts..., uint8_t, int8_t>();

  static Status prepare(NodeContext& ctx) {
    BATON_RETURN_IF_ERROR(check_binary(ctx, kDtypes));
    BATON_RETURN_IF_ERROR(check_dtype("output", ctx.output(0).dtype(), dtypes_of<bool>()));
    if (!quantized(ctx)) return {};
    auto data = std::make_unique<ComparisonData>();
    for (int i = 0; i < 2; ++i) {
      BATON_RETURN_IF_ERROR(check_per_tensor("input", ctx.input(i)));
      baton_quantize_multiplier(static_cast<double>(ctx.input(i).scale()), &data->multiplier[i],
                                &data->shift[i]);
    }
    ctx.set_data(std::move(data));
    return {};
  }

  static Status run(NodeContext& ctx) {
    if (ctx.input(0).dtype() == BATON_UINT8) return run_8bit<uint8_t>(ctx);
    if (ctx.input(0).dtype() == BATON_INT8) return run_8bit<int8_t>(ctx);
    Status status;
    BATON_RETURN_IF_ERROR(for_type<Ts...>(ctx.input(0).dtype(), [&]<typename T>() {
      status = run_binary<T, bool>(ctx, [](T a, T b) { return Predicate::apply(a, b); });
    }));
    return status;
  }

  static int32_t min_version(const NodeContext& ctx) {
    return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1;
  }

 private:
  static bool quantized(const NodeContext& ctx) {
    const baton_dtype dtype = ctx.input(0).dtype();
    return (dtype == BATON_UINT8 || dtype == BATON_INT8) && ctx.input(0).quantized();
  }

  template <typename T>
  static Status run_8bit(NodeContext& ctx) {
    if (!quantized(ctx)) {
      return run_binary<T, bool>(ctx, [](T a, T b) { return Predicate::apply(a, b); });
    }
    const auto& data = ctx.data<ComparisonData>();
    const int32_t zero_point_a = ctx.input(0).zero_point();
    const int32_t zero_point_b = ctx.input(1).zero_point();
    return run_binary<T, bool>(ctx, [&](T a, T b) {
      return Predicate::apply(
          baton_multiply_by_quantized_multiplier((a - zero_point_a) * (1 << kComparisonLeftShift),
                                                 data.multiplier[0], data.shift[0]),
          baton_multiply_by_quantized_multiplier((b - zero_point_b) * (1 << kComparisonLeftShift),
                                                 data.multiplier[1], data.shift[1]));
    });
  }
};

}  // namespace baton::ops
