#include "delegates/cpu/winograd.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "delegates/cpu/conv_arithmetic.h"
#include "delegates/cpu/conv_step.h"
#include "delegates/cpu/file_weights.h"
#include "delegates/cpu/winograd_choice.h"
#include "delegates/cpu/winograd_plan.h"

namespace baton::cpu {
namespace {

using DirectPlan = ConvPlan<FloatArithmetic>;

// The floats of `count` ones in whole cache lines, an odd number of them: rows that lie a power of
// two apart would share a few sets of the cache.
int64_t odd_lines(int64_t count) {
  constexpr int64_t kLine = 64 / sizeof(float);
  return ((count + kLine - 1) / kLine | 1) * kLine;
}

// How tiles and output channels are cut into items. A strip of tiles is what one call of the
// product takes; a block is strips whose transformed input stays in the cache, and an item a block
// with some of the output channels.
struct WinogradTiling {
  Tiling strips;
  int64_t blocks = 0;
  int64_t block_columns = 0, column_blocks = 0;

  int64_t first_strip(int64_t block) const { return strips.tiles * block / blocks; }
  int64_t first_tile(int64_t block) const { return strips.first_row(first_strip(block)); }
  int64_t most_tiles() const {
    int64_t most = 0;
    for (int64_t i = 0; i < blocks; ++i) most = std::max(most, first_tile(i + 1) - first_tile(i));
    return most;
  }
};

class WinogradWork final : public Work {
 public:
  WinogradWork(const WinogradPlan& plan, const DirectPlan& direct, const FileWeights& filter,
               const Place& place, const ConvSizes& sizes, uint32_t threads)
      : plan_(plan),
        direct_(direct),
        filter_(filter),
        place_(place),
        sizes_(sizes),
        pointers_(direct.shape, sizes_, direct.arithmetic.gemm->rows),
        outputs_(static_cast<int64_t>(plan.transforms->outputs)),
        tiles_y_((sizes.y.output + outputs_ - 1) / outputs_),
        tiles_x_((sizes.x.output + outputs_ - 1) / outputs_) {
    make_tiling(threads);
    plan_scratch();
    // All columns of a block by one worker, where there are blocks for all workers: it transforms
    // the input once.
    const bool many = tiling_.blocks >= 4 * int64_t{threads};
    phases = {{static_cast<uint64_t>(tiling_.blocks * tiling_.column_blocks),
               many ? static_cast<uint64_t>(tiling_.column_blocks) : grain_of_ns(item_ns())}};
  }

  void run(const Call& call, size_t, uint64_t begin, uint64_t end) const override {
    int64_t transformed = -1;
    for (uint64_t item = begin; item < end; ++item) {
      const int64_t block = static_cast<int64_t>(item) / tiling_.column_blocks;
      const int64_t first_column =
          static_cast<int64_t>(item) % tiling_.column_blocks * tiling_.block_columns;
      if (block != transformed) transform_inputs(call, block);
      transformed = block;
      multiply(call, block, first_column);
      transform_outputs(call, block, first_column);
    }
  }

 private:
  struct Tile {
    int64_t image, y, x;  // of the first output pixel
  };

  void make_tiling(uint32_t threads) {
    // Of a block's transformed tiles, and of an element's weights: both fit a second-level cache.
    // A strip or two of tiles and some hundred columns are much alike (measured).
    constexpr int64_t kBlockBytes = 384 << 10, kWeightBytes = 256 << 10, kLeastStrips = 2;
    const auto tile_rows = static_cast<int64_t>(plan_.gemm->rows);
    const auto panel_columns = static_cast<int64_t>(plan_.gemm->columns);
    const auto panels = static_cast<int64_t>(plan_.packing.panels);
    const auto panel_bytes = static_cast<int64_t>(plan_.packing.panel_bytes);
    Tiling& strips = tiling_.strips;
    strips.rows = sizes_.images * tiles_y_ * tiles_x_;
    strips.tiles = (strips.rows + tile_rows - 1) / tile_rows;
    if (strips.tiles == 0) return;
    int64_t block_panels = std::clamp<int64_t>(kWeightBytes / panel_bytes, 1, panels);
    const int64_t strip_bytes = static_cast<int64_t>(plan_.elements() * sizeof(float)) * tile_rows *
                                (direct_.shape.depth + block_panels * panel_columns);
    const int64_t block_strips = std::max(kBlockBytes / strip_bytes, kLeastStrips);
    tiling_.blocks = (strips.tiles + block_strips - 1) / block_strips;
    // A few items for each thread, also where there are few tiles.
    const int64_t wanted =
        threads == 1 ? 1 : (int64_t{threads} * 4 + tiling_.blocks - 1) / tiling_.blocks;
    if (wanted > 1) block_panels = std::min(block_panels, std::max<int64_t>(1, panels / wanted));
    tiling_.column_blocks = (panels + block_panels - 1) / block_panels;
    block_panels = (panels + tiling_.column_blocks - 1) / tiling_.column_blocks;
    tiling_.column_blocks = (panels + block_panels - 1) / block_panels;
    tiling_.block_columns = block_panels * panel_columns;
  }

  double item_ns() const {
    return static_cast<double>(plan_.elements()) * static_cast<double>(tiling_.most_tiles()) *
           static_cast<double>(tiling_.block_columns * direct_.shape.depth) /
           direct_.arithmetic.products_per_ns;
  }

  void plan_scratch() {
    const auto elements = static_cast<int64_t>(plan_.elements());
    const int64_t tiles = tiling_.most_tiles();
    input_row_ = odd_lines(direct_.shape.depth);
    input_element_ = odd_lines(tiles * input_row_);
    product_row_ = odd_lines(tiling_.block_columns);
    product_element_ = odd_lines(tiles * product_row_);
    const uint64_t room = filter_.room_bytes(direct_.arithmetic.gemm->columns *
                                             static_cast<uint64_t>(direct_.shape.filter_size()));
    inputs_ = take_worker_scratch(static_cast<uint64_t>(elements * input_element_) * sizeof(float));
    products_ = take_worker_scratch(
        std::max(static_cast<uint64_t>(elements * product_element_) * sizeof(float),
                 direct_.packing.panel_bytes + room));
    rare_tiles_ = take_worker_scratch(static_cast<uint64_t>(tiles) * sizeof(int64_t));
    direct_pointers_ = take_worker_scratch(pointers_.count() * sizeof(void*));
    gemm_scratch_ = take_worker_scratch(
        plan_.gemm->scratch_bytes(direct_.shape.taps(), direct_.shape.tap_depth()));
  }

  Tile tile_at(int64_t index) const {
    const int64_t of_image = tiles_y_ * tiles_x_;
    return {index / of_image, index % of_image / tiles_x_ * outputs_, index % tiles_x_ * outputs_};
  }

  float* floats(const Call& call, uint64_t offset) const {
    return reinterpret_cast<float*>(call.worker_scratch<std::byte>() + offset);
  }

  void transform_inputs(const Call& call, int64_t block) const {
    const auto size = static_cast<int64_t>(plan_.transforms->inputs);
    const auto* outside = reinterpret_cast<const float*>(direct_.outside.get());
    const int64_t line = sizes_.x.input * sizes_.input_channels;
    const float* pixels[kMostElements];
    kernels::WinogradInput args;
    args.pixels = pixels;
    args.channels = direct_.shape.tap_depth();
    args.out = floats(call, inputs_);
    args.element_stride = input_element_;
    const int64_t end = tiling_.first_tile(block + 1);
    for (int64_t i = tiling_.first_tile(block); i < end; ++i, args.out += input_row_) {
      const Tile tile = tile_at(i);
      const int64_t first_y = sizes_.y.start(tile.y), first_x = sizes_.x.start(tile.x);
      const float* image = call.input<float>(kConvImage) + tile.image * sizes_.y.input * line;
      for (int64_t y = 0, at = 0; y < size; ++y) {
        const bool inside = first_y + y >= 0 && first_y + y < sizes_.y.input;
        const float* row = image + (first_y + y) * line;
        for (int64_t x = first_x; x < first_x + size; ++x, ++at) {
          pixels[at] =
              inside && x >= 0 && x < sizes_.x.input ? row + x * sizes_.input_channels : outside;
        }
      }
      plan_.transforms->input(args);
    }
  }

  void multiply(const Call& call, int64_t block, int64_t first_column) const {
    const float* rows[kMostTileRows];
    kernels::F32GemmTile tile;
    tile.a = rows;
    tile.depth = direct_.shape.tap_depth();
    tile.first_column = static_cast<size_t>(first_column);
    tile.columns = static_cast<size_t>(columns_from(first_column));
    tile.out_stride = product_row_;
    tile.low = -std::numeric_limits<float>::infinity();
    tile.high = std::numeric_limits<float>::infinity();
    tile.scratch = call.worker_scratch<std::byte>() + gemm_scratch_;
    const int64_t first_tile = tiling_.first_tile(block);
    for (size_t element = 0; element < plan_.elements(); ++element) {
      const auto at = static_cast<int64_t>(element);
      const float* inputs = floats(call, inputs_) + at * input_element_;
      float* products = floats(call, products_) + at * product_element_;
      tile.packed = plan_.packed.get() + element * plan_.packing.group_bytes();
      for (int64_t i = tiling_.first_strip(block); i < tiling_.first_strip(block + 1); ++i) {
        const int64_t row = tiling_.strips.first_row(i) - first_tile;
        tile.rows = static_cast<size_t>(tiling_.strips.row_count(i));
        for (size_t m = 0; m < tile.rows; ++m) {
          rows[m] = inputs + (row + static_cast<int64_t>(m)) * input_row_;
        }
        tile.out = products + row * product_row_;
        plan_.gemm->run(tile);
      }
    }
  }

  void transform_outputs(const Call& call, int64_t block, int64_t first_column) const {
    kernels::F32GemmTile limits;
    direct_.arithmetic.describe(&limits);
    kernels::WinogradOutput args;
    args.in = floats(call, products_);
    args.element_stride = product_element_;
    if (plan_.bias) args.bias = reinterpret_cast<const float*>(plan_.bias.get()) + first_column;
    args.channels = static_cast<size_t>(columns_from(first_column));
    args.pixel_stride = place_.pixel_stride;
    args.line_stride = sizes_.x.output * args.pixel_stride;
    args.residual_pixel_stride = direct_.shape.channels;
    args.residual_line_stride = sizes_.x.output * args.residual_pixel_stride;
    args.low = limits.low;
    args.high = limits.high;
    args.low2 = limits.low2;
    args.high2 = limits.high2;
    const auto* residual = call.input<float>(kConvResidual);
    auto* rare = reinterpret_cast<int64_t*>(call.worker_scratch<std::byte>() + rare_tiles_);
    size_t rare_count = 0;
    const int64_t end = tiling_.first_tile(block + 1);
    for (int64_t i = tiling_.first_tile(block); i < end; ++i, args.in += product_row_) {
      const Tile tile = tile_at(i);
      args.rows = static_cast<size_t>(std::min(outputs_, sizes_.y.output - tile.y));
      args.columns = static_cast<size_t>(std::min(outputs_, sizes_.x.output - tile.x));
      const int64_t pixel = pixel_at(tile);
      args.out = call.output<float>(0) + pixel * args.pixel_stride + place_.channel + first_column;
      args.residual = residual == nullptr
                          ? nullptr
                          : residual + pixel * args.residual_pixel_stride + first_column;
      if (!plan_.transforms->output(args)) rare[rare_count++] = i;
    }
    if (rare_count != 0) convolve_directly(call, rare, rare_count, first_column);
  }

  // Tiles whose sums are not finite, so that what is infinite or not a number is so where it should
  // be. They are too rare for packed weights of their own: a panel at a time is made of the
  // model's, where the products were.
  void convolve_directly(const Call& call, const int64_t* tiles, size_t count,
                         int64_t first_column) const {
    auto* panel = call.worker_scratch<std::byte>() + products_;
    auto* room = reinterpret_cast<float*>(panel + direct_.packing.panel_bytes);
    const kernels::F32Gemm& gemm = *direct_.arithmetic.gemm;
    const int64_t end = first_column + columns_from(first_column);
    for (int64_t column = first_column; column < end;
         column += static_cast<int64_t>(gemm.columns)) {
      const size_t columns = std::min(gemm.columns, static_cast<size_t>(end - column));
      const auto size = static_cast<uint64_t>(direct_.shape.filter_size());
      const float* filter =
          filter_.read(static_cast<uint64_t>(column) * size, columns * size, room);
      kernels::F32GemmWeights weights = direct_weights(direct_.shape, filter, columns);
      if (plan_.bias) weights.bias = reinterpret_cast<const float*>(plan_.bias.get()) + column;
      gemm.pack(weights, 0, 1, panel);
      for (size_t i = 0; i < count; ++i) convolve_tile(call, tile_at(tiles[i]), panel, column);
    }
  }

  // The channels of a panel from `column` on.
  void convolve_tile(const Call& call, const Tile& corner, const std::byte* panel,
                     int64_t column) const {
    const ConvShape& shape = direct_.shape;
    auto** pointers = reinterpret_cast<const float**>(floats(call, direct_pointers_));
    const auto* residual = call.input<float>(kConvResidual);
    kernels::F32GemmTile tile;
    tile.a = pointers;
    tile.packed = panel;
    tile.taps = shape.taps();
    tile.depth = shape.tap_depth();
    tile.rows = static_cast<size_t>(std::min(outputs_, sizes_.x.output - corner.x));
    tile.columns =
        std::min(direct_.arithmetic.gemm->columns, static_cast<size_t>(shape.channels - column));
    tile.out_stride = place_.pixel_stride;
    tile.residual_stride = shape.channels;
    tile.scratch = call.worker_scratch<std::byte>() + gemm_scratch_;
    direct_.arithmetic.describe(&tile);
    const int64_t lines = std::min(outputs_, sizes_.y.output - corner.y);
    for (int64_t y = 0; y < lines; ++y) {
      const int64_t pixel = pixel_at(corner) + y * sizes_.x.output;
      pointers_.fill(call.input<float>(kConvImage), pixel, tile.rows, 0,
                     reinterpret_cast<const float*>(direct_.outside.get()), 0, nullptr, pointers);
      tile.out = call.output<float>(0) + pixel * tile.out_stride + place_.channel + column;
      tile.residual =
          residual == nullptr ? nullptr : residual + pixel * tile.residual_stride + column;
      direct_.arithmetic.gemm->run(tile);
    }
  }

  int64_t columns_from(int64_t first_column) const {
    return std::min(tiling_.block_columns, direct_.shape.channels - first_column);
  }
  int64_t pixel_at(const Tile& tile) const {
    return (tile.image * sizes_.y.output + tile.y) * sizes_.x.output + tile.x;
  }

  static constexpr size_t kMostElements = 36;

  const WinogradPlan& plan_;
  const DirectPlan& direct_;
  const FileWeights& filter_;
  const Place place_;
  const ConvSizes sizes_;
  const TapPointers<float> pointers_;
  const int64_t outputs_;  // of a tile, in each direction
  const int64_t tiles_y_, tiles_x_;
  WinogradTiling tiling_;
  // Strides in floats, and offsets in the worker's scratch memory.
  int64_t input_row_ = 0, input_element_ = 0, product_row_ = 0, product_element_ = 0;
  uint64_t inputs_ = 0, products_ = 0, rare_tiles_ = 0, direct_pointers_ = 0, gemm_scratch_ = 0;
};

class WinogradStep final : public Step {
 public:
  WinogradStep(const NodeView& node, const ConvShape& shape, const kernels::Winograd& transforms,
               const Compiler& compiler)
      : direct_(shape, conv_arithmetic<FloatArithmetic>(node, compiler), compiler),
        filter_(node.input(1), compiler),
        place_(node, shape.channels),
        winograd_(make_winograd_plan(transforms, *direct_.arithmetic.gemm, shape, node.input(1),
                                     node.input(2), compiler)) {
    inputs = {node.input(0).index(), node.residual ? node.residual->operand.index() : -1};
    if (!filter_.in_file()) inputs.push_back(node.input(1).index());
    outputs = {node.result().index()};
  }

  // Also for shapes that are better off with the direct convolution: its weights would take memory.
  std::unique_ptr<Work> prepare(const Sizes& sizes) const override {
    const ConvSizes conv = conv_sizes_of(direct_.shape, sizes, inputs[kConvImage]);
    check_residual(sizes, inputs[kConvResidual], outputs[0],
                   conv.pixels() * direct_.shape.channels);
    place_.check(sizes, outputs[0]);
    return std::make_unique<WinogradWork>(winograd_, direct_, filter_, place_, conv,
                                          sizes.thread_count());
  }

 private:
  const DirectPlan direct_;  // without packed weights
  const FileWeights filter_;
  const Place place_;
  const WinogradPlan winograd_;
};

}  // namespace

std::unique_ptr<Step> compile_winograd(const NodeView& node, const ConvShape& shape,
                                       const Compiler& compiler) {
  const Operand& filter = node.input(1);
  const Operand& bias = node.input(2);
  const bool constant = filter.constant() && (!bias || bias.constant());
  const bool fits = shape.filter_height == 3 && shape.filter_width == 3 && shape.stride_h == 1 &&
                    shape.stride_w == 1 && shape.dilation_h == 1 && shape.dilation_w == 1 &&
                    shape.groups == 1 && !shape.merged;
  if (!constant || !fits || compiler.settings().precision != Precision::kExact) return nullptr;
  const Operand& output = node.output();
  const auto* transforms =
      best_winograd(shape, {output.dim(0), output.dim(1), output.dim(2)}, compiler.isa());
  if (transforms == nullptr) return nullptr;
  return std::make_unique<WinogradStep>(node, shape, *transforms, compiler);
}

}  // namespace baton::cpu
