// What tables of element-wise and shape operators share: tensors of real numbers in any element
// type, broadcasting by plain indices, and comparison with an oracle in double.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/ops/op_harness.h"

namespace baton::test {

using Dims = std::vector<int32_t>;
using Reals = std::vector<double>;

inline size_t count_of(const Dims& dims) {
  size_t count = 1;
  for (const int32_t dim : dims) count *= static_cast<size_t>(dim);
  return count;
}

inline std::string text_of(const Dims& dims) {
  std::string text = "[";
  for (const int32_t dim : dims) text += std::to_string(dim) + " ";
  return text + "]";
}

// Numbers between low and high in no particular order; the same for the same seed.
inline Reals scattered(size_t count, double low, double high, uint32_t seed) {
  Reals reals(count);
  uint32_t x = seed * 2654435761u + 1;
  for (double& real : reals) {
    x = x * 1664525u + 1013904223u;
    real = low + (high - low) * (x >> 8) / 16777215.0;
  }
  return reals;
}

// An element type and, for quantised tensors, scale and zero point.
struct ElementType {
  baton_dtype dtype = BATON_FLOAT32;
  float scale = 0;
  int64_t zero_point = 0;

  bool quantized() const { return scale != 0; }
  Quantization quantization() const {
    return quantized() ? Quantization::per_tensor(scale, zero_point) : Quantization{};
  }
};

template <typename T>
std::vector<T> stored(const Reals& reals, const ElementType& type) {
  std::vector<T> content;
  for (const double real : reals) {
    if constexpr (std::is_floating_point_v<T>) {
      content.push_back(static_cast<T>(real));
    } else if constexpr (std::is_same_v<T, bool>) {
      content.push_back(real != 0);
    } else {
      double number = std::round(real);
      if (type.quantized()) {
        number = std::round(real / static_cast<double>(type.scale)) +
                 static_cast<double>(type.zero_point);
      }
      number = std::clamp(number, static_cast<double>(std::numeric_limits<T>::lowest()),
                          static_cast<double>(std::numeric_limits<T>::max()));
      content.push_back(static_cast<T>(number));
    }
  }
  return content;
}

template <typename T>
Reals reals_of(const std::vector<T>& content, const ElementType& type) {
  Reals reals;
  for (const T element : content) {
    const auto number = static_cast<double>(element);
    reals.push_back(type.quantized() ? static_cast<double>(type.scale) *
                                           (number - static_cast<double>(type.zero_point))
                                     : number);
  }
  return reals;
}

// Calls fn<T>() for the C++ type of dtype.
template <typename Fn>
auto with_type(baton_dtype dtype, const Fn& fn) {
  switch (dtype) {
    case BATON_UINT8:
      return fn.template operator()<uint8_t>();
    case BATON_INT8:
      return fn.template operator()<int8_t>();
    case BATON_INT16:
      return fn.template operator()<int16_t>();
    case BATON_INT32:
      return fn.template operator()<int32_t>();
    case BATON_INT64:
      return fn.template operator()<int64_t>();
    case BATON_BOOL:
      return fn.template operator()<bool>();
    default:
      return fn.template operator()<float>();
  }
}

// Adds the reals as an input and turns them into what the type can hold.
inline void add_input(OpHarness& op, const Dims& dims, Reals& reals, const ElementType& type,
                      bool constant = false) {
  with_type(type.dtype, [&]<typename T>() {
    const std::vector<T> content = stored<T>(reals, type);
    op.input(dims, content, type.quantization(), constant);
    reals = reals_of(content, type);
    return 0;
  });
}

inline Reals result_reals(const OpHarness& op, const ElementType& type, size_t i = 0) {
  return with_type(type.dtype, [&]<typename T>() { return reals_of(op.result<T>(i), type); });
}

// float32 within 1e-6 of the element (or of `small`), plain integers equal, quantised ones within
// one unit of the exact value limited to the type.
inline void expect_close(const OpHarness& op, const Reals& expected, const ElementType& type,
                         double float_tolerance = 1e-6, size_t output = 0) {
  const Reals actual = result_reals(op, type, output);
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    if (type.quantized()) {
      const double unit = static_cast<double>(type.scale);
      const double zero = static_cast<double>(type.zero_point);
      double low = 0, high = 255;
      if (type.dtype == BATON_INT8) low = -128, high = 127;
      if (type.dtype == BATON_INT16) low = -32768, high = 32767;
      const double exact = std::clamp(expected[i], (low - zero) * unit, (high - zero) * unit);
      ASSERT_NEAR(actual[i], exact, unit * 1.0001) << "element " << i;
    } else if (type.dtype == BATON_FLOAT32) {
      if (std::isnan(expected[i])) {
        ASSERT_TRUE(std::isnan(actual[i])) << "element " << i;
      } else if (std::isinf(expected[i])) {
        ASSERT_EQ(actual[i], expected[i]) << "element " << i;
      } else {
        ASSERT_NEAR(actual[i], expected[i], float_tolerance * std::max(1e-3, std::abs(expected[i])))
            << "element " << i;
      }
    } else {
      ASSERT_EQ(actual[i], expected[i]) << "element " << i;
    }
  }
}

// The shape that NumPy broadcasts to; the shapes fit.
inline Dims broadcast_dims(const Dims& a, const Dims& b) {
  Dims dims(std::max(a.size(), b.size()), 1);
  for (size_t i = 0; i < dims.size(); ++i) {
    const size_t at = dims.size() - 1 - i;
    const int32_t da = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int32_t db = i < b.size() ? b[b.size() - 1 - i] : 1;
    dims[at] = da == 1 ? db : da;
  }
  return dims;
}

// The element of a tensor of shape `dims` that stands at flat index `at` of the broadcast shape.
inline size_t broadcast_index(const Dims& dims, const Dims& out, size_t at) {
  size_t index = 0;
  size_t step = 1;
  for (size_t i = 0; i < out.size(); ++i) {
    const auto size = static_cast<size_t>(out[out.size() - 1 - i]);
    const size_t position = at % size;
    at /= size;
    if (i >= dims.size()) continue;
    const auto own = static_cast<size_t>(dims[dims.size() - 1 - i]);
    if (own != 1) index += position * step;
    step *= own;
  }
  return index;
}

// Coordinates of a flat index.
inline std::vector<int32_t> coordinates(const Dims& dims, size_t at) {
  std::vector<int32_t> index(dims.size());
  for (size_t i = dims.size(); i-- > 0;) {
    index[i] = static_cast<int32_t>(at % static_cast<size_t>(dims[i]));
    at /= static_cast<size_t>(dims[i]);
  }
  return index;
}

inline size_t flat(const Dims& dims, const std::vector<int32_t>& index) {
  size_t at = 0;
  for (size_t i = 0; i < dims.size(); ++i) {
    at = at * static_cast<size_t>(dims[i]) + static_cast<size_t>(index[i]);
  }
  return at;
}

// 0, 1, 2 ... as any type.
template <typename T>
std::vector<T> counting(size_t count) {
  std::vector<T> content(count);
  for (size_t i = 0; i < count; ++i) content[i] = static_cast<T>(i);
  return content;
}

}  // namespace baton::test
