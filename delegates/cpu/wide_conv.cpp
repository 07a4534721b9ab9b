#include "delegates/cpu/wide_conv.h"

#include <algorithm>
#include <cstring>

#include "delegates/cpu/check.h"

namespace baton::cpu {

int32_t pixels_at_once(const ConvShape& shape, int32_t output_width, size_t columns, double limit) {
  constexpr int32_t kMost = 16;
  if (shape.groups != 1 || shape.filter_width == 1 || shape.dilation_w != 1) return 1;
  const auto lanes = std::max<int32_t>(1, static_cast<int32_t>(columns / 2));
  const auto time_of = [&](int32_t pixels) {
    const int32_t vectors = (shape.channels * pixels + lanes - 1) / lanes;
    const int32_t width = shape.filter_width + (pixels - 1) * shape.stride_w;
    return static_cast<double>(vectors) * width / pixels;
  };
  int32_t best = 1;
  double least = limit * time_of(1);
  for (int32_t pixels = 2; pixels <= kMost; ++pixels) {
    if (output_width % pixels != 0 || time_of(pixels) >= least) continue;
    best = pixels;
    least = time_of(pixels);
  }
  return best;
}

ConvShape wide_shape_of(const ConvShape& shape, int32_t pixels) {
  ConvShape wide = shape;
  wide.channels *= pixels;
  wide.filter_width += (pixels - 1) * shape.stride_w;
  wide.stride_w *= pixels;
  wide.merged = true;  // few taps, as pixels are taken but once
  return wide;
}

WideConstants make_wide_constants(const NodeView& node, const ConvShape& shape, int32_t pixels) {
  const Operand &filter = node.input(1), &bias = node.input(2);
  const ConvShape wide = wide_shape_of(shape, pixels);
  const size_t weight_bytes = bytes_of(filter.dtype());
  const size_t pixel = static_cast<size_t>(shape.depth) * weight_bytes;
  const size_t row = static_cast<size_t>(shape.filter_width) * pixel;
  const size_t wide_row = static_cast<size_t>(wide.filter_width) * pixel;
  const auto rows = static_cast<size_t>(shape.channels * shape.filter_height);
  WideConstants constants;
  const auto zero = filter.dtype() == BATON_UINT8 ? filter.zero_point() : 0;
  constants.filter.assign(static_cast<size_t>(pixels) * rows * wide_row,
                          static_cast<std::byte>(zero));
  auto* to = constants.filter.data();
  for (int32_t i = 0; i < pixels; ++i) {
    const size_t before = static_cast<size_t>(i * shape.stride_w) * pixel;
    const auto* from = filter.data<std::byte>();
    for (size_t k = 0; k < rows; ++k, from += row, to += wide_row) {
      std::memcpy(to + before, from, row);
    }
  }
  if (!bias) return constants;
  const auto* biases = bias.data<std::byte>();
  const size_t bias_bytes = static_cast<size_t>(shape.channels) * bytes_of(bias.dtype());
  for (int32_t i = 0; i < pixels; ++i) {
    constants.bias.insert(constants.bias.end(), biases, biases + bias_bytes);
  }
  return constants;
}

CheckedWideWork::CheckedWideWork(std::unique_ptr<Work> wide,
                                 const ConvPlan<FloatArithmetic>& direct, const ConvSizes& sizes)
    : wide_(std::move(wide)), direct_(direct, sizes) {
  const double line = static_cast<double>(sizes.x.output) * direct.shape.channels;
  phases = wide_->phases;
  phases.push_back({static_cast<uint64_t>(sizes.images * sizes.y.output), grain_of_ns(line / 16)});
  scratch_bytes = wide_->scratch_bytes;
  worker_scratch_bytes = std::max(wide_->worker_scratch_bytes, direct_.scratch_bytes());
}

void CheckedWideWork::run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const {
  if (phase < wide_->phases.size()) return wide_->run(call, phase, begin, end);
  const int64_t channels = direct_.channels();
  const int64_t pixels = direct_.sizes().x.output;
  const auto* residual = call.input<float>(kConvResidual);
  for (auto line = static_cast<int64_t>(begin); line < static_cast<int64_t>(end); ++line) {
    const int64_t first = line * pixels;
    float* out = call.output<float>(0) + first * channels;
    bool is_number = true;
    for (int64_t i = 0; i < pixels * channels; ++i) is_number &= out[i] == out[i];
    if (is_number) continue;
    direct_.run(call.input<float>(kConvImage), first, pixels, out, channels,
                residual == nullptr ? nullptr : residual + first * channels,
                call.worker_scratch<std::byte>());
  }
}

}  // namespace baton::cpu
