#include "delegates/kernels/resize.h"

#include <cmath>
#include <limits>
#include <memory>
#include <type_traits>

#include "tests/kernels/slack.h"

namespace baton::kernels {
namespace {

constexpr int64_t kInputPixels = 9;
constexpr size_t kChannels[] = {1, 2, 3, 4, 5, 8, 9, 16, 21, 33, 64, 67};
constexpr size_t kPixels[] = {1, 2, 9, 20};

// Integers are the largest and the smallest ones here and there.
template <typename T>
std::vector<T> extreme_values(size_t count, uint32_t seed) {
  auto values = random_values<T>(count, seed);
  if constexpr (std::is_integral_v<T>) {
    using Limits = std::numeric_limits<T>;
    for (size_t i = 0; i < count; i += 3) values[i] = i % 2 == 0 ? Limits::min() : Limits::max();
  }
  return values;
}

// Taps all over the row, in pixels, a few for each pair of neighbours; the first ones lie at the
// ends, where both neighbours are one.
std::vector<ResizeTap> make_taps(size_t count, int32_t one) {
  std::vector<ResizeTap> taps(count);
  for (size_t i = 0; i < count; ++i) {
    taps[i].low = static_cast<int64_t>(i / 3 * 5 % kInputPixels);
    taps[i].high = std::min<int64_t>(taps[i].low + (i / 3 % 3 == 0 ? 0 : 1), kInputPixels - 1);
    const auto fixed = static_cast<int32_t>(i * 331) % one;
    taps[i].fixed = taps[i].low == taps[i].high ? 0 : fixed;
    taps[i].distance = static_cast<float>(fixed) / static_cast<float>(one);
  }
  return taps;
}

// blend(a, b, c, d, y, x) of four neighbours and two taps, as the reference kernels have it.
// Distances count in 1/`one` pixels.
template <typename T, typename Blend>
void check(const char* operation, const char* types, int32_t one, const Blend& blend,
           double tolerance) {
  for_each_row<ResizeFunction>(operation, types, [&](ResizeFunction resize) {
    for (const size_t channels : kChannels) {
      for (const size_t pixels : kPixels) {
        for (const ResizeTap& y : make_taps(4, one)) {
          SCOPED_TRACE(testing::Message() << channels << " channels, " << pixels << " pixels");
          const size_t row_elements = kInputPixels * channels;
          const auto top_values = extreme_values<T>(row_elements, 1);
          const auto bottom_values = extreme_values<T>(row_elements, y.low == y.high ? 1 : 2);
          const Input<T> top(top_values), bottom(bottom_values);
          const Output<T> output(pixels * channels);
          std::vector<ResizeTap> taps = make_taps(pixels, one);
          for (ResizeTap& tap : taps) {
            tap.low *= static_cast<int64_t>(channels);
            tap.high *= static_cast<int64_t>(channels);
          }
          struct alignas(64) Line {
            std::byte bytes[64];
          };
          const auto scratch =
              std::make_unique<Line[]>((resize_scratch_bytes(row_elements) + 63) / 64);
          ResizeRow row;
          row.top = top.data();
          row.bottom = bottom.data();
          row.row_elements = row_elements;
          row.channels = channels;
          row.y = y.distance;
          row.y_fixed = y.fixed;
          row.taps = taps.data();
          row.pixels = pixels;
          row.out = output.data();
          row.scratch = scratch.get();
          resize(row);
          output.expect_untouched_around();
          for (size_t i = 0; i < pixels * channels; ++i) {
            const ResizeTap& x = taps[i / channels];
            const size_t low = static_cast<size_t>(x.low) + i % channels;
            const size_t high = static_cast<size_t>(x.high) + i % channels;
            ASSERT_NEAR(output[i],
                        blend(top_values[low], bottom_values[low], top_values[high],
                              bottom_values[high], y, x),
                        tolerance)
                << "element " << i;
          }
        }
      }
    }
  });
}

constexpr int32_t kFine = 1024, kSixteenths = 16;

TEST(ResizeBilinear, Floats) {
  check<float>(
      "resize_bilinear", "f32", kFine,
      [](double a, double b, double c, double d, const ResizeTap& y, const ResizeTap& x) {
        const double v = double{y.distance}, h = double{x.distance};
        return (a * (1 - v) + b * v) * (1 - h) + (c * (1 - v) + d * v) * h;
      },
      1e-5);
}

uint8_t blend_unsigned(uint8_t a, uint8_t b, uint8_t c, uint8_t d, const ResizeTap& v,
                       const ResizeTap& h) {
  const float y = v.distance, x = h.distance;
  // volatile: every product and sum is rounded.
  const volatile float p = static_cast<float>(a) * (1 - y), q = static_cast<float>(b) * y;
  const volatile float r = static_cast<float>(c) * (1 - y), s = static_cast<float>(d) * y;
  const volatile float products[] = {p * (1 - x), q * (1 - x), r * x, s * x};
  volatile float sum = products[0] + products[1];
  sum = sum + products[2];
  sum = sum + products[3];
  return static_cast<uint8_t>(sum + 0.5f);
}

template <int64_t one>
int8_t blend_signed(int64_t a, int64_t b, int64_t c, int64_t d, const ResizeTap& v,
                    const ResizeTap& h) {
  const int64_t y = v.fixed, x = h.fixed;
  const int64_t sum = a * (one - y) * (one - x) + b * y * (one - x) + c * (one - y) * x + d * y * x;
  const int64_t half = one * one / 2;
  return static_cast<int8_t>((sum + (sum > 0 ? half : -half)) / (one * one));
}

TEST(ResizeBilinear, BytesAreExact) {
  check<uint8_t>("resize_bilinear", "u8", kFine, blend_unsigned, 0);
  check<int8_t>("resize_bilinear", "s8", kFine, blend_signed<kFine>, 0);
}

TEST(ResizeBilinear, BytesAreExactAtSixteenths) {
  check<uint8_t>("resize_sixteenths", "u8", kSixteenths, blend_unsigned, 0);
  check<int8_t>("resize_sixteenths", "s8", kSixteenths, blend_signed<kSixteenths>, 0);
}

}  // namespace
}  // namespace baton::kernels
