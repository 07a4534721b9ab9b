// A model of the tile registers in plain C++, written from the descriptions of the instructions, so
// that the kernels can be tested on machines without them.
//
// What the processor faults at fails the running test. Simplified: numbers that are denormal after
// rounding become zero, whereas TDPBF16PS decides before rounding; NaN keep no payload.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstring>

#include "delegates/kernels/amx/tiles.h"

namespace baton::kernels {

class ModelTiles {
 public:
  ~ModelTiles() { fault_if(configured_, "the registers were not released"); }

  void configure(const TileConfig& config) {
    config_ = config;
    configured_ = true;
    fault_if(config.palette != 1 || config.start_row != 0, "a configuration without registers");
    for (size_t tile = 0; tile < 8; ++tile) {
      const size_t rows = config.rows[tile], bytes = config.row_bytes[tile];
      fault_if(rows > kTileRows || bytes > kTileBytes || (rows == 0) != (bytes == 0),
               "a register that is too large, or half empty");
      clear(tile);
    }
  }
  void release() { configured_ = false; }

  template <int kTile>
  void load(const void* from, int64_t stride) {
    check(kTile);
    clear(kTile);
    for (size_t row = 0; row < config_.rows[kTile]; ++row) {
      std::memcpy(tiles_[kTile][row].data(),
                  static_cast<const std::byte*>(from) + static_cast<int64_t>(row) * stride,
                  config_.row_bytes[kTile]);
    }
  }
  template <int kTile>
  void store(void* to, int64_t stride) {
    check(kTile);
    for (size_t row = 0; row < config_.rows[kTile]; ++row) {
      std::memcpy(static_cast<std::byte*>(to) + static_cast<int64_t>(row) * stride,
                  tiles_[kTile][row].data(), config_.row_bytes[kTile]);
    }
  }

  template <Dot kDot, int kSums, int kA, int kB>
  void dot() {
    check(kSums);
    check(kA);
    check(kB);
    const size_t depth = config_.row_bytes[kA] / 4, columns = config_.row_bytes[kSums] / 4;
    fault_if(config_.rows[kSums] != config_.rows[kA] || depth != config_.rows[kB] ||
                 config_.row_bytes[kSums] != config_.row_bytes[kB],
             "a product of registers that do not fit");
    fault_if(kSums == kA || kSums == kB || kA == kB, "a product of one register with itself");
    for (size_t m = 0; m < config_.rows[kSums]; ++m) {
      for (size_t n = 0; n < columns; ++n) {
        uint32_t& sum = tiles_[kSums][m][n];
        if constexpr (kDot == Dot::kBfloat16) {
          sum = add_bfloat16(sum, tiles_[kA][m], kB, n, depth);
        } else {
          for (size_t k = 0; k < depth; ++k) {
            sum += bytes_product<kDot>(tiles_[kA][m][k], tiles_[kB][k][n]);
          }
        }
      }
    }
  }

 private:
  using Row = std::array<uint32_t, kTileColumns>;

  static void fault_if(bool fault, const char* what) {
    if (fault) ADD_FAILURE() << what;
  }
  void check(size_t tile) const {
    fault_if(!configured_ || config_.rows[tile] == 0, "a register that is not configured");
  }
  void clear(size_t tile) { tiles_[tile] = {}; }

  template <Dot kDot>
  static uint32_t bytes_product(uint32_t a, uint32_t b) {
    int32_t sum = 0;
    for (int byte = 0; byte < 4; ++byte) {
      const auto x = static_cast<uint8_t>(a >> (8 * byte));
      const auto y = static_cast<int8_t>(b >> (8 * byte));
      sum += (kDot == Dot::kSignedBytes ? int32_t{static_cast<int8_t>(x)} : int32_t{x}) * y;
    }
    return static_cast<uint32_t>(sum);
  }

  static float flush(float x) { return std::fabs(x) < FLT_MIN ? std::copysign(0.0f, x) : x; }
  static float widen(uint32_t bits) { return flush(std::bit_cast<float>(bits)); }

  // Products of even and of odd elements are summed apart, each step rounded once.
  uint32_t add_bfloat16(uint32_t sum, const Row& a, size_t b, size_t n, size_t depth) const {
    float even = 0, odd = 0;
    for (size_t k = 0; k < depth; ++k) {
      const uint32_t x = a[k], y = tiles_[b][k][n];
      even = flush(std::fma(widen(x << 16), widen(y << 16), even));
      odd = flush(std::fma(widen(x & 0xffff0000u), widen(y & 0xffff0000u), odd));
    }
    return std::bit_cast<uint32_t>(flush(widen(sum) + flush(even + odd)));
  }

  bool configured_ = false;
  TileConfig config_;
  std::array<std::array<Row, kTileRows>, 8> tiles_ = {};
};

}  // namespace baton::kernels
