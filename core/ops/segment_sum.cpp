#include <cstring>

#include "core/ops/support/binary.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

// The number of segments: ids start at 0 and grow by at most 1.
Result<int32_t> count_segments(const Value& ids) {
  int32_t previous = -1;
  for (int64_t i = 0; i < ids.count(); ++i) {
    const int32_t id = ids.as<const int32_t>()[i];
    if (id != previous + 1 && (id != previous || i == 0)) {
      return error(BATON_INVALID_ARGUMENT,
                   "segment id %lld is %d after %d; ids start at 0 and grow by at most 1",
                   static_cast<long long>(i), id, previous);
    }
    previous = id;
  }
  return previous + 1;
}

Status infer(NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const Value& ids = ctx.input(1);
  BATON_RETURN_IF_ERROR(check_dtype("segment ids", ids.dtype(), dtypes_of<int32_t>()));
  if (input.rank() < 1 || ids.rank() != 1 || ids.dim(0) != input.dim(0)) {
    return error(BATON_INVALID_MODEL,
                 "the segment ids must be a vector with an element for each row of the input");
  }
  if (!ids.known()) {
    ctx.set_output_unknown(0);
    return {};
  }
  std::vector<int32_t> dims(input.dims().begin(), input.dims().end());
  BATON_ASSIGN_OR_RETURN(dims[0], count_segments(ids));
  return ctx.set_output_dims(0, dims);
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(check_dtype("input", ctx.input(0).dtype(), dtypes_of<float, int32_t>()));
  return check_same_dtype("input", ctx.input(0), "output", ctx.output(0));
}

template <typename T>
void add_segments(const NodeContext& ctx) {
  const Value& input = ctx.input(0);
  const int64_t size = product_of_dims(input, 1, input.rank());
  for (int64_t row = 0; row < input.dim(0) && size > 0; ++row) {
    const T* from = input.as<const T>() + row * size;
    T* to = ctx.output(0).as<T>() + ctx.input(1).as<const int32_t>()[row] * size;
    for (int64_t i = 0; i < size; ++i) {
      to[i] = static_cast<T>(static_cast<Wrapping<T>>(to[i]) + static_cast<Wrapping<T>>(from[i]));
    }
  }
}

Status run(NodeContext& ctx) {
  BATON_ASSIGN_OR_RETURN(const int32_t segments, count_segments(ctx.input(1)));
  const Value& output = ctx.output(0);
  if (segments > output.dim(0)) {
    return error(BATON_INVALID_ARGUMENT, "there are %d segments, the output has room for %d",
                 segments, output.dim(0));
  }
  if (output.bytes() != 0) std::memset(output.data(), 0, output.bytes());
  return for_type<float, int32_t>(ctx.input(0).dtype(),
                                  [&]<typename T>() { add_segments<T>(ctx); });
}

uint64_t work(const NodeContext& ctx) { return static_cast<uint64_t>(ctx.input(0).count()); }

}  // namespace

extern const Operator segment_sum{
    .code = BATON_OP_SEGMENT_SUM,
    .name = "SEGMENT_SUM",
    .summary = "Sums of rows with the same id; int32 wraps.",
    .max_version = 1,
    .inputs = {2, 2},
    .flags = kFoldable,
    .dtypes = dtypes_of<float, int32_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .work = work,
};

}  // namespace baton::ops
