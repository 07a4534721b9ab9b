// SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: one or two spatial dimensions behind the batch, the rest
// stays. A batch of the small tensor is (block position, batch of the large tensor).
#pragma once

#include <algorithm>

#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {

// The [spatial] block shape and the [spatial, 2] margins (paddings or crops).
struct BatchSpace {
  int spatial = 0;
  int32_t block[2] = {1, 1};
  int32_t before[2] = {0, 0};
  int32_t after[2] = {0, 0};

  int64_t block_count() const { return int64_t{block[0]} * block[1]; }
};

// Checks the node's inputs 1 and 2, which are known().
inline Status read_batch_space(const NodeContext& ctx, BatchSpace* out) {
  const Value& block = ctx.input(1);
  const Value& margins = ctx.input(2);
  BatchSpace space;
  space.spatial = block.dim(0);
  for (int i = 0; i < space.spatial; ++i) {
    space.block[i] = block.as<const int32_t>()[i];
    space.before[i] = margins.as<const int32_t>()[2 * i];
    space.after[i] = margins.as<const int32_t>()[2 * i + 1];
    if (space.block[i] < 1 || space.before[i] < 0 || space.after[i] < 0) {
      return error(BATON_INVALID_MODEL, "spatial dimension %d has block %d and margins %d and %d",
                   i, space.block[i], space.before[i], space.after[i]);
    }
  }
  *out = space;
  return {};
}

// What can be checked before the content is known.
inline Status check_batch_space(const NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& block = ctx.input(1);
  const Value& margins = ctx.input(2);
  if (input.rank() != 3 && input.rank() != 4) {
    return error(BATON_UNSUPPORTED, "an input of rank %d is not supported; 3 and 4 are",
                 input.rank());
  }
  const int spatial = input.rank() - 2;
  if (block.dtype() != BATON_INT32 || block.rank() != 1 || block.dim(0) != spatial) {
    return error(BATON_INVALID_MODEL, "the block shape must be a vector of %d int32", spatial);
  }
  if (margins.dtype() != BATON_INT32 || margins.rank() != 2 || margins.dim(0) != spatial ||
      margins.dim(1) != 2) {
    return error(BATON_INVALID_MODEL, "paddings and crops must be int32 of shape [%d, 2]", spatial);
  }
  return {};
}

inline int32_t batch_space_min_version(const NodeContext& ctx) {
  if (ctx.input(0).dtype() == BATON_INT16) return 4;
  return ctx.input(0).rank() != 4 ? 3 : ctx.input(0).dtype() == BATON_INT8 ? 2 : 1;
}

// Copies between `large` [batch, space..., depth] and `small` [blocks * batch, space / block...,
// depth], the part of each that is not margin.
inline Status copy_batch_space(const NodeContext& ctx, const BatchSpace& space, const Value& large,
                               const Value& small, bool to_small) {
  const int64_t batch = large.dim(0);
  const int64_t depth = product_of_dims(large, 1 + space.spatial, large.rank());
  const int64_t height[2] = {large.dim(1), small.dim(1)};  // large, small
  const int64_t width[2] = {space.spatial == 2 ? large.dim(2) : 1,
                            space.spatial == 2 ? small.dim(2) : 1};
  // Along one dimension, position p of a block position k lies at p * block + k - before.
  const auto part = [&](int i, int64_t k, int64_t large_size, int64_t small_size, int64_t* first,
                        int64_t* count) {
    const int64_t shift = k - space.before[i];
    *first = shift >= 0 ? 0 : (-shift + space.block[i] - 1) / space.block[i];
    const int64_t end =
        large_size - shift <= 0 ? 0 : (large_size - shift + space.block[i] - 1) / space.block[i];
    *count = std::max<int64_t>(0, std::min(end, small_size) - *first);
  };
  for (int64_t ky = 0; ky < space.block[0]; ++ky) {
    for (int64_t kx = 0; kx < space.block[1]; ++kx) {
      int64_t y, x, rows, columns;
      part(0, ky, height[0], height[1], &y, &rows);
      part(1, kx, width[0], width[1], &x, &columns);
      if (rows == 0 || columns == 0) continue;
      const int64_t large_at = ((y * space.block[0] + ky - space.before[0]) * width[0] +
                                x * space.block[1] + kx - space.before[1]) *
                               depth;
      const int64_t small_at =
          (((ky * space.block[1] + kx) * batch * height[1] + y) * width[1] + x) * depth;
      StridedCopy copy;
      const auto add = [&](int64_t size, int64_t large_step, int64_t small_step) {
        copy.add(size, to_small ? large_step : small_step, to_small ? small_step : large_step);
      };
      copy.start(to_small ? large_at : small_at, to_small ? small_at : large_at);
      add(batch, height[0] * width[0] * depth, height[1] * width[1] * depth);
      add(rows, space.block[0] * width[0] * depth, width[1] * depth);
      add(columns, space.block[1] * depth, depth);
      add(depth, 1, 1);
      BATON_RETURN_IF_ERROR(copy.run(ctx, large.dtype(), to_small ? large.data() : small.data(),
                                     to_small ? small.data() : large.data()));
    }
  }
  return {};
}

}  // namespace baton::ops
