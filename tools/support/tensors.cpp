#include "tools/support/tensors.h"

#include <sys/stat.h>
#include <unistd.h>

#include <Eigen/Core>
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>

#include "tools/support/failure.h"

namespace baton::tools {
namespace {

// x <- 1664525 x + 1013904223 mod 2^32 before each element; the top byte.
class Generator {
 public:
  uint8_t next() {
    state_ = 1664525u * state_ + 1013904223u;
    return static_cast<uint8_t>(state_ >> 24);
  }

 private:
  uint32_t state_ = 12345;
};

template <typename T, typename Make>
std::vector<std::byte> fill(uint64_t count, const Make& make) {
  std::vector<std::byte> bytes(count * sizeof(T));
  Generator generator;
  for (uint64_t i = 0; i < count; ++i) {
    const T value = make(generator.next());
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

double unit(uint8_t byte) { return byte / 255.0 * 2.0 - 1.0; }

template <typename T>
std::vector<std::byte> fill_digits(uint64_t count) {
  return fill<T>(count, [](uint8_t byte) { return static_cast<T>(byte % 10); });
}

template <typename T>
double load(const void* data, uint64_t index) {
  T value;
  std::memcpy(&value, static_cast<const std::byte*>(data) + index * sizeof(T), sizeof(T));
  return static_cast<double>(value);
}

}  // namespace

std::string type_and_shape(const baton_tensor& tensor) {
  if (tensor.flags & BATON_TENSOR_UNKNOWN_SHAPE) {
    return fmt::format("{}[?]", baton_dtype_name(tensor.dtype));
  }
  std::string dims;
  for (uint32_t i = 0; i < tensor.rank; ++i) {
    dims += fmt::format("{}{}", i == 0 ? "" : ",", tensor.dims[i]);
  }
  return fmt::format("{}[{}]", baton_dtype_name(tensor.dtype), dims);
}

uint64_t element_count(const baton_tensor& tensor) {
  uint64_t count = 1;
  for (uint32_t i = 0; i < tensor.rank; ++i) count *= static_cast<uint64_t>(tensor.dims[i]);
  return count;
}

std::vector<std::byte> generated_content(const baton_tensor& tensor) {
  const uint64_t count = element_count(tensor);
  switch (tensor.dtype) {
    case BATON_UINT8:
    case BATON_INT8:
      return fill<uint8_t>(count, [](uint8_t byte) { return byte; });
    case BATON_FLOAT32:
      return fill<float>(count, [](uint8_t byte) { return static_cast<float>(unit(byte)); });
    case BATON_FLOAT64:
      return fill<double>(count, unit);
    case BATON_FLOAT16:
      return fill<Eigen::half>(
          count, [](uint8_t byte) { return Eigen::half(static_cast<float>(unit(byte))); });
    case BATON_BOOL:
      return fill<uint8_t>(count, [](uint8_t byte) { return static_cast<uint8_t>(byte & 1); });
    case BATON_INT16:
    case BATON_UINT16:
      return fill_digits<uint16_t>(count);
    case BATON_INT32:
    case BATON_UINT32:
      return fill_digits<uint32_t>(count);
    case BATON_INT64:
    case BATON_UINT64:
      return fill_digits<uint64_t>(count);
    default:
      fail("input '{}' is {}, which is not generated: give it with --input", tensor.name,
           baton_dtype_name(tensor.dtype));
  }
}

double element(const baton_tensor& tensor, const void* data, uint64_t index) {
  switch (tensor.dtype) {
    case BATON_FLOAT32:
      return load<float>(data, index);
    case BATON_FLOAT64:
      return load<double>(data, index);
    case BATON_FLOAT16:
      return static_cast<float>(Eigen::half(Eigen::half_impl::raw_uint16_to_half(
          static_cast<uint16_t>(load<uint16_t>(data, index)))));
    case BATON_UINT8:
    case BATON_BOOL:
      return load<uint8_t>(data, index);
    case BATON_INT8:
      return load<int8_t>(data, index);
    case BATON_INT16:
      return load<int16_t>(data, index);
    case BATON_UINT16:
      return load<uint16_t>(data, index);
    case BATON_INT32:
      return load<int32_t>(data, index);
    case BATON_UINT32:
      return load<uint32_t>(data, index);
    case BATON_INT64:
      return load<int64_t>(data, index);
    case BATON_UINT64:
      return load<uint64_t>(data, index);
    default:
      return 0;
  }
}

namespace {

// Calls fn(element, scale, zero point); scale 0 where there is none.
template <typename Fn>
void for_each_scaled(const baton_tensor& tensor, const Fn& fn) {
  const baton_quantization& quantization = *tensor.quantization;
  const uint64_t count = element_count(tensor);
  uint64_t inner = 1;  // elements from one index of the quantised dimension to the next
  if (quantization.kind == BATON_QUANTIZATION_PER_AXIS) {
    for (uint32_t i = static_cast<uint32_t>(quantization.axis) + 1; i < tensor.rank; ++i) {
      inner *= static_cast<uint64_t>(tensor.dims[i]);
    }
  }
  const bool scaled = quantization.kind == BATON_QUANTIZATION_PER_TENSOR ||
                      quantization.kind == BATON_QUANTIZATION_PER_AXIS;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t q = scaled && quantization.count > 1 ? i / inner % quantization.count : 0;
    fn(i, scaled ? static_cast<double>(quantization.scales[q]) : 0.0,
       scaled ? static_cast<double>(quantization.zero_points[q]) : 0.0);
  }
}

template <typename T>
std::vector<std::byte> store_integers(const std::vector<double>& values) {
  // Of 64-bit types the limits are not doubles: the next ones inside are.
  const double low = static_cast<double>(std::numeric_limits<T>::min());
  const double high = sizeof(T) < 8
                          ? static_cast<double>(std::numeric_limits<T>::max())
                          : std::nextafter(static_cast<double>(std::numeric_limits<T>::max()), 0);
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    const double value = std::isnan(values[i]) ? 0 : std::clamp(std::round(values[i]), low, high);
    const T stored = static_cast<T>(value);
    std::memcpy(bytes.data() + i * sizeof(T), &stored, sizeof(T));
  }
  return bytes;
}

template <typename T>
std::vector<std::byte> store_floats(const std::vector<double>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  for (size_t i = 0; i < values.size(); ++i) {
    const T stored = static_cast<T>(values[i]);
    std::memcpy(bytes.data() + i * sizeof(T), &stored, sizeof(T));
  }
  return bytes;
}

}  // namespace

std::vector<double> real_values(const baton_tensor& tensor, const void* data) {
  std::vector<double> values(element_count(tensor));
  for_each_scaled(tensor, [&](uint64_t i, double scale, double zero_point) {
    const double stored = element(tensor, data, i);
    values[i] = scale == 0 ? stored : scale * (stored - zero_point);
  });
  return values;
}

std::vector<std::byte> stored_values(const baton_tensor& tensor,
                                     const std::vector<double>& values) {
  std::vector<double> stored(values);
  for_each_scaled(tensor, [&](uint64_t i, double scale, double zero_point) {
    if (scale != 0) stored[i] = values[i] / scale + zero_point;
  });
  switch (tensor.dtype) {
    case BATON_FLOAT32:
      return store_floats<float>(stored);
    case BATON_FLOAT64:
      return store_floats<double>(stored);
    case BATON_FLOAT16:
      return store_floats<Eigen::half>(stored);
    case BATON_BOOL:
    case BATON_UINT8:
      return store_integers<uint8_t>(stored);
    case BATON_INT8:
      return store_integers<int8_t>(stored);
    case BATON_INT16:
      return store_integers<int16_t>(stored);
    case BATON_UINT16:
      return store_integers<uint16_t>(stored);
    case BATON_INT32:
      return store_integers<int32_t>(stored);
    case BATON_UINT32:
      return store_integers<uint32_t>(stored);
    case BATON_INT64:
      return store_integers<int64_t>(stored);
    case BATON_UINT64:
      return store_integers<uint64_t>(stored);
    default:
      fail("input '{}' is {}, which numbers cannot fill", tensor.name,
           baton_dtype_name(tensor.dtype));
  }
}

float scale_of(const baton_tensor& tensor) {
  return tensor.quantization->count > 0 ? tensor.quantization->scales[0] : 0.0f;
}

int64_t zero_point_of(const baton_tensor& tensor) {
  return tensor.quantization->count > 0 ? tensor.quantization->zero_points[0] : 0;
}

nlohmann::ordered_json describe(const baton_tensor& tensor, const std::string& name) {
  return {{"tensor", tensor.index},
          {"name", name},
          {"shape", std::vector<int32_t>(tensor.dims, tensor.dims + tensor.rank)},
          {"dtype", baton_dtype_name(tensor.dtype)},
          {"bytes", tensor.bytes},
          {"scale", scale_of(tensor)},
          {"zero_point", zero_point_of(tensor)}};
}

std::vector<std::byte> read_file(const std::string& path, const std::string& what, uint64_t most) {
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) fail("{} '{}' is a directory", what, path);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (file == nullptr) fail("{} '{}' cannot be read: {}", what, path, std::strerror(errno));
  std::vector<std::byte> bytes;
  for (;;) {
    std::byte piece[1 << 16];
    const size_t got = std::fread(piece, 1, sizeof(piece), file.get());
    if (got == 0) break;
    bytes.insert(bytes.end(), piece, piece + got);
    if (bytes.size() > most) fail("{} '{}' has more than {} bytes", what, path, most);
  }
  if (std::ferror(file.get())) {
    fail("{} '{}' cannot be read to its end: {}", what, path, std::strerror(errno));
  }
  return bytes;
}

void require_writable(const std::string& path) {
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) {
    fail("'{}' cannot be written: it is a directory", path);
  }
  const bool replaces =
      !std::filesystem::exists(path, problem) || std::filesystem::is_regular_file(path, problem);
  std::string place = path;
  if (replaces) {
    place = std::filesystem::path(path).parent_path().string();
    if (place.empty()) place = ".";
  }
  if (::access(place.c_str(), W_OK) != 0) {
    fail("'{}' cannot be written: {}", path, std::strerror(errno));
  }
}

void write_file(const std::string& path, const void* data, size_t bytes) {
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  // A pipe or a device.
  const bool directly = exists && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
  std::string target = path;
  if (exists && !directly) {
    // Through a symbolic link, so that the link itself stays.
    std::error_code problem;
    const auto resolved = std::filesystem::canonical(path, problem);
    if (!problem) target = resolved.string();
  }
  const std::string written = directly ? path : fmt::format("{}.part{}", target, ::getpid());
  std::FILE* file = std::fopen(written.c_str(), "wb");
  if (file == nullptr) fail("'{}' cannot be written: {}", path, std::strerror(errno));
  int reason = 0;
  const auto must = [&reason](bool done) {
    if (!done && reason == 0) reason = errno;
  };
  must(bytes == 0 || std::fwrite(data, 1, bytes, file) == bytes);
  must(std::fflush(file) == 0);
  if (!directly) {
    // A full disk may tell only now.
    must(::fsync(fileno(file)) == 0);
    must(!exists || ::fchmod(fileno(file), info.st_mode & 07777) == 0);
  }
  must(std::fclose(file) == 0);
  if (!directly && reason == 0) must(std::rename(written.c_str(), target.c_str()) == 0);
  if (reason == 0) return;
  if (!directly) std::remove(written.c_str());
  fail("'{}' cannot be written: {}", path, std::strerror(reason));
}

}  // namespace baton::tools
