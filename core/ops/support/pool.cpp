#include "core/ops/support/pool.h"

namespace baton::ops {
namespace {

Status make_shape(const NodeContext& ctx, PoolShape* shape) {
  const auto& attributes = ctx.attributes<baton_pool_2d_attributes>();
  const Value& input = ctx.input(0);
  if (input.rank() != 4) {
    return error(BATON_INVALID_MODEL, "the input has rank %d, it must be 4", input.rank());
  }
  shape->batches = input.dim(0);
  shape->channels = input.dim(3);
  BATON_RETURN_IF_ERROR(make_window("height", attributes.padding, input.dim(1),
                                    attributes.filter_height, attributes.stride_h, 1, &shape->y));
  return make_window("width", attributes.padding, input.dim(2), attributes.filter_width,
                     attributes.stride_w, 1, &shape->x);
}

}  // namespace

Status infer_pool(NodeContext& ctx) {
  PoolShape shape;
  BATON_RETURN_IF_ERROR(make_shape(ctx, &shape));
  return ctx.set_output_dims(0, {shape.batches, shape.y.output, shape.x.output, shape.channels});
}

Status prepare_pool(NodeContext& ctx, std::span<const PoolKernel> kernels) {
  const int32_t activation = ctx.attributes<baton_pool_2d_attributes>().fused_activation_function;
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  auto data = std::make_unique<PoolData>();
  uint32_t dtypes = 0;
  for (const PoolKernel& kernel : kernels) {
    dtypes |= dtype_bit(kernel.dtype);
    if (kernel.dtype == input.dtype()) data->run = kernel.run;
  }
  BATON_RETURN_IF_ERROR(check_dtype("input", input.dtype(), dtypes));
  BATON_RETURN_IF_ERROR(check_same_dtype("output", output, "input", input));
  BATON_RETURN_IF_ERROR(make_shape(ctx, &data->shape));
  if (input.dtype() == BATON_FLOAT32) {
    baton_activation_range_float(activation, &data->float_low, &data->float_high);
  } else {
    BATON_RETURN_IF_ERROR(activation_limits(output, activation, &data->low, &data->high));
  }
  ctx.set_data(std::move(data));
  return {};
}

uint64_t pool_work(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_pool_2d_attributes>();
  return static_cast<uint64_t>(ctx.output(0).count()) *
         static_cast<uint64_t>(attributes.filter_height) *
         static_cast<uint64_t>(attributes.filter_width);
}

int32_t pool_min_version(const NodeContext& ctx) {
  if (ctx.input(0).dtype() == BATON_INT16) return 3;
  return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1;
}

}  // namespace baton::ops
