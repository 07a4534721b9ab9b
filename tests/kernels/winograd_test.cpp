// Winograd's transforms against their matrices in double.
#include "delegates/kernels/winograd.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "tests/kernels/levels.h"
#include "tests/kernels/slack.h"

namespace baton::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr size_t kChannels[] = {1, 3, 4, 8, 15, 16, 17, 32, 37, 64, 533};

using Matrix = std::vector<std::vector<double>>;

Matrix input_matrix(size_t m) {  // B'
  if (m == 2) return {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}};
  return {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
          {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
}

Matrix output_matrix(size_t m) {  // A'
  if (m == 2) return {{1, 1, 1, 0}, {0, 1, -1, -1}};
  return {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}};
}

// T X T' at (y, x).
template <typename At>
double transformed(const Matrix& t, size_t y, size_t x, const At& at) {
  double sum = 0;
  for (size_t i = 0; i < t[0].size(); ++i) {
    for (size_t j = 0; j < t[0].size(); ++j) sum += t[y][i] * at(i, j) * t[x][j];
  }
  return sum;
}

template <typename Check>
void for_transforms(const Check& check) {
  for_kernels_of<const Winograd*>([&](const Kernel& kernel, const Winograd* winograd) {
    EXPECT_EQ(winograd->outputs, is(kernel.operation, "winograd_2x2") ? 2u : 4u);
    EXPECT_EQ(winograd->inputs, winograd->outputs + 2);
    for (const size_t channels : kChannels) {
      SCOPED_TRACE(channels);
      check(*winograd, channels);
    }
  });
}

size_t rounded_up(size_t channels) { return (channels + 15) / 16 * 16; }

TEST(Winograd, TransformsInputs) {
  for_transforms([](const Winograd& winograd, size_t channels) {
    const size_t s = winograd.inputs, elements = s * s;
    const std::vector<float> values = random_values<float>(elements * channels, 1);
    // Each pixel in memory of its own, and one that is outside.
    std::vector<Input<float>> memory;
    std::vector<const float*> pixels;
    for (size_t i = 0; i < elements; ++i) {
      auto begin = values.begin() + static_cast<std::ptrdiff_t>(i * channels);
      memory.emplace_back(std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(channels)));
      pixels.push_back(memory.back().data());
    }
    const size_t stride = rounded_up(channels) + 5;
    Output<float> out((elements - 1) * stride + rounded_up(channels));
    winograd.input({pixels.data(), channels, out.data(), static_cast<int64_t>(stride)});
    out.expect_untouched_around();
    const Matrix b = input_matrix(winograd.outputs);
    for (size_t i = 0; i < elements; ++i) {
      for (size_t c = 0; c < channels; ++c) {
        const double expected = transformed(b, i / s, i % s, [&](size_t y, size_t x) {
          return double{values[(y * s + x) * channels + c]};
        });
        ASSERT_NEAR(out[i * stride + c], expected, 1e-4) << "element " << i << ", channel " << c;
      }
    }
  });
}

// Products of one tile, and where its outputs go: two lines of a larger image, canaries between.
struct OutputCase {
  OutputCase(const Winograd& winograd, size_t channels)
      : winograd(winograd),
        m(winograd.outputs),
        channels(channels),
        stride(rounded_up(channels) + 3),
        pixel_stride(channels + 2),
        line_stride(m * pixel_stride + 1),
        products(random_values<float>(winograd.inputs * winograd.inputs * stride, 2)),
        bias(random_values<float>(channels, 3)),
        residual(random_values<float>(m * m * (channels + 1), 4)) {}

  size_t at(size_t y, size_t x, size_t c) const { return y * line_stride + x * pixel_stride + c; }

  // The rest of a vector behind the last channel holds anything.
  void spoil_padding() {
    for (size_t i = 0; i < products.size(); ++i) {
      if (i % stride >= channels) products[i] = std::numeric_limits<float>::quiet_NaN();
    }
  }

  double expected(size_t y, size_t x, size_t c, const WinogradOutput& args) const {
    const size_t s = winograd.inputs;
    double value = transformed(output_matrix(m), y, x, [&](size_t i, size_t j) {
      return double{products[(i * s + j) * stride + c]};
    });
    if (args.bias != nullptr) value += bias[c];
    value = std::min(std::max(value, double{args.low}), double{args.high});
    if (args.residual == nullptr) return value;
    value += residual[(y * m + x) * (channels + 1) + c];
    return std::min(std::max(value, double{args.low2}), double{args.high2});
  }

  bool run(WinogradOutput args, bool with_bias, bool with_residual) const {
    const Input<float> in(products), bias_memory(bias), residual_memory(residual);
    args.in = in.data();
    args.element_stride = static_cast<int64_t>(stride);
    args.bias = with_bias ? bias_memory.data() : nullptr;
    args.channels = channels;
    args.line_stride = static_cast<int64_t>(line_stride);
    args.pixel_stride = static_cast<int64_t>(pixel_stride);
    args.residual = with_residual ? residual_memory.data() : nullptr;
    args.residual_pixel_stride = static_cast<int64_t>(channels + 1);
    args.residual_line_stride = static_cast<int64_t>(m * (channels + 1));
    const size_t count = at(args.rows - 1, args.columns - 1, channels);
    Output<float> out(count);
    args.out = out.data();
    const Output<float> fresh(count);
    const bool finite = winograd.output(args);
    out.expect_untouched_around();
    if (!finite) return false;
    std::vector<bool> kept(count);
    for (size_t y = 0; y < args.rows; ++y) {
      for (size_t x = 0; x < args.columns; ++x) {
        for (size_t c = 0; c < channels; ++c) {
          kept[at(y, x, c)] = true;
          EXPECT_NEAR(out[at(y, x, c)], expected(y, x, c, args), 1e-3)
              << y << ", " << x << ", channel " << c;
        }
      }
    }
    for (size_t i = 0; i < count; ++i) {
      if (kept[i]) continue;
      EXPECT_EQ(out[i], fresh[i]) << "written between pixels, at " << i;
    }
    return true;
  }

  const Winograd& winograd;
  const size_t m, channels, stride, pixel_stride, line_stride;
  std::vector<float> products, bias, residual;
};

WinogradOutput whole(const Winograd& winograd) {
  WinogradOutput args;
  args.rows = args.columns = winograd.outputs;
  args.low = args.low2 = -kInfinity;
  args.high = args.high2 = kInfinity;
  return args;
}

TEST(Winograd, TransformsProducts) {
  for_transforms([](const Winograd& winograd, size_t channels) {
    OutputCase c(winograd, channels);
    c.spoil_padding();
    EXPECT_TRUE(c.run(whole(winograd), false, false));
    EXPECT_TRUE(c.run(whole(winograd), true, false));
    EXPECT_TRUE(c.run(whole(winograd), true, true));
  });
}

TEST(Winograd, KeepsPartsOfATile) {
  for_transforms([](const Winograd& winograd, size_t channels) {
    const OutputCase c(winograd, channels);
    for (size_t rows = 1; rows <= winograd.outputs; ++rows) {
      for (size_t columns = 1; columns <= winograd.outputs; ++columns) {
        WinogradOutput args = whole(winograd);
        args.rows = rows;
        args.columns = columns;
        EXPECT_TRUE(c.run(args, true, true));
      }
    }
  });
}

TEST(Winograd, ClampsBeforeAndAfterTheResidual) {
  for_transforms([](const Winograd& winograd, size_t channels) {
    const OutputCase c(winograd, channels);
    WinogradOutput args = whole(winograd);
    args.low = 0;
    args.high = 6;
    args.low2 = -1;
    args.high2 = 5;
    EXPECT_TRUE(c.run(args, true, true));
  });
}

// G, in multiples of 1 / scale.
struct Generator {
  double scale;
  Matrix rows;
};
Generator filter_matrix(size_t m) {
  if (m == 2) return {2, {{2, 0, 0}, {1, 1, 1}, {1, -1, 1}, {0, 0, 2}}};
  return {24, {{6, 0, 0}, {-4, -4, -4}, {-4, 4, -4}, {1, 2, 4}, {1, -2, 4}, {0, 0, 24}}};
}

// Computed in double, and rounded once: a few units of double's last place away at most.
TEST(Winograd, TransformsWeights) {
  for_transforms([](const Winograd& winograd, size_t count) {
    const size_t s = winograd.inputs, elements = s * s, tap_stride = count + 3, stride = count + 5;
    const Input<float> filter(random_values<float>(8 * tap_stride + count, 7));
    Output<float> out((elements - 1) * stride + count);
    const Output<float> fresh((elements - 1) * stride + count);
    winograd.weights({filter.data(), static_cast<int64_t>(tap_stride), count, out.data(),
                      static_cast<int64_t>(stride)});
    out.expect_untouched_around();
    const Generator g = filter_matrix(winograd.outputs);
    for (size_t i = 0; i < elements; ++i) {
      for (size_t k = 0; k < count; ++k) {
        double expected = 0;
        for (size_t tap = 0; tap < 9; ++tap) {
          expected += g.rows[i / s][tap / 3] * g.rows[i % s][tap % 3] *
                      double{filter.data()[tap * tap_stride + k]};
        }
        expected /= g.scale * g.scale;
        ASSERT_NEAR(out[i * stride + k], expected, 1e-7 * std::abs(expected) + 1e-13)
            << "element " << i << ", weight " << k;
      }
      if (i + 1 == elements) continue;
      for (size_t k = count; k < stride; ++k) {
        ASSERT_EQ(out[i * stride + k], fresh[i * stride + k]) << "written between elements";
      }
    }
  });
}

// A convolution of one tile, summed over `depth` channels in float32: the largest error, in the
// largest output.
double error_of_convolution(const Winograd& winograd, size_t depth) {
  const size_t s = winograd.inputs, m = winograd.outputs, elements = s * s;
  const Generator g = filter_matrix(m);
  const std::vector<float> image = random_values<float>(elements * depth, 5);
  const std::vector<float> filter = random_values<float>(9 * depth, 6);  // [3][3][depth]
  std::vector<const float*> pixels;
  std::vector<float> readable = image;
  readable.resize(image.size() + kSlackBytes / sizeof(float));
  for (size_t i = 0; i < elements; ++i) pixels.push_back(readable.data() + i * depth);
  std::vector<float> inputs(elements * rounded_up(depth));
  winograd.input({pixels.data(), depth, inputs.data(), static_cast<int64_t>(rounded_up(depth))});
  std::vector<float> products(elements * 16);
  for (size_t i = 0; i < elements; ++i) {
    for (size_t k = 0; k < depth; ++k) {
      double weight = 0;
      for (size_t tap = 0; tap < 9; ++tap) {
        weight += g.rows[i / s][tap / 3] * g.rows[i % s][tap % 3] * filter[tap * depth + k];
      }
      products[i * 16] +=
          inputs[i * rounded_up(depth) + k] * static_cast<float>(weight / (g.scale * g.scale));
    }
  }
  std::vector<float> out(m * m);
  WinogradOutput args = whole(winograd);
  args.in = products.data();
  args.element_stride = 16;
  args.channels = 1;
  args.out = out.data();
  args.line_stride = static_cast<int64_t>(m);
  args.pixel_stride = 1;
  EXPECT_TRUE(winograd.output(args));
  double error = 0, largest = 0;
  for (size_t i = 0; i < m * m; ++i) {
    double sum = 0;
    for (size_t tap = 0; tap < 9; ++tap) {
      const size_t pixel = (i / m + tap / 3) * s + i % m + tap % 3;
      for (size_t k = 0; k < depth; ++k) {
        sum += double{image[pixel * depth + k]} * filter[tap * depth + k];
      }
    }
    error = std::max(error, std::abs(sum - out[i]));
    largest = std::max(largest, std::abs(sum));
  }
  return error / largest;
}

// A quarter of the tolerance of an operator. Fewer outputs than a layer has make it no easier: the
// largest of them is smaller.
TEST(Winograd, IsExactEnough) {
  for_kernels_of<const Winograd*>([](const Kernel&, const Winograd* winograd) {
    for (const size_t depth : {16u, 64u, 256u, 1024u}) {
      const double tolerance = std::max(1e-5, 10 * std::numeric_limits<float>::epsilon() *
                                                  std::sqrt(9 * static_cast<double>(depth)));
      const double error = error_of_convolution(*winograd, depth);
      EXPECT_LE(error, tolerance / 4) << depth << " channels";
    }
  });
}

// Any product that is not finite is told, wherever it lies and however little of the tile is kept.
TEST(Winograd, TellsWhatIsNotFinite) {
  for_transforms([](const Winograd& winograd, size_t channels) {
    const size_t elements = winograd.inputs * winograd.inputs;
    for (size_t element = 0; element < elements; ++element) {
      for (const float value : {kInfinity, -kInfinity, std::nanf("")}) {
        OutputCase c(winograd, channels);
        c.products[element * c.stride + channels - 1] = value;
        WinogradOutput args = whole(winograd);
        args.rows = args.columns = 1;
        args.low = 0;
        args.high = 6;
        EXPECT_FALSE(c.run(args, true, true)) << value << " in element " << element;
      }
    }
  });
}

}  // namespace
}  // namespace baton::kernels
