#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/ops/support/copy.h"
#include "core/ops/support/resize.h"

namespace baton::ops {
namespace {

int32_t nearest(int32_t i, int32_t input, int32_t output,
                const baton_resize_nearest_neighbor_attributes& attributes) {
  const bool align_corners = attributes.align_corners != 0;
  const float offset = attributes.half_pixel_centers ? 0.5f : 0.0f;
  const float position =
      (static_cast<float>(i) + offset) * resize_scale(input, output, align_corners);
  return pixel_within(align_corners ? std::round(position) : std::floor(position), input);
}

Status run(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_resize_nearest_neighbor_attributes>();
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  const int64_t pixel = input.dim(3) * int64_t{dtype_bits(input.dtype()) / 8};
  if (pixel == 0) return {};
  const int64_t row_pitch = input.dim(2) * pixel;
  const int32_t height = output.dim(1);
  const int32_t width = output.dim(2);
  ctx.parallel_for(int64_t{input.dim(0)} * height, 1, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int32_t y =
          nearest(static_cast<int32_t>(row % height), input.dim(1), height, attributes);
      const auto* from =
          input.as<const unsigned char>() + (row / height * input.dim(1) + y) * row_pitch;
      auto* to = output.as<unsigned char>() + row * width * pixel;
      for (int32_t x = 0; x < width; ++x) {
        std::memcpy(to + x * pixel, from + nearest(x, input.dim(2), width, attributes) * pixel,
                    static_cast<size_t>(pixel));
      }
    }
  });
  return {};
}

int32_t min_version(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_resize_nearest_neighbor_attributes>();
  if (ctx.input(0).dtype() == BATON_INT16) return 4;
  if (attributes.half_pixel_centers || attributes.align_corners) return 3;
  return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1;
}

}  // namespace

extern const Operator resize_nearest_neighbor{
    .code = BATON_OP_RESIZE_NEAREST_NEIGHBOR,
    .name = "RESIZE_NEAREST_NEIGHBOR",
    .summary = "An image in another size, each pixel the nearest one.",
    .max_version = 4,
    .inputs = {2, 2},
    .dtypes = kPlainDtypes,
    .infer = infer_resize,
    .prepare = prepare_copy,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
