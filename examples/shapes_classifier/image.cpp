#include "image.h"

#include <algorithm>

#ifndef __clang_analyzer__  // What it finds inside is not ours to mend.
#define STB_IMAGE_WRITE_IMPLEMENTATION
#endif
#define STB_IMAGE_WRITE_STATIC
#include <stb/stb_image_write.h>

namespace shapes {

std::vector<float> resize_bilinear(const Image& image, int side) {
  std::vector<float> out(static_cast<size_t>(side) * side * 3);
  const float scale_y = static_cast<float>(image.height) / static_cast<float>(side);
  const float scale_x = static_cast<float>(image.width) / static_cast<float>(side);
  const auto at = [&](int y, int x, int c) {
    return static_cast<float>(image.rgb[(static_cast<size_t>(y) * image.width + x) * 3 + c]);
  };
  for (int y = 0; y < side; ++y) {
    const float source_y = static_cast<float>(y) * scale_y;
    const int top = static_cast<int>(source_y);
    const int bottom = std::min(top + 1, image.height - 1);
    const float down = source_y - static_cast<float>(top);
    for (int x = 0; x < side; ++x) {
      const float source_x = static_cast<float>(x) * scale_x;
      const int left = static_cast<int>(source_x);
      const int right = std::min(left + 1, image.width - 1);
      const float across = source_x - static_cast<float>(left);
      for (int c = 0; c < 3; ++c) {
        out[(static_cast<size_t>(y) * side + x) * 3 + c] =
            at(top, left, c) * (1 - down) * (1 - across) +
            at(bottom, left, c) * down * (1 - across) + at(top, right, c) * (1 - down) * across +
            at(bottom, right, c) * down * across;
      }
    }
  }
  return out;
}

bool write_png(const Image& image, const std::string& path) {
  return stbi_write_png(path.c_str(), image.width, image.height, 3, image.rgb.data(),
                        image.width * 3) != 0;
}

}  // namespace shapes
