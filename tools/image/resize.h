// Bilinear scaling with the arithmetic of TensorFlow Lite's RESIZE_BILINEAR on float32, corners not
// aligned and pixel centres not halved: what label_image runs on its pictures.
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

// `width` and `height` are positive, and so are the picture's own. The four neighbours are weighted
// and summed in float from the upper left to the lower right; there is no smoothing when shrinking.
FloatImage resize_bilinear(const Image& image, int width, int height);

}  // namespace baton::image
