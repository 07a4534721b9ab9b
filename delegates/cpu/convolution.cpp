#include "delegates/cpu/convolution.h"

#include <algorithm>

namespace baton::cpu {

ConvShape conv_shape_of(const NodeView& node) {
  const auto& attributes = node.attributes<baton_conv_2d_attributes>();
  const Operand& filter = node.input(1);
  ConvShape shape;
  shape.channels = filter.dim(0);
  shape.filter_height = filter.dim(1);
  shape.filter_width = filter.dim(2);
  shape.depth = filter.dim(3);
  shape.groups = node.input(0).dim(3) / std::max(1, shape.depth);
  shape.stride_h = attributes.stride_h;
  shape.stride_w = attributes.stride_w;
  shape.dilation_h = attributes.dilation_h_factor;
  shape.dilation_w = attributes.dilation_w_factor;
  shape.padding = attributes.padding;
  shape.image_padding = node.padding;
  constexpr int32_t kFewChannels = 8;
  shape.merged = shape.groups == 1 && shape.filter_width > 1 && shape.dilation_w == 1 &&
                 shape.depth < kFewChannels;
  return shape;
}

ConvShape matrix_shape_of(const Operand& filter) {
  ConvShape shape;
  shape.channels = filter.dim(0);
  shape.depth = filter.dim(1);
  shape.matrix = true;
  return shape;
}

ConvSizes conv_sizes_of(const ConvShape& shape, const Sizes& sizes, int32_t input) {
  ConvSizes result;
  if (shape.matrix) {
    result.images = sizes.count(input) / shape.depth;
    result.input_channels = shape.depth;
    result.x = result.y = Window{1, 1, 1, 1, 0, 1};
    result.pointwise = true;
    return result;
  }
  const auto dims = sizes.dims(input);
  if (dims[3] != shape.depth * shape.groups) {
    throw sdk::Error(BATON_REASON_SHAPE, "the channels of the convolution's input change");
  }
  result.images = dims[0];
  result.input_channels = dims[3];
  if (shape.image_padding) {
    const ImagePadding& around = *shape.image_padding;
    result.y = make_padded_window(around.top, around.bottom, dims[1], shape.filter_height,
                                  shape.stride_h, shape.dilation_h);
    result.x = make_padded_window(around.left, around.right, dims[2], shape.filter_width,
                                  shape.stride_w, shape.dilation_w);
  } else {
    result.y =
        make_window(shape.padding, dims[1], shape.filter_height, shape.stride_h, shape.dilation_h);
    result.x =
        make_window(shape.padding, dims[2], shape.filter_width, shape.stride_w, shape.dilation_w);
  }
  result.pointwise = shape.filter_height == 1 && shape.filter_width == 1 &&
                     result.y.output == result.y.input && result.x.output == result.x.input &&
                     shape.stride_h == 1 && shape.stride_w == 1 && result.y.before == 0 &&
                     result.x.before == 0;
  return result;
}

void check_residual(const Sizes& sizes, int32_t residual, int32_t sum, int64_t count) {
  if (residual < 0 || (sizes.count(residual) == count && sizes.count(sum) == count)) return;
  throw sdk::Error(BATON_REASON_SHAPE, "the fused ADD broadcasts at these shapes");
}

namespace {

// Of positions that lie `step` apart, those in [begin, end) are in [0, limit).
struct Inside {
  size_t begin, end;
};
Inside inside(int64_t first, int64_t step, size_t count, int64_t limit) {
  const auto past = [&](int64_t until) {  // how many come before `until`
    if (first >= until) return size_t{0};
    if (first + static_cast<int64_t>(count - 1) * step < until) return count;
    return static_cast<size_t>((until - first + step - 1) / step);
  };
  const size_t begin = past(0);
  return {begin, std::max(begin, past(limit))};
}

// Pointers `step` elements apart. What is read here are parameters: members would be read again
// after each pointer that is stored.
template <typename T>
void fill_steps(const T* from, int64_t step, size_t begin, size_t end, const T** pointers) {
  from += static_cast<int64_t>(begin) * step;
  for (size_t m = begin; m < end; ++m, from += step) pointers[m] = from;
}

}  // namespace

template <typename T>
void TapPointers<T>::fill(const T* input, int64_t first, size_t rows, int64_t group,
                          const T* outside, int64_t outside_stride, T* patches,
                          const T** pointers) const {
  input += group * shape_.depth;
  if (sizes_.pointwise) {
    fill_steps(input + first * sizes_.input_channels, sizes_.input_channels, 0, rows, pointers);
    return;
  }
  const int64_t line_pixels = sizes_.x.output;
  const int64_t image_pixels = sizes_.y.output * line_pixels;
  const int64_t image_size = int64_t{sizes_.y.input} * sizes_.x.input * sizes_.input_channels;
  // Runs of pixels that lie in one line of the output.
  for (size_t m = 0; m < rows;) {
    const int64_t pixel = first + static_cast<int64_t>(m);
    const int64_t image = pixel / image_pixels;
    Run run;
    run.image = input + image * image_size;
    run.outside = outside + image * outside_stride;
    run.y = sizes_.y.start(pixel % image_pixels / line_pixels);
    run.x = sizes_.x.start(pixel % line_pixels);
    run.count = static_cast<size_t>(
        std::min<int64_t>(static_cast<int64_t>(rows - m), line_pixels - pixel % line_pixels));
    if (shape_.merged) {
      fill_merged(run, patches + m * shape_.taps() * shape_.tap_depth(), pointers + m);
    } else {
      fill_taps(run, pointers + m);
    }
    m += run.count;
  }
}

template <typename T>
void TapPointers<T>::fill_taps(const Run& run, const T** pointers) const {
  const int64_t channels = sizes_.input_channels;
  const int64_t step = sizes_.x.stride;
  for (int32_t fx = 0; fx < shape_.filter_width; ++fx, pointers += tile_rows_) {
    const int64_t x = run.x + int64_t{fx} * shape_.dilation_w;
    const Inside columns = inside(x, step, run.count, sizes_.x.input);
    const T** tap = pointers;
    for (int32_t fy = 0; fy < shape_.filter_height;
         ++fy, tap += tile_rows_ * static_cast<size_t>(shape_.filter_width)) {
      const int64_t y = run.y + int64_t{fy} * shape_.dilation_h;
      if (y < 0 || y >= sizes_.y.input) {
        std::fill_n(tap, run.count, run.outside);
        continue;
      }
      const T* line = run.image + y * sizes_.x.input * channels;
      std::fill_n(tap, columns.begin, run.outside);
      fill_steps(line + x * channels, step * channels, columns.begin, columns.end, tap);
      std::fill(tap + columns.end, tap + run.count, run.outside);
    }
  }
}

template <typename T>
void TapPointers<T>::fill_merged(const Run& run, T* patches, const T** pointers) const {
  const int64_t depth = shape_.depth;
  const int64_t step = sizes_.x.stride;
  const Inside whole =
      inside(run.x, step, run.count, int64_t{sizes_.x.input} - shape_.filter_width + 1);
  for (int32_t fy = 0; fy < shape_.filter_height; ++fy, pointers += tile_rows_) {
    const int64_t y = run.y + int64_t{fy} * shape_.dilation_h;
    if (y < 0 || y >= sizes_.y.input) {
      std::fill_n(pointers, run.count, run.outside);
      continue;
    }
    const T* line = run.image + y * sizes_.x.input * depth;
    fill_steps(line + run.x * depth, step * depth, whole.begin, whole.end, pointers);
    // The part of the row that is inside, in a row of what is outside.
    const auto patch_rows = [&](size_t m, size_t until) {
      for (; m < until; ++m) {
        const int64_t x = run.x + static_cast<int64_t>(m) * step;
        const int64_t begin = std::clamp<int64_t>(-x, 0, shape_.filter_width);
        const int64_t end = std::clamp<int64_t>(sizes_.x.input - x, begin, shape_.filter_width);
        T* patch = patches + (m * shape_.taps() + static_cast<size_t>(fy)) * shape_.tap_depth();
        std::copy(run.outside, run.outside + shape_.tap_depth(), patch);
        std::copy(line + (x + begin) * depth, line + (x + end) * depth, patch + begin * depth);
        pointers[m] = patch;
      }
    };
    patch_rows(0, whole.begin);
    patch_rows(whole.end, run.count);
  }
}

template class TapPointers<float>;
template class TapPointers<int8_t>;
template class TapPointers<uint8_t>;

}  // namespace baton::cpu
