// Where the best elements of short rows are, a few rows at a time: what takes long in a row of
// some twenty elements is to get from a vector to its best lane, and rows share that.
// Include after hwy/highway.h.
#if defined(BATON_DELEGATES_KERNELS_REDUCE_ARG_SHORT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_REDUCE_ARG_SHORT_INL_H_
#undef BATON_DELEGATES_KERNELS_REDUCE_ARG_SHORT_INL_H_
#else
#define BATON_DELEGATES_KERNELS_REDUCE_ARG_SHORT_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "delegates/kernels/reduce/reduce-inl.h"
#include "hwy/highway.h"

#if HWY_TARGET != HWY_SCALAR

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {

// The longest rows for which this is right (bytes), or worthwhile (floats).
inline constexpr size_t kShortRow = 256;
// Bytes: crossing the lanes of wider vectors takes longer than it saves.
inline constexpr size_t kShortVector = 32;

// Combines the blocks of kLanes lanes of a vector.
template <size_t kLanes, class D, class Combine>
HWY_INLINE auto fold_blocks(D d, hwy::HWY_NAMESPACE::Vec<D> v, const Combine& combine) {
  namespace hn = hwy::HWY_NAMESPACE;
  if constexpr (hn::MaxLanes(d) == kLanes) {
    return v;
  } else {
    const hn::Half<D> half;
    return fold_blocks<kLanes>(half, combine(hn::LowerHalf(half, v), hn::UpperHalf(half, v)),
                               combine);
  }
}

// Combines the lanes of each of kRows vectors: lane i of the result is for vector i. There are as
// many as 16 bytes have lanes.
template <class D, size_t kRows, class Combine>
HWY_INLINE auto fold_lanes(D d, hwy::HWY_NAMESPACE::Vec<D> (&rows)[kRows], const Combine& combine) {
  namespace hn = hwy::HWY_NAMESPACE;
  static_assert(kRows * sizeof(hn::TFromD<D>) == 16);
  // Within blocks of 16 bytes each round halves the vectors, and the lanes of each row.
  for (size_t n = kRows / 2; n > 0; n /= 2) {
    for (size_t i = 0; i < n; ++i) {
      rows[i] = combine(hn::InterleaveLower(d, rows[i], rows[i + n]),
                        hn::InterleaveUpper(d, rows[i], rows[i + n]));
    }
  }
  return fold_blocks<kRows>(d, rows[0], combine);
}

// The lanes of a vector of 16 bytes as int64_t.
template <class D>
HWY_INLINE void store_wide(D d, hwy::HWY_NAMESPACE::Vec<D> indices, int64_t* out) {
  namespace hn = hwy::HWY_NAMESPACE;
  using T = hn::TFromD<D>;
  constexpr size_t kCount = hn::MaxLanes(D());
  const hn::CappedTag<int64_t, kCount> wide;
  const hn::Rebind<int32_t, decltype(wide)> middle;
  const hn::Rebind<T, decltype(wide)> narrow;
  HWY_ALIGN T all[kCount];
  hn::Store(indices, d, all);
  for (size_t i = 0; i < kCount; i += hn::Lanes(wide)) {
    if constexpr (sizeof(T) == sizeof(int32_t)) {
      hn::StoreU(hn::PromoteTo(wide, hn::LoadU(narrow, all + i)), wide, out + i);
    } else {
      hn::StoreU(hn::PromoteTo(wide, hn::PromoteTo(middle, hn::LoadU(narrow, all + i))), wide,
                 out + i);
    }
  }
}

// Bytes: the largest of keys (byte << 8 | 255 - index) is the first of the best bytes. kFlip, of
// the bytes, makes the best ones the largest as unsigned numbers.
template <uint8_t kFlip>
struct ByteKeys {
  using Element = uint8_t;
  static constexpr size_t kRows = 8;

  static HWY_INLINE void find(const uint8_t* in, size_t depth, int64_t* out) {
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::CappedTag<uint16_t, kShortVector / sizeof(uint16_t)> d;
    const hn::Rebind<uint8_t, decltype(d)> bytes;
    const hn::CappedTag<uint16_t, kRows> folded;
    const size_t lanes = hn::Lanes(d);
    const auto step = hn::Set(d, static_cast<uint16_t>(lanes));
    auto index = hn::Sub(hn::Set(d, uint16_t{kFlip << 8 | 255}), hn::Iota(d, 0));
    hn::Vec<decltype(d)> best[kRows];
    for (auto& v : best) v = hn::Zero(d);
    const auto add = [&](size_t k, auto valid) HWY_ATTR {
      for (size_t row = 0; row < kRows; ++row) {
        const auto byte = hn::PromoteTo(d, hn::LoadU(bytes, in + row * depth + k));
        best[row] = hn::Max(best[row], valid(hn::Xor(hn::ShiftLeft<8>(byte), index)));
      }
    };
    size_t k = 0;
    for (; k + lanes <= depth; k += lanes) {
      add(k, [](auto key) HWY_ATTR { return key; });
      index = hn::Sub(index, step);
    }
    if (k < depth) {
      const auto within = hn::VecFromMask(d, hn::FirstN(d, depth - k));
      add(k, [&](auto key) HWY_ATTR { return hn::And(key, within); });
    }
    const auto key = fold_lanes(d, best, [](auto a, auto b) HWY_ATTR { return hn::Max(a, b); });
    store_wide(folded, hn::AndNot(key, hn::Set(folded, 255)), out);
  }
};

// Floats: the best ones first, then where each of them is first.
template <class Op>
struct BestFloats {
  using Element = float;
  static constexpr size_t kRows = 4;

  template <class V>
  static HWY_INLINE V better(V a, V x) {
    if constexpr (std::is_same_v<Op, Largest<float>>) {
      return larger(a, x);
    } else {
      return smaller(a, x);
    }
  }

  static HWY_INLINE void find(const float* in, size_t depth, int64_t* out) {
    namespace hn = hwy::HWY_NAMESPACE;
    const hn::CappedTag<float, kShortVector / sizeof(float)> d;
    const hn::RebindToSigned<decltype(d)> di;
    const hn::CappedTag<float, kRows> folded;
    const hn::CappedTag<int32_t, kRows> folded_indices;
    const size_t lanes = hn::Lanes(d);
    const size_t tail = depth % lanes, whole = depth - tail;
    const auto within = hn::FirstN(d, tail);

    const auto start = hn::Set(d, Op::kStart);
    hn::Vec<decltype(d)> best[kRows];
    for (size_t row = 0; row < kRows; ++row) {
      const float* from = in + row * depth;
      best[row] = start;
      for (size_t k = 0; k < whole; k += lanes) {
        best[row] = better(best[row], hn::LoadU(d, from + k));
      }
      if (tail != 0) {
        best[row] = better(best[row], hn::IfThenElse(within, hn::LoadU(d, from + whole), start));
      }
    }
    HWY_ALIGN float values[kRows];
    hn::Store(fold_lanes(d, best, [](auto a, auto b) HWY_ATTR { return better(a, b); }), folded,
              values);

    const auto nowhere = hn::Set(di, std::numeric_limits<int32_t>::max());
    const auto step = hn::Set(di, static_cast<int32_t>(lanes));
    hn::Vec<decltype(di)> first[kRows];
    for (size_t row = 0; row < kRows; ++row) {
      const float* from = in + row * depth;
      const auto value = hn::Set(d, values[row]);
      auto index = hn::Iota(di, 0);
      first[row] = nowhere;
      for (size_t k = 0; k < depth; k += lanes) {
        const auto equal = hn::RebindMask(di, hn::Eq(hn::LoadU(d, from + k), value));
        first[row] = hn::Min(first[row], hn::IfThenElse(equal, index, nowhere));
        index = hn::Add(index, step);
      }
    }
    const auto found = fold_lanes(di, first, [](auto a, auto b) HWY_ATTR { return hn::Min(a, b); });
    // Past the end: the row has infinities only.
    const auto inside = hn::Lt(found, hn::Set(folded_indices, static_cast<int32_t>(depth)));
    store_wide(folded_indices, hn::IfThenElseZero(inside, found), out);
    for (size_t row = 0; row < kRows; ++row) {
      if (in[row * depth] != in[row * depth]) out[row] = 0;  // a NaN in front is never replaced
    }
  }
};

// How short rows of an operation are done.
template <class Op>
struct ShortRows {
  using Type = BestFloats<Op>;
};
template <>
struct ShortRows<Largest<uint8_t>> {
  using Type = ByteKeys<0>;
};
template <>
struct ShortRows<Largest<int8_t>> {
  using Type = ByteKeys<0x80>;
};
template <>
struct ShortRows<Smallest<uint8_t>> {
  using Type = ByteKeys<0xff>;
};
template <>
struct ShortRows<Smallest<int8_t>> {
  using Type = ByteKeys<0x7f>;
};

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET != HWY_SCALAR

#endif  // BATON_DELEGATES_KERNELS_REDUCE_ARG_SHORT_INL_H_
