#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace shapes {

// Interleaved red, green, blue; rows from the top.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> rgb;
};

// Bilinear resize to side × side × 3 values in 0..255, sampling at x · (old / new) as
// TensorFlow Lite's label_image does (align_corners and half_pixel_centers both false).
std::vector<float> resize_bilinear(const Image& image, int side);

// False if the file could not be written.
bool write_png(const Image& image, const std::string& path);

}  // namespace shapes
