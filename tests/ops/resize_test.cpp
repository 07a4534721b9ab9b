// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR.
#include "core/ops/support/resize.h"
#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

struct Mode {
  bool align_corners;
  bool half_pixel_centers;
};
const Mode kModes[] = {{false, false}, {true, false}, {false, true}};

struct Size {
  Dims input;
  int32_t height;
  int32_t width;
};
const Size kSizes[] = {
    {{1, 2, 2, 1}, 4, 4}, {{1, 5, 7, 3}, 3, 4}, {{2, 3, 4, 2}, 7, 9},  {{1, 1, 1, 2}, 3, 3},
    {{1, 8, 8, 1}, 1, 1}, {{1, 4, 4, 2}, 4, 4}, {{1, 6, 5, 1}, 13, 2}, {{1, 3, 3, 0}, 2, 2},
};

double position(int32_t i, int32_t input, int32_t output, const Mode& mode) {
  const double scale = mode.align_corners && output > 1
                           ? static_cast<double>(input - 1) / (output - 1)
                           : static_cast<double>(input) / output;
  return mode.half_pixel_centers ? (i + 0.5) * scale - 0.5 : i * scale;
}

TEST(ResizeBilinear, Table) {
  const ElementType types[] = {
      {BATON_FLOAT32}, {BATON_UINT8, 0.1f, 100}, {BATON_INT8, 0.1f, -20}, {BATON_INT16, 0.1f, 0}};
  for (const ElementType& type : types) {
    for (const Mode& mode : kModes) {
      for (const Size& size : kSizes) {
        SCOPED_TRACE(text_of(size.input) + std::to_string(size.height) + " x " +
                     std::to_string(size.width) + " " + dtype_name(type.dtype));
        Reals input = scattered(count_of(size.input), -9, 9, 1);
        OpHarness op(BATON_OP_RESIZE_BILINEAR);
        add_input(op, size.input, input, type);
        op.constant<int32_t>({2}, {size.height, size.width});
        baton_resize_bilinear_attributes attributes = BATON_RESIZE_BILINEAR_ATTRIBUTES_INIT;
        attributes.align_corners = mode.align_corners;
        attributes.half_pixel_centers = mode.half_pixel_centers;
        op.attributes(attributes).output(type.dtype, type.quantization()).threads(2);
        ASSERT_TRUE(op.run()) << op.message();
        const Dims out{size.input[0], size.height, size.width, size.input[3]};
        EXPECT_EQ(op.dims(), out);
        Reals expected(count_of(out));
        for (size_t i = 0; i < expected.size(); ++i) {
          const auto at = coordinates(out, i);
          const double y = position(at[1], size.input[1], size.height, mode);
          const double x = position(at[2], size.input[2], size.width, mode);
          // The tent around each pixel; what lies outside repeats the border.
          double sum = 0;
          for (int dy = 0; dy < 2; ++dy) {
            for (int dx = 0; dx < 2; ++dx) {
              const double py = std::floor(y) + dy;
              const double px = std::floor(x) + dx;
              const double weight = (1 - std::abs(y - py)) * (1 - std::abs(x - px));
              const auto row = static_cast<int32_t>(std::clamp(py, 0.0, size.input[1] - 1.0));
              const auto column = static_cast<int32_t>(std::clamp(px, 0.0, size.input[2] - 1.0));
              sum += weight * input[flat(size.input, {at[0], row, column, at[3]})];
            }
          }
          expected[i] = sum;
        }
        if (type.dtype == BATON_FLOAT32) {
          // Positions are single precision: errors are those of numbers up to 9.
          const auto actual = op.result<float>();
          for (size_t i = 0; i < actual.size(); ++i) ASSERT_NEAR(actual[i], expected[i], 2e-5);
        } else {
          expect_close(op, expected, type);
        }
      }
    }
  }
}

// Half way between two pixels: uint8 rounds half up, int8 half away from zero.
TEST(ResizeBilinear, Halves) {
  OpHarness unsigned_op(BATON_OP_RESIZE_BILINEAR);
  unsigned_op.input<uint8_t>({1, 1, 2, 1}, {0, 3}).constant<int32_t>({2}, {1, 4});
  unsigned_op.output(BATON_UINT8)
      .attributes(baton_resize_bilinear_attributes(BATON_RESIZE_BILINEAR_ATTRIBUTES_INIT));
  ASSERT_TRUE(unsigned_op.run()) << unsigned_op.message();
  EXPECT_EQ(unsigned_op.result<uint8_t>(), (std::vector<uint8_t>{0, 2, 3, 3}));
  OpHarness signed_op(BATON_OP_RESIZE_BILINEAR);
  signed_op.input<int8_t>({1, 1, 2, 1}, {0, -3}).constant<int32_t>({2}, {1, 4});
  signed_op.output(BATON_INT8)
      .attributes(baton_resize_bilinear_attributes(BATON_RESIZE_BILINEAR_ATTRIBUTES_INIT));
  ASSERT_TRUE(signed_op.run()) << signed_op.message();
  EXPECT_EQ(signed_op.result<int8_t>(), (std::vector<int8_t>{0, -2, -3, -3}));
}

TEST(ResizeNearestNeighbor, Table) {
  for (const Mode& mode :
       {Mode{false, false}, Mode{true, false}, Mode{false, true}, Mode{true, true}}) {
    for (const Size& size : kSizes) {
      SCOPED_TRACE(text_of(size.input) + std::to_string(size.height));
      const auto input = counting<int16_t>(count_of(size.input));
      OpHarness op(BATON_OP_RESIZE_NEAREST_NEIGHBOR);
      op.input(size.input, input).constant<int32_t>({2}, {size.height, size.width});
      baton_resize_nearest_neighbor_attributes attributes =
          BATON_RESIZE_NEAREST_NEIGHBOR_ATTRIBUTES_INIT;
      attributes.align_corners = mode.align_corners;
      attributes.half_pixel_centers = mode.half_pixel_centers;
      op.attributes(attributes).output(BATON_INT16).threads(2);
      ASSERT_TRUE(op.run()) << op.message();
      const Dims out{size.input[0], size.height, size.width, size.input[3]};
      const auto result = op.result<int16_t>();
      ASSERT_EQ(result.size(), count_of(out));
      const auto pick = [&](int32_t i, int32_t in, int32_t n) {
        const double scale = mode.align_corners && n > 1 ? static_cast<double>(in - 1) / (n - 1)
                                                         : static_cast<double>(in) / n;
        const double at = (i + (mode.half_pixel_centers ? 0.5 : 0)) * scale + 1e-6;
        return std::min(static_cast<int32_t>(mode.align_corners ? std::round(at) : std::floor(at)),
                        in - 1);
      };
      for (size_t i = 0; i < result.size(); ++i) {
        const auto at = coordinates(out, i);
        ASSERT_EQ(result[i],
                  input[flat(size.input, {at[0], pick(at[1], size.input[1], size.height),
                                          pick(at[2], size.input[2], size.width), at[3]})]);
      }
    }
  }
}

// Sizes near the end of int32 are rounded up on the way.
TEST(Resize, IndicesStayInside) {
  EXPECT_EQ(ops::pixel_within(2147483648.0f, INT32_MAX), INT32_MAX - 1);
  EXPECT_EQ(ops::pixel_within(1e30f, 4), 3);
  EXPECT_EQ(ops::pixel_within(4.0f, 4), 3);
  EXPECT_EQ(ops::pixel_within(2.0f, 4), 2);
  EXPECT_EQ(ops::pixel_within(-1.0f, 4), 0);
  EXPECT_EQ(ops::pixel_within(std::numeric_limits<float>::quiet_NaN(), 4), 0);
}

TEST(Resize, Refusals) {
  struct {
    Dims dims;
    std::vector<int32_t> size;
    Mode mode;
  } const table[] = {{{2, 2, 1}, {2, 2}, {}},     {{1, 2, 2, 1}, {0, 2}, {}},
                     {{1, 2, 2, 1}, {2, -1}, {}}, {{1, 2, 2, 1}, {2}, {}},
                     {{1, 0, 2, 1}, {2, 2}, {}},  {{1, 2, 2, 1}, {2, 2}, {true, true}}};
  for (const auto& each : table) {
    OpHarness op(BATON_OP_RESIZE_BILINEAR);
    op.input(each.dims, counting<float>(count_of(each.dims)));
    op.constant({static_cast<int32_t>(each.size.size())}, each.size).output(BATON_FLOAT32);
    baton_resize_bilinear_attributes attributes = BATON_RESIZE_BILINEAR_ATTRIBUTES_INIT;
    attributes.align_corners = each.mode.align_corners;
    attributes.half_pixel_centers = each.mode.half_pixel_centers;
    EXPECT_FALSE(op.attributes(attributes).infer().ok());
  }
}

}  // namespace
}  // namespace baton::test
