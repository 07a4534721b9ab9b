// Blocks of an image that become channels or batches, and images of another size.
#include "tests/conformance/operators/parts.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

int32_t batches(Draft& d) { return d.random().one_in(24) ? 0 : d.random().between(1, 3); }

void space_to_depth(Draft& d) {
  auto attributes = default_attributes<baton_space_to_depth_attributes>();
  attributes.block_size = d.pick({2, 3, 1, 4});
  const int32_t block = attributes.block_size;
  const int32_t height = d.random().between(1, 4);
  const int32_t width = d.random().between(1, 5);
  const TensorId x =
      d.input({batches(d), height * block, width * block, d.pick({1, 3, 4, 8, 17})}, kDistinct);
  d.node(BATON_OP_SPACE_TO_DEPTH, {x}, d.quantization_of(x), attributes);
}

void depth_to_space(Draft& d) {
  auto attributes = default_attributes<baton_depth_to_space_attributes>();
  attributes.block_size = d.pick({2, 3, 1, 4});
  const int32_t block = attributes.block_size;
  const int32_t height = d.random().between(1, 4);
  const int32_t width = d.random().between(1, 5);
  const TensorId x =
      d.input({batches(d), height, width, block * block * d.pick({1, 3, 2, 5})}, kDistinct);
  d.node(BATON_OP_DEPTH_TO_SPACE, {x}, d.quantization_of(x), attributes);
}

// Block sizes and the two margins of each spatial dimension.
struct Blocks {
  std::vector<int32_t> sizes, margins;
  int32_t product() const {
    int32_t product = 1;
    for (const int32_t size : sizes) product *= size;
    return product;
  }
};

void batch_space_node(Draft& d, const Shape& shape, const Blocks& blocks) {
  const TensorId x = d.input(shape, kDistinct);
  const TensorId sizes = int32s(d, blocks.sizes);
  const TensorId margins = d.b.constant(
      d.b.unique_name("c"), {static_cast<int32_t>(blocks.sizes.size()), 2}, blocks.margins);
  d.node(d.op().code, {x, sizes, margins}, d.quantization_of(x));
}

void space_to_batch_nd(Draft& d) {
  const int32_t spatial = d.pick({2, 1});
  Blocks blocks;
  Shape shape = {batches(d)};
  for (int32_t i = 0; i < spatial; ++i) {
    const int32_t block = d.pick({2, 1, 3});
    const int32_t size = d.random().between(1, 9);
    const int32_t before = d.random().one_in(2) ? 0 : d.random().between(1, 4);
    int32_t after = d.random().one_in(2) ? 0 : d.random().between(1, 4);
    while ((before + size + after) % block != 0) ++after;
    shape.push_back(size);
    blocks.sizes.push_back(block);
    blocks.margins.insert(blocks.margins.end(), {before, after});
  }
  shape.push_back(d.pick({1, 3, 4, 8, 17}));
  batch_space_node(d, shape, blocks);
}

void batch_to_space_nd(Draft& d) {
  const int32_t spatial = d.pick({2, 1});
  Blocks blocks;
  Shape shape = {0};
  for (int32_t i = 0; i < spatial; ++i) {
    const int32_t block = d.pick({2, 1, 3});
    const int32_t size = d.random().between(1, 5);
    // At least one row stays.
    const int32_t before = d.random().between(0, std::min(2, size * block - 1));
    const int32_t after = d.random().between(0, std::min(3, size * block - 1 - before));
    shape.push_back(size);
    blocks.sizes.push_back(block);
    blocks.margins.insert(blocks.margins.end(), {before, after});
  }
  shape[0] = batches(d) * blocks.product();
  shape.push_back(d.pick({1, 3, 4, 8, 17}));
  batch_space_node(d, shape, blocks);
}

void resize(Draft& d) {
  enum { kNeither, kAlignCorners, kHalfPixelCenters };
  const auto sampling = d.pick({kNeither, kAlignCorners, kHalfPixelCenters});
  enum { kAny, kTwice, kHalf, kSame, kOne };
  const auto goal = d.pick({kAny, kTwice, kHalf, kSame, kOne});
  const Shape shape = {batches(d), d.random().between(1, 9), d.random().between(1, 12),
                       d.pick({3, 1, 4, 8, 17})};
  std::vector<int32_t> size;
  for (const int32_t from : {shape[1], shape[2]}) {
    const int32_t any = d.random().between(1, 13);
    size.push_back(goal == kAny     ? any
                   : goal == kTwice ? from * 2
                   : goal == kHalf  ? (from + 1) / 2
                   : goal == kSame  ? from
                                    : 1);
  }
  // One dimension at least goes its own way.
  if (goal != kAny && d.pick_bool()) size[d.random().below(2)] = d.random().between(1, 13);
  const TensorId x = d.input(shape, kDistinct);
  const TensorId to = int32s(d, size);
  d.node(d.op().code, {x, to}, d.quantization_of(x),
         d.attributes({{"align_corners", sampling == kAlignCorners ? 1.0 : 0.0},
                       {"half_pixel_centers", sampling == kHalfPixelCenters ? 1.0 : 0.0}}));
}

constexpr Recipe kRecipes[] = {
    {BATON_OP_BATCH_TO_SPACE_ND, batch_to_space_nd}, {BATON_OP_DEPTH_TO_SPACE, depth_to_space},
    {BATON_OP_RESIZE_BILINEAR, resize, 60},          {BATON_OP_RESIZE_NEAREST_NEIGHBOR, resize, 30},
    {BATON_OP_SPACE_TO_BATCH_ND, space_to_batch_nd}, {BATON_OP_SPACE_TO_DEPTH, space_to_depth},
};

}  // namespace

extern const Recipes images_recipes{kRecipes};

}  // namespace baton::conformance
