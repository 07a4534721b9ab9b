#include <algorithm>
#include <cmath>
#include <type_traits>

#include "core/ops/support/copy.h"
#include "core/ops/support/resize.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_resize_bilinear_attributes>();
  if (attributes.align_corners && attributes.half_pixel_centers) {
    return error(BATON_INVALID_MODEL, "align_corners and half_pixel_centers exclude each other");
  }
  return infer_resize(ctx);
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(
      check_dtype("input", ctx.input(0).dtype(), dtypes_of<float, uint8_t, int8_t, int16_t>()));
  return prepare_copy(ctx);
}

// Two neighbours along one dimension and the distance from the first, in pixels (float) or in
// 1/1024 pixels (integer).
template <typename Real>
struct Neighbours {
  int32_t low;
  int32_t high;
  Real distance;
};

struct FloatAxis {
  float scale;
  bool half_pixel_centers;
  int32_t input;

  FloatAxis(int32_t input_size, int32_t output_size,
            const baton_resize_bilinear_attributes& attributes)
      : scale(resize_scale(input_size, output_size, attributes.align_corners != 0)),
        half_pixel_centers(attributes.half_pixel_centers != 0),
        input(input_size) {}

  Neighbours<float> at(int32_t i) const {
    const auto index = static_cast<float>(i);
    const float position = half_pixel_centers ? (index + 0.5f) * scale - 0.5f : index * scale;
    const int32_t low = pixel_within(std::floor(position), input);
    return {low, pixel_within(std::ceil(position), input), position - static_cast<float>(low)};
  }
};

constexpr int64_t kOne = 1024;

struct FixedAxis {
  int64_t scale;
  bool half_pixel_centers;
  int32_t input;

  FixedAxis(int32_t input_size, int32_t output_size,
            const baton_resize_bilinear_attributes& attributes)
      : half_pixel_centers(attributes.half_pixel_centers != 0), input(input_size) {
    const bool corners = attributes.align_corners != 0 && output_size > 1;
    const int64_t from = corners ? input_size - 1 : input_size;
    const int64_t to = corners ? output_size - 1 : output_size;
    scale = (kOne * from + to / 2) / to;
  }

  Neighbours<int64_t> at(int32_t i) const {
    const int64_t position = i * scale + (half_pixel_centers ? scale / 2 - kOne / 2 : 0);
    const int64_t last = input - 1;
    const auto low = static_cast<int32_t>(std::clamp<int64_t>(position / kOne, 0, last));
    const auto high =
        static_cast<int32_t>(std::clamp<int64_t>((position + kOne - 1) / kOne, 0, last));
    return {low, high, position - kOne * low};
  }
};

// float32, and uint8 computed in float and rounded half up.
template <typename T>
T blend(T a, T b, T c, T d, float y, float x) {
  const float sum = static_cast<float>(a) * (1 - y) * (1 - x) +
                    static_cast<float>(b) * y * (1 - x) + static_cast<float>(c) * (1 - y) * x +
                    static_cast<float>(d) * y * x + (std::is_integral_v<T> ? 0.5f : 0.0f);
  return static_cast<T>(sum);
}

// int8 and int16 in fixed point, rounded half away from zero.
template <typename T>
T blend(T a, T b, T c, T d, int64_t y, int64_t x) {
  const int64_t sum =
      a * (kOne - y) * (kOne - x) + b * y * (kOne - x) + c * (kOne - y) * x + d * y * x;
  const int64_t half = kOne * kOne / 2;
  return static_cast<T>((sum + (sum > 0 ? half : -half)) / (kOne * kOne));
}

template <typename T, typename Axis>
void resize(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_resize_bilinear_attributes>();
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  const Axis rows(input.dim(1), output.dim(1), attributes);
  const Axis columns(input.dim(2), output.dim(2), attributes);
  const int64_t depth = input.dim(3);
  const int64_t row_pitch = input.dim(2) * depth;
  const int32_t height = output.dim(1);
  const int32_t width = output.dim(2);
  ctx.parallel_for(int64_t{input.dim(0)} * height, 1, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const auto y = rows.at(static_cast<int32_t>(row % height));
      const T* image = input.as<const T>() + row / height * input.dim(1) * row_pitch;
      const T* top = image + y.low * row_pitch;
      const T* bottom = image + y.high * row_pitch;
      T* to = output.as<T>() + row * width * depth;
      for (int32_t i = 0; i < width; ++i) {
        const auto x = columns.at(i);
        const int64_t left = x.low * depth;
        const int64_t right = x.high * depth;
        for (int64_t c = 0; c < depth; ++c) {
          *to++ = blend(top[left + c], bottom[left + c], top[right + c], bottom[right + c],
                        y.distance, x.distance);
        }
      }
    }
  });
}

Status run(NodeContext& ctx) {
  switch (ctx.input(0).dtype()) {
    case BATON_UINT8:
      resize<uint8_t, FloatAxis>(ctx);
      return {};
    case BATON_INT8:
      resize<int8_t, FixedAxis>(ctx);
      return {};
    case BATON_INT16:
      resize<int16_t, FixedAxis>(ctx);
      return {};
    default:
      resize<float, FloatAxis>(ctx);
      return {};
  }
}

int32_t min_version(const NodeContext& ctx) {
  if (ctx.input(0).dtype() == BATON_INT16) return 4;
  if (ctx.attributes<baton_resize_bilinear_attributes>().half_pixel_centers) return 3;
  return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1;
}

}  // namespace

extern const Operator resize_bilinear{
    .code = BATON_OP_RESIZE_BILINEAR,
    .name = "RESIZE_BILINEAR",
    .summary = "An image in another size, each pixel interpolated between four.",
    .max_version = 4,
    .inputs = {2, 2},
    .dtypes = dtypes_of<float, uint8_t, int8_t, int16_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
