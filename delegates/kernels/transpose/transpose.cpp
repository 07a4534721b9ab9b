// Transpositions in blocks that registers hold: N rows of 16 bytes, N elements each, or of as many
// such blocks side by side as a vector has.
#include "delegates/kernels/transpose.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/transpose/transpose.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
void copy_element(const uint8_t* from, uint8_t* to) {
  T element;
  std::memcpy(&element, from, sizeof element);
  std::memcpy(to, &element, sizeof element);
}

// The order that writes along the longer side.
template <typename T>
void transpose_plain(const TransposeArgs& args) {
  constexpr int64_t kBytes = sizeof(T);
  for (int64_t c = 0; c < args.columns; ++c) {
    const uint8_t* from = args.from + c * kBytes;
    uint8_t* to = args.to + c * args.to_stride;
    for (int64_t r = 0; r < args.rows; ++r) {
      copy_element<T>(from + r * args.from_stride, to + r * kBytes);
    }
  }
}

#if HWY_TARGET == HWY_SCALAR

template <typename T>
void transpose(const TransposeArgs& args) {
  transpose_plain<T>(args);
}

#else

// 32 bytes where the target has them: of wider vectors the 16-byte stores would be the limit.
template <typename T>
using Tag = hn::CappedTag<T, 32 / sizeof(T)>;

template <size_t kBlocks, class V>
HWY_INLINE void store_blocks(V v, uint8_t* to, int64_t block_stride) {
  if constexpr (kBlocks == 2) {
    const hn::Full128<uint8_t> d;
    hn::StoreU(hn::LowerHalf(v), d, to);
    hn::StoreU(hn::UpperHalf(d, v), d, to + block_stride);
  } else {
    hn::StoreU(v, hn::DFromV<V>(), to);
  }
}

// A block of N rows and kBlocks * N columns. Each stage puts elements of rows i and i + N / 2 in
// turns, which is one bit of the index moved; log2(N) stages move all.
template <typename T>
HWY_INLINE void transpose_block(const uint8_t* HWY_RESTRICT from, int64_t from_stride,
                                uint8_t* HWY_RESTRICT to, int64_t to_stride) {
  constexpr size_t N = 16 / sizeof(T);
  const Tag<T> d;
  const hn::Repartition<uint8_t, Tag<T>> bytes;
  constexpr size_t kBlocks = hn::MaxLanes(hn::Repartition<uint8_t, Tag<T>>()) / 16;
  hn::Vec<Tag<T>> rows[N], turned[N];
  for (size_t i = 0; i < N; ++i) {
    rows[i] = hn::BitCast(d, hn::LoadU(bytes, from + static_cast<int64_t>(i) * from_stride));
  }
  for (size_t stage = 1; stage < N; stage *= 2) {
    for (size_t i = 0; i < N / 2; ++i) {
      turned[2 * i] = hn::InterleaveLower(d, rows[i], rows[i + N / 2]);
      turned[2 * i + 1] = hn::InterleaveUpper(d, rows[i], rows[i + N / 2]);
    }
    for (size_t i = 0; i < N; ++i) rows[i] = turned[i];
  }
  for (size_t i = 0; i < N; ++i) {
    store_blocks<kBlocks>(hn::BitCast(bytes, rows[i]), to + static_cast<int64_t>(i) * to_stride,
                          static_cast<int64_t>(N) * to_stride);
  }
}

// Pixels of 2, 3 or 4 channels to planes, vectors of D at a time; there is at least one.
template <int64_t kChannels, class D, typename T = hn::TFromD<D>>
void to_planes(D d, const TransposeArgs& args) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const hn::Repartition<uint8_t, D> bytes;
  const auto block = [&](int64_t row) HWY_ATTR {
    const T* from = reinterpret_cast<const T*>(args.from) + row * kChannels;
    hn::Vec<D> v[4];
    if constexpr (kChannels == 2) hn::LoadInterleaved2(d, from, v[0], v[1]);
    if constexpr (kChannels == 3) hn::LoadInterleaved3(d, from, v[0], v[1], v[2]);
    if constexpr (kChannels == 4) hn::LoadInterleaved4(d, from, v[0], v[1], v[2], v[3]);
    uint8_t* to = args.to + row * static_cast<int64_t>(sizeof(T));
    for (int64_t c = 0; c < kChannels; ++c) {
      hn::StoreU(hn::BitCast(bytes, v[c]), bytes, to + c * args.to_stride);
    }
  };
  for (int64_t row = 0; row + lanes <= args.rows; row += lanes) block(row);
  if (args.rows % lanes != 0) block(args.rows - lanes);
}

// Planes to pixels.
template <int64_t kChannels, class D, typename T = hn::TFromD<D>>
void to_pixels(D d, const TransposeArgs& args) {
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  const hn::Repartition<uint8_t, D> bytes;
  const auto block = [&](int64_t column) HWY_ATTR {
    const uint8_t* from = args.from + column * static_cast<int64_t>(sizeof(T));
    hn::Vec<D> v[4];
    for (int64_t r = 0; r < kChannels; ++r) {
      v[r] = hn::BitCast(d, hn::LoadU(bytes, from + r * args.from_stride));
    }
    T* to = reinterpret_cast<T*>(args.to) + column * kChannels;
    if constexpr (kChannels == 2) hn::StoreInterleaved2(v[0], v[1], d, to);
    if constexpr (kChannels == 3) hn::StoreInterleaved3(v[0], v[1], v[2], d, to);
    if constexpr (kChannels == 4) hn::StoreInterleaved4(v[0], v[1], v[2], v[3], d, to);
  };
  for (int64_t column = 0; column + lanes <= args.columns; column += lanes) block(column);
  if (args.columns % lanes != 0) block(args.columns - lanes);
}

template <int64_t kChannels, bool kToPlanes, typename T>
bool transpose_channels(const TransposeArgs& args) {
  const hn::ScalableTag<T> wide;
  const hn::CappedTag<T, 16 / sizeof(T)> narrow;
  const int64_t length = kToPlanes ? args.rows : args.columns;
  const auto run = [&](auto d) HWY_ATTR {
    if (length < static_cast<int64_t>(hn::Lanes(d))) return false;
    if constexpr (kToPlanes) {
      to_planes<kChannels>(d, args);
    } else {
      to_pixels<kChannels>(d, args);
    }
    return true;
  };
  return run(wide) || run(narrow);
}

template <bool kToPlanes, typename T>
bool transpose_channels(int64_t channels, const TransposeArgs& args) {
  switch (channels) {
    case 2:
      return transpose_channels<2, kToPlanes, T>(args);
    case 3:
      return transpose_channels<3, kToPlanes, T>(args);
    case 4:
      return transpose_channels<4, kToPlanes, T>(args);
    default:
      return false;
  }
}

// True when one side is pixels without gaps, and it is done.
template <typename T>
bool transpose_pixels(const TransposeArgs& args) {
  constexpr int64_t kBytes = sizeof(T);
  const auto is_aligned = [](const void* pointer) {
    return reinterpret_cast<uintptr_t>(pointer) % sizeof(T) == 0;
  };
  if (args.from_stride == args.columns * kBytes && is_aligned(args.from) &&
      transpose_channels<true, T>(args.columns, args)) {
    return true;
  }
  return args.to_stride == args.rows * kBytes && is_aligned(args.to) &&
         transpose_channels<false, T>(args.rows, args);
}

// Of at least one block in each direction. The last blocks overlap those before them, so that
// there is no rest.
template <typename T>
void transpose_blocks(const TransposeArgs& args) {
  constexpr int64_t kRows = 16 / sizeof(T), kBytes = sizeof(T);
  constexpr auto kColumns = static_cast<int64_t>(hn::MaxLanes(Tag<T>()));
  for (int64_t r = 0; r < args.rows; r += kRows) {
    const int64_t row = r + kRows <= args.rows ? r : args.rows - kRows;
    for (int64_t c = 0; c < args.columns; c += kColumns) {
      const int64_t column = c + kColumns <= args.columns ? c : args.columns - kColumns;
      transpose_block<T>(args.from + row * args.from_stride + column * kBytes, args.from_stride,
                         args.to + column * args.to_stride + row * kBytes, args.to_stride);
    }
  }
}

// Of a square tile whose lines may all fall into one set of the cache, as they do with strides of
// many bytes that are a power of two: by way of memory where they do not, so that each line of the
// destination is written once, as a whole.
template <typename T, int64_t kEdge>
void transpose_staged(const TransposeArgs& args) {
  constexpr int64_t kLine = kEdge * static_cast<int64_t>(sizeof(T));
  alignas(64) uint8_t stage[kEdge * kLine];
  transpose_blocks<T>({kEdge, kEdge, args.from, args.from_stride, stage, kLine});
  const hn::CappedTag<uint8_t, 64> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t c = 0; c < kEdge; ++c) {
    for (int64_t i = 0; i < kLine; i += lanes) {
      hn::StoreU(hn::Load(d, stage + c * kLine + i), d, args.to + c * args.to_stride + i);
    }
  }
}

template <typename T>
void transpose(const TransposeArgs& args) {
  constexpr int64_t kBytes = sizeof(T);
  constexpr int64_t kEdge = sizeof(T) <= 2 ? 64 : 32;
  if (transpose_pixels<T>(args)) return;
  if (args.rows < 16 / kBytes || args.columns < static_cast<int64_t>(hn::MaxLanes(Tag<T>()))) {
    return transpose_plain<T>(args);
  }
  constexpr int64_t kConflict = 1024;
  const bool staged =
      args.to_stride % kConflict == 0 && args.rows % kEdge == 0 && args.columns % kEdge == 0;
  if (!staged) return transpose_blocks<T>(args);
  for (int64_t r = 0; r < args.rows; r += kEdge) {
    for (int64_t c = 0; c < args.columns; c += kEdge) {
      transpose_staged<T, kEdge>({kEdge, kEdge, args.from + r * args.from_stride + c * kBytes,
                                  args.from_stride, args.to + c * args.to_stride + r * kBytes,
                                  args.to_stride});
    }
  }
}

#endif

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"transpose", "1", isa, "", &transpose<uint8_t>});
  rows->push_back({"transpose", "2", isa, "", &transpose<uint16_t>});
  rows->push_back({"transpose", "4", isa, "", &transpose<uint32_t>});
  rows->push_back({"transpose", "8", isa, "", &transpose<uint64_t>});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(transpose_rows)
}  // namespace baton::kernels
#endif
