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

template <typename T>
void TapPointers<T>::fill(const T* input, int64_t first, size_t rows, int64_t group,
                          const T* outside, int64_t outside_stride, T* patches,
                          const T** pointers) const {
  input += group * shape_.depth;
  if (sizes_.pointwise) {
    for (size_t m = 0; m < rows; ++m) {
      pointers[m] = input + (first + static_cast<int64_t>(m)) * sizes_.input_channels;
    }
    return;
  }
  const int64_t line_pixels = sizes_.x.output;
  const int64_t image_pixels = sizes_.y.output * line_pixels;
  const int64_t image_size = int64_t{sizes_.y.input} * sizes_.x.input * sizes_.input_channels;
  Pixel pixel{first / image_pixels, first % image_pixels / line_pixels, first % line_pixels};
  for (size_t m = 0; m < rows; ++m) {
    const T* image = input + pixel.image * image_size;
    const T* around = outside + pixel.image * outside_stride;
    if (shape_.merged) {
      fill_merged(image, pixel, around, patches + m * shape_.taps() * shape_.tap_depth(),
                  pointers + m);
    } else {
      fill_taps(image, pixel, around, pointers + m);
    }
    if (++pixel.x < line_pixels) continue;
    pixel.x = 0;
    if (++pixel.y < sizes_.y.output) continue;
    pixel.y = 0;
    ++pixel.image;
  }
}

template <typename T>
void TapPointers<T>::fill_taps(const T* image, const Pixel& pixel, const T* outside,
                               const T** pointers) const {
  const int64_t line = sizes_.x.input * sizes_.input_channels;
  const int64_t x = sizes_.x.start(pixel.x);
  int64_t y = sizes_.y.start(pixel.y);
  for (int32_t fy = 0; fy < shape_.filter_height; ++fy, y += shape_.dilation_h) {
    const bool inside = y >= 0 && y < sizes_.y.input;
    int64_t tap_x = x;
    for (int32_t fx = 0; fx < shape_.filter_width; ++fx, tap_x += shape_.dilation_w) {
      *pointers = inside && tap_x >= 0 && tap_x < sizes_.x.input
                      ? image + y * line + tap_x * sizes_.input_channels
                      : outside;
      pointers += tile_rows_;
    }
  }
}

template <typename T>
void TapPointers<T>::fill_merged(const T* image, const Pixel& pixel, const T* outside, T* patches,
                                 const T** pointers) const {
  const int64_t line = sizes_.x.input * sizes_.input_channels;
  const int64_t x = sizes_.x.start(pixel.x);
  const bool within = x >= 0 && x + shape_.filter_width <= sizes_.x.input;
  int64_t y = sizes_.y.start(pixel.y);
  for (int32_t fy = 0; fy < shape_.filter_height; ++fy, y += shape_.dilation_h) {
    if (y < 0 || y >= sizes_.y.input) {
      *pointers = outside;
    } else if (within) {
      *pointers = image + y * line + x * sizes_.input_channels;
    } else {
      // The part of the row that is inside, in a row of what is outside.
      const int64_t begin = std::clamp<int64_t>(-x, 0, shape_.filter_width);
      const int64_t end = std::clamp<int64_t>(sizes_.x.input - x, begin, shape_.filter_width);
      std::copy(outside, outside + shape_.tap_depth(), patches);
      std::copy(image + y * line + (x + begin) * shape_.depth,
                image + y * line + (x + end) * shape_.depth, patches + begin * shape_.depth);
      *pointers = patches;
      patches += shape_.tap_depth();
    }
    pointers += tile_rows_;
  }
}

template class TapPointers<float>;
template class TapPointers<int8_t>;
template class TapPointers<uint8_t>;

}  // namespace baton::cpu
