// Pictures as models want them: decoded, with the right number of channels, scaled, and converted
// to the bytes of an input tensor in the manner of TensorFlow Lite's label_image.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace baton::image {

// Rows from the top, pixels from the left, channels interleaved: 1 (grey) or 3 (red, green, blue).
struct Image {
  int width = 0;
  int height = 0;
  int channels = 0;
  std::vector<uint8_t> pixels;
};

// Larger pictures are refused before they are decoded.
inline constexpr uint64_t kMaxFileBytes = uint64_t{256} << 20;
inline constexpr uint64_t kMaxPixels = 100'000'000;

// Decodes a JPEG, PNG or BMP file. Alpha is dropped, 16-bit PNG is cut to 8 bits, and a rotation
// noted in EXIF is not applied. On failure: nullopt, and one sentence in *error.
std::optional<Image> load_image(const std::filesystem::path& path, std::string* error);

// The same from memory; `name` stands for the picture in the sentence.
std::optional<Image> decode_image(std::span<const uint8_t> bytes, const std::string& name,
                                  std::string* error);

// The picture with `channels` (1 or 3): grey is repeated, colour becomes ITU-R 601 luma,
// (299 R + 587 G + 114 B) / 1000 rounded to nearest, so that grey stored as colour comes back
// exact.
Image with_channels(const Image& image, int channels);

}  // namespace baton::image
