// Images in another size, each pixel interpolated between four: one call computes a row of output.
//
//   out = blend of top[low], bottom[low], top[high], bottom[high] by the distances x and y
#pragma once

#include <cstddef>
#include <cstdint>

namespace baton::kernels {

// Two neighbours along one dimension and the distance from the first.
struct ResizeTap {
  int64_t low = 0, high = 0;
  float distance = 0;  // in pixels
  int32_t fixed = 0;   // in 1/1024 pixels (or 1/16), less than one; 0 where both are the same
};

struct ResizeRow {
  const void* top = nullptr;  // input rows
  const void* bottom = nullptr;
  size_t row_elements = 0;  // of an input row
  size_t channels = 0;
  float y = 0;  // the distance from top to bottom, in pixels and as ResizeTap::fixed
  int32_t y_fixed = 0;
  const ResizeTap* taps = nullptr;  // of each output pixel, offsets in elements
  size_t pixels = 0;                // of output
  void* out = nullptr;
  void* scratch = nullptr;  // resize_scratch_bytes(), 64-byte aligned
};

// Of any type.
inline size_t resize_scratch_bytes(size_t row_elements) {
  return 2 * (row_elements * sizeof(float) + 64);
}

using ResizeFunction = void (*)(const ResizeRow& row);

// Rows of the table: operation "resize_bilinear", types "f32"; "u8", whose bits are those of
// float products added one after the other, and half more, rounded down; "s8", in fixed point,
// rounded half away from zero.
// And "resize_sixteenths", types "u8" and "s8": the same bits where all distances are whole
// sixteenths of a pixel, which `fixed` and `y_fixed` count here.

}  // namespace baton::kernels
