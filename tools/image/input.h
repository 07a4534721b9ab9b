// From a picture to the bytes of a model's input tensor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "baton/types.h"
#include "tools/image/image.h"
#include "tools/image/resize.h"

namespace baton::image {

// (pixel - mean) / std, pixels being 0 to 255.
struct Normalisation {
  float mean = 127.5f;
  float std = 127.5f;
};

// The input tensor. Scale 0 means that it is not quantised.
struct InputSpec {
  std::string name;
  baton_dtype dtype = BATON_FLOAT32;
  std::vector<int32_t> dims;  // [1, height, width, 1 or 3]; without the 1s also accepted
  float scale = 0;
  int64_t zero_point = 0;
  // What the user asked for. Without it the type decides, as described at fill_input().
  std::optional<Normalisation> normalisation;
};

// Height, width and channels that the tensor wants; nullopt and a sentence when it is no picture.
struct PictureShape {
  int height = 0;
  int width = 0;
  int channels = 0;
};
std::optional<PictureShape> picture_shape(const InputSpec& spec, std::string* error);

// Bytes of one element of `dtype`, or 0 if fill_input() does not fill it.
size_t input_element_size(baton_dtype dtype);

// Writes `values` as elements of the tensor's type into `out`, whose size must match:
//   float32, float64   (pixel - mean) / std
//   uint8              the pixel, its fraction cut off
//   int8               where the quantisation spans [-1, 1]: as int16; otherwise pixel - 128, its
//                      fraction cut off towards zero
//   int16              (pixel - mean) / std, quantised with the tensor's scale and zero point
// uint8 models, and other int8 models, are trained on the whole range of pixels, so the tensor's
// scale does not matter: this is label_image's rule. When the user gives a normalisation, the pixel
// is normalised and then quantised with the tensor's scale and zero point, for these types too. On
// failure: false, and one sentence in *error.
bool fill_input(const FloatImage& values, const InputSpec& spec, std::span<std::byte> out,
                std::string* error);

// All of it: channels, size, type.
std::optional<std::vector<std::byte>> image_to_input(const Image& image, const InputSpec& spec,
                                                     std::string* error);

}  // namespace baton::image
