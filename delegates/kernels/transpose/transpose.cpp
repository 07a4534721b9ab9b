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

// Pixels of 2, 3 or 4 channels to planes.
template <typename T, int64_t kChannels>
void to_planes(const TransposeArgs& args) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  constexpr int64_t kBytes = sizeof(T);
  const auto block = [&](int64_t r) {
    T* const from = reinterpret_cast<T*>(const_cast<uint8_t*>(args.from)) + r * kChannels;
    uint8_t* const to = args.to + r * kBytes;
    const hn::Repartition<uint8_t, decltype(d)> bytes;
    const auto store = [&](auto v, int64_t c) {
      hn::StoreU(hn::BitCast(bytes, v), bytes, to + c * args.to_stride);
    };
    hn::Vec<decltype(d)> v[4];
    if constexpr (kChannels == 2) hn::LoadInterleaved2(d, from, v[0], v[1]);
    if constexpr (kChannels == 3) hn::LoadInterleaved3(d, from, v[0], v[1], v[2]);
    if constexpr (kChannels == 4) hn::LoadInterleaved4(d, from, v[0], v[1], v[2], v[3]);
    for (int64_t c = 0; c < kChannels; ++c) store(v[c], c);
  };
  for (int64_t r = 0; r + lanes <= args.rows; r += lanes) block(r);
  block(args.rows - lanes);
}

// Planes to pixels.
template <typename T, int64_t kChannels>
void to_pixels(const TransposeArgs& args) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  constexpr int64_t kBytes = sizeof(T);
  const auto block = [&](int64_t c) {
    T* const to = reinterpret_cast<T*>(args.to) + c * kChannels;
    const hn::Repartition<uint8_t, decltype(d)> bytes;
    hn::Vec<decltype(d)> v[4];
    for (int64_t r = 0; r < kChannels; ++r) {
      v[r] = hn::BitCast(d, hn::LoadU(bytes, args.from + r * args.from_stride + c * kBytes));
    }
    if constexpr (kChannels == 2) hn::StoreInterleaved2(v[0], v[1], d, to);
    if constexpr (kChannels == 3) hn::StoreInterleaved3(v[0], v[1], v[2], d, to);
    if constexpr (kChannels == 4) hn::StoreInterleaved4(v[0], v[1], v[2], v[3], d, to);
  };
  for (int64_t c = 0; c + lanes <= args.columns; c += lanes) block(c);
  block(args.columns - lanes);
}

bool aligned_for(const void* pointer, size_t bytes) {
  return reinterpret_cast<uintptr_t>(pointer) % bytes == 0;
}

// True when it was such a matrix, and is done.
template <typename T>
bool transpose_pixels(const TransposeArgs& args) {
  constexpr int64_t kBytes = sizeof(T);
  const auto lanes = static_cast<int64_t>(hn::Lanes(hn::ScalableTag<T>()));
  if (args.rows >= lanes && args.from_stride == args.columns * kBytes &&
      aligned_for(args.from, sizeof(T))) {
    if (args.columns == 2) return to_planes<T, 2>(args), true;
    if (args.columns == 3) return to_planes<T, 3>(args), true;
    if (args.columns == 4) return to_planes<T, 4>(args), true;
  }
  if (args.columns >= lanes && args.to_stride == args.rows * kBytes &&
      aligned_for(args.to, sizeof(T))) {
    if (args.rows == 2) return to_pixels<T, 2>(args), true;
    if (args.rows == 3) return to_pixels<T, 3>(args), true;
    if (args.rows == 4) return to_pixels<T, 4>(args), true;
  }
  return false;
}

template <typename T>
void transpose(const TransposeArgs& args) {
  constexpr int64_t kRows = 16 / sizeof(T);
  constexpr int64_t kColumns = static_cast<int64_t>(hn::MaxLanes(Tag<T>()));
  constexpr int64_t kBytes = sizeof(T);
  if (transpose_pixels<T>(args)) return;
  if (args.rows < kRows || args.columns < kColumns) return transpose_plain<T>(args);
  // The last blocks overlap those before them, so that there is no rest.
  for (int64_t c = 0; c < args.columns; c += kColumns) {
    const int64_t column = c + kColumns <= args.columns ? c : args.columns - kColumns;
    for (int64_t r = 0; r < args.rows; r += kRows) {
      const int64_t row = r + kRows <= args.rows ? r : args.rows - kRows;
      transpose_block<T>(args.from + row * args.from_stride + column * kBytes, args.from_stride,
                         args.to + column * args.to_stride + row * kBytes, args.to_stride);
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

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(transpose_rows)
}  // namespace baton::kernels
#endif
