// CONV_2D of few output channels, which would leave most lanes of the kernels' vectors empty:
// several neighbouring output pixels are computed as if they were more channels of one. Their
// filters, side by side in a wider one with zeros around them, step as far at once.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "delegates/cpu/arithmetic.h"
#include "delegates/cpu/conv_step.h"

namespace baton::cpu {

// How many pixels of a line to compute at once, so that the product takes the least time; 1: none
// takes less than `limit` of the direct one's. `columns`: of the kernel's panels.
int32_t pixels_at_once(const ConvShape& shape, int32_t output_width, size_t columns, double limit);

ConvShape wide_shape_of(const ConvShape& shape, int32_t pixels);

// Filter and bias of wide_shape_of(shape, pixels) from constants.
struct WideConstants {
  std::vector<std::byte> filter, bias;  // bias: empty where there is none
};
WideConstants make_wide_constants(const NodeView& node, const ConvShape& shape, int32_t pixels);

// Where an input is not finite, its products with the zeros are NaN: lines of output that have NaN
// are computed again directly.
class CheckedWideWork final : public Work {
 public:
  CheckedWideWork(std::unique_ptr<Work> wide, const ConvPlan<FloatArithmetic>& direct,
                  const ConvSizes& sizes);
  void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const override;

 private:
  const std::unique_ptr<Work> wide_;
  const ConvPixels<FloatArithmetic> direct_;
};

template <typename Arithmetic>
class WideConvStep final : public ConvStep<Arithmetic> {
 public:
  WideConvStep(const NodeView& node, const ConvShape& shape, int32_t pixels,
               const Arithmetic& arithmetic, const Compiler& compiler)
      : ConvStep<Arithmetic>(node, shape, arithmetic, compiler),
        pixels_(pixels),
        wide_(wide_shape_of(shape, pixels), arithmetic.with_repeated_channels(pixels), compiler) {
    const WideConstants constants = make_wide_constants(node, shape, pixels);
    wide_.packed = compiler.allocate(wide_.packing.bytes());
    wide_.pack(constants.filter.data(), constants.bias.empty() ? nullptr : constants.bias.data(), 0,
               wide_.packing.all_panels(), wide_.packed.get());
  }

  std::unique_ptr<Work> prepare(const Sizes& sizes) const override {
    auto direct = ConvStep<Arithmetic>::prepare(sizes);
    const ConvSizes conv = conv_sizes_of(this->plan_.shape, sizes, this->inputs[kConvImage]);
    if (conv.x.output % pixels_ != 0) return direct;
    ConvSizes wide = conv;
    wide.x.filter = wide_.shape.filter_width;
    wide.x.stride = wide_.shape.stride_w;
    wide.x.output /= pixels_;
    Place place;
    place.pixel_stride = wide_.shape.channels;
    auto work = std::make_unique<ConvWork<Arithmetic>>(wide_, place, wide, sizes.thread_count());
    if constexpr (std::is_same_v<Arithmetic, FloatArithmetic>) {
      return std::make_unique<CheckedWideWork>(std::move(work), this->plan_, conv);
    } else {
      return work;
    }
  }

 private:
  const int32_t pixels_;
  ConvPlan<Arithmetic> wide_;
};

// A convolution in whichever way is faster.
template <typename Arithmetic>
std::unique_ptr<Step> make_any_conv_step(const NodeView& node, const ConvShape& shape,
                                         const Arithmetic& arithmetic, const Compiler& compiler) {
  // Floats are looked at again; the other kernels gain from full vectors behind the products, too.
  constexpr double kLimit = std::is_same_v<Arithmetic, FloatArithmetic> ? 0.75 : 0.9;
  const Operand &filter = node.input(1), &bias = node.input(2);
  const bool can = filter.constant() && (!bias || bias.constant()) && !node.join;
  const int32_t pixels =
      can ? pixels_at_once(shape, node.output().dim(2), arithmetic.gemm->columns, kLimit) : 1;
  if (pixels == 1) return make_conv_step(node, shape, arithmetic, compiler);
  return std::make_unique<WideConvStep<Arithmetic>>(node, shape, pixels, arithmetic, compiler);
}

}  // namespace baton::cpu
