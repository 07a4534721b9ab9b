// The geometry of CONV_2D: which input pixels an output pixel is made of.
#pragma once

#include <cstdint>
#include <optional>

#include "delegates/cpu/node.h"
#include "delegates/cpu/step.h"
#include "delegates/cpu/window.h"

namespace baton::cpu {

// What is known when the node is compiled. The filter is [channels, height, width, depth].
struct ConvShape {
  int32_t filter_height = 1, filter_width = 1;
  int32_t depth = 0;     // input channels of a group
  int32_t channels = 0;  // output channels of all groups
  int32_t groups = 1;
  int32_t stride_h = 1, stride_w = 1;
  int32_t dilation_h = 1, dilation_w = 1;
  int32_t padding = 0;
  std::optional<ImagePadding> image_padding;
  // The pixels under a row of the filter are one run of memory, and one tap of the product: for
  // images of few channels.
  bool merged = false;
  // FULLY_CONNECTED: the image is any tensor, read as pixels of `depth` channels.
  bool matrix = false;

  int32_t group_channels() const { return channels / groups; }
  size_t taps() const {
    return static_cast<size_t>(merged ? filter_height : filter_height * filter_width);
  }
  size_t tap_depth() const { return static_cast<size_t>(merged ? filter_width * depth : depth); }
  int64_t filter_size() const { return int64_t{filter_height} * filter_width * depth; }
};

ConvShape conv_shape_of(const NodeView& node);     // CONV_2D
ConvShape matrix_shape_of(const Operand& filter);  // FULLY_CONNECTED, filter [channels, depth]

// With the sizes of a session.
struct ConvSizes {
  Window y, x;
  int64_t images = 0;
  int64_t input_channels = 0;

  int64_t pixels() const { return images * y.output * x.output; }
  // Output pixel p reads input pixel p and nothing else: no pointers to collect.
  bool pointwise = false;
};

// Throws where the convolution has not the groups that it was compiled with.
ConvSizes conv_sizes_of(const ConvShape& shape, const Sizes& sizes, int32_t input);

// A fused ADD, of a node's own output of `count` elements and the residual: throws where new shapes
// make it broadcast one of them. `residual` may be -1: there is none.
void check_residual(const Sizes& sizes, int32_t residual, int32_t sum, int64_t count);

// Collects the pointers to the rows of a tile's left operand (kernels/gemm.h).
template <typename T>
class TapPointers {
 public:
  // `tile_rows`: the kernel's.
  TapPointers(const ConvShape& shape, const ConvSizes& sizes, size_t tile_rows)
      : shape_(shape), sizes_(sizes), tile_rows_(tile_rows) {}

  size_t count() const { return shape_.taps() * tile_rows_; }
  // Elements for windows that reach over the border of the image (merged taps only).
  size_t patch_elements() const {
    return shape_.merged ? count() * shape_.tap_depth() + 64 / sizeof(T) : 0;
  }

  // For output pixels [first, first + rows). `outside`: tap_depth() elements of what lies outside
  // of an image, those of the next image outside_stride further; `patches`: patch_elements() of
  // scratch memory.
  void fill(const T* input, int64_t first, size_t rows, int64_t group, const T* outside,
            int64_t outside_stride, T* patches, const T** pointers) const;

 private:
  // Output pixels that lie side by side, by the input position under the filter's first cell.
  struct Run {
    const T* image;
    const T* outside;
    int64_t y, x;
    size_t count;
  };
  void fill_taps(const Run& run, const T** pointers) const;
  void fill_merged(const Run& run, T* patches, const T** pointers) const;

  const ConvShape& shape_;
  const ConvSizes& sizes_;
  size_t tile_rows_;
};

}  // namespace baton::cpu
