// AVERAGE_POOL_2D and MAX_POOL_2D.
#include "delegates/kernels/pool.h"

#include <algorithm>
#include <cstdint>

#include "baton/fixed_point.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/quantized.h"
#include "delegates/cpu/types.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

using kernels::PoolFunction;
using kernels::PoolRow;

int32_t activation_of(const NodeView& node) {
  return node.activation.value_or(
      node.attributes<baton_pool_2d_attributes>().fused_activation_function);
}

Refusal check(const NodeView& node) {
  const auto& attributes = node.attributes<baton_pool_2d_attributes>();
  const Operand& input = node.input(0);
  if (const Refusal refusal = first_of(
          {require_dtype("input", input, {BATON_FLOAT32, BATON_INT8, BATON_UINT8}),
           require_same_dtype("input", input, "output", node.output()),
           require_rank("input", input, 4, 4), require_rank("output", node.output(), 4, 4)})) {
    return refusal;
  }
  if (attributes.stride_h < 1 || attributes.stride_w < 1 || attributes.filter_height < 1 ||
      attributes.filter_width < 1) {
    return {BATON_REASON_ATTRIBUTE, "the window and its strides must be at least 1"};
  }
  if (attributes.padding != BATON_PADDING_SAME && attributes.padding != BATON_PADDING_VALID) {
    return {BATON_REASON_ATTRIBUTE, "the padding is neither SAME nor VALID"};
  }
  if (int64_t{attributes.filter_height} * attributes.filter_width > kernels::kMostPooled) {
    return {BATON_REASON_ATTRIBUTE, "the window has more than 2^22 elements"};
  }
  if (!is_byte(input.dtype())) return {};
  return require_activation_range(activation_of(node), node.output());
}

// Rows of output, each in runs of channels where there are fewer rows than workers.
struct PoolPlan {
  PoolFunction function = nullptr;
  PoolRow row;  // but for what differs from row to row
  int64_t element = 1;
  int64_t input_height = 0, output_height = 0;
  int64_t filter_height = 1, stride_h = 1, pad_h = 0;
  int64_t channels = 0;
  int64_t run = 0, runs = 1;  // channels per item, items per row

  void operator()(const Call& call, uint64_t begin, uint64_t end) const {
    for (auto item = static_cast<int64_t>(begin); item < static_cast<int64_t>(end); ++item) {
      const int64_t line = item / runs, first = item % runs * run;
      const int64_t image = line / output_height, y = line % output_height;
      const int64_t start = y * stride_h - pad_h;
      const int64_t top = std::max<int64_t>(start, 0);
      PoolRow piece = row;
      piece.rows = std::min(start + filter_height, input_height) - top;
      piece.channels = static_cast<size_t>(std::min(run, channels - first));
      piece.in =
          call.input<char>(0) + ((image * input_height + top) * row.line_stride + first) * element;
      piece.out = call.output<char>(0) + (line * row.end * channels + first) * element;
      function(piece);
    }
  }
};

// Channels of an item: all of a row's, or less where only that gives every worker something.
int64_t run_of_channels(int64_t channels, int64_t lines, int64_t workers) {
  constexpr int64_t kLeast = 64;
  if (lines >= workers || channels <= kLeast) return std::max<int64_t>(channels, 1);
  const int64_t pieces = 2 * workers / std::max<int64_t>(lines, 1);
  const int64_t run = (channels + pieces - 1) / pieces;
  return (run + kLeast - 1) / kLeast * kLeast;
}

template <int32_t op>
std::unique_ptr<Step> compile(const NodeView& node, const Compiler& compiler) {
  const auto attributes = node.attributes<baton_pool_2d_attributes>();
  const int32_t input = node.input(0).index(), output = node.output().index();
  PoolRow row;
  if (is_byte(node.output().dtype())) {
    const ByteRange range = activation_range(activation_of(node), node.output());
    row.low = range.low;
    row.high = range.high;
  } else {
    baton_activation_range_float(activation_of(node), &row.float_low, &row.float_high);
  }
  row.filter_width = attributes.filter_width;
  row.stride = attributes.stride_w;
  const auto function =
      kernels::find<PoolFunction>(op == BATON_OP_MAX_POOL_2D ? "max_pool" : "average_pool",
                                  kernel_type(node.input(0).dtype()), compiler.isa());
  const auto element = static_cast<int64_t>(bytes_of(node.input(0).dtype()));
  return make_step({input}, {output}, [=](const Sizes& sizes) {
    PoolPlan plan{function, row, element};
    plan.input_height = sizes.dim(input, 1);
    plan.output_height = sizes.dim(output, 1);
    plan.filter_height = attributes.filter_height;
    plan.stride_h = attributes.stride_h;
    plan.channels = sizes.dim(input, 3);
    plan.row.input_width = sizes.dim(input, 2);
    plan.row.end = sizes.dim(output, 2);
    plan.row.pixel_stride = plan.channels;
    plan.row.line_stride = plan.row.input_width * plan.channels;
    plan.pad_h = baton_padding_before(sizes.dim(input, 1), attributes.filter_height,
                                      attributes.stride_h, 1, sizes.dim(output, 1), nullptr);
    plan.row.pad = baton_padding_before(sizes.dim(input, 2), attributes.filter_width,
                                        attributes.stride_w, 1, sizes.dim(output, 2), nullptr);
    const int64_t lines = int64_t{sizes.dim(input, 0)} * plan.output_height;
    plan.run = run_of_channels(plan.channels, lines, sizes.thread_count());
    plan.runs = plan.channels == 0 ? 0 : (plan.channels + plan.run - 1) / plan.run;
    // Some 16 bytes of input per nanosecond.
    const double ns = static_cast<double>(plan.row.end * plan.run * element) *
                      static_cast<double>(plan.filter_height * plan.row.filter_width) / 16;
    return make_work(static_cast<uint64_t>(lines * plan.runs), grain_of_ns(ns), plan);
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_AVERAGE_POOL_2D, 3, check, compile<BATON_OP_AVERAGE_POOL_2D>},
    {BATON_OP_MAX_POOL_2D, 3, check, compile<BATON_OP_MAX_POOL_2D>},
};

}  // namespace

sdk::Span<const Operator> pool_operators() { return kOperators; }

}  // namespace baton::cpu
