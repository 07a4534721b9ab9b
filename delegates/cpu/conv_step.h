// CONV_2D and FULLY_CONNECTED as products of matrices, for any arithmetic.
//
// An `Arithmetic` says what the products are made of:
//   Element, Result       what the left operand and the output are in memory
//   Gemm, Tile, Weights   the kernel's types (kernels/gemm.h, int8_gemm.h)
//   const Gemm* gemm      the kernel
//   double products_per_ns
//   Element outside       what the image is surrounded with
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
#include "delegates/cpu/tiling.h"

namespace baton::cpu {

// Inputs of the step: the image, the residual (or absent), and filter and bias where they are not
// constant.
enum ConvInput : size_t { kConvImage, kConvResidual, kConvFilter, kConvBias };

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

template <typename Arithmetic>
class ConvWork final : public Work {
 public:
  using Plan = ConvPlan<Arithmetic>;
  using Element = typename Arithmetic::Element;
  using Result = typename Arithmetic::Result;

  ConvWork(const Plan& plan, const Sizes& sizes, int32_t image)
      : plan_(plan),
        sizes_(conv_sizes_of(plan.shape, sizes, image)),
        pointers_(plan_.shape, sizes_, plan.arithmetic.gemm->rows) {
    const ConvShape& shape = plan.shape;
    const auto& gemm = *plan.arithmetic.gemm;
    tiling_ = make_tiling(sizes_.pixels(), shape.group_channels(), static_cast<int64_t>(gemm.rows),
                          static_cast<int64_t>(gemm.columns),
                          static_cast<int64_t>(plan.packing.panel_bytes), sizes.thread_count());
    phases.clear();
    if (plan.packed == nullptr) {
      phases.push_back({plan.packing.all_panels(), 1});
      scratch_bytes = plan.packing.bytes();
    }
    const double products = static_cast<double>(shape.filter_size()) *
                            static_cast<double>(tiling_.block_columns) *
                            static_cast<double>(gemm.rows);
    phases.push_back({static_cast<uint64_t>(shape.groups * tiling_.items()),
                      grain_of_ns(products / plan.arithmetic.products_per_ns)});
    pointer_bytes_ = padded_to_line(pointers_.count() * sizeof(void*));
    patch_bytes_ = padded_to_line(pointers_.patch_elements() * sizeof(Element));
    worker_scratch_bytes =
        pointer_bytes_ + patch_bytes_ + gemm.scratch_bytes(shape.taps(), shape.tap_depth());
  }

  void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const override {
    if (plan_.packed == nullptr && phase == 0) {
      plan_.pack(call.input<void>(kConvFilter), call.input<void>(kConvBias), begin, end,
                 call.scratch<std::byte>());
    } else {
      multiply(call, begin, end);
    }
  }

 private:
  void multiply(const Call& call, uint64_t begin, uint64_t end) const {
    const ConvShape& shape = plan_.shape;
    auto* scratch = call.worker_scratch<std::byte>();
    auto** pointers = reinterpret_cast<const Element**>(scratch);
    auto* patches = reinterpret_cast<Element*>(scratch + pointer_bytes_);
    const auto* outside = reinterpret_cast<const Element*>(plan_.outside.get());
    const std::byte* packed =
        plan_.packed == nullptr ? call.scratch<std::byte>() : plan_.packed.get();
    const auto* residual = call.input<Result>(kConvResidual);
    typename Arithmetic::Tile tile;
    tile.a = reinterpret_cast<decltype(tile.a)>(pointers);
    tile.taps = shape.taps();
    tile.depth = shape.tap_depth();
    tile.out_stride = shape.channels;
    tile.residual_stride = shape.channels;
    tile.scratch = scratch + pointer_bytes_ + patch_bytes_;
    plan_.arithmetic.describe(&tile);
    for (uint64_t item = begin; item < end; ++item) {
      const auto group = static_cast<int64_t>(item) / tiling_.items();
      const auto within = static_cast<int64_t>(item) % tiling_.items();
      const int64_t block = within / tiling_.tiles;
      const int64_t row = tiling_.first_row(within % tiling_.tiles);
      tile.rows = static_cast<size_t>(tiling_.row_count(within % tiling_.tiles));
      pointers_.fill(call.input<Element>(kConvImage), row, tile.rows, group, outside, patches,
                     pointers);
      tile.packed = packed + static_cast<uint64_t>(group) * plan_.packing.group_bytes();
      tile.first_column = static_cast<size_t>(tiling_.first_column(block));
      tile.columns = static_cast<size_t>(tiling_.column_count(block));
      const int64_t offset =
          row * shape.channels + group * shape.group_channels() + tiling_.first_column(block);
      tile.out = call.output<Result>(0) + offset;
      tile.residual = residual == nullptr ? nullptr : residual + offset;
      plan_.arithmetic.gemm->run(tile);
    }
  }

  const Plan& plan_;
  const ConvSizes sizes_;
  const TapPointers<Element> pointers_;
  Tiling tiling_;
  uint64_t pointer_bytes_ = 0, patch_bytes_ = 0;
};

template <typename Arithmetic>
class ConvStep final : public Step {
 public:
  ConvStep(const NodeView& node, const ConvShape& shape, Arithmetic arithmetic,
           const Compiler& compiler)
      : plan_(shape, std::move(arithmetic), compiler) {
    inputs = {node.input(0).index(), -1};
    outputs = {node.output().index()};
    if (node.residual) {
      inputs[kConvResidual] = node.residual->operand.index();
      outputs = {node.residual->sum.index()};
    }
    const Operand& filter = node.input(1);
    const Operand& bias = node.input(2);
    if (!filter.constant() || (bias && !bias.constant())) {
      inputs.push_back(filter.index());
      inputs.push_back(bias.index());
      return;
    }
    plan_.packed = compiler.allocate(plan_.packing.bytes());
    plan_.pack(filter.data<void>(), bias ? bias.data<void>() : nullptr, 0,
               plan_.packing.all_panels(), plan_.packed.get());
  }

  std::unique_ptr<Work> prepare(const Sizes& sizes) const override {
    return std::make_unique<ConvWork<Arithmetic>>(plan_, sizes, inputs[kConvImage]);
  }

 private:
  ConvPlan<Arithmetic> plan_;
};

template <typename Arithmetic>
std::unique_ptr<Step> make_conv_step(const NodeView& node, const ConvShape& shape,
                                     Arithmetic arithmetic, const Compiler& compiler) {
  return std::make_unique<ConvStep<Arithmetic>>(node, shape, std::move(arithmetic), compiler);
}

}  // namespace baton::cpu
