#include "delegates/cpu/strided_copy.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <type_traits>
#include <utility>

#include "baton/plugin.hpp"
#include "delegates/kernels/transpose.h"

namespace baton::cpu {
namespace {

constexpr int64_t kItemBytes = 16384;
constexpr int64_t kLongestFill = 64;  // bytes that are written out before a copy begins

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Indices of nested loops, counted up one by one.
template <typename Loop>
class Odometer {
 public:
  Odometer(const Loop* loops, int count, int64_t iteration) : loops_(loops), count_(count) {
    for (int i = count - 1; i >= 0; --i) {
      index_[static_cast<size_t>(i)] = iteration % loops[i].size;
      iteration /= loops[i].size;
      from_ += index_[static_cast<size_t>(i)] * loops[i].from;
      to_ += index_[static_cast<size_t>(i)] * loops[i].to;
    }
  }
  int64_t from() const { return from_; }
  int64_t to() const { return to_; }
  void next() {
    for (int i = count_ - 1; i >= 0; --i) {
      int64_t& index = index_[static_cast<size_t>(i)];
      from_ += loops_[i].from;
      to_ += loops_[i].to;
      if (++index < loops_[i].size) return;
      index = 0;
      from_ -= loops_[i].size * loops_[i].from;
      to_ -= loops_[i].size * loops_[i].to;
    }
  }

 private:
  const Loop* loops_;
  int count_;
  std::array<int64_t, StridedCopy::kMaxLoops> index_{};
  int64_t from_ = 0, to_ = 0;
};

}  // namespace

CopyKernels::CopyKernels(kernels::Isa isa)
    : transpose{kernels::find<kernels::TransposeFunction>("transpose", "1", isa),
                kernels::find<kernels::TransposeFunction>("transpose", "2", isa),
                kernels::find<kernels::TransposeFunction>("transpose", "4", isa),
                kernels::find<kernels::TransposeFunction>("transpose", "8", isa)} {}

StridedCopy& StridedCopy::add(int64_t size, int64_t from_step, int64_t to_step) {
  if (size <= 0) empty_ = true;
  if (size == 1 || empty_) return *this;
  const Loop loop{size, from_step * element_, to_step * element_};
  if (count_ > 0) {
    Loop& outer = loops_[static_cast<size_t>(count_) - 1];
    if (outer.from == loop.from * size && outer.to == loop.to * size) {
      outer = {outer.size * size, loop.from, loop.to};
      return *this;
    }
  }
  if (count_ == kMaxLoops) {
    throw sdk::Error(BATON_REASON_RANK, "a copy in more than 16 dimensions is not supported");
  }
  loops_[static_cast<size_t>(count_++)] = loop;
  return *this;
}

void StridedCopy::finish() {
  if (empty_) return;
  absorb_run();
  absorb_fill();
  if (find_transposition()) return;
  if (run_ >= 2 * kItemBytes) {
    kind_ = Kind::kLongRuns;
    elements_ = ceil_div(run_, kItemBytes);
    for (int i = 0; i < count_; ++i) elements_ *= loops_[static_cast<size_t>(i)].size;
    items_ = static_cast<uint64_t>(elements_);
    return;
  }
  kind_ = Kind::kRows;
  lengthen_rows();
  if (count_ == 0) loops_[static_cast<size_t>(count_++)] = {1, 0, 0};
  elements_ = 1;
  for (int i = 0; i < count_; ++i) elements_ *= loops_[static_cast<size_t>(i)].size;
  elements_per_item_ = std::max<int64_t>(1, kItemBytes / run_);
  items_ = static_cast<uint64_t>(ceil_div(elements_, elements_per_item_));
  row_ = row_function(loops_[static_cast<size_t>(count_) - 1], run_);
}

std::optional<StridedCopy::Run> StridedCopy::run() const {
  // Of several elements, at least one is a step away from the one before.
  if (kind_ != Kind::kRows && kind_ != Kind::kLongRuns) return std::nullopt;
  for (int i = 0; i < count_; ++i) {
    if (loops_[static_cast<size_t>(i)].size != 1) return std::nullopt;
  }
  return Run{static_cast<uint64_t>(from_), static_cast<uint64_t>(to_), static_cast<uint64_t>(run_)};
}

// The innermost loop becomes a longer run where it is one.
void StridedCopy::absorb_run() {
  if (count_ == 0) return;
  const Loop& inner = loops_[static_cast<size_t>(count_) - 1];
  if (inner.from != run_ || inner.to != run_) return;
  run_ *= inner.size;
  --count_;
}

// So does an innermost loop that writes one place a few times, side by side, if all others do.
void StridedCopy::absorb_fill() {
  if (count_ < 2) return;
  const Loop& inner = loops_[static_cast<size_t>(count_) - 1];
  if (inner.to != run_ || inner.size * run_ > kLongestFill) return;
  for (int i = 0; i < count_; ++i) {
    if (loops_[static_cast<size_t>(i)].from != 0) return;
  }
  repeated_ = run_;
  run_ *= inner.size;
  --count_;
}

// A short innermost loop is called again and again. It goes around a part of the loop outside of
// it, which is long enough for a row and stays in the first-level cache.
void StridedCopy::lengthen_rows() {
  constexpr int64_t kShort = 16, kLongEnough = 512;
  if (count_ < 2 || count_ == kMaxLoops) return;
  Loop& inner = loops_[static_cast<size_t>(count_) - 1];
  Loop& outer = loops_[static_cast<size_t>(count_) - 2];
  if (inner.size > kShort) return;
  const int64_t step = std::max({std::abs(outer.from), std::abs(outer.to), int64_t{1}});
  int64_t part = std::min({outer.size, kItemBytes / step, kLongEnough});
  while (part > inner.size && outer.size % part != 0) --part;
  if (part <= inner.size) return;
  const Loop short_loop = inner;
  inner = {part, outer.from, outer.to};
  outer = {outer.size / part, outer.from * part, outer.to * part};
  loops_[static_cast<size_t>(count_++)] = inner;
  loops_[static_cast<size_t>(count_) - 2] = short_loop;
}

bool StridedCopy::find_transposition() {
  if (repeated_ != 0) return false;
  if (run_ != 1 && run_ != 2 && run_ != 4 && run_ != 8) return false;
  int columns = -1, rows = -1;
  for (int i = 0; i < count_; ++i) {
    const Loop& loop = loops_[static_cast<size_t>(i)];
    if (loop.from == run_) columns = i;
    if (loop.to == run_) rows = i;
  }
  if (columns < 0 || rows < 0 || columns == rows) return false;
  columns_ = loops_[static_cast<size_t>(columns)];
  rows_ = loops_[static_cast<size_t>(rows)];
  // A source that is read again, or a destination that is not one: nothing to gain.
  if (rows_.from == 0 || columns_.to == 0) return false;
  kind_ = Kind::kTranspose;
  int kept = 0;
  for (int i = 0; i < count_; ++i) {
    if (i != columns && i != rows) {
      loops_[static_cast<size_t>(kept++)] = loops_[static_cast<size_t>(i)];
    }
  }
  count_ = kept;
  // Lines of both fit the first-level cache; thin matrices have longer tiles.
  const int64_t area = kItemBytes / 2 / run_;
  const int64_t edge = run_ <= 2 ? 64 : 32;
  tile_columns_ = std::min(columns_.size, std::max(edge, area / std::min(edge, rows_.size)));
  tile_rows_ = std::min(rows_.size, std::max(edge, area / tile_columns_));
  items_ = static_cast<uint64_t>(ceil_div(columns_.size, tile_columns_) *
                                 ceil_div(rows_.size, tile_rows_));
  for (int i = 0; i < count_; ++i) {
    items_ *= static_cast<uint64_t>(loops_[static_cast<size_t>(i)].size);
  }
  return true;
}

// One place again and again, side by side: what is filled is the source of what is left.
void StridedCopy::fill_row(const Loop& loop, int64_t run, const std::byte* from, std::byte* to) {
  if (run == 1) {
    std::memset(to, std::to_integer<int>(*from), static_cast<size_t>(loop.size));
    return;
  }
  constexpr int64_t kLongest = 4096;
  const int64_t total = loop.size * run;
  std::memcpy(to, from, static_cast<size_t>(run));
  for (int64_t done = run, source = run; done < total; done += source) {
    if (done < kLongest) source = done;
    std::memcpy(to + done, to, static_cast<size_t>(std::min(source, total - done)));
  }
}

// Runs of just kBytes.
template <size_t kBytes>
void StridedCopy::copy_row(const Loop& loop, int64_t, const std::byte* from, std::byte* to) {
  constexpr auto kStep = static_cast<int64_t>(kBytes);
  const auto copy = [&](auto to_step) {
    std::array<std::byte, kBytes> element;
    for (int64_t i = 0; i < loop.size; ++i) {
      std::memcpy(&element, from + i * loop.from, kBytes);
      std::memcpy(to + i * to_step, &element, kBytes);
    }
  };
  // A step that the compiler knows is worth its own loop.
  if (loop.to == kStep) return copy(std::integral_constant<int64_t, kStep>());
  copy(loop.to);
}

// Runs of kHalf to 2 * kHalf bytes, as two that may overlap.
template <size_t kHalf>
void StridedCopy::copy_halves(const Loop& loop, int64_t run, const std::byte* from, std::byte* to) {
  const int64_t second = run - static_cast<int64_t>(kHalf);
  std::array<std::byte, kHalf> low, high;
  for (int64_t i = 0; i < loop.size; ++i) {
    std::memcpy(&low, from + i * loop.from, kHalf);
    std::memcpy(&high, from + i * loop.from + second, kHalf);
    std::memcpy(to + i * loop.to, &low, kHalf);
    std::memcpy(to + i * loop.to + second, &high, kHalf);
  }
}

void StridedCopy::copy_any(const Loop& loop, int64_t run, const std::byte* from, std::byte* to) {
  for (int64_t i = 0; i < loop.size; ++i) {
    std::memcpy(to + i * loop.to, from + i * loop.from, static_cast<size_t>(run));
  }
}

StridedCopy::RowFunction StridedCopy::row_function(const Loop& loop, int64_t run) {
  constexpr int64_t kLongest = 16;
  constexpr auto kFunctions = []<size_t... kBytes>(std::index_sequence<kBytes...>) {
    return std::array<RowFunction, kLongest>{&copy_row<kBytes + 1>...};
  }
  (std::make_index_sequence<kLongest>());
  if (loop.from == 0 && loop.to == run && loop.size > 1) return &fill_row;
  if (run <= kLongest) return kFunctions[static_cast<size_t>(run) - 1];
  if (run <= 32) return &copy_halves<16>;
  if (run <= 64) return &copy_halves<32>;
  if (run <= 128) return &copy_halves<64>;
  return &copy_any;
}

void StridedCopy::run(const CopyKernels& kernels, const std::byte* from, std::byte* to,
                      uint64_t begin, uint64_t end) const {
  if (begin >= end) return;
  from += from_;
  to += to_;
  std::array<std::byte, kLongestFill> filled;
  if (repeated_ != 0) {
    for (int64_t i = 0; i < run_; i += repeated_) std::copy_n(from, repeated_, filled.begin() + i);
    from = filled.data();
  }
  const auto first = static_cast<int64_t>(begin), last = static_cast<int64_t>(end);
  switch (kind_) {
    case Kind::kEmpty:
      return;
    case Kind::kRows:
      return run_elements(from, to, first * elements_per_item_,
                          std::min(elements_, last * elements_per_item_));
    case Kind::kLongRuns:
      return copy_pieces(from, to, first, last);
    case Kind::kTranspose:
      return run_tiles(kernels, from, to, first, last);
  }
}

void StridedCopy::run_elements(const std::byte* from, std::byte* to, int64_t begin,
                               int64_t end) const {
  const Loop& inner = loops_[static_cast<size_t>(count_) - 1];
  Odometer<Loop> outer(loops_.data(), count_ - 1, begin / inner.size);
  int64_t start = begin % inner.size;
  for (int64_t left = end - begin; left > 0;) {
    Loop part = inner;
    part.size = std::min(inner.size - start, left);
    row_(part, run_, from + outer.from() + start * inner.from, to + outer.to() + start * inner.to);
    left -= part.size;
    start = 0;
    outer.next();
  }
}

void StridedCopy::copy_pieces(const std::byte* from, std::byte* to, int64_t begin,
                              int64_t end) const {
  const int64_t pieces = ceil_div(run_, kItemBytes);
  Odometer<Loop> outer(loops_.data(), count_, begin / pieces);
  int64_t piece = begin % pieces;
  for (int64_t left = end - begin; left > 0;) {
    const int64_t count = std::min(pieces - piece, left);
    const int64_t start = piece * kItemBytes;
    const int64_t bytes = std::min(run_ - start, count * kItemBytes);
    std::memcpy(to + outer.to() + start, from + outer.from() + start, static_cast<size_t>(bytes));
    left -= count;
    piece = 0;
    outer.next();
  }
}

void StridedCopy::run_tiles(const CopyKernels& kernels, const std::byte* from, std::byte* to,
                            int64_t begin, int64_t end) const {
  const int which = run_ == 1 ? 0 : run_ == 2 ? 1 : run_ == 4 ? 2 : 3;
  const kernels::TransposeFunction transpose = kernels.transpose[static_cast<size_t>(which)];
  const int64_t down = ceil_div(rows_.size, tile_rows_);
  const int64_t tiles = ceil_div(columns_.size, tile_columns_) * down;
  Odometer<Loop> outer(loops_.data(), count_, begin / tiles);
  int64_t tile = begin % tiles;
  for (int64_t left = end - begin; left > 0; outer.next(), tile = 0) {
    for (; tile < tiles && left > 0; ++tile, --left) {
      const int64_t column = tiles == 1 ? 0 : tile / down * tile_columns_;
      const int64_t row = tiles == 1 ? 0 : tile % down * tile_rows_;
      kernels::TransposeArgs args;
      args.rows = std::min(tile_rows_, rows_.size - row);
      args.columns = std::min(tile_columns_, columns_.size - column);
      args.from = reinterpret_cast<const uint8_t*>(from + outer.from() + row * rows_.from +
                                                   column * columns_.from);
      args.from_stride = rows_.from;
      args.to = reinterpret_cast<uint8_t*>(to + outer.to() + row * rows_.to + column * columns_.to);
      args.to_stride = columns_.to;
      transpose(args);
    }
  }
}

bool StridedCopy::fits(uint64_t from_bytes, uint64_t to_bytes) const {
  if (empty_) return true;
  const int64_t source = repeated_ != 0 ? repeated_ : run_;
  Loop low{1, from_, to_}, high{1, from_ + source, to_ + run_};
  const auto widen = [&](const Loop& loop) {
    const int64_t from = (loop.size - 1) * loop.from, to = (loop.size - 1) * loop.to;
    (from < 0 ? low : high).from += from;
    (to < 0 ? low : high).to += to;
  };
  for (int i = 0; i < count_; ++i) widen(loops_[static_cast<size_t>(i)]);
  if (kind_ == Kind::kTranspose) {
    widen(columns_);
    widen(rows_);
  }
  return low.from >= 0 && low.to >= 0 && static_cast<uint64_t>(high.from) <= from_bytes &&
         static_cast<uint64_t>(high.to) <= to_bytes;
}

}  // namespace baton::cpu
