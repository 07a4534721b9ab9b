// Matrix products in AMX tile registers, whose operations come from a policy: the hardware
// (hardware_tiles.h), or a model of it in plain C++ (of the tests) for machines without.
//
// Eight registers of 16 rows of 64 bytes. A step multiplies 32 rows of 64 bytes of `a` by 32
// columns: 2x2 registers hold sums, two more the rows, and two the weights.
//
// A policy has
//   configure(config), release()   around all else
//   load<kTile>(from, stride)      rows of the register, `stride` bytes apart
//   store<kTile>(to, stride)
//   dot<kDot, kSums, kA, kB>()     sums[m][n] += products of the four bytes, or two bfloat16, at
//                                  a[m][k] and b[k][n], over the words k of a row of a
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// What a processor with AMX has besides, for the code around the tiles.
#define BATON_AMX_TARGET \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bf16")))

namespace baton::kernels {

inline constexpr size_t kTileRows = 16;
inline constexpr size_t kTileBytes = 64;  // of a row
inline constexpr size_t kTileColumns = kTileBytes / sizeof(int32_t);

inline constexpr size_t kAmxRows = 2 * kTileRows;
inline constexpr size_t kAmxColumns = 2 * kTileColumns;
// Of a gathered step of a: rows lie side by side.
inline constexpr size_t kAmxStepBytes = kAmxRows * kTileBytes;
// A row of a panel's sums.
inline constexpr size_t kAmxSumBytes = kAmxColumns * sizeof(int32_t);
// Of packed weights: words of the same k of all columns lie side by side.
inline constexpr size_t kAmxWeightBytes = kTileRows * kAmxSumBytes;

// The 64 bytes that LDTILECFG reads.
struct alignas(64) TileConfig {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {};
  uint8_t rows[16] = {};
};
static_assert(sizeof(TileConfig) == 64);

enum class Dot : uint8_t {
  kSignedBytes,    // int8 by int8
  kUnsignedBytes,  // uint8 by int8
  kBfloat16,
};

// Registers: sums 0 to 3, rows of a 4 and 5, weights 6 and 7. Few rows make short registers.
constexpr TileConfig make_tile_config(size_t rows) {
  const size_t upper = rows < kTileRows ? rows : kTileRows;
  const size_t lower = rows > kTileRows ? rows - kTileRows : 1;
  const size_t rows_of[8] = {upper, upper, lower, lower, upper, lower, kTileRows, kTileRows};
  TileConfig config;
  for (size_t tile = 0; tile < 8; ++tile) {
    config.row_bytes[tile] = kTileBytes;
    config.rows[tile] = static_cast<uint8_t>(rows_of[tile]);
  }
  return config;
}

// Of 1 to 32 rows. Made beforehand: LDTILECFG would wait for the many small stores that make one.
inline constexpr auto kTileConfigs = [] {
  std::array<TileConfig, kAmxRows> configs;
  for (size_t rows = 1; rows <= kAmxRows; ++rows) configs[rows - 1] = make_tile_config(rows);
  return configs;
}();
inline const TileConfig& tile_config(size_t rows) { return kTileConfigs[rows - 1]; }

// The rows of a: of each step, 64 bytes of each row.
struct TileRows {
  const void* const* starts;  // of row 0 under each tap
  size_t start_stride;        // in `starts`, from a tap to the next
  size_t taps;
  size_t steps;  // of each tap
  size_t step_bytes;
  int64_t row_bytes;  // from a row to the next
};

// sums[m][n] = start[n] + products, m < 16 * kUpperLower, n < 16 * kSides.
//   weights: [steps][16][32] words
//   start: 32 words
//   sums: [32][32] words; rows that are not configured keep what they have
template <Dot kDot, size_t kUpperLower, size_t kSides, typename Tiles>
inline void multiply_tiles(Tiles* tiles, const TileRows& a, const std::byte* weights,
                           const void* start, void* sums) {
  constexpr bool kLower = kUpperLower == 2, kRight = kSides == 2;
  const auto* left = static_cast<const std::byte*>(start);
  const std::byte* right = left + kTileBytes;
  tiles->template load<0>(left, 0);
  if constexpr (kRight) tiles->template load<1>(right, 0);
  if constexpr (kLower) tiles->template load<2>(left, 0);
  if constexpr (kLower && kRight) tiles->template load<3>(right, 0);
  for (size_t tap = 0; tap < a.taps; ++tap) {
    const auto* row = static_cast<const std::byte*>(a.starts[tap * a.start_stride]);
    for (size_t step = 0; step < a.steps; ++step) {
      tiles->template load<6>(weights, kAmxSumBytes);
      tiles->template load<4>(row, a.row_bytes);
      tiles->template dot<kDot, 0, 4, 6>();
      if constexpr (kLower) {
        tiles->template load<5>(row + static_cast<int64_t>(kTileRows) * a.row_bytes, a.row_bytes);
        tiles->template dot<kDot, 2, 5, 6>();
      }
      if constexpr (kRight) {
        tiles->template load<7>(weights + kTileBytes, kAmxSumBytes);
        tiles->template dot<kDot, 1, 4, 7>();
        if constexpr (kLower) tiles->template dot<kDot, 3, 5, 7>();
      }
      row += a.step_bytes;
      weights += kAmxWeightBytes;
    }
  }
  auto* to = static_cast<std::byte*>(sums);
  std::byte* lower = to + kTileRows * kAmxSumBytes;
  tiles->template store<0>(to, kAmxSumBytes);
  if constexpr (kRight) tiles->template store<1>(to + kTileBytes, kAmxSumBytes);
  if constexpr (kLower) tiles->template store<2>(lower, kAmxSumBytes);
  if constexpr (kLower && kRight) tiles->template store<3>(lower + kTileBytes, kAmxSumBytes);
}

// The same for as many registers as `rows` and `columns` fill.
template <Dot kDot, typename Tiles>
inline void multiply_panel(Tiles* tiles, const TileRows& a, size_t rows, size_t columns,
                           const std::byte* weights, const void* start, void* sums) {
  if (rows > kTileRows) {
    if (columns > kTileColumns) return multiply_tiles<kDot, 2, 2>(tiles, a, weights, start, sums);
    return multiply_tiles<kDot, 2, 1>(tiles, a, weights, start, sums);
  }
  if (columns > kTileColumns) return multiply_tiles<kDot, 1, 2>(tiles, a, weights, start, sums);
  return multiply_tiles<kDot, 1, 1>(tiles, a, weights, start, sums);
}

}  // namespace baton::kernels
