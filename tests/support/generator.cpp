#include "tests/support/generator.h"

#include <cstdint>
#include <cstring>

#include "tests/support/quantised.h"

namespace baton::test {
namespace {

template <typename T, typename Convert>
std::vector<std::byte> fill(size_t count, Convert convert) {
  std::vector<std::byte> bytes(count * sizeof(T));
  uint32_t x = 12345;
  for (size_t i = 0; i < count; ++i) {
    x = 1664525u * x + 1013904223u;
    const T value = static_cast<T>(convert(static_cast<uint8_t>(x >> 24)));
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

double unit(uint8_t byte) { return byte / 255.0 * 2 - 1; }
int digit(uint8_t byte) { return byte % 10; }

}  // namespace

size_t element_size(baton_dtype dtype) {
  switch (dtype) {
    case BATON_INT8:
    case BATON_UINT8:
    case BATON_BOOL:
      return 1;
    case BATON_INT16:
    case BATON_UINT16:
    case BATON_FLOAT16:
      return 2;
    case BATON_FLOAT32:
    case BATON_INT32:
    case BATON_UINT32:
      return 4;
    case BATON_FLOAT64:
    case BATON_INT64:
    case BATON_UINT64:
      return 8;
    default:
      return 0;
  }
}

std::vector<std::byte> generate_input(baton_dtype dtype, size_t count) {
  switch (dtype) {
    case BATON_INT8:
    case BATON_UINT8:
      return fill<uint8_t>(count, [](uint8_t byte) { return byte; });
    case BATON_BOOL:
      return fill<uint8_t>(count, [](uint8_t byte) { return byte & 1; });
    case BATON_INT16:
    case BATON_UINT16:
      return fill<uint16_t>(count, digit);
    case BATON_INT32:
    case BATON_UINT32:
      return fill<uint32_t>(count, digit);
    case BATON_INT64:
    case BATON_UINT64:
      return fill<uint64_t>(count, digit);
    case BATON_FLOAT64:
      return fill<double>(count, unit);
    case BATON_FLOAT32:
      return fill<float>(count, unit);
    case BATON_FLOAT16:
      return fill<uint16_t>(count,
                            [](uint8_t byte) { return half_bits(static_cast<float>(unit(byte))); });
    default:
      return {};
  }
}

}  // namespace baton::test
