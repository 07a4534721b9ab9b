#include "delegates/cpu/winograd_plan.h"

#include <algorithm>
#include <vector>

#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

constexpr size_t kTaps = 3;

// Times in those that a product takes. The constants reproduce the times of ResNet-50's layers on
// Zen 4 with AVX-512 within a tenth.
constexpr double kTransform = 10;     // of an element of a tile, for a channel
constexpr double kWeight = 4;         // of a weight, beside its products
constexpr double kLeastProducts = 8;  // memory gives weights no faster than so many products
constexpr double kGain = 0.9;         // what the estimate says must be worth the memory

double whole_vectors(int32_t channels) { return static_cast<double>((channels + 15) / 16 * 16); }

// `rows` of outputs or tiles times a matrix.
double product_time(const ConvShape& shape, double rows) {
  return static_cast<double>(shape.depth) * whole_vectors(shape.channels) *
         (std::max(rows, kLeastProducts) + kWeight);
}

double direct_time(const ConvShape& shape, const WinogradOutputs& outputs) {
  constexpr double kAllTaps = kTaps * kTaps;
  return kAllTaps *
         product_time(shape, static_cast<double>(outputs.images * outputs.height * outputs.width));
}

double winograd_time(const kernels::Winograd& transforms, const ConvShape& shape,
                     const WinogradOutputs& outputs) {
  const auto m = static_cast<int64_t>(transforms.outputs);
  const auto tiles = static_cast<double>(outputs.images * ((outputs.height + m - 1) / m) *
                                         ((outputs.width + m - 1) / m));
  const double channels = whole_vectors(shape.depth) + whole_vectors(shape.channels);
  return static_cast<double>(transforms.inputs * transforms.inputs) *
         (product_time(shape, tiles) + kTransform * tiles * channels);
}

}  // namespace

kernels::F32GemmWeights direct_weights(const ConvShape& shape, const float* filter,
                                       size_t columns) {
  kernels::F32GemmWeights weights;
  weights.data = filter;
  weights.column_stride = shape.filter_size();
  weights.tap_stride = shape.depth;
  weights.columns = columns;
  weights.taps = shape.taps();
  weights.depth = shape.tap_depth();
  return weights;
}

WinogradPlan make_winograd_plan(const kernels::Winograd& transforms, const kernels::F32Gemm& gemm,
                                const ConvShape& shape, const Operand& filter, const Operand& bias,
                                const Compiler& compiler) {
  WinogradPlan plan;
  plan.transforms = &transforms;
  plan.gemm = &gemm;
  const auto channels = static_cast<size_t>(shape.channels);
  const auto depth = static_cast<size_t>(shape.depth);
  plan.packing = Packing(plan.elements(), channels, gemm.columns, gemm.panel_bytes(1, depth));
  plan.packed = compiler.allocate(plan.packing.bytes());
  if (bias) {
    plan.bias = compiler.allocate(channels * sizeof(float));
    std::copy_n(bias.data<float>(), channels, reinterpret_cast<float*>(plan.bias.get()));
  }
  // A panel of the direct convolution's weights has the taps one after the other, in the order of
  // the transformed ones; its bias, and theirs, are zeros.
  const size_t count = gemm.columns * depth;
  std::vector<float> direct(gemm.panel_bytes(kTaps * kTaps, depth) / sizeof(float));
  kernels::WinogradWeights panel;
  panel.filter = direct.data() + gemm.columns;
  panel.tap_stride = static_cast<int64_t>(count);
  panel.count = count;
  panel.element_stride = static_cast<int64_t>(plan.packing.group_bytes() / sizeof(float));
  for (size_t i = 0; i < plan.packing.panels; ++i) {
    const size_t first = i * gemm.columns;
    const float* from = filter.data<float>() + static_cast<int64_t>(first) * shape.filter_size();
    const kernels::F32GemmWeights weights =
        direct_weights(shape, from, std::min(gemm.columns, channels - first));
    gemm.pack(weights, 0, 1, direct.data());
    panel.out =
        reinterpret_cast<float*>(plan.packed.get() + i * plan.packing.panel_bytes) + gemm.columns;
    transforms.weights(panel);
  }
  return plan;
}

const kernels::Winograd* best_winograd(const ConvShape& shape, const WinogradOutputs& outputs,
                                       kernels::Isa isa) {
  const kernels::Winograd* best = nullptr;
  double least = kGain * direct_time(shape, outputs);
  for (const char* operation : {"winograd_2x2", "winograd_4x4"}) {
    const auto* transforms = kernels::find<const kernels::Winograd*>(operation, "f32", isa);
    if (transforms == nullptr) continue;
    const double time = winograd_time(*transforms, shape, outputs);
    if (time >= least) continue;
    least = time;
    best = transforms;
  }
  return best;
}

}  // namespace baton::cpu
