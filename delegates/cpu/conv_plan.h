// A convolution as a product of matrices, for any arithmetic: its weights, and how to run a part of
// it.
//
// An `Arithmetic` says what the products are made of:
//   Element, Result       what the left operand and the output are in memory
//   Gemm, Tile, Weights   the kernel's types (kernels/gemm.h, int8_gemm.h)
//   const Gemm* gemm      the kernel
//   double products_per_ns
//   Element outside       what the image is surrounded with
//   kQuantizes            the step's input is float32: `quantize` makes Elements of each image
//   void describe(Weights*, const void* filter, const void* bias, int64_t first_channel,
//                 int64_t first_weight)   fills in what only it knows
//   void describe(Tile*)
#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include "delegates/cpu/convolution.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/packing.h"

namespace baton::cpu {

template <typename Arithmetic>
struct ConvPlan {
  ConvShape shape;
  Arithmetic arithmetic;
  Packing packing;
  std::shared_ptr<std::byte> packed;   // nullptr: packed in each run
  std::shared_ptr<std::byte> outside;  // a tap's depth of Arithmetic::outside

  using Element = typename Arithmetic::Element;
  ConvPlan(const ConvShape& shape, Arithmetic arithmetic, const Compiler& compiler)
      : shape(shape), arithmetic(std::move(arithmetic)) {
    const auto& gemm = *this->arithmetic.gemm;
    packing =
        Packing(static_cast<uint64_t>(shape.groups), static_cast<uint64_t>(shape.group_channels()),
                gemm.columns, gemm.panel_bytes(shape.taps(), shape.tap_depth()));
    outside = compiler.allocate(shape.tap_depth() * sizeof(Element));
    std::fill_n(reinterpret_cast<Element*>(outside.get()), shape.tap_depth(),
                this->arithmetic.outside);
  }

  // Packs the filter and bias where both are constant.
  bool pack_constants(const Operand& filter, const Operand& bias, const Compiler& compiler) {
    if (!filter.constant() || (bias && !bias.constant())) return false;
    packed = compiler.allocate(packing.bytes());
    pack(filter.data<void>(), bias ? bias.data<void>() : nullptr, 0, packing.all_panels(),
         packed.get());
    return true;
  }

  // Packs panels [begin, end) of all groups.
  void pack(const void* filter, const void* bias, uint64_t begin, uint64_t end,
            std::byte* to) const {
    packing.for_groups(begin, end, [&](uint64_t group, size_t first, size_t last) {
      const int64_t channel = static_cast<int64_t>(group) * shape.group_channels();
      typename Arithmetic::Weights weights;
      weights.column_stride = shape.filter_size();
      weights.tap_stride = static_cast<int64_t>(shape.tap_depth());
      weights.columns = static_cast<size_t>(shape.group_channels());
      weights.taps = shape.taps();
      weights.depth = shape.tap_depth();
      arithmetic.describe(&weights, filter, bias, channel, channel * shape.filter_size());
      arithmetic.gemm->pack(weights, first, last, to + group * packing.group_bytes());
    });
  }
};

// Runs output pixels of a convolution without groups, all channels of them, anywhere in memory.
template <typename Arithmetic>
class ConvPixels {
 public:
  using Element = typename Arithmetic::Element;
  using Result = typename Arithmetic::Result;

  ConvPixels(const ConvPlan<Arithmetic>& plan, const ConvSizes& sizes)
      : plan_(plan), sizes_(sizes), pointers_(plan.shape, sizes_, plan.arithmetic.gemm->rows) {
    const ConvShape& shape = plan.shape;
    pointer_bytes_ = padded_to_line(pointers_.count() * sizeof(void*));
    patch_bytes_ = padded_to_line(pointers_.patch_elements() * sizeof(Element));
    scratch_bytes_ =
        pointer_bytes_ + patch_bytes_ +
        padded_to_line(plan.arithmetic.gemm->scratch_bytes(shape.taps(), shape.tap_depth()));
  }

  const ConvSizes& sizes() const { return sizes_; }
  uint64_t scratch_bytes() const { return scratch_bytes_; }

  // Output pixels [first, first + count) of all images to `out`, out_stride elements from one to
  // the next; `residual`, where not nullptr, is dense.
  void run(const Element* input, int64_t first, int64_t count, Result* out, int64_t out_stride,
           const Result* residual, std::byte* scratch) const {
    const ConvShape& shape = plan_.shape;
    auto** pointers = reinterpret_cast<const Element**>(scratch);
    auto* patches = reinterpret_cast<Element*>(scratch + pointer_bytes_);
    typename Arithmetic::Tile tile;
    tile.a = reinterpret_cast<decltype(tile.a)>(pointers);
    tile.packed = plan_.packed.get();
    tile.taps = shape.taps();
    tile.depth = shape.tap_depth();
    tile.columns = static_cast<size_t>(shape.channels);
    tile.out_stride = out_stride;
    tile.residual_stride = shape.channels;
    tile.scratch = scratch + pointer_bytes_ + patch_bytes_;
    plan_.arithmetic.describe(&tile);
    const auto tile_rows = static_cast<int64_t>(plan_.arithmetic.gemm->rows);
    const int64_t tiles = (count + tile_rows - 1) / tile_rows;
    for (int64_t i = 0; i < tiles; ++i) {
      const int64_t row = count * i / tiles;
      tile.rows = static_cast<size_t>(count * (i + 1) / tiles - row);
      pointers_.fill(input, first + row, tile.rows, 0,
                     reinterpret_cast<const Element*>(plan_.outside.get()), 0, patches, pointers);
      tile.out = out + row * out_stride;
      tile.residual = residual == nullptr ? nullptr : residual + row * shape.channels;
      plan_.arithmetic.gemm->run(tile);
    }
  }

 private:
  const ConvPlan<Arithmetic>& plan_;
  const ConvSizes sizes_;
  const TapPointers<Element> pointers_;
  uint64_t pointer_bytes_ = 0, patch_bytes_ = 0, scratch_bytes_ = 0;
};

}  // namespace baton::cpu
