#include "tools/image/input.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "baton/fixed_point.h"

namespace baton::image {
namespace {

std::nullopt_t fail(std::string* error, const InputSpec& spec, const std::string& what) {
  if (error) *error = "input \"" + spec.name + "\" " + what;
  return std::nullopt;
}

std::string shape_text(const std::vector<int32_t>& dims) {
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i) text += (i ? ", " : "") + std::to_string(dims[i]);
  return text + "]";
}

// Calls convert(pixel) for each value and stores what it returns.
template <typename Element, typename Convert>
void store(const FloatImage& values, std::span<std::byte> out, Convert convert) {
  std::byte* to = out.data();
  for (const float value : values.values) {
    const Element element = static_cast<Element>(convert(value));
    std::memcpy(to, &element, sizeof element);
    to += sizeof element;
  }
}

// Whether the quantisation spans about [-1, 1], as it does after training on normalised pixels.
bool spans_unit_range(const InputSpec& spec, int lowest, int highest) {
  const auto near = [&](int stored, double real) {
    const double value = spec.scale * (stored - static_cast<double>(spec.zero_point));
    return value > real - 0.1 && value < real + 0.1;
  };
  return near(lowest, -1) && near(highest, 1);
}

template <typename Element>
void store_quantised(const FloatImage& values, const InputSpec& spec, std::span<std::byte> out) {
  const Normalisation n = spec.normalisation.value_or(Normalisation{});
  const auto zero_point = static_cast<int32_t>(std::clamp<int64_t>(
      spec.zero_point, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()));
  store<Element>(values, out, [&](float pixel) {
    return baton_quantize((pixel - n.mean) / n.std, spec.scale, zero_point,
                          std::numeric_limits<Element>::min(), std::numeric_limits<Element>::max());
  });
}

}  // namespace

std::optional<PictureShape> picture_shape(const InputSpec& spec, std::string* error) {
  // Strip the batch, then read [height, width, channels], or [height, width] for grey.
  std::vector<int32_t> dims = spec.dims;
  if ((dims.size() == 4 || (dims.size() == 3 && dims[2] != 1 && dims[2] != 3)) && dims[0] == 1) {
    dims.erase(dims.begin());
  }
  if (dims.size() == 2) dims.push_back(1);
  // [1, N] is a batch of one list of numbers, not a picture that is one pixel high.
  const bool list = spec.dims.size() == 2 && dims[0] == 1;
  if (list || dims.size() != 3 || dims[0] < 1 || dims[1] < 1 || (dims[2] != 1 && dims[2] != 3)) {
    return fail(error, spec,
                "has the shape " + shape_text(spec.dims) +
                    ", which is no picture: [1, height, width, 1 or 3] is needed");
  }
  if (static_cast<uint64_t>(dims[0]) * static_cast<uint64_t>(dims[1]) > kMaxPixels) {
    return fail(error, spec,
                "has the shape " + shape_text(spec.dims) + ", which is too large: the limit is " +
                    std::to_string(kMaxPixels) + " pixels");
  }
  return PictureShape{dims[0], dims[1], dims[2]};
}

size_t input_element_size(baton_dtype dtype) {
  switch (dtype) {
    case BATON_FLOAT32:
      return 4;
    case BATON_FLOAT64:
      return 8;
    case BATON_INT16:
      return 2;
    case BATON_UINT8:
    case BATON_INT8:
      return 1;
    default:
      return 0;
  }
}

bool fill_input(const FloatImage& values, const InputSpec& spec, std::span<std::byte> out,
                std::string* error) {
  const size_t element = input_element_size(spec.dtype);
  if (element == 0) {
    fail(error, spec,
         "is of a type that pictures cannot fill (number " + std::to_string(spec.dtype) +
             " in the .tflite schema): float32, float64, uint8, int8 or int16 is needed");
    return false;
  }
  if (out.size() != values.values.size() * element) {
    fail(error, spec,
         "takes " + std::to_string(out.size()) + " bytes, the picture gives " +
             std::to_string(values.values.size() * element) + ": scale it to the input's shape");
    return false;
  }
  const Normalisation n = spec.normalisation.value_or(Normalisation{});
  if (!(n.std > 0 || n.std < 0)) {
    fail(error, spec, "cannot be normalised with a standard deviation of 0: give another one");
    return false;
  }
  const bool is_byte = spec.dtype == BATON_UINT8 || spec.dtype == BATON_INT8;
  const bool quantise = spec.dtype == BATON_INT16 || (is_byte && spec.normalisation);
  if (quantise && !(spec.scale > 0)) {
    fail(error, spec,
         "is integer but has no scale, so that normalised pixels cannot be quantised: "
         "use a quantised model, or leave mean and standard deviation away");
    return false;
  }

  if (spec.dtype == BATON_FLOAT32) {
    store<float>(values, out, [&](float pixel) { return (pixel - n.mean) / n.std; });
  } else if (spec.dtype == BATON_FLOAT64) {
    store<double>(values, out, [&](float pixel) { return (pixel - n.mean) / n.std; });
  } else if (spec.dtype == BATON_INT16) {
    store_quantised<int16_t>(values, spec, out);
  } else if (spec.dtype == BATON_UINT8) {
    if (quantise) {
      store_quantised<uint8_t>(values, spec, out);
    } else {
      store<uint8_t>(values, out, [](float pixel) { return pixel; });
    }
  } else if (quantise || spans_unit_range(spec, -128, 127)) {
    store_quantised<int8_t>(values, spec, out);
  } else {
    store<int8_t>(values, out, [](float pixel) { return pixel - 128; });
  }
  return true;
}

std::optional<std::vector<std::byte>> image_to_input(const Image& image, const InputSpec& spec,
                                                     std::string* error) {
  const auto shape = picture_shape(spec, error);
  if (!shape) return std::nullopt;
  const FloatImage values =
      resize_bilinear(with_channels(image, shape->channels), shape->width, shape->height);
  std::vector<std::byte> bytes(values.values.size() * input_element_size(spec.dtype));
  if (!fill_input(values, spec, bytes, error)) return std::nullopt;
  return bytes;
}

}  // namespace baton::image
