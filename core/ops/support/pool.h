// What AVERAGE_POOL_2D and MAX_POOL_2D share: input and output [batch, height, width, channels].
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/ops/support/check.h"
#include "core/ops/support/grain.h"
#include "core/ops/support/window.h"

namespace baton::ops {

struct PoolShape {
  WindowAxis y;
  WindowAxis x;
  int32_t batches = 0;
  int32_t channels = 0;
};

struct PoolData : OpData {
  PoolShape shape;
  int32_t low = 0;  // integers
  int32_t high = 0;
  float float_low = 0;
  float float_high = 0;
  Status (*run)(NodeContext&) = nullptr;
};

Status infer_pool(NodeContext& ctx);
uint64_t pool_work(const NodeContext& ctx);
int32_t pool_min_version(const NodeContext& ctx);

// The kernel of one pool for an element type.
struct PoolKernel {
  baton_dtype dtype;
  Status (*run)(NodeContext&);
};
Status prepare_pool(NodeContext& ctx, std::span<const PoolKernel> kernels);

// Channels whose results are kept at hand while the window is walked.
inline constexpr int32_t kPoolBlock = 64;

// For each output element: starts with `start`, then value = add(value, input element) over the
// window in row order, then finish(value, number of elements).
template <typename T, typename Value, typename Add, typename Finish>
void pool(const NodeContext& ctx, const PoolShape& shape, Value start, const Add& add,
          const Finish& finish) {
  const T* input = ctx.input(0).as<T>();
  T* output = ctx.output(0).as<T>();
  const int64_t line = static_cast<int64_t>(shape.x.input) * shape.channels;
  const int64_t grain = grain_of(shape.x.output, shape.channels, shape.y.filter, shape.x.filter);
  ctx.parallel_for(static_cast<int64_t>(shape.batches) * shape.y.output, grain,
                   [&](uint32_t, int64_t begin, int64_t end) {
                     for (int64_t row = begin; row < end; ++row) {
                       const T* image = input + row / shape.y.output * shape.y.input * line;
                       const auto ty = shape.y.taps(static_cast<int32_t>(row % shape.y.output));
                       T* out = output + row * shape.x.output * shape.channels;
                       for (int32_t ox = 0; ox < shape.x.output; ++ox, out += shape.channels) {
                         const auto tx = shape.x.taps(ox);
                         const int64_t size = static_cast<int64_t>(ty.count()) * tx.count();
                         for (int32_t first = 0; first < shape.channels; first += kPoolBlock) {
                           const int32_t count = std::min(kPoolBlock, shape.channels - first);
                           Value values[kPoolBlock];
                           std::fill_n(values, count, start);
                           for (int32_t y = 0; y < ty.count(); ++y) {
                             for (int32_t x = 0; x < tx.count(); ++x) {
                               const T* in = image + (ty.first + y) * line +
                                             static_cast<int64_t>(tx.first + x) * shape.channels +
                                             first;
                               for (int32_t i = 0; i < count; ++i)
                                 values[i] = add(values[i], in[i]);
                             }
                           }
                           for (int32_t i = 0; i < count; ++i)
                             out[first + i] = finish(values[i], size);
                         }
                       }
                     }
                   });
}

}  // namespace baton::ops
