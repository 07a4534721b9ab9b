// REVERSE_SEQUENCE: the first elements of each sequence, as many as its length says, reversed.
#include <algorithm>

#include "delegates/cpu/move.h"
#include "delegates/cpu/slice_index.h"

namespace baton::cpu {
namespace {

Refusal check(const NodeView& node) {
  return first_of({check_move(node), require_integers("lengths", node.input(1))});
}

// Runs of elements that have one place in the batch and in the sequence.
struct Runs {
  int64_t batches, size;         // of the two dimensions
  int64_t per_batch, per_place;  // runs from one index of each to the next
  int64_t bytes;                 // of a run
};

template <typename Length>
void check_lengths(const Length* lengths, const Runs& runs) {
  for (int64_t i = 0; i < runs.batches; ++i) {
    if (lengths[i] >= 0 && lengths[i] <= runs.size) continue;
    throw sdk::Error(BATON_REASON_OTHER, "length " + std::to_string(i) + " is " +
                                             std::to_string(lengths[i]) + ", the sequences have " +
                                             std::to_string(runs.size) + " elements");
  }
}

template <typename Length>
void reverse(const Runs& runs, const Length* lengths, const std::byte* from, std::byte* to,
             int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i) {
    const int64_t place = i / runs.per_place % runs.size;
    const int64_t length = lengths[i / runs.per_batch % runs.batches];
    const int64_t source = place < length ? length - 1 - place : place;
    copy_slice(to + i * runs.bytes, from + (i + (source - place) * runs.per_place) * runs.bytes,
               runs.bytes);
  }
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler&) {
  const auto attributes = node.attributes<baton_reverse_sequence_attributes>();
  const int32_t input = node.input(0).index();
  const baton_dtype length_type = node.input(1).dtype();
  const auto bytes = static_cast<int64_t>(bytes_of(node.output().dtype()));
  return make_step(
      {input, node.input(1).index()}, {node.output().index()}, [=](const Sizes& sizes) {
        const Dims dims = dims_of(sizes, input);
        const size_t sequence = resolve_axis(attributes.seq_dim, dims.size());
        const size_t batch = resolve_axis(attributes.batch_dim, dims.size());
        const int64_t count = product(dims);
        const int64_t steps[2] = {step_of(dims, batch), step_of(dims, sequence)};
        const int64_t run = std::max<int64_t>(1, std::min(steps[0], steps[1]));
        const Runs runs{dims[batch], dims[sequence], steps[0] / run, steps[1] / run, run * bytes};
        return with_index_type(length_type, [&](auto type) {
          using Length = decltype(type);
          return make_work(static_cast<uint64_t>(count / run), grain_of_copies(runs.bytes),
                           [=](const Call& call, uint64_t begin, uint64_t end) {
                             check_lengths(call.input<Length>(1), runs);
                             reverse(runs, call.input<Length>(1), call.input<std::byte>(0),
                                     call.output<std::byte>(0), static_cast<int64_t>(begin),
                                     static_cast<int64_t>(end));
                           });
        });
      });
}

constexpr Operator kOperators[] = {{BATON_OP_REVERSE_SEQUENCE, 1, check, compile}};

}  // namespace

sdk::Span<const Operator> reverse_sequence_operators() { return kOperators; }

}  // namespace baton::cpu
