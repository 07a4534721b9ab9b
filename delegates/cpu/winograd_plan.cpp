#include "delegates/cpu/winograd_plan.h"

#include <algorithm>

namespace baton::cpu {

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
  const std::shared_ptr<std::byte> direct =
      compiler.allocate(gemm.panel_bytes(shape.taps(), depth));
  kernels::WinogradWeights panel;
  panel.filter = reinterpret_cast<const float*>(direct.get()) + gemm.columns;
  panel.tap_stride = static_cast<int64_t>(count);
  panel.count = count;
  panel.element_stride = static_cast<int64_t>(plan.packing.group_bytes() / sizeof(float));
  for (size_t i = 0; i < plan.packing.panels; ++i) {
    const size_t first = i * gemm.columns;
    const float* from = filter.data<float>() + static_cast<int64_t>(first) * shape.filter_size();
    const kernels::F32GemmWeights weights =
        direct_weights(shape, from, std::min(gemm.columns, channels - first));
    gemm.pack(weights, 0, 1, direct.get());
    panel.out =
        reinterpret_cast<float*>(plan.packed.get() + i * plan.packing.panel_bytes) + gemm.columns;
    transforms.weights(panel);
  }
  return plan;
}

}  // namespace baton::cpu
