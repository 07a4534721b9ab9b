// CONV_2D and FULLY_CONNECTED as steps.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "delegates/cpu/conv_plan.h"
#include "delegates/cpu/matrix.h"
#include "delegates/cpu/place.h"
#include "delegates/cpu/tiling.h"

namespace baton::cpu {

// Inputs of the step: the image, the residual (or absent), and filter and bias where they are not
// constant.
enum ConvInput : size_t { kConvImage, kConvResidual, kConvFilter, kConvBias };

template <typename Arithmetic>
class ConvWork final : public Work {
 public:
  using Plan = ConvPlan<Arithmetic>;
  using Element = typename Arithmetic::Element;
  using Result = typename Arithmetic::Result;

  ConvWork(const Plan& plan, const Place& place, const ConvSizes& sizes, uint32_t threads)
      : plan_(plan),
        place_(place),
        sizes_(sizes),
        pointers_(plan_.shape, sizes_, plan.arithmetic.gemm->rows) {
    const ConvShape& shape = plan.shape;
    const auto& gemm = *plan.arithmetic.gemm;
    tiling_ = make_tiling(sizes_.pixels(), shape.group_channels(), static_cast<int64_t>(gemm.rows),
                          static_cast<int64_t>(gemm.columns),
                          static_cast<int64_t>(plan.packing.panel_bytes), threads);
    phases.clear();
    if (plan.packed == nullptr) {
      phases.push_back({plan.packing.all_panels(), 1});
      scratch_bytes = plan.packing.bytes();
    }
    if constexpr (Arithmetic::kQuantizes) plan_images();
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
      return;
    }
    if constexpr (Arithmetic::kQuantizes) {
      if (phase + 1 < phases.size()) return quantize(call, begin, end);
    }
    multiply(call, begin, end);
  }

 private:
  // Where quantised images lie in the scratch memory.
  struct Images {
    uint64_t scales = 0, zero_points = 0, outside = 0, values = 0;
    int64_t count = 0;
    int64_t size = 0;  // elements
  };

  void plan_images() {
    images_.count = sizes_.images;
    images_.size = int64_t{sizes_.y.input} * sizes_.x.input * sizes_.input_channels;
    const auto count = static_cast<uint64_t>(images_.count);
    images_.scales = take_scratch(count * sizeof(float));
    images_.zero_points = take_scratch(count * sizeof(int32_t));
    images_.outside = take_scratch(count * plan_.shape.tap_depth());
    images_.values = take_scratch(count * static_cast<uint64_t>(images_.size));
    phases.push_back({count, grain_of_ns(static_cast<double>(images_.size) / 4)});
  }

  void quantize(const Call& call, uint64_t begin, uint64_t end) const {
    auto* scratch = call.scratch<std::byte>();
    const auto size = static_cast<uint64_t>(images_.size);
    for (uint64_t i = begin; i < end; ++i) {
      auto* zero_point = reinterpret_cast<int32_t*>(scratch + images_.zero_points) + i;
      *zero_point = 0;
      plan_.arithmetic.quantize({call.input<float>(kConvImage) + i * size, size,
                                 reinterpret_cast<int8_t*>(scratch + images_.values) + i * size,
                                 reinterpret_cast<float*>(scratch + images_.scales) + i,
                                 zero_point});
      std::fill_n(
          reinterpret_cast<int8_t*>(scratch + images_.outside) + i * plan_.shape.tap_depth(),
          plan_.shape.tap_depth(), static_cast<int8_t>(*zero_point));
    }
  }

  // Scales and zero points of the images that a tile's rows are of.
  struct RowScales {
    float scales[kMostTileRows];
    int32_t zero_points[kMostTileRows];
  };
  void describe_rows(const std::byte* scratch, int64_t first, size_t rows, RowScales* to) const {
    const int64_t pixels = int64_t{sizes_.y.output} * sizes_.x.output;
    for (size_t m = 0; m < rows; ++m) {
      const int64_t image = (first + static_cast<int64_t>(m)) / pixels;
      to->scales[m] = reinterpret_cast<const float*>(scratch + images_.scales)[image];
      to->zero_points[m] = reinterpret_cast<const int32_t*>(scratch + images_.zero_points)[image];
    }
  }

  void multiply(const Call& call, uint64_t begin, uint64_t end) const {
    const ConvShape& shape = plan_.shape;
    auto* scratch = call.worker_scratch<std::byte>();
    auto** pointers = reinterpret_cast<const Element**>(scratch);
    auto* patches = reinterpret_cast<Element*>(scratch + pointer_bytes_);
    const auto* image = call.input<Element>(kConvImage);
    const auto* outside = reinterpret_cast<const Element*>(plan_.outside.get());
    int64_t outside_stride = 0;
    const std::byte* packed =
        plan_.packed == nullptr ? call.scratch<std::byte>() : plan_.packed.get();
    const auto* residual = call.input<Result>(kConvResidual);
    typename Arithmetic::Tile tile;
    tile.a = reinterpret_cast<decltype(tile.a)>(pointers);
    tile.taps = shape.taps();
    tile.depth = shape.tap_depth();
    tile.out_stride = place_.pixel_stride;
    tile.residual_stride = shape.channels;
    tile.scratch = scratch + pointer_bytes_ + patch_bytes_;
    plan_.arithmetic.describe(&tile);
    [[maybe_unused]] RowScales row_scales;
    if constexpr (Arithmetic::kQuantizes) {
      image = reinterpret_cast<const Element*>(call.scratch<std::byte>() + images_.values);
      outside = reinterpret_cast<const Element*>(call.scratch<std::byte>() + images_.outside);
      outside_stride = static_cast<int64_t>(shape.tap_depth());
      tile.row_scales = row_scales.scales;
      tile.row_zeros = plan_.arithmetic.asymmetric ? row_scales.zero_points : nullptr;
    }
    for (uint64_t item = begin; item < end; ++item) {
      const auto group = static_cast<int64_t>(item) / tiling_.items();
      const auto within = static_cast<int64_t>(item) % tiling_.items();
      const int64_t block = within / tiling_.tiles;
      const int64_t row = tiling_.first_row(within % tiling_.tiles);
      tile.rows = static_cast<size_t>(tiling_.row_count(within % tiling_.tiles));
      pointers_.fill(image, row, tile.rows, group, outside, outside_stride, patches, pointers);
      if constexpr (Arithmetic::kQuantizes) {
        describe_rows(call.scratch<std::byte>(), row, tile.rows, &row_scales);
      }
      tile.packed = packed + static_cast<uint64_t>(group) * plan_.packing.group_bytes();
      tile.first_column = static_cast<size_t>(tiling_.first_column(block));
      tile.columns = static_cast<size_t>(tiling_.column_count(block));
      const int64_t channel = group * shape.group_channels() + tiling_.first_column(block);
      tile.out = call.output<Result>(0) + row * place_.pixel_stride + place_.channel + channel;
      tile.residual = residual == nullptr ? nullptr : residual + row * shape.channels + channel;
      plan_.arithmetic.gemm->run(tile);
    }
  }

  const Plan& plan_;
  const Place place_;
  const ConvSizes sizes_;
  const TapPointers<Element> pointers_;
  Tiling tiling_;
  uint64_t pointer_bytes_ = 0, patch_bytes_ = 0;
  Images images_;  // where the arithmetic quantises
};

template <typename Arithmetic>
class ConvStep : public Step {
 public:
  ConvStep(const NodeView& node, const ConvShape& shape, Arithmetic arithmetic,
           const Compiler& compiler)
      : plan_(shape, std::move(arithmetic), compiler) {
    inputs = {node.input(0).index(), -1};
    outputs = {node.result().index()};
    if (node.residual) inputs[kConvResidual] = node.residual->operand.index();
    place_ = Place(node, shape.channels);
    if (!plan_.pack_constants(node.input(1), node.input(2), compiler)) {
      inputs.push_back(node.input(1).index());
      inputs.push_back(node.input(2).index());
      filter_dims_.assign(node.input(1).dims().begin(), node.input(1).dims().end());
    }
  }

  std::unique_ptr<Work> prepare(const Sizes& sizes) const override {
    if (plan_.packed == nullptr) sizes.require_dims(inputs[kConvFilter], filter_dims_);
    const ConvSizes conv = conv_sizes_of(plan_.shape, sizes, inputs[kConvImage]);
    check_residual(sizes, inputs[kConvResidual], outputs[0], conv.pixels() * plan_.shape.channels);
    place_.check(sizes, outputs[0]);
    return std::make_unique<ConvWork<Arithmetic>>(plan_, place_, conv, sizes.thread_count());
  }

 protected:
  ConvPlan<Arithmetic> plan_;
  Place place_;

 private:
  std::vector<int32_t> filter_dims_;  // where it is not constant
};

template <typename Arithmetic>
std::unique_ptr<Step> make_conv_step(const NodeView& node, const ConvShape& shape,
                                     Arithmetic arithmetic, const Compiler& compiler) {
  return std::make_unique<ConvStep<Arithmetic>>(node, shape, std::move(arithmetic), compiler);
}

}  // namespace baton::cpu
