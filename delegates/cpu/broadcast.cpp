#include "delegates/cpu/broadcast.h"

namespace baton::cpu {
namespace {

// Size of an input along a dimension of the output, counted from the last.
int64_t dim_from_end(sdk::Span<const int32_t> dims, size_t i) {
  return i < dims.size() ? dims[dims.size() - 1 - i] : 1;
}

}  // namespace

Broadcast::Broadcast(sdk::Span<const int32_t> output,
                     std::initializer_list<sdk::Span<const int32_t>> inputs)
    : inputs_(inputs.size()) {
  int64_t below[kMaxInputs] = {1, 1, 1};  // elements of an input in the dimensions so far
  bool first = true;
  for (size_t i = 0; i < output.size(); ++i) {
    Loop loop;
    loop.size = dim_from_end(output, i);
    size_t k = 0;
    for (const auto& dims : inputs) {
      const int64_t size = dim_from_end(dims, i);
      if (size != loop.size && size != 1) {
        throw sdk::Error(BATON_REASON_SHAPE, "an input cannot be broadcast to the output");
      }
      loop.stride[k] = size == 1 ? 0 : below[k];
      below[k++] *= size;
    }
    if (loop.size == 1) continue;
    bool one_loop = !first;
    for (k = 0; k < inputs_ && one_loop; ++k) {
      const Loop& inner = loops_[count_ - 1];
      one_loop = loop.stride[k] == inner.stride[k] * inner.size;
    }
    if (one_loop) {
      loops_[count_ - 1].size *= loop.size;
    } else {
      if (!first) ++count_;
      loops_[count_ - 1] = loop;
    }
    first = false;
  }
  for (size_t i = 1; i < count_; ++i) rows_ *= loops_[i].size;
  pieces_ = (innermost().size + kPiece - 1) / kPiece;
}

Broadcast::ShortRow Broadcast::short_row() const {
  constexpr int64_t kShort = 128;
  if (inputs_ != 2 || count_ != 2 || innermost().size > kShort) return {};
  for (size_t k = 0; k < 2; ++k) {
    const bool repeated = innermost().stride[k] == 1 && loops_[1].stride[k] == 0;
    const bool runs_on =
        innermost().stride[1 - k] == 1 && loops_[1].stride[1 - k] == innermost().size;
    if (repeated && runs_on) return {k, innermost().size};
  }
  return {};
}

Broadcast::Rows Broadcast::at(int64_t item, int64_t last) const {
  Rows rows;
  const Loop& inner = innermost();
  const int64_t first_column = item % pieces_ * kPiece;
  rows.columns = std::min(kPiece, inner.size - first_column);
  int64_t row = item / pieces_;
  rows.out = row * inner.size + first_column;
  if (pieces_ == 1 && count_ > 1) {
    rows.rows = std::min(last - item, loops_[1].size - row % loops_[1].size);
  }
  for (size_t k = 0; k < inputs_; ++k) {
    rows.from[k] = first_column * inner.stride[k];
    rows.column[k] = inner.stride[k];
    rows.row[k] = count_ > 1 ? loops_[1].stride[k] : 0;
  }
  for (size_t i = 1; i < count_; ++i) {
    const int64_t index = row % loops_[i].size;
    row /= loops_[i].size;
    for (size_t k = 0; k < inputs_; ++k) rows.from[k] += index * loops_[i].stride[k];
  }
  return rows;
}

void set_rows(const Broadcast::Rows& rows, const void* a, const void* b, uint64_t input_bytes,
              void* out, uint64_t output_bytes, kernels::BroadcastRows* args) {
  const auto in = static_cast<int64_t>(input_bytes);
  args->a = static_cast<const std::byte*>(a) + rows.from[0] * in;
  args->b = static_cast<const std::byte*>(b) + rows.from[1] * in;
  args->out = static_cast<std::byte*>(out) + rows.out * static_cast<int64_t>(output_bytes);
  args->rows = static_cast<size_t>(rows.rows);
  args->columns = static_cast<size_t>(rows.columns);
  args->a_row = rows.row[0];
  args->b_row = rows.row[1];
  args->a_column = rows.column[0];
  args->b_column = rows.column[1];
}

}  // namespace baton::cpu
