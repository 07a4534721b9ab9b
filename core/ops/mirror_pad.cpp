#include "core/ops/support/pad.h"

namespace baton::ops {
namespace {

// REFLECT leaves the border element out of the mirror image, SYMMETRIC repeats it.
int64_t mirror_offset(const NodeContext& ctx) {
  return ctx.attributes<baton_mirror_pad_attributes>().mode == BATON_MIRROR_PAD_MODE_REFLECT ? 1
                                                                                             : 0;
}

Status infer(NodeContext& ctx) {
  const int32_t mode = ctx.attributes<baton_mirror_pad_attributes>().mode;
  if (mode != BATON_MIRROR_PAD_MODE_REFLECT && mode != BATON_MIRROR_PAD_MODE_SYMMETRIC) {
    return error(BATON_INVALID_MODEL, "mode %d is neither REFLECT nor SYMMETRIC", mode);
  }
  BATON_RETURN_IF_ERROR(infer_pad(ctx));
  if (!ctx.output(0).shape_known()) return {};
  for (int i = 0; i < ctx.input(0).rank(); ++i) {
    const int64_t largest = ctx.input(0).dim(i) - mirror_offset(ctx);
    for (int side = 0; side < 2; ++side) {
      const int64_t padding = padding_at(ctx.input(1), i, side);
      if (padding > largest) {
        return error(BATON_INVALID_MODEL,
                     "padding %lld of dimension %d is more than its %lld mirror elements",
                     static_cast<long long>(padding), i, static_cast<long long>(largest));
      }
    }
  }
  return {};
}

// The input's index for an index of the output.
int64_t mirrored(int64_t index, int64_t before, int64_t size, int64_t offset) {
  const int64_t i = index - before;
  if (i < 0) return -i - 1 + offset;
  if (i >= size) return 2 * size - 1 - i - offset;
  return i;
}

template <typename T>
void mirror(const NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& output = ctx.output(0);
  const Value& paddings = ctx.input(1);
  const int rank = input.rank();
  const int64_t offset = mirror_offset(ctx);
  const auto* from = input.as<const T>();
  auto* to = output.as<T>();
  if (rank == 0) {
    *to = *from;
    return;
  }
  if (output.count() == 0) return;
  const int64_t width = output.dim(rank - 1);
  const int64_t before = padding_at(paddings, rank - 1, 0);
  const int64_t size = input.dim(rank - 1);
  ctx.parallel_for(output.count() / width, 16384 / width + 1,
                   [&](uint32_t, int64_t begin, int64_t end) {
                     for (int64_t row = begin; row < end; ++row) {
                       int64_t rest = row;
                       int64_t start = 0;
                       int64_t step = size;
                       for (int i = rank - 2; i >= 0; --i) {
                         start += step * mirrored(rest % output.dim(i), padding_at(paddings, i, 0),
                                                  input.dim(i), offset);
                         step *= input.dim(i);
                         rest /= output.dim(i);
                       }
                       for (int64_t i = 0; i < width; ++i) {
                         to[row * width + i] = from[start + mirrored(i, before, size, offset)];
                       }
                     }
                   });
}

Status run(NodeContext& ctx) {
  return for_size(ctx.input(0).dtype(), [&]<typename T>() { mirror<T>(ctx); });
}

int32_t min_version(const NodeContext& ctx) {
  const baton_dtype dtype = ctx.input(0).dtype();
  return dtype == BATON_INT16 ? 3 : dtype == BATON_INT8 ? 2 : 1;
}

}  // namespace

extern const Operator mirror_pad{
    .code = BATON_OP_MIRROR_PAD,
    .name = "MIRROR_PAD",
    .summary = "The input's mirror images before and after it in each dimension.",
    .max_version = 3,
    .inputs = {2, 2},
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare_copy,
    .run = run,
    .min_version = min_version,
};

}  // namespace baton::ops
