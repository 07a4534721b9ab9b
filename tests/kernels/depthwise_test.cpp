// Depthwise kernels of all levels of this machine against plain loops.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "baton/fixed_point.h"
#include "delegates/kernels/depthwise.h"
#include "delegates/kernels/kernel.h"
#include "tests/kernels/guarded.h"

namespace baton::kernels {
namespace {

using Random = std::mt19937;

int64_t pick(Random& random, int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

// Memory with `slack` bytes behind that hold `filling`.
class Buffer {
 public:
  Buffer(size_t bytes, size_t slack, uint8_t filling) : bytes_(bytes), all_(bytes + slack) {
    std::memset(all_.data() + bytes, filling, slack);
  }
  template <typename T>
  T* as() {
    return reinterpret_cast<T*>(all_.data());
  }
  bool slack_holds(uint8_t filling) const {
    return std::all_of(all_.begin() + static_cast<ptrdiff_t>(bytes_), all_.end(),
                       [filling](uint8_t byte) { return byte == filling; });
  }

 private:
  size_t bytes_;
  std::vector<uint8_t> all_;
};

struct Case {
  size_t channels = 8, multiplier = 1, height = 3, width = 3;
  int64_t stride = 1, dilation = 1, pad = 1;
  int64_t input_width = 7;
  int64_t begin = 0, end = 7;
  uint32_t missing = 0;                   // bit fy: that row lies outside the image
  int64_t input_gap = 0, output_gap = 0;  // elements between pixels

  size_t inputs() const { return channels / multiplier; }
  size_t taps() const { return height * width; }
  int64_t input_stride() const { return static_cast<int64_t>(inputs()) + input_gap; }
  int64_t output_stride() const { return static_cast<int64_t>(channels) + output_gap; }
  size_t row_size() const {
    return static_cast<size_t>((input_width - 1) * input_stride()) + inputs();
  }
  size_t output_size() const { return static_cast<size_t>((end - 1) * output_stride()) + channels; }
  DepthwiseShape shape() const { return {height, width, channels, multiplier}; }
  std::string text() const {
    std::string text;
    for (const int64_t n :
         {static_cast<int64_t>(channels), static_cast<int64_t>(multiplier),
          static_cast<int64_t>(height), static_cast<int64_t>(width), stride, dilation, pad,
          input_width, begin, end, int64_t{missing}, input_gap, output_gap}) {
      text += std::to_string(n) + " ";
    }
    return text;
  }
};

std::vector<Case> cases() {
  std::vector<Case> list;
  const auto add_channels = [&](size_t channels) {
    for (const size_t size : {3, 5}) {
      for (const int64_t stride : {1, 2}) {
        Case one{.channels = channels, .height = size, .width = size, .stride = stride};
        one.pad = static_cast<int64_t>(size / 2);
        one.end = stride == 1 ? 7 : 4;
        one.missing = channels % 3 == 0 ? 1 : 0;
        list.push_back(one);
      }
    }
  };
  for (size_t channels = 1; channels <= 70; ++channels) add_channels(channels);
  add_channels(144);
  Random random(20240607);
  constexpr size_t kFilters[][2] = {{1, 1}, {2, 2}, {3, 3}, {5, 5}, {3, 1}, {1, 7}, {3, 3}, {7, 7}};
  constexpr size_t kMultipliers[] = {1, 1, 2, 3, 8};
  for (int i = 0; i < 400; ++i) {
    Case one;
    const auto& filter = kFilters[pick(random, 0, std::size(kFilters) - 1)];
    one.height = filter[0];
    one.width = filter[1];
    one.multiplier = kMultipliers[pick(random, 0, std::size(kMultipliers) - 1)];
    one.channels = one.multiplier * static_cast<size_t>(pick(random, 1, i % 7 == 0 ? 150 : 30));
    one.stride = pick(random, 1, 3);
    one.dilation = pick(random, 1, 3);
    one.pad = pick(random, 0, 4);
    one.input_width = pick(random, 1, 14);
    // Also pixels that lie outside altogether.
    one.end = pick(random, 1, 12);
    one.begin = pick(random, 0, one.end - 1);
    one.missing = static_cast<uint32_t>(pick(random, 0, (1 << one.height) - 1));
    if (i % 4 != 0) one.missing &= static_cast<uint32_t>(pick(random, 0, (1 << one.height) - 1));
    one.input_gap = i % 3 == 0 ? pick(random, 1, 5) : 0;
    one.output_gap = i % 5 == 0 ? pick(random, 1, 5) : 0;
    list.push_back(one);
  }
  return list;
}

// Each filter row's input lies in memory of its own.
template <typename T>
struct Rows {
  std::vector<Buffer> buffers;
  std::vector<const void*> rows;

  template <typename Make>
  Rows(const Case& one, uint8_t filling, const Make& make) {
    for (size_t fy = 0; fy < one.height; ++fy) {
      Buffer& buffer = buffers.emplace_back(one.row_size() * sizeof(T), 64, filling);
      for (size_t i = 0; i < one.row_size(); ++i) buffer.as<T>()[i] = make();
    }
    for (size_t fy = 0; fy < one.height; ++fy) {
      rows.push_back((one.missing >> fy & 1) != 0 ? nullptr : buffers[fy].as<T>());
    }
  }
};

void fill_row(const Case& one, const void* const* rows, void* out, DepthwiseRow* row) {
  *row = {rows,
          one.input_width,
          one.input_stride(),
          one.stride,
          one.dilation,
          one.pad,
          one.begin,
          one.end,
          out,
          one.output_stride()};
}

// Calls f(tap, input) for the taps of output pixel x and channel c that lie inside.
template <typename T, typename F>
void for_taps(const Case& one, const void* const* rows, int64_t x, size_t c, const F& f) {
  for (size_t fy = 0; fy < one.height; ++fy) {
    if (rows[fy] == nullptr) continue;
    for (size_t fx = 0; fx < one.width; ++fx) {
      const int64_t column = x * one.stride - one.pad + static_cast<int64_t>(fx) * one.dilation;
      if (column < 0 || column >= one.input_width) continue;
      f(fy * one.width + fx,
        static_cast<const T*>(
            rows[fy])[column * one.input_stride() + static_cast<int64_t>(c / one.multiplier)]);
    }
  }
}

// Whether element i of the output row is one that the call writes.
bool is_written(const Case& one, size_t i) {
  const auto at = static_cast<int64_t>(i);
  return at / one.output_stride() >= one.begin &&
         at % one.output_stride() < static_cast<int64_t>(one.channels);
}

template <typename Functions>
std::vector<const Kernel*> kernels_of(const char* types) {
  std::vector<const Kernel*> list;
  for (const Kernel& kernel : kernels()) {
    if (std::strcmp(kernel.operation, "depthwise") == 0 && std::strcmp(kernel.types, types) == 0 &&
        includes(best_level(), kernel.isa)) {
      EXPECT_TRUE(std::holds_alternative<Functions>(kernel.functions));
      list.push_back(&kernel);
    }
  }
  return list;
}

void check_float(const F32Depthwise& kernel, const Case& one, bool extreme, Random& random) {
  std::uniform_real_distribution<float> real(-1, 1);
  const auto make = [&] { return real(random); };
  Rows<float> rows(one, 0xff, make);  // NaN behind
  std::vector<float> weights(one.taps() * one.channels), bias(one.channels);
  std::generate(weights.begin(), weights.end(), make);
  std::generate(bias.begin(), bias.end(), make);
  const float infinity = std::numeric_limits<float>::infinity();
  if (extreme) {
    weights[0] = infinity;
    weights.back() = std::nanf("");
  }
  const bool with_bias = random() % 4 != 0;
  const AlignedBytes packed(kernel.packed_bytes(one.shape()));
  kernel.pack(one.shape(), weights.data(), with_bias ? bias.data() : nullptr, packed.get());
  Buffer out(one.output_size() * sizeof(float), 64, 0xa5);
  std::memset(out.as<uint8_t>(), 0xa5, one.output_size() * sizeof(float));
  F32DepthwiseTile tile;
  fill_row(one, rows.rows.data(), out.as<void>(), &tile);
  tile.packed = packed.get();
  tile.shape = one.shape();
  const bool clamped = random() % 2 == 0;
  tile.low = clamped ? -0.5f : -infinity;
  tile.high = clamped ? 0.75f : infinity;
  kernel.run(tile);
  EXPECT_TRUE(out.slack_holds(0xa5));

  std::vector<double> expected(one.output_size());
  double largest = 0;
  for (size_t i = 0; i < one.output_size(); ++i) {
    if (!is_written(one, i)) continue;
    const auto x = static_cast<int64_t>(i) / one.output_stride();
    const auto c = static_cast<size_t>(static_cast<int64_t>(i) % one.output_stride());
    double sum = with_bias ? static_cast<double>(bias[c]) : 0;
    for_taps<float>(one, rows.rows.data(), x, c, [&](size_t tap, float input) {
      sum += static_cast<double>(input) * static_cast<double>(weights[tap * one.channels + c]);
    });
    expected[i] =
        std::min(std::max(sum, static_cast<double>(tile.low)), static_cast<double>(tile.high));
    if (std::isfinite(expected[i])) largest = std::max(largest, std::abs(expected[i]));
  }
  const double tolerance =
      largest * std::max(1e-5, 10 * static_cast<double>(std::numeric_limits<float>::epsilon()) *
                                   std::sqrt(static_cast<double>(one.taps())));
  for (size_t i = 0; i < one.output_size(); ++i) {
    const float got = out.as<float>()[i];
    if (!is_written(one, i)) {
      uint32_t bits = 0;
      std::memcpy(&bits, &got, sizeof(bits));
      ASSERT_EQ(bits, 0xa5a5a5a5u) << "written at " << i;
    } else if (std::isnan(expected[i])) {
      ASSERT_TRUE(std::isnan(got)) << "at " << i << ": " << got;
    } else if (std::isinf(expected[i])) {
      ASSERT_EQ(static_cast<double>(got), expected[i]) << "at " << i;
    } else {
      ASSERT_NEAR(static_cast<double>(got), expected[i], tolerance) << "at " << i;
    }
  }
}

TEST(DepthwiseF32, MatchesPlainLoops) {
  const auto list = kernels_of<const F32Depthwise*>("f32");
  ASSERT_FALSE(list.empty());
  for (const Kernel* kernel : list) {
    Random random(7);
    int number = 0;
    for (const Case& one : cases()) {
      SCOPED_TRACE(std::string(name_of(kernel->isa)) + ": " + one.text());
      ASSERT_NO_FATAL_FAILURE(check_float(*std::get<const F32Depthwise*>(kernel->functions), one,
                                          number++ % 8 == 7, random));
    }
  }
}

// How operands, sums and outputs of 8 bits are chosen.
struct Quantization {
  bool unsigned_input, unsigned_weights, unsigned_output;
  bool one_scale;
  bool extreme;  // operands and zero points at the ends of their types
  int low_shift, high_shift;
  bool large_bias;
  uint32_t wide_one_in = 1;  // of this many weights one is any, the others fit 8 bits less zero
};

int32_t random_byte(Random& random, bool is_unsigned, bool extreme) {
  const int32_t low = is_unsigned ? 0 : -128;
  if (extreme && random() % 4 != 0) return random() % 2 == 0 ? low : low + 255;
  return static_cast<int32_t>(pick(random, low, low + 255));
}

void check_int8(const Int8Depthwise& kernel, const Case& one, const Quantization& how,
                Random& random) {
  Rows<uint8_t> rows(one, static_cast<uint8_t>(random()), [&] {
    return static_cast<uint8_t>(random_byte(random, how.unsigned_input, how.extreme));
  });
  const int32_t weights_zero = how.unsigned_weights || random() % 8 == 0
                                   ? random_byte(random, how.unsigned_weights, how.extreme)
                                   : 0;
  std::vector<uint8_t> bytes(one.taps() * one.channels);
  for (uint8_t& byte : bytes) {
    int32_t weight = 0;
    do {
      weight = random_byte(random, how.unsigned_weights, how.extreme);
    } while (random() % how.wide_one_in != 0 && std::abs(weight - weights_zero) > INT8_MAX);
    byte = static_cast<uint8_t>(weight);
  }
  std::vector<int32_t> bias(one.channels), multipliers(one.channels), shifts(one.channels);
  const int64_t most = how.large_bias ? INT32_MAX : 1 << 16;
  for (size_t c = 0; c < one.channels; ++c) {
    bias[c] = static_cast<int32_t>(pick(random, -most - 1, most));
    multipliers[c] = static_cast<int32_t>(pick(random, 1 << 30, INT32_MAX));
    // Rounding's ties need few bits.
    if (random() % 4 == 0) multipliers[c] = 1 << 30;
    shifts[c] = static_cast<int32_t>(pick(random, how.low_shift, how.high_shift));
  }
  if (random() % 8 == 0) multipliers[0] = shifts[0] = 0;
  Int8DepthwiseWeights weights{.data = bytes.data(), .unsigned_weights = how.unsigned_weights};
  weights.weights_zero = weights_zero;
  weights.unsigned_input = how.unsigned_input;
  weights.input_zero = random_byte(random, how.unsigned_input, how.extreme);
  weights.bias = random() % 4 == 0 ? nullptr : bias.data();
  weights.multipliers = multipliers.data();
  weights.shifts = shifts.data();
  weights.one_scale = how.one_scale;
  const AlignedBytes packed(kernel.packed_bytes(one.shape()));
  kernel.pack(one.shape(), weights, packed.get());
  Buffer out(one.output_size(), 64, 0xa5);
  std::memset(out.as<uint8_t>(), 0xa5, one.output_size());
  Int8DepthwiseTile tile;
  fill_row(one, rows.rows.data(), out.as<void>(), &tile);
  tile.packed = packed.get();
  tile.shape = one.shape();
  tile.unsigned_input = how.unsigned_input;
  tile.unsigned_output = how.unsigned_output;
  tile.input_zero = weights.input_zero;
  tile.out_zero = random_byte(random, how.unsigned_output, how.extreme);
  const int32_t least = how.unsigned_output ? 0 : -128;
  tile.low = least + static_cast<int32_t>(random() % 2 == 0 ? 0 : random() % 100);
  tile.high = least + 255 - static_cast<int32_t>(random() % 2 == 0 ? 0 : random() % 100);
  kernel.run(tile);
  EXPECT_TRUE(out.slack_holds(0xa5));

  const auto value = [](uint8_t byte, bool is_unsigned) {
    return is_unsigned ? int32_t{byte} : int32_t{static_cast<int8_t>(byte)};
  };
  for (size_t i = 0; i < one.output_size(); ++i) {
    const uint8_t got = out.as<uint8_t>()[i];
    if (!is_written(one, i)) {
      ASSERT_EQ(got, 0xa5) << "written at " << i;
      continue;
    }
    const auto x = static_cast<int64_t>(i) / one.output_stride();
    const auto c = static_cast<size_t>(static_cast<int64_t>(i) % one.output_stride());
    int32_t sum = weights.bias == nullptr ? 0 : bias[c];
    for_taps<uint8_t>(one, rows.rows.data(), x, c, [&](size_t tap, uint8_t input) {
      const int32_t product =
          (value(input, how.unsigned_input) - weights.input_zero) *
          (value(bytes[tap * one.channels + c], how.unsigned_weights) - weights.weights_zero);
      sum = baton_wrapping_add(sum, product);
    });
    const size_t scale = how.one_scale ? 0 : c;
    const int32_t scaled =
        baton_multiply_by_quantized_multiplier(sum, multipliers[scale], shifts[scale]);
    const int32_t expected =
        baton_clamp(baton_wrapping_add(scaled, tile.out_zero), tile.low, tile.high);
    ASSERT_EQ(value(got, how.unsigned_output), expected)
        << "pixel " << x << ", channel " << c << ", sum " << sum << ", multiplier "
        << multipliers[scale] << ", shift " << shifts[scale];
  }
}

TEST(DepthwiseInt8, HasTheBitsOfFixedPoint) {
  constexpr Quantization kQuantizations[] = {
      {false, false, false, false, false, -12, -6, false},
      {true, true, true, true, false, -12, -6, false},
      {false, false, false, false, true, -10, -1, false},
      {true, false, false, true, true, -8, 0, false},
      {false, true, true, false, true, -31, -1, true},
      {true, true, false, false, true, -40, 8, true},
      {false, false, true, true, false, -31, 8, false},
      {true, false, true, false, false, -31, 40, true},
      {false, false, false, false, true, -9, -7, false},
      {true, true, true, false, true, -31, -1, false},
      {true, true, true, true, false, -12, -6, false, 500},
      {false, true, true, false, true, -10, -1, false, 100},
      {true, true, false, false, false, -12, -6, false, 20},
  };
  const auto list = kernels_of<const Int8Depthwise*>("int8");
  ASSERT_FALSE(list.empty());
  for (const Kernel* kernel : list) {
    Random random(11);
    size_t number = 0;
    for (const Case& one : cases()) {
      for (int repeat = 0; repeat < 2; ++repeat) {
        const size_t how = number++ % std::size(kQuantizations);
        SCOPED_TRACE(std::string(name_of(kernel->isa)) + ": " + one.text() + "quantised as " +
                     std::to_string(how));
        ASSERT_NO_FATAL_FAILURE(check_int8(*std::get<const Int8Depthwise*>(kernel->functions), one,
                                           kQuantizations[how], random));
      }
      ++number;
    }
  }
}

}  // namespace
}  // namespace baton::kernels
