#include "tools/image/resize.h"

#include <algorithm>
#include <cmath>

namespace baton::image {
namespace {

// Where an output coordinate falls between two source coordinates.
struct Position {
  size_t low = 0;
  size_t high = 0;
  float fraction = 0;
};

std::vector<Position> positions(int source, int target) {
  const float scale = static_cast<float>(source) / static_cast<float>(target);
  std::vector<Position> result(static_cast<size_t>(target));
  for (int i = 0; i < target; ++i) {
    const float at = static_cast<float>(i) * scale;
    // Rounding may carry `at` to the source's end; both neighbours are then its last element.
    const int low = std::min(static_cast<int>(std::floor(at)), source - 1);
    const int high = std::min(static_cast<int>(std::ceil(at)), source - 1);
    result[static_cast<size_t>(i)] = {static_cast<size_t>(low), static_cast<size_t>(high),
                                      at - static_cast<float>(low)};
  }
  return result;
}

}  // namespace

FloatImage resize_bilinear(const Image& image, int width, int height) {
  FloatImage result;
  result.width = width;
  result.height = height;
  result.channels = image.channels;
  const size_t channels = static_cast<size_t>(image.channels);
  const size_t row = static_cast<size_t>(image.width) * channels;
  result.values.resize(static_cast<size_t>(width) * static_cast<size_t>(height) * channels);
  const std::vector<Position> columns = positions(image.width, width);
  float* out = result.values.data();
  for (const Position& y : positions(image.height, height)) {
    const uint8_t* upper = image.pixels.data() + y.low * row;
    const uint8_t* lower = image.pixels.data() + y.high * row;
    for (const Position& x : columns) {
      const float above = 1 - y.fraction, below = y.fraction;
      const float before = 1 - x.fraction, after = x.fraction;
      for (size_t c = 0; c < channels; ++c) {
        const size_t left = x.low * channels + c, right = x.high * channels + c;
        // The order of products and sums decides the last bit, and so which pixels fall just short
        // of an integer when their fraction is cut off.
        *out++ = static_cast<float>(upper[left]) * above * before +
                 static_cast<float>(lower[left]) * below * before +
                 static_cast<float>(upper[right]) * above * after +
                 static_cast<float>(lower[right]) * below * after;
      }
    }
  }
  return result;
}

}  // namespace baton::image
