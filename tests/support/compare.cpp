#include "tests/support/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

#include "tests/support/generator.h"
#include "tests/support/quantised.h"
#include "tests/support/sha256.h"

namespace baton::test {
namespace {

bool is_float(baton_dtype dtype) {
  return dtype == BATON_FLOAT32 || dtype == BATON_FLOAT16 || dtype == BATON_FLOAT64;
}

template <typename T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// As long double, which holds every 64-bit integer.
long double element(baton_dtype dtype, const std::byte* at) {
  switch (dtype) {
    case BATON_FLOAT32:
      return load<float>(at);
    case BATON_FLOAT64:
      return load<double>(at);
    case BATON_FLOAT16:
      return half_value(load<uint16_t>(at));
    case BATON_INT8:
      return load<int8_t>(at);
    case BATON_INT16:
      return load<int16_t>(at);
    case BATON_UINT16:
      return load<uint16_t>(at);
    case BATON_INT32:
      return load<int32_t>(at);
    case BATON_UINT32:
      return load<uint32_t>(at);
    case BATON_INT64:
      return static_cast<long double>(load<int64_t>(at));
    case BATON_UINT64:
      return static_cast<long double>(load<uint64_t>(at));
    default:
      return load<uint8_t>(at);
  }
}

void add(Comparison& comparison, long double actual, long double expected) {
  const size_t index = comparison.elements++;
  if (std::isfinite(expected)) {
    comparison.largest_value =
        std::max(comparison.largest_value, static_cast<double>(std::fabs(expected)));
  }
  if (actual == expected || (std::isnan(actual) && std::isnan(expected))) return;
  ++comparison.different;
  double error = static_cast<double>(std::fabs(actual - expected));
  if (!std::isfinite(error)) error = std::numeric_limits<double>::infinity();
  if (error > comparison.largest_error) {
    comparison.largest_error = error;
    comparison.worst = index;
  }
}

void describe(Comparison& comparison) {
  char text[160];
  std::snprintf(text, sizeof text,
                "%zu of %zu elements differ, largest error %.3g at %zu, relative %.3g",
                comparison.different, comparison.elements, comparison.largest_error,
                comparison.worst, comparison.relative_error());
  comparison.text = text;
}

Comparison unequal_sizes(size_t actual, size_t expected, const char* what) {
  Comparison comparison;
  comparison.text = std::to_string(actual) + " " + what + ", expected " + std::to_string(expected);
  return comparison;
}

}  // namespace

double Comparison::relative_error() const {
  return largest_value > 0 ? largest_error / largest_value : largest_error;
}

Comparison compare_bytes(baton_dtype dtype, std::span<const std::byte> actual,
                         std::span<const std::byte> expected) {
  if (actual.size() != expected.size()) {
    return unequal_sizes(actual.size(), expected.size(), "bytes");
  }
  Comparison comparison;
  comparison.comparable = true;
  const size_t size = element_size(dtype);
  for (size_t at = 0; size != 0 && at + size <= actual.size(); at += size) {
    add(comparison, element(dtype, &actual[at]), element(dtype, &expected[at]));
  }
  describe(comparison);
  return comparison;
}

Comparison compare_values(std::span<const float> actual, const std::vector<double>& expected) {
  if (actual.size() != expected.size()) {
    return unequal_sizes(actual.size(), expected.size(), "elements");
  }
  Comparison comparison;
  comparison.comparable = true;
  for (size_t i = 0; i < actual.size(); ++i) add(comparison, actual[i], expected[i]);
  describe(comparison);
  return comparison;
}

Comparison compare_golden(const GoldenTensor& golden, std::span<const std::byte> actual) {
  if (actual.size() != golden.bytes) return unequal_sizes(actual.size(), golden.bytes, "bytes");
  if (!golden.sample && golden.sha256.empty()) {
    return compare_bytes(golden.dtype, actual, golden.content);
  }
  if (golden.sample) {
    const size_t size = element_size(golden.dtype);
    std::vector<std::byte> picked;
    for (size_t i = 0; i < golden.sample->count; ++i) {
      const size_t at = i * golden.sample->stride * size;
      if (at + size > actual.size()) break;
      picked.insert(picked.end(), &actual[at], &actual[at] + size);
    }
    Comparison comparison = compare_bytes(golden.dtype, picked, golden.content);
    comparison.largest_value = golden.sample->largest;
    if (comparison.comparable) describe(comparison);
    return comparison;
  }
  Comparison comparison;
  comparison.comparable = true;
  const std::string digest = sha256(actual);
  if (digest == golden.sha256) {
    comparison.text = "same SHA-256";
  } else {
    comparison.different = 1;
    comparison.largest_error = std::numeric_limits<double>::infinity();
    comparison.text = "SHA-256 " + digest + ", expected " + golden.sha256;
  }
  return comparison;
}

bool agrees(const GoldenTensor& golden, const Comparison& comparison, double tolerance) {
  if (!comparison.comparable) return false;
  if (!is_float(golden.dtype)) return comparison.different == 0;
  return comparison.relative_error() <= tolerance;
}

Comparison expect_golden(const GoldenTensor& golden, std::span<const std::byte> actual,
                         double tolerance, const std::string& place) {
  Comparison comparison = compare_golden(golden, actual);
  EXPECT_TRUE(agrees(golden, comparison, tolerance))
      << place << ", output \"" << golden.name << "\" (" << golden.dtype_name
      << "): " << comparison.text;
  return comparison;
}

double float_tolerance(size_t depth) {
  return std::max(1e-5, 10 * static_cast<double>(std::numeric_limits<float>::epsilon()) *
                            std::sqrt(static_cast<double>(depth)));
}

Comparison expect_close(std::span<const float> actual, const std::vector<double>& expected,
                        double tolerance, const std::string& place) {
  Comparison comparison = compare_values(actual, expected);
  EXPECT_TRUE(comparison.comparable && comparison.relative_error() <= tolerance)
      << place << ": " << comparison.text;
  return comparison;
}

template <typename T>
void expect_quantised(std::span<const T> actual, const std::vector<double>& expected, double scale,
                      int64_t zero_point, double units, const std::string& place) {
  ASSERT_EQ(actual.size(), expected.size()) << place;
  for (size_t i = 0; i < actual.size(); ++i) {
    const double stored = std::clamp(expected[i] / scale + static_cast<double>(zero_point),
                                     static_cast<double>(std::numeric_limits<T>::min()),
                                     static_cast<double>(std::numeric_limits<T>::max()));
    ASSERT_LE(std::fabs(static_cast<double>(actual[i]) - stored), units)
        << place << ", element " << i << ": stored " << +actual[i] << ", exact " << stored;
  }
}

template void expect_quantised<int8_t>(std::span<const int8_t>, const std::vector<double>&, double,
                                       int64_t, double, const std::string&);
template void expect_quantised<uint8_t>(std::span<const uint8_t>, const std::vector<double>&,
                                        double, int64_t, double, const std::string&);
template void expect_quantised<int16_t>(std::span<const int16_t>, const std::vector<double>&,
                                        double, int64_t, double, const std::string&);

}  // namespace baton::test
