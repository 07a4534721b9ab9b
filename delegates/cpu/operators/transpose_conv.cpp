// TRANSPOSE_CONV: output shape, filter [channels, height, width, depth], image, bias.
//
// Output positions whose place modulo the strides is the same read the same taps of the filter:
// they are a convolution of stride 1 with those taps, the output of which lies in memory with gaps.
// So each element is computed once, with nothing to add up in memory.
#include <algorithm>

#include "baton/fixed_point.h"
#include "delegates/cpu/arithmetic.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/packing.h"
#include "delegates/cpu/tiling.h"

namespace baton::cpu {
namespace {

using Attributes = baton_transpose_conv_attributes;

constexpr size_t kShape = 0, kFilter = 1, kImage = 2, kBias = 3;

// The node's inputs in the order of other convolutions: what arithmetic.h knows.
NodeView as_convolution(const NodeView& node) {
  return NodeView(node.node(), {node.input(kImage), node.input(kFilter), node.input(kBias)},
                  {node.output()});
}

Refusal check_sizes(const NodeView& node) {
  const auto& attributes = node.attributes<Attributes>();
  const Operand &image = node.input(kImage), &filter = node.input(kFilter);
  const Operand& bias = node.input(kBias);
  if (Refusal refusal =
          first_of({require_rank("image", image, 4, 4), require_rank("filter", filter, 4, 4),
                    require_rank("output", node.output(), 4, 4)})) {
    return refusal;
  }
  if (attributes.stride_h < 1 || attributes.stride_w < 1) {
    return {BATON_REASON_ATTRIBUTE, "the strides must be at least 1"};
  }
  if (attributes.padding != BATON_PADDING_SAME && attributes.padding != BATON_PADDING_VALID) {
    return {BATON_REASON_ATTRIBUTE,
            "padding " + std::to_string(attributes.padding) + " is not known"};
  }
  if (filter.count() == 0 || filter.dim(3) != image.dim(3)) {
    return {BATON_REASON_SHAPE, "the filter is empty, or has other channels than the image"};
  }
  // There are weights for each place modulo the strides, also for those that no cell reaches.
  constexpr int64_t kFewPlaces = 64;
  if (int64_t{attributes.stride_h} * attributes.stride_w >
      std::max(kFewPlaces, int64_t{filter.dim(1)} * filter.dim(2))) {
    return {BATON_REASON_ATTRIBUTE, "the strides are much larger than the filter"};
  }
  if (!filter.constant() || (bias && !bias.constant())) {
    return {BATON_REASON_NOT_CONSTANT, "the filter and the bias must be constant"};
  }
  if (bias && bias.count() != filter.dim(0)) {
    return {BATON_REASON_SHAPE, "the bias has another size than the filter's channels"};
  }
  return {};
}

Refusal check(const NodeView& node) {
  const Operand &image = node.input(kImage), &filter = node.input(kFilter);
  const Operand& bias = node.input(kBias);
  const int32_t activation = node.attributes<Attributes>().fused_activation_function;
  if (Refusal refusal =
          first_of({require_dtype("output shape", node.input(kShape), {BATON_INT32}),
                    require_dtype("image", image, {BATON_FLOAT32, BATON_INT8, BATON_UINT8}),
                    require_same_dtype("image", image, "output", node.output()),
                    require_dtype("filter", filter, {image.dtype()}), check_sizes(node)})) {
    return refusal;
  }
  if (activation < BATON_ACTIVATION_NONE || activation > BATON_ACTIVATION_RELU6) {
    return {BATON_REASON_ATTRIBUTE,
            "fused activation " + std::to_string(activation) + " is not supported"};
  }
  const bool real = image.dtype() == BATON_FLOAT32;
  if (bias && bias.dtype() != (real ? BATON_FLOAT32 : BATON_INT32)) {
    return {BATON_REASON_DTYPE, std::string("a bias of ") + dtype_name(bias.dtype()) +
                                    " is not supported for " + dtype_name(image.dtype())};
  }
  if (real) return {};
  return check_requantization(image, filter, bias, node.output(), 0, activation,
                              scale_rule_of(image));
}

// One dimension of the image. Output position o has the place o + before; it is made of input
// positions place / stride - t with filter cells place % stride + t * stride.
struct Axis {
  int32_t filter = 0, stride = 1;
  int32_t input = 0, output = 0, before = 0;

  int32_t taps(int32_t residue) const {
    return residue < filter ? (filter - residue + stride - 1) / stride : 0;
  }
  // The output positions of a residue: first, first + stride, ...
  int32_t first(int32_t residue) const {
    return static_cast<int32_t>(((int64_t{residue} - before) % stride + stride) % stride);
  }
  int32_t count(int32_t residue) const {
    return std::max(0, (output - first(residue) + stride - 1) / stride);
  }
  // Under tap 0.
  int64_t input_of(int32_t position) const { return (int64_t{position} + before) / stride; }
};

Axis with_sizes(Axis axis, int32_t padding, int32_t input, int32_t output) {
  axis.input = input;
  axis.output = output;
  // That of the convolution the other way.
  const int32_t length = baton_padding_output_size(padding, output, axis.filter, axis.stride, 1);
  axis.before =
      length < 0 ? 0 : baton_padding_before(output, axis.filter, axis.stride, 1, length, nullptr);
  return axis;
}

// The taps of one residue of rows and one of columns. Where no cell of the filter is met, one tap
// without effect stands in.
struct Residue {
  int32_t y = 0, x = 0;
  int32_t taps_y = 0, taps_x = 0;
  size_t taps = 0;  // of the product
  uint64_t panel_bytes = 0;
  uint64_t packed_at = 0;
};

template <typename Arithmetic>
struct Plan {
  Plan(const NodeView& node, Arithmetic arithmetic, const Compiler& compiler);
  void pack(const void* filter, const void* bias, typename Arithmetic::Element no_weight);

  Arithmetic arithmetic;
  int32_t padding = 0;
  Axis y, x;
  int32_t depth = 0, channels = 0;
  std::vector<Residue> residues;
  size_t most_taps = 0;
  std::shared_ptr<std::byte> packed;
  std::shared_ptr<std::byte> outside;  // a pixel of what surrounds the image
};

template <typename Arithmetic>
Plan<Arithmetic>::Plan(const NodeView& node, Arithmetic of, const Compiler& compiler)
    : arithmetic(std::move(of)) {
  using Element = typename Arithmetic::Element;
  const auto& attributes = node.attributes<Attributes>();
  const Operand& filter = node.input(1);
  padding = attributes.padding;
  channels = filter.dim(0);
  y.filter = filter.dim(1);
  x.filter = filter.dim(2);
  depth = filter.dim(3);
  y.stride = attributes.stride_h;
  x.stride = attributes.stride_w;
  const auto& gemm = *arithmetic.gemm;
  uint64_t bytes = 0;
  for (int32_t ry = 0; ry < y.stride; ++ry) {
    for (int32_t rx = 0; rx < x.stride; ++rx) {
      Residue residue{ry, rx, y.taps(ry), x.taps(rx), 0, 0, bytes};
      residue.taps = std::max<size_t>(1, static_cast<size_t>(residue.taps_y * residue.taps_x));
      residue.panel_bytes = gemm.panel_bytes(residue.taps, static_cast<size_t>(depth));
      bytes += kernels::packed_bytes(gemm, static_cast<size_t>(channels), residue.taps,
                                     static_cast<size_t>(depth));
      most_taps = std::max(most_taps, residue.taps);
      residues.push_back(residue);
    }
  }
  packed = compiler.allocate(bytes);
  outside = compiler.allocate(static_cast<uint64_t>(depth) * sizeof(Element));
  std::fill_n(reinterpret_cast<Element*>(outside.get()), depth, arithmetic.outside);
}

template <typename Arithmetic>
void Plan<Arithmetic>::pack(const void* filter, const void* bias,
                            typename Arithmetic::Element no_weight) {
  using Element = typename Arithmetic::Element;
  const auto* cells = static_cast<const Element*>(filter);
  std::vector<Element> taps(static_cast<size_t>(channels) * most_taps * static_cast<size_t>(depth));
  for (const Residue& residue : residues) {
    Element* to = taps.data();
    for (int32_t c = 0; c < channels; ++c) {
      if (residue.taps_y * residue.taps_x == 0) to = std::fill_n(to, depth, no_weight);
      for (int32_t ty = 0; ty < residue.taps_y; ++ty) {
        const int64_t row = int64_t{c} * y.filter + residue.y + int64_t{ty} * y.stride;
        for (int32_t tx = 0; tx < residue.taps_x; ++tx) {
          const int64_t cell = row * x.filter + residue.x + int64_t{tx} * x.stride;
          to = std::copy_n(cells + cell * depth, depth, to);
        }
      }
    }
    typename Arithmetic::Weights weights;
    weights.column_stride = static_cast<int64_t>(residue.taps) * depth;
    weights.tap_stride = depth;
    weights.columns = static_cast<size_t>(channels);
    weights.taps = residue.taps;
    weights.depth = static_cast<size_t>(depth);
    arithmetic.describe(&weights, taps.data(), bias, 0, 0);
    const size_t panels =
        (weights.columns + arithmetic.gemm->columns - 1) / arithmetic.gemm->columns;
    arithmetic.gemm->pack(weights, 0, panels, packed.get() + residue.packed_at);
  }
}

// Items: a block of channels times an output row, residue by residue, so that neighbours share
// weights.
template <typename Arithmetic>
class TransposeConvWork final : public Work {
 public:
  using Element = typename Arithmetic::Element;
  using Result = typename Arithmetic::Result;

  TransposeConvWork(const Plan<Arithmetic>& plan, const Sizes& sizes, int32_t image,
                    int32_t output);
  void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const override;

 private:
  struct Part {
    const Residue* residue;
    int64_t rows;  // of all images
    Tiling row;    // of the pixels of one output row
    uint64_t first_item, items;
  };
  void run_row(const Call& call, const Part& part, int64_t block, int64_t row,
               typename Arithmetic::Tile* tile) const;
  void fill(const Element* image, const Part& part, int64_t input_y, int64_t first, size_t rows,
            const Element** pointers) const;

  const Plan<Arithmetic>& plan_;
  Axis y_, x_;
  std::vector<Part> parts_;
  uint64_t pointer_bytes_ = 0;
};

template <typename Arithmetic>
TransposeConvWork<Arithmetic>::TransposeConvWork(const Plan<Arithmetic>& plan, const Sizes& sizes,
                                                 int32_t image, int32_t output)
    : plan_(plan) {
  const auto in = sizes.dims(image), out = sizes.dims(output);
  if (out[0] != in[0] || out[3] != plan.channels || in[3] != plan.depth) {
    throw sdk::Error(BATON_REASON_SHAPE, "the output shape does not fit the image and the filter");
  }
  y_ = with_sizes(plan.y, plan.padding, in[1], out[1]);
  x_ = with_sizes(plan.x, plan.padding, in[2], out[2]);
  const auto& gemm = *plan.arithmetic.gemm;
  uint64_t items = 0;
  double products = 0;
  for (const Residue& residue : plan.residues) {
    Part part{&residue, int64_t{in[0]} * y_.count(residue.y), {}, items, 0};
    part.row = make_tiling(x_.count(residue.x), plan.channels, static_cast<int64_t>(gemm.rows),
                           static_cast<int64_t>(gemm.columns),
                           static_cast<int64_t>(residue.panel_bytes), 1);
    part.items = static_cast<uint64_t>(part.row.blocks * part.rows);
    items += part.items;
    products += static_cast<double>(part.rows) * static_cast<double>(part.row.rows) *
                static_cast<double>(residue.taps) * plan.depth * plan.channels;
    parts_.push_back(part);
  }
  const double item_ns = products / plan.arithmetic.products_per_ns /
                         static_cast<double>(std::max<uint64_t>(1, items));
  phases = {{items, grain_of_ns(item_ns)}};
  pointer_bytes_ = padded_to_line(plan.most_taps * gemm.rows * sizeof(void*));
  uint64_t scratch = 0;
  for (const Residue& residue : plan.residues) {
    scratch = std::max<uint64_t>(scratch,
                                 gemm.scratch_bytes(residue.taps, static_cast<size_t>(plan.depth)));
  }
  worker_scratch_bytes = pointer_bytes_ + scratch;
}

template <typename Arithmetic>
void TransposeConvWork<Arithmetic>::run(const Call& call, size_t, uint64_t begin,
                                        uint64_t end) const {
  typename Arithmetic::Tile tile;
  tile.a =
      call.worker_scratch<typename std::remove_cv_t<std::remove_pointer_t<decltype(tile.a)>>>();
  tile.scratch = call.worker_scratch<std::byte>() + pointer_bytes_;
  tile.depth = static_cast<size_t>(plan_.depth);
  tile.out_stride = int64_t{x_.stride} * plan_.channels;
  plan_.arithmetic.describe(&tile);
  for (const Part& part : parts_) {
    const uint64_t first = std::max(begin, part.first_item);
    const uint64_t last = std::min(end, part.first_item + part.items);
    tile.packed = plan_.packed.get() + part.residue->packed_at;
    tile.taps = part.residue->taps;
    for (uint64_t item = first; item < last; ++item) {
      const auto within = static_cast<int64_t>(item - part.first_item);
      run_row(call, part, within / part.rows, within % part.rows, &tile);
    }
  }
}

template <typename Arithmetic>
void TransposeConvWork<Arithmetic>::run_row(const Call& call, const Part& part, int64_t block,
                                            int64_t row, typename Arithmetic::Tile* tile) const {
  const int32_t rows = y_.count(part.residue->y);
  const int64_t image = row / rows;
  const auto output_y = static_cast<int32_t>(y_.first(part.residue->y) + row % rows * y_.stride);
  const Element* pixels = call.input<Element>(0) + image * y_.input * x_.input * plan_.depth;
  Result* out = call.output<Result>(0) +
                (image * y_.output + output_y) * x_.output * plan_.channels +
                int64_t{x_.first(part.residue->x)} * plan_.channels + part.row.first_column(block);
  auto** pointers = call.worker_scratch<const Element*>();
  tile->first_column = static_cast<size_t>(part.row.first_column(block));
  tile->columns = static_cast<size_t>(part.row.column_count(block));
  for (int64_t i = 0; i < part.row.tiles; ++i) {
    const int64_t first = part.row.first_row(i);
    tile->rows = static_cast<size_t>(part.row.row_count(i));
    fill(pixels, part, y_.input_of(output_y), first, tile->rows, pointers);
    tile->out = out + first * tile->out_stride;
    plan_.arithmetic.gemm->run(*tile);
  }
}

// Pointers to the pixels under each tap, for `rows` output pixels of the residue from `first` on.
template <typename Arithmetic>
void TransposeConvWork<Arithmetic>::fill(const Element* image, const Part& part, int64_t input_y,
                                         int64_t first, size_t rows,
                                         const Element** pointers) const {
  const auto* outside = reinterpret_cast<const Element*>(plan_.outside.get());
  const Residue& residue = *part.residue;
  const size_t stride = plan_.arithmetic.gemm->rows;
  if (residue.taps_y * residue.taps_x == 0) std::fill_n(pointers, rows, outside);
  const int64_t input_x = x_.input_of(x_.first(residue.x)) + first;
  for (int32_t ty = 0; ty < residue.taps_y; ++ty) {
    const int64_t iy = input_y - ty;
    const bool inside = iy >= 0 && iy < y_.input;
    for (int32_t tx = 0; tx < residue.taps_x; ++tx, pointers += stride) {
      for (size_t m = 0; m < rows; ++m) {
        const int64_t ix = input_x - tx + static_cast<int64_t>(m);
        pointers[m] = inside && ix >= 0 && ix < x_.input
                          ? image + (iy * x_.input + ix) * plan_.depth
                          : outside;
      }
    }
  }
}

template <typename Arithmetic>
std::unique_ptr<Step> make_transpose_conv(const NodeView& node, Arithmetic arithmetic,
                                          typename Arithmetic::Element no_weight,
                                          const Compiler& compiler) {
  auto plan = std::make_shared<Plan<Arithmetic>>(node, std::move(arithmetic), compiler);
  const Operand& bias = node.input(2);
  plan->pack(node.input(1).data<void>(), bias ? bias.data<void>() : nullptr, no_weight);
  const int32_t image = node.input(0).index(), output = node.output().index();
  return make_step({image}, {output}, [plan, image, output](const Sizes& sizes) {
    return std::make_unique<TransposeConvWork<Arithmetic>>(*plan, sizes, image, output);
  });
}

std::unique_ptr<Step> compile(const NodeView& transposed, const Compiler& compiler) {
  const NodeView node = as_convolution(transposed);
  const int32_t activation = node.attributes<Attributes>().fused_activation_function;
  const Operand &image = node.input(0), &filter = node.input(1);
  if (image.dtype() == BATON_FLOAT32) {
    return make_transpose_conv(node, FloatArithmetic(compiler, activation, {}), 0, compiler);
  }
  const int32_t filter_zero = image.dtype() == BATON_UINT8 ? filter.zero_point() : 0;
  return make_transpose_conv(
      node,
      Int8Arithmetic(
          compiler, node, filter_zero, kernels::Requantize::kFixed,
          make_requantization(image, filter, node.output(), activation, scale_rule_of(image))),
      static_cast<uint8_t>(filter_zero), compiler);
}

constexpr Operator kOperators[] = {{BATON_OP_TRANSPOSE_CONV, 5, check, compile}};

}  // namespace

sdk::Span<const Operator> transpose_conv_operators() { return kOperators; }

}  // namespace baton::cpu
