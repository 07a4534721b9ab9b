#include <cstring>

#include "core/ops/support/copy.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

Status infer(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_reverse_sequence_attributes>();
  const Value& input = ctx.input(0);
  const Value& lengths = ctx.input(1);
  const int32_t sequence = attributes.seq_dim;
  const int32_t batch = attributes.batch_dim;
  if (sequence < 0 || sequence >= input.rank() || batch < 0 || batch >= input.rank() ||
      sequence == batch) {
    return error(BATON_INVALID_MODEL,
                 "seq_dim %d and batch_dim %d must be two dimensions of an input of rank %d",
                 sequence, batch, input.rank());
  }
  if (lengths.rank() != 1 || lengths.dim(0) != input.dim(batch)) {
    return error(BATON_INVALID_MODEL, "the lengths must be a vector of %d elements",
                 input.dim(batch));
  }
  return ctx.set_output_dims(0, input.dims());
}

Status prepare(NodeContext& ctx) {
  BATON_RETURN_IF_ERROR(prepare_copy(ctx));
  return check_dtype("lengths", ctx.input(1).dtype(), dtypes_of<int32_t, int64_t>());
}

int64_t length_at(const Value& lengths, int64_t i) {
  return lengths.dtype() == BATON_INT64 ? lengths.as<const int64_t>()[i]
                                        : lengths.as<const int32_t>()[i];
}

Status run(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_reverse_sequence_attributes>();
  const Value& input = ctx.input(0);
  const int64_t size = input.dim(attributes.seq_dim);
  const int64_t batches = input.dim(attributes.batch_dim);
  for (int64_t i = 0; i < batches; ++i) {
    const int64_t length = length_at(ctx.input(1), i);
    if (length < 0 || length > size) {
      return error(BATON_INVALID_ARGUMENT, "length %lld is %lld, the sequences have %lld elements",
                   static_cast<long long>(i), static_cast<long long>(length),
                   static_cast<long long>(size));
    }
  }
  if (input.count() == 0) return {};
  const int64_t batch_step = product_of_dims(input, attributes.batch_dim + 1, input.rank());
  const int64_t step = product_of_dims(input, attributes.seq_dim + 1, input.rank());
  const auto bytes = static_cast<int64_t>(dtype_bits(input.dtype()) / 8);
  // Runs of elements with one place in the batch and the sequence.
  const int64_t run = std::min(batch_step, step);
  const auto* from = input.as<const unsigned char>();
  auto* to = ctx.output(0).as<unsigned char>();
  ctx.parallel_for(input.count() / run, 4096 / run + 1, [&](uint32_t, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t element = i * run;
      const int64_t place = element / step % size;
      const int64_t length = length_at(ctx.input(1), element / batch_step % batches);
      const int64_t source = place < length ? length - 1 - place : place;
      std::memcpy(to + element * bytes, from + (element + (source - place) * step) * bytes,
                  static_cast<size_t>(run * bytes));
    }
  });
  return {};
}

}  // namespace

extern const Operator reverse_sequence{
    .code = BATON_OP_REVERSE_SEQUENCE,
    .name = "REVERSE_SEQUENCE",
    .summary = "The first elements of each sequence, as many as its length says, reversed.",
    .max_version = 1,
    .inputs = {2, 2},
    .dtypes = kPlainDtypes,
    .infer = infer,
    .prepare = prepare,
    .run = run,
};

}  // namespace baton::ops
