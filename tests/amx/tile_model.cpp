#include "tests/amx/tile_model.h"

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace baton::kernels {
namespace {

// Of the four bytes of a word.
uint32_t bytes_product(Dot dot, uint32_t a, uint32_t b) {
  int32_t sum = 0;
  for (int byte = 0; byte < 4; ++byte) {
    const auto x = static_cast<uint8_t>(a >> (8 * byte));
    const auto y = static_cast<int8_t>(b >> (8 * byte));
    sum += (dot == Dot::kSignedBytes ? int32_t{static_cast<int8_t>(x)} : int32_t{x}) * y;
  }
  return static_cast<uint32_t>(sum);
}

float flush(float x) { return std::fabs(x) < FLT_MIN ? std::copysign(0.0f, x) : x; }
float widen(uint32_t bits) { return flush(std::bit_cast<float>(bits)); }

// Products of even and of odd elements are summed apart, each step rounded once.
struct PairSums {
  float even = 0, odd = 0;

  void add(uint32_t x, uint32_t y) {
    even = flush(std::fma(widen(x << 16), widen(y << 16), even));
    odd = flush(std::fma(widen(x & 0xffff0000u), widen(y & 0xffff0000u), odd));
  }
  uint32_t added_to(uint32_t sum) const {
    return std::bit_cast<uint32_t>(flush(widen(sum) + flush(even + odd)));
  }
};

}  // namespace

void tile_fault_if(bool fault, const char* what) {
  if (!fault) return;
  std::fprintf(stderr, "tile registers: %s\n", what);
  std::abort();
}

void TileModel::check(size_t tile) const {
  tile_fault_if(!configured_ || config_.rows[tile] == 0, "a register that is not configured");
}

void TileModel::configure(const TileConfig& config) {
  config_ = config;
  configured_ = true;
  tile_fault_if(config.palette != 1 || config.start_row != 0, "a configuration without registers");
  for (const uint8_t byte : config.reserved) {
    tile_fault_if(byte != 0, "a configuration with reserved bytes");
  }
  for (size_t tile = 0; tile < 16; ++tile) {
    const size_t rows = config.rows[tile], bytes = config.row_bytes[tile];
    tile_fault_if(rows > kTileRows || bytes > kTileBytes || (rows == 0) != (bytes == 0),
                  "a register that is too large, or half empty");
    tile_fault_if(tile >= tiles_.size() && rows != 0, "more than eight registers");
  }
  tiles_ = {};
}

void TileModel::load(size_t tile, const void* from, int64_t stride) {
  check(tile);
  tiles_[tile] = {};
  for (size_t row = 0; row < config_.rows[tile]; ++row) {
    std::memcpy(tiles_[tile][row].data(),
                static_cast<const std::byte*>(from) + static_cast<int64_t>(row) * stride,
                config_.row_bytes[tile]);
  }
}

void TileModel::store(size_t tile, void* to, int64_t stride) const {
  check(tile);
  for (size_t row = 0; row < config_.rows[tile]; ++row) {
    std::memcpy(static_cast<std::byte*>(to) + static_cast<int64_t>(row) * stride,
                tiles_[tile][row].data(), config_.row_bytes[tile]);
  }
}

void TileModel::dot(Dot dot, size_t sums, size_t a, size_t b) {
  check(sums);
  check(a);
  check(b);
  const size_t depth = config_.row_bytes[a] / 4, columns = config_.row_bytes[sums] / 4;
  tile_fault_if(config_.rows[sums] != config_.rows[a] || depth != config_.rows[b] ||
                    config_.row_bytes[sums] != config_.row_bytes[b],
                "a product of registers that do not fit");
  tile_fault_if(sums == a || sums == b || a == b, "a product of one register with itself");
  for (size_t m = 0; m < config_.rows[sums]; ++m) {
    for (size_t n = 0; n < columns; ++n) {
      uint32_t& sum = tiles_[sums][m][n];
      PairSums pairs;
      for (size_t k = 0; k < depth; ++k) {
        const uint32_t x = tiles_[a][m][k], y = tiles_[b][k][n];
        if (dot == Dot::kBfloat16) {
          pairs.add(x, y);
        } else {
          sum += bytes_product(dot, x, y);
        }
      }
      if (dot == Dot::kBfloat16) sum = pairs.added_to(sum);
    }
  }
}

}  // namespace baton::kernels
