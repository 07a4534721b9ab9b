// Bilinear scaling with the arithmetic of TensorFlow Lite's reference RESIZE_BILINEAR on float32,
// corners not aligned and pixel centres not halved: the operator that label_image runs on pictures.
// (Its optimised kernel multiplies the weights first, which moves some values by a unit in the last
// place.)
#pragma once

#include <vector>

#include "tools/image/image.h"

namespace baton::image {

struct FloatImage {
  int width = 0;
  int height = 0;
  int channels = 0;
  std::vector<float> values;  // laid out as Image::pixels, 0 to 255
};

// `width` and `height` are positive, and so are the picture's own. There is no smoothing
// when shrinking.
FloatImage resize_bilinear(const Image& image, int width, int height);

}  // namespace baton::image
