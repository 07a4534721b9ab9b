// Operators of two broadcast inputs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "baton/fixed_point.h"
#include "core/ops/operator.h"
#include "core/ops/support/broadcast.h"
#include "core/ops/support/check.h"
#include "core/ops/support/dispatch.h"

namespace baton::ops {

// Shape rule of operators whose output has the type of their second input. TensorFlow Lite sets it
// so, and there are files in which the output has another.
inline Status infer_arithmetic(NodeContext& ctx) {
  ctx.set_output_dtype(0, ctx.input(1).dtype());
  return infer_broadcast(ctx);
}

// Loops over the two inputs of a node.
inline Status node_loops(const NodeContext& ctx, BroadcastLoops* loops) {
  const Value* inputs[] = {&ctx.input(0), &ctx.input(1)};
  return broadcast_loops(inputs, ctx.output(0), loops);
}

// Runs fn(a, b) over the node's inputs of type In.
template <typename In, typename Out, typename Fn>
Status run_binary(const NodeContext& ctx, const Fn& fn) {
  BroadcastLoops loops;
  BATON_RETURN_IF_ERROR(node_loops(ctx, &loops));
  broadcast_binary(ctx, loops, ctx.input(0).as<const In>(), ctx.input(1).as<const In>(),
                   ctx.output(0).as<Out>(), fn);
  return {};
}

// Checks that both inputs have one type out of `supported`, and that the loops are few enough.
inline Status check_binary(const NodeContext& ctx, uint32_t supported) {
  BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(0).dtype(), supported));
  BATON_RETURN_IF_ERROR(check_same_dtype("first input", ctx.input(0), "second", ctx.input(1)));
  BroadcastLoops loops;
  return node_loops(ctx, &loops);
}

// The kernel of Function::apply(a, b) for types Ts, without quantisation or activation.
template <typename Function, typename... Ts>
struct Binary {
  static Status prepare(NodeContext& ctx) {
    BATON_RETURN_IF_ERROR(check_binary(ctx, dtypes_of<Ts...>()));
    return check_same_dtype("input", ctx.input(0), "output", ctx.output(0));
  }
  static Status run(NodeContext& ctx) {
    Status status;
    BATON_RETURN_IF_ERROR(for_type<Ts...>(ctx.input(0).dtype(), [&]<typename T>() {
      status = run_binary<T, T>(ctx, [](T a, T b) { return Function::apply(a, b); });
    }));
    return status;
  }
};

// Integers that wrap instead of overflowing; other types unchanged.
template <typename T>
using Wrapping = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>,
                                             std::type_identity<T>>::type;

// Limits of a fused activation for float32, int32 and int64 outputs. As in TensorFlow Lite, what is
// no clamp (TANH, SIGN_BIT) counts as none, and a float output is kept finite.
template <typename T>
struct ActivationLimits {
  T low = std::numeric_limits<T>::lowest();
  T high = std::numeric_limits<T>::max();

  explicit ActivationLimits(int32_t activation) {
    if (activation == BATON_ACTIVATION_RELU || activation == BATON_ACTIVATION_RELU6) low = 0;
    if (activation == BATON_ACTIVATION_RELU_N1_TO_1) low = -1, high = 1;
    if (activation == BATON_ACTIVATION_RELU6) high = 6;
  }
  T operator()(T x) const { return std::min(std::max(x, low), high); }
};

// Checks a quantised node of two inputs of one type.
inline Status check_quantized_binary(const NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_same_dtype("input", ctx.input(0), "output", ctx.output(0)));
  BATON_RETURN_IF_ERROR(check_per_tensor("first input", ctx.input(0)));
  BATON_RETURN_IF_ERROR(check_per_tensor("second input", ctx.input(1)));
  return check_per_tensor("output", ctx.output(0));
}

inline bool is_quantized_type(baton_dtype dtype) {
  return dtype == BATON_UINT8 || dtype == BATON_INT8 || dtype == BATON_INT16;
}

}  // namespace baton::ops
