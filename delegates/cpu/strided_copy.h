// A copy in nested loops, each with a step in the source and a step in the destination: what
// slices, transpositions, tiles, paddings and block rearrangements come down to.
//
// Loops that walk memory the same way become one; the innermost run of bytes becomes one memcpy or
// one element of a fixed size, a short innermost loop changes place with one around it. Two loops
// that swap the order of elements are done in blocks by a kernel. Where the copy reads one place
// again and again (a step of 0), it fills.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "delegates/kernels/isa.h"
#include "delegates/kernels/kernel.h"
#include "delegates/kernels/transpose.h"

namespace baton::cpu {

// Transpositions by element: of 1, 2, 4 and 8 bytes.
struct CopyKernels {
  explicit CopyKernels(kernels::Isa isa);
  std::array<kernels::TransposeFunction, 4> transpose;
};

class StridedCopy {
 public:
  static constexpr int kMaxLoops = 16;

  explicit StridedCopy(int64_t element_bytes) : element_(element_bytes), run_(element_bytes) {}

  // Where the first element comes from and goes to, in elements.
  StridedCopy& start(int64_t from, int64_t to) {
    from_ = from * element_;
    to_ = to * element_;
    return *this;
  }
  // Adds a loop inside those that are there. Sizes are 0 or more, steps in elements. Throws
  // sdk::Error for more than kMaxLoops loops that are no one.
  StridedCopy& add(int64_t size, int64_t from_step, int64_t to_step);
  // After the last add, before the rest.
  void finish();

  // Whether all of it is one run of bytes, and then from where to where. Not for empty copies.
  struct Run {
    uint64_t from, to, bytes;
  };
  std::optional<Run> run() const;

  // Pieces of some 16 KiB; 0 for an empty copy.
  uint64_t items() const { return items_; }
  // Memory may not overlap. Any number of threads may copy different items.
  void run(const CopyKernels& kernels, const std::byte* from, std::byte* to, uint64_t begin,
           uint64_t end) const;
  // Whether the copy stays inside `from_bytes` and `to_bytes`.
  bool fits(uint64_t from_bytes, uint64_t to_bytes) const;

 private:
  struct Loop {
    int64_t size = 1, from = 0, to = 0;  // steps in bytes
  };
  enum class Kind { kEmpty, kRows, kLongRuns, kTranspose };
  using RowFunction = void (*)(const Loop& loop, int64_t run, const std::byte* from, std::byte* to);

  template <size_t kBytes>
  static void copy_row(const Loop& loop, int64_t run, const std::byte* from, std::byte* to);
  template <size_t kHalf>
  static void copy_halves(const Loop& loop, int64_t run, const std::byte* from, std::byte* to);
  static void copy_any(const Loop& loop, int64_t run, const std::byte* from, std::byte* to);
  static void fill_row(const Loop& loop, int64_t run, const std::byte* from, std::byte* to);
  static RowFunction row_function(const Loop& loop, int64_t run);

  void absorb_run();
  void lengthen_rows();
  void absorb_fill();
  bool find_transposition();
  void run_elements(const std::byte* from, std::byte* to, int64_t begin, int64_t end) const;
  void copy_pieces(const std::byte* from, std::byte* to, int64_t begin, int64_t end) const;
  void run_tiles(const CopyKernels& kernels, const std::byte* from, std::byte* to, int64_t begin,
                 int64_t end) const;

  int64_t element_;
  int64_t from_ = 0, to_ = 0;  // bytes
  std::array<Loop, kMaxLoops> loops_{};
  int count_ = 0;
  bool empty_ = false;
  int64_t run_;  // bytes of the innermost run, contiguous in both
  // Where the source is one place: bytes there that a run repeats; else 0.
  int64_t repeated_ = 0;

  Kind kind_ = Kind::kEmpty;
  RowFunction row_ = nullptr;
  int64_t elements_ = 0, elements_per_item_ = 1;
  Loop columns_, rows_;  // kTranspose: contiguous in the source, contiguous in the destination
  int64_t tile_rows_ = 1, tile_columns_ = 1;
  uint64_t items_ = 0;
};

}  // namespace baton::cpu
