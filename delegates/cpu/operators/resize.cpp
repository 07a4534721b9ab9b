// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR of [batch, height, width, channels].
#include "delegates/kernels/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "delegates/cpu/move.h"
#include "delegates/cpu/types.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

using kernels::ResizeFunction;
using kernels::ResizeTap;

Refusal check_images(const NodeView& node) {
  return first_of({require_same_dtype("input", node.input(0), "output", node.output()),
                   require_rank("input", node.input(0), 4, 4),
                   require_rank("output", node.output(), 4, 4)});
}

// How an axis is mapped; the arithmetic is that of core/ops/support/resize.h.
struct Axis {
  int32_t input, output;
  bool align_corners, half_pixel_centers;

  // Pixels of the input per pixel of the output.
  float scale() const {
    return align_corners && output > 1
               ? static_cast<float>(input - 1) / static_cast<float>(output - 1)
               : static_cast<float>(input) / static_cast<float>(output);
  }
  // A whole number as the index of a pixel; numbers outside give the nearest one.
  int32_t pixel_within(float index) const {
    if (!(index > 0)) return 0;
    return index >= static_cast<float>(input) ? input - 1
                                              : std::min(static_cast<int32_t>(index), input - 1);
  }
};

// ---- RESIZE_BILINEAR

ResizeTap float_tap(const Axis& axis, int32_t i) {
  const float scale = axis.scale();
  const auto index = static_cast<float>(i);
  const float position = axis.half_pixel_centers ? (index + 0.5f) * scale - 0.5f : index * scale;
  ResizeTap tap;
  tap.low = axis.pixel_within(std::floor(position));
  tap.high = axis.pixel_within(std::ceil(position));
  tap.distance = position - static_cast<float>(tap.low);
  return tap;
}

// In 1/1024 pixels, for int8.
ResizeTap fixed_tap(const Axis& axis, int32_t i) {
  constexpr int64_t kOne = 1024;
  const bool corners = axis.align_corners && axis.output > 1;
  const int64_t from = corners ? axis.input - 1 : axis.input;
  const int64_t to = corners ? axis.output - 1 : axis.output;
  const int64_t scale = (kOne * from + to / 2) / to;
  const int64_t position = i * scale + (axis.half_pixel_centers ? scale / 2 - kOne / 2 : 0);
  ResizeTap tap;
  tap.low = std::clamp<int64_t>(position / kOne, 0, axis.input - 1);
  tap.high = std::clamp<int64_t>((position + kOne - 1) / kOne, 0, axis.input - 1);
  // Between one pixel and itself every distance gives the same; others are below a pixel.
  tap.fixed = tap.low == tap.high ? 0 : static_cast<int32_t>(position - kOne * tap.low);
  return tap;
}

std::vector<ResizeTap> make_taps(const Axis& axis, bool fixed, int64_t step) {
  std::vector<ResizeTap> taps;
  for (int32_t i = 0; i < axis.output; ++i) {
    ResizeTap tap = fixed ? fixed_tap(axis, i) : float_tap(axis, i);
    tap.low *= step;
    tap.high *= step;
    taps.push_back(tap);
  }
  return taps;
}

// Makes `fixed` count 1/16 pixels, if that is exact for all; else changes nothing.
bool to_sixteenths(bool fixed, std::vector<ResizeTap>* y, std::vector<ResizeTap>* x) {
  const auto sixteenths = [fixed](const ResizeTap& tap) {
    return fixed ? static_cast<float>(tap.fixed) / 64 : tap.distance * 16;
  };
  const auto whole = [&](const ResizeTap& tap) {
    return sixteenths(tap) == std::floor(sixteenths(tap));
  };
  if (!std::all_of(y->begin(), y->end(), whole) || !std::all_of(x->begin(), x->end(), whole)) {
    return false;
  }
  for (std::vector<ResizeTap>* taps : {y, x}) {
    for (ResizeTap& tap : *taps) {
      // A distance from the image's first or last pixel to where there are no others is of no
      // matter, as both neighbours are one.
      tap.fixed = tap.low == tap.high ? 0 : static_cast<int32_t>(sixteenths(tap));
    }
  }
  return true;
}

Refusal check_bilinear(const NodeView& node) {
  const auto& attributes = node.attributes<baton_resize_bilinear_attributes>();
  if (attributes.align_corners && attributes.half_pixel_centers) {
    return {BATON_REASON_ATTRIBUTE, "align_corners and half_pixel_centers exclude each other"};
  }
  return first_of({require_dtype("input", node.input(0), {BATON_FLOAT32, BATON_INT8, BATON_UINT8}),
                   check_images(node)});
}

struct Bilinear {
  ResizeFunction function = nullptr;
  kernels::ResizeRow row;  // but for what differs from row to row
  int64_t element = 1;
  int64_t image = 0, out_row = 0;  // elements
  std::vector<ResizeTap> y, x;

  void operator()(const Call& call, uint64_t begin, uint64_t end) const {
    for (uint64_t item = begin; item < end; ++item) {
      const ResizeTap& tap = y[item % y.size()];
      const char* in =
          call.input<char>(0) + static_cast<int64_t>(item / y.size()) * image * element;
      kernels::ResizeRow piece = row;
      piece.top = in + tap.low * element;
      piece.bottom = in + tap.high * element;
      piece.y = tap.distance;
      piece.y_fixed = tap.fixed;
      piece.taps = x.data();
      piece.out = call.output<char>(0) + static_cast<int64_t>(item) * out_row * element;
      piece.scratch = call.worker_scratch<char>();
      function(piece);
    }
  }
};

std::unique_ptr<Step> compile_bilinear(const NodeView& node, const Compiler& compiler) {
  const int32_t input = node.input(0).index(), output = node.output().index();
  const baton_dtype dtype = node.input(0).dtype();
  const auto& attributes = node.attributes<baton_resize_bilinear_attributes>();
  const bool corners = attributes.align_corners != 0;
  const bool half_pixel = attributes.half_pixel_centers != 0;
  const auto find = [&](const char* operation) {
    return kernels::find<ResizeFunction>(operation, kernel_type(dtype), compiler.isa());
  };
  const ResizeFunction general = find("resize_bilinear"), sixteenths = find("resize_sixteenths");
  return make_step({input}, {output}, [=](const Sizes& sizes) {
    const auto in = sizes.dims(input), out = sizes.dims(output);
    const int64_t channels = in[3], row = in[2] * channels;
    Bilinear plan;
    plan.element = static_cast<int64_t>(bytes_of(dtype));
    plan.image = in[1] * row;
    plan.out_row = out[2] * channels;
    plan.row.row_elements = static_cast<size_t>(row);
    plan.row.channels = static_cast<size_t>(channels);
    plan.row.pixels = static_cast<size_t>(out[2]);
    const bool fixed = dtype == BATON_INT8;
    plan.y = make_taps({in[1], out[1], corners, half_pixel}, fixed, row);
    plan.x = make_taps({in[2], out[2], corners, half_pixel}, fixed, channels);
    plan.function =
        sixteenths != nullptr && to_sixteenths(fixed, &plan.y, &plan.x) ? sixteenths : general;
    const uint64_t items = channels == 0 ? 0 : static_cast<uint64_t>(in[0]) * plan.y.size();
    const double ns = static_cast<double>(row + plan.out_row) / 8 + 2.0 * out[2];
    const uint64_t scratch = kernels::resize_scratch_bytes(plan.row.row_elements);
    auto work = make_work(items, grain_of_ns(ns), std::move(plan));
    work->worker_scratch_bytes = scratch;
    return work;
  });
}

// ---- RESIZE_NEAREST_NEIGHBOR

int32_t nearest(const Axis& axis, int32_t i) {
  const float offset = axis.half_pixel_centers ? 0.5f : 0.0f;
  const float position = (static_cast<float>(i) + offset) * axis.scale();
  return axis.pixel_within(axis.align_corners ? std::round(position) : std::floor(position));
}

// Byte offsets of the pixels that an axis takes.
std::vector<int64_t> make_offsets(const Axis& axis, int64_t step) {
  std::vector<int64_t> offsets;
  for (int32_t i = 0; i < axis.output; ++i) offsets.push_back(nearest(axis, i) * step);
  return offsets;
}

// Pixels of kBytes bytes; 0: of `bytes`.
template <size_t kBytes>
void copy_pixels(const char* from, const int64_t* offsets, size_t pixels, size_t bytes, char* to) {
  const size_t size = kBytes != 0 ? kBytes : bytes;
  for (size_t i = 0; i < pixels; ++i) std::memcpy(to + i * size, from + offsets[i], size);
}

using CopyPixels = void (*)(const char*, const int64_t*, size_t, size_t, char*);
CopyPixels copy_of(size_t bytes) {
  switch (bytes) {
    case 1:
      return copy_pixels<1>;
    case 2:
      return copy_pixels<2>;
    case 3:
      return copy_pixels<3>;
    case 4:
      return copy_pixels<4>;
    case 8:
      return copy_pixels<8>;
    case 12:
      return copy_pixels<12>;
    case 16:
      return copy_pixels<16>;
    case 32:
      return copy_pixels<32>;
    default:
      return copy_pixels<0>;
  }
}

Refusal check_nearest(const NodeView& node) {
  return first_of({require_plain("input", node.input(0)), check_images(node)});
}

std::unique_ptr<Step> compile_nearest(const NodeView& node, const Compiler&) {
  const int32_t input = node.input(0).index(), output = node.output().index();
  const auto element = static_cast<int64_t>(bytes_of(node.input(0).dtype()));
  const auto& attributes = node.attributes<baton_resize_nearest_neighbor_attributes>();
  const bool corners = attributes.align_corners != 0;
  const bool half_pixel = attributes.half_pixel_centers != 0;
  return make_step({input}, {output}, [=](const Sizes& sizes) {
    const auto in = sizes.dims(input), out = sizes.dims(output);
    const int64_t pixel = in[3] * element, row = in[2] * pixel;
    const auto y = make_offsets({in[1], out[1], corners, half_pixel}, row);
    const auto x = make_offsets({in[2], out[2], corners, half_pixel}, pixel);
    const CopyPixels copy = copy_of(static_cast<size_t>(pixel));
    const int64_t image = in[1] * row, out_row = out[2] * pixel;
    const uint64_t items = pixel == 0 ? 0 : static_cast<uint64_t>(in[0]) * y.size();
    const double ns = static_cast<double>(out_row) / 32 + 1.0 * out[2];
    return make_work(items, grain_of_ns(ns), [=](const Call& call, uint64_t begin, uint64_t end) {
      for (uint64_t item = begin; item < end; ++item) {
        const auto image_index = static_cast<int64_t>(item / y.size());
        copy(call.input<char>(0) + image_index * image + y[item % y.size()], x.data(), x.size(),
             static_cast<size_t>(pixel),
             call.output<char>(0) + static_cast<int64_t>(item) * out_row);
      }
    });
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_RESIZE_BILINEAR, 4, check_bilinear, compile_bilinear},
    {BATON_OP_RESIZE_NEAREST_NEIGHBOR, 4, check_nearest, compile_nearest},
};

}  // namespace

sdk::Span<const Operator> resize_operators() { return kOperators; }

}  // namespace baton::cpu
