// 8-bit depthwise convolutions of few channels and stride 1: as many neighbouring pixels as fill a
// vector are computed as if their channels were those of one. Pixels at the borders, which have
// not all of their input, go one by one.
//
// Packed weights are those of the narrow form, then those of the wide one, if there is one.
#if defined(BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_WIDE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_WIDE_INL_H_
#undef BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_WIDE_INL_H_
#else
#define BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_WIDE_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "delegates/kernels/depthwise/int8_run-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace depthwise {

template <template <size_t> class Arith, size_t kWidest, size_t kLeast>
struct Int8Kernel {
  using Layout = Int8Layout<Arith<kWidest>>;

  // What a quarter of a vector holds is worth it.
  static size_t pixels_at_once(const DepthwiseShape& shape) {
    const bool few = shape.multiplier == 1 && shape.channels <= kWidest / 4;
    return few ? kWidest / shape.channels : 1;
  }
  static DepthwiseShape wide_shape(DepthwiseShape shape) {
    shape.channels *= pixels_at_once(shape);
    return shape;
  }

  static size_t packed_bytes(const DepthwiseShape& shape) {
    const size_t narrow = Layout(shape).end;
    return pixels_at_once(shape) == 1 ? narrow : narrow + Layout(wide_shape(shape)).end;
  }

  static void pack(const DepthwiseShape& shape, const Int8DepthwiseWeights& weights, void* packed) {
    pack_int8<Arith, kWidest, kLeast>(shape, weights, packed);
    if (pixels_at_once(shape) == 1) return;
    Int8DepthwiseWeights repeated = weights;
    repeated.channels = shape.channels;
    pack_int8<Arith, kWidest, kLeast>(wide_shape(shape), repeated,
                                      static_cast<std::byte*>(packed) + Layout(shape).end);
  }

  static void run(const Int8DepthwiseTile& tile) { without_gaps<uint8_t>(tile, run_dense); }

 private:
  static void run_narrow(const Int8DepthwiseTile& tile, int64_t begin, int64_t end) {
    if (begin >= end) return;
    Int8DepthwiseTile part = tile;
    part.begin = begin;
    part.end = end;
    run_int8<Arith, kWidest, kLeast>(part);
  }

  static void run_dense(const Int8DepthwiseTile& tile) {
    const auto channels = static_cast<int64_t>(tile.shape.channels);
    const auto pixels = static_cast<int64_t>(pixels_at_once(tile.shape));
    // Pixels that have all of their input.
    const auto width = static_cast<int64_t>(tile.shape.filter_width);
    const int64_t begin = std::max(tile.begin, tile.pad);
    const int64_t end = std::min(tile.end, tile.input_width - width + 1 + tile.pad);
    if (pixels == 1 || tile.stride != 1 || tile.dilation != 1 || end - begin < pixels ||
        tile.input_pixel_stride != channels || tile.out_pixel_stride != channels) {
      return run_int8<Arith, kWidest, kLeast>(tile);
    }
    run_narrow(tile, tile.begin, begin);
    const auto run_wide = [&](int64_t first, int64_t count) {
      Int8DepthwiseTile wide = tile;
      wide.packed = static_cast<const std::byte*>(tile.packed) + Layout(tile.shape).end;
      wide.shape = wide_shape(tile.shape);
      wide.stride = pixels;
      wide.pad = tile.pad - first;
      wide.begin = 0;
      wide.end = count;
      wide.out = static_cast<uint8_t*>(tile.out) + first * channels;
      wide.out_pixel_stride = pixels * channels;
      run_int8<Arith, kWidest, kLeast>(wide);
    };
    run_wide(begin, (end - begin) / pixels);
    // Some for the second time.
    if ((end - begin) % pixels != 0) run_wide(end - pixels, 1);
    run_narrow(tile, end, tile.end);
  }
};

}  // namespace depthwise
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_WIDE_INL_H_
