#include "tests/image/encode.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#include <stb/stb_image_write.h>
#pragma GCC diagnostic pop

namespace baton::image {

std::vector<uint8_t> encode(Format format, int width, int height, int channels,
                            const std::vector<uint8_t>& pixels) {
  std::vector<uint8_t> bytes;
  const auto append = [](void* context, void* data, int size) {
    auto* to = static_cast<std::vector<uint8_t>*>(context);
    const auto* from = static_cast<const uint8_t*>(data);
    to->insert(to->end(), from, from + size);
  };
  switch (format) {
    case Format::kPng:
      stbi_write_png_to_func(append, &bytes, width, height, channels, pixels.data(), 0);
      break;
    case Format::kBmp:
      stbi_write_bmp_to_func(append, &bytes, width, height, channels, pixels.data());
      break;
    case Format::kJpeg:
      stbi_write_jpg_to_func(append, &bytes, width, height, channels, pixels.data(), 100);
      break;
  }
  return bytes;
}

}  // namespace baton::image
