// Broadcasting as NumPy does it: shapes are aligned at their last dimension, and a size of 1, or a
// missing dimension, is repeated.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/ops/operator.h"

namespace baton::ops {

// The common shape; an error that shows the shapes when there is none.
Status broadcast_shape(std::span<const Value* const> inputs, std::vector<int32_t>* out);

// Shape rule of operators whose inputs are all broadcast to the output.
Status infer_broadcast(NodeContext& ctx);

inline constexpr int kMaxLoops = 8;

// Nested loops over the output for up to three inputs: neighbouring dimensions in which each input
// runs on (or stands still) are one loop. The last loop is the innermost.
struct BroadcastLoops {
  int count = 1;
  std::array<int64_t, kMaxLoops> size{};
  // In elements; 0 where the input is repeated.
  std::array<std::array<int64_t, kMaxLoops>, 3> stride{};

  int64_t inner() const { return size[static_cast<size_t>(count) - 1]; }
  int64_t inner_stride(size_t input) const { return stride[input][static_cast<size_t>(count) - 1]; }
  // Iterations of all loops but the innermost.
  int64_t outer() const {
    int64_t product = 1;
    for (int i = 0; i + 1 < count; ++i) product *= size[static_cast<size_t>(i)];
    return product;
  }
  // Where an input starts in the given outer iteration.
  int64_t offset(size_t input, int64_t iteration) const {
    int64_t offset = 0;
    for (int i = count - 2; i >= 0; --i) {
      const auto loop = static_cast<size_t>(i);
      offset += iteration % size[loop] * stride[input][loop];
      iteration /= size[loop];
    }
    return offset;
  }
};

// Fails with BATON_UNSUPPORTED when more than kMaxLoops loops are left. Allocates nothing.
Status broadcast_loops(std::span<const Value* const> inputs, const Value& output,
                       BroadcastLoops* loops);

// out[i] = fn(a[i], b[i]), broadcast.
template <typename In, typename Out, typename Fn>
void broadcast_binary(const NodeContext& ctx, const BroadcastLoops& loops, const In* a, const In* b,
                      Out* out, const Fn& fn) {
  const int64_t inner = loops.inner();
  if (inner == 0) return;
  const int64_t step_a = loops.inner_stride(0);
  const int64_t step_b = loops.inner_stride(1);
  const auto row = [&](const In* x, const In* y, Out* z, int64_t n) {
    if (step_a != 0 && step_b != 0) {
      for (int64_t i = 0; i < n; ++i) z[i] = fn(x[i], y[i]);
    } else if (step_a != 0) {
      const In right = *y;
      for (int64_t i = 0; i < n; ++i) z[i] = fn(x[i], right);
    } else if (step_b != 0) {
      const In left = *x;
      for (int64_t i = 0; i < n; ++i) z[i] = fn(left, y[i]);
    } else {
      const Out value = fn(*x, *y);
      for (int64_t i = 0; i < n; ++i) z[i] = value;
    }
  };
  constexpr int64_t kGrain = 16384;
  if (loops.count == 1) {
    ctx.parallel_for(inner, kGrain, [&](uint32_t, int64_t begin, int64_t end) {
      row(a + begin * step_a, b + begin * step_b, out + begin, end - begin);
    });
    return;
  }
  ctx.parallel_for(loops.outer(), kGrain / inner + 1, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      row(a + loops.offset(0, i), b + loops.offset(1, i), out + i * inner, inner);
    }
  });
}

}  // namespace baton::ops
