#include "tools/image/image.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <system_error>

#include "tools/image/jpeg_check.h"
#include "tools/image/stb_image_options.h"

namespace baton::image {
namespace {

constexpr const char* kAdvice = "give a JPEG, PNG or BMP file";

std::nullopt_t fail(std::string* error, const std::string& name, const std::string& what,
                    const std::string& advice = kAdvice) {
  if (error) *error = "image \"" + name + "\" " + what + ": " + advice;
  return std::nullopt;
}

struct FreePixels {
  void operator()(stbi_uc* pixels) const { stbi_image_free(pixels); }
};

std::optional<std::vector<uint8_t>> read_file(const std::filesystem::path& path,
                                              std::string* error) {
  const std::string name = path.string();
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (status.type() == std::filesystem::file_type::not_found) {
    return fail(error, name, "does not exist");
  }
  if (std::filesystem::is_directory(status)) return fail(error, name, "is a directory");
  if (code) return fail(error, name, "cannot be read (" + code.message() + ")");

  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return fail(error, name,
                std::string("cannot be read (") + std::strerror(errno ? errno : EIO) + ")");
  }
  // Read in pieces: the size of a pipe is not known beforehand.
  std::vector<uint8_t> bytes;
  constexpr size_t kPiece = 1 << 16;
  while (file) {
    const size_t used = bytes.size();
    if (used > kMaxFileBytes) {
      return fail(error, name, "is larger than 256 MiB", "make it smaller");
    }
    bytes.resize(used + kPiece);
    file.read(reinterpret_cast<char*>(bytes.data() + used), kPiece);
    bytes.resize(used + static_cast<size_t>(file.gcount()));
  }
  if (file.bad()) return fail(error, name, "cannot be read (input or output error)");
  return bytes;
}

}  // namespace

std::optional<Image> decode_image(std::span<const uint8_t> bytes, const std::string& name,
                                  std::string* error) {
  if (bytes.empty()) return fail(error, name, "is empty");
  if (bytes.size() > kMaxFileBytes) {
    return fail(error, name, "is larger than 256 MiB", "make it smaller");
  }
  std::vector<uint8_t> jpeg;
  if (bytes[0] == 0xff) {  // neither PNG nor BMP begins so
    auto checked = checked_jpeg(bytes);
    if (!checked) {
      return fail(
          error, name,
          looks_like_jpeg(bytes) ? "is a damaged JPEG" : "is not a picture that can be decoded");
    }
    jpeg = std::move(*checked);
    bytes = jpeg;
  }
  const int size = static_cast<int>(bytes.size());
  int width = 0, height = 0, stored = 0;
  if (!stbi_info_from_memory(bytes.data(), size, &width, &height, &stored) || width <= 0 ||
      height <= 0) {
    return fail(error, name, "is not a picture that can be decoded");
  }
  if (static_cast<uint64_t>(width) * static_cast<uint64_t>(height) > kMaxPixels) {
    return fail(error, name,
                "has " + std::to_string(width) + " x " + std::to_string(height) +
                    " pixels, the limit is " + std::to_string(kMaxPixels),
                "make it smaller");
  }
  const std::unique_ptr<stbi_uc, FreePixels> decoded(
      stbi_load_from_memory(bytes.data(), size, &width, &height, &stored, 0));
  if (!decoded) {
    const char* reason = stbi_failure_reason();
    return fail(
        error, name,
        std::string("is damaged or of an unusual kind (") + (reason ? reason : "unknown") + ")",
        "save it again as JPEG, PNG or BMP");
  }

  Image image;
  image.width = width;
  image.height = height;
  image.channels = stored >= 3 ? 3 : 1;  // 2 is grey with alpha, 4 is colour with alpha
  const size_t count = static_cast<size_t>(width) * static_cast<size_t>(height);
  image.pixels.resize(count * static_cast<size_t>(image.channels));
  const stbi_uc* from = decoded.get();
  uint8_t* to = image.pixels.data();
  for (size_t i = 0; i < count; ++i, from += stored, to += image.channels) {
    std::memcpy(to, from, static_cast<size_t>(image.channels));
  }
  return image;
}

std::optional<Image> load_image(const std::filesystem::path& path, std::string* error) {
  const auto bytes = read_file(path, error);
  if (!bytes) return std::nullopt;
  return decode_image(*bytes, path.string(), error);
}

Image with_channels(const Image& image, int channels) {
  if (image.channels == channels) return image;
  Image result;
  result.width = image.width;
  result.height = image.height;
  result.channels = channels;
  const size_t count = static_cast<size_t>(image.width) * static_cast<size_t>(image.height);
  result.pixels.resize(count * static_cast<size_t>(channels));
  for (size_t i = 0; i < count; ++i) {
    if (channels == 1) {
      const uint8_t* rgb = &image.pixels[i * 3];
      result.pixels[i] =
          static_cast<uint8_t>((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
    } else {
      std::memset(&result.pixels[i * 3], image.pixels[i], 3);
    }
  }
  return result;
}

}  // namespace baton::image
