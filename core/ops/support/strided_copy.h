// A copy in nested loops, each with a step in the source and a step in the destination: what
// slices, transpositions, tiles and block rearrangements come down to.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "core/ops/operator.h"
#include "core/ops/support/dispatch.h"

namespace baton::ops {

class StridedCopy {
 public:
  static constexpr int kMaxLoops = 16;

  // Where the first element comes from and goes to, in elements.
  void start(int64_t from, int64_t to) {
    from_ = from;
    to_ = to;
  }
  // Adds a loop inside those that are there. Neighbours that are one loop become one.
  void add(int64_t size, int64_t from_step, int64_t to_step) {
    if (size == 0) empty_ = true;
    if (size == 1) return;
    if (count_ > 0) {
      Loop& outer = loops_[static_cast<size_t>(count_) - 1];
      if (outer.from == from_step * size && outer.to == to_step * size) {
        outer = {outer.size * size, from_step, to_step};
        return;
      }
    }
    if (count_ == kMaxLoops) {
      overflow_ = true;
      return;
    }
    loops_[static_cast<size_t>(count_++)] = {size, from_step, to_step};
  }

  // Copies elements of `dtype`. Regions may not overlap.
  Status run(const NodeContext& ctx, baton_dtype dtype, const void* from, void* to) const {
    if (overflow_) {
      return error(BATON_UNSUPPORTED, "a copy in more than %d dimensions is not supported",
                   kMaxLoops);
    }
    if (empty_) return {};
    return for_size(dtype, [&]<typename T>() {
      copy(ctx, static_cast<const T*>(from) + from_, static_cast<T*>(to) + to_);
    });
  }

 private:
  struct Loop {
    int64_t size = 1;
    int64_t from = 0;
    int64_t to = 0;
  };

  template <typename T>
  void copy(const NodeContext& ctx, const T* from, T* to) const {
    const int outer_count = count_ > 0 ? count_ - 1 : 0;
    const Loop inner = count_ > 0 ? loops_[static_cast<size_t>(outer_count)] : Loop{};
    int64_t outer = 1;
    for (int i = 0; i < outer_count; ++i) outer *= loops_[static_cast<size_t>(i)].size;
    ctx.parallel_for(outer, 16384 / inner.size + 1, [&](uint32_t, int64_t begin, int64_t end) {
      for (int64_t iteration = begin; iteration < end; ++iteration) {
        const T* source = from;
        T* destination = to;
        int64_t rest = iteration;
        for (int i = outer_count - 1; i >= 0; --i) {
          const Loop& loop = loops_[static_cast<size_t>(i)];
          const int64_t index = rest % loop.size;
          rest /= loop.size;
          source += index * loop.from;
          destination += index * loop.to;
        }
        row(inner, source, destination);
      }
    });
  }

  template <typename T>
  static void row(const Loop& loop, const T* from, T* to) {
    if (loop.from == 1 && loop.to == 1) {
      std::memcpy(to, from, static_cast<size_t>(loop.size) * sizeof(T));
    } else if (loop.to == 1) {
      for (int64_t i = 0; i < loop.size; ++i) to[i] = from[i * loop.from];
    } else {
      for (int64_t i = 0; i < loop.size; ++i) to[i * loop.to] = from[i * loop.from];
    }
  }

  std::array<Loop, kMaxLoops> loops_{};
  int count_ = 0;
  int64_t from_ = 0;
  int64_t to_ = 0;
  bool overflow_ = false;
  bool empty_ = false;
};

// Elements of a shape from dimension `first` up to, not including, `last`. Unsigned inside: of a
// shape with a zero size the other sizes may be any.
inline int64_t product_of_dims(const Value& value, int first, int last) {
  uint64_t product = 1;
  for (int i = first; i < last; ++i) product *= static_cast<uint64_t>(value.dim(i));
  return static_cast<int64_t>(product);
}

// Sets every element of a plain tensor to the one at `element`.
inline Status fill_elements(const Value& output, const void* element) {
  return for_size(output.dtype(), [&]<typename T>() {
    T value;
    std::memcpy(&value, element, sizeof value);
    T* to = output.as<T>();
    const int64_t count = output.count();
    for (int64_t i = 0; i < count; ++i) to[i] = value;
  });
}

}  // namespace baton::ops
