// Broadcasting: shapes are aligned at their last dimension, and a size of 1, or a missing
// dimension, is repeated.
#pragma once

#include <algorithm>
#include <cstdint>

#include "delegates/cpu/check.h"
#include "delegates/kernels/elementwise.h"

namespace baton::cpu {

// Nested loops over an output and up to three inputs that are broadcast to it: neighbouring
// dimensions in which each input runs on, or stands still, are one loop.
class Broadcast {
 public:
  static constexpr uint32_t kMaxRank = 8;
  static constexpr size_t kMaxInputs = 3;

  // Throws sdk::Error with BATON_REASON_SHAPE when an input does not fit the output.
  Broadcast(sdk::Span<const int32_t> output,
            std::initializer_list<sdk::Span<const int32_t>> inputs);

  // Neighbouring rows of the output, and where the inputs begin; strides in elements.
  struct Rows {
    int64_t out = 0;
    int64_t rows = 1;
    int64_t columns = 0;
    int64_t from[kMaxInputs] = {};
    int64_t row[kMaxInputs] = {};
    int64_t column[kMaxInputs] = {};
  };

  // An item is a row, or a piece of a long one.
  uint64_t items() const { return static_cast<uint64_t>(rows_ * pieces_); }
  int64_t elements_per_item() const { return std::min(innermost().size, kPiece); }

  // A short row of one input that is repeated along all of the other, as with values by channel.
  struct ShortRow {
    size_t repeated = 0;  // which of two inputs
    int64_t size = 0;     // 0: it is another broadcast
  };
  ShortRow short_row() const;

  // fn(rows) for the items [begin, end).
  template <typename Fn>
  void for_rows(uint64_t begin, uint64_t end, const Fn& fn) const {
    auto item = static_cast<int64_t>(begin);
    const auto last = static_cast<int64_t>(end);
    while (item < last) {
      const Rows rows = at(item, last);
      fn(rows);
      item += rows.rows;
    }
  }

 private:
  static constexpr int64_t kPiece = 4096;

  struct Loop {
    int64_t size = 1;
    int64_t stride[kMaxInputs] = {};
  };

  const Loop& innermost() const { return loops_[0]; }
  // As many rows from `item` on as lie in one loop, below `last`.
  Rows at(int64_t item, int64_t last) const;

  size_t inputs_;
  size_t count_ = 1;
  Loop loops_[kMaxRank + 1];  // innermost first
  int64_t rows_ = 1;          // iterations of all but the innermost
  int64_t pieces_ = 1;        // of a row
};

// What kernels want to know, for elements of so many bytes.
void set_rows(const Broadcast::Rows& rows, const void* a, const void* b, uint64_t input_bytes,
              void* out, uint64_t output_bytes, kernels::BroadcastRows* args);

}  // namespace baton::cpu
