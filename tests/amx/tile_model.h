// A model of the tile registers of one thread in plain C++, written from the descriptions of the
// instructions, so that what needs them can be tested on machines without them.
//
// What the processor faults at ends the process, with a sentence. Simplified: numbers that are
// denormal after rounding become zero, whereas TDPBF16PS decides before rounding; NaN keep no
// payload.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "delegates/kernels/amx/tiles.h"

namespace baton::kernels {

class TileModel {
 public:
  void configure(const TileConfig& config);
  void release() { configured_ = false; }
  bool configured() const { return configured_; }

  void load(size_t tile, const void* from, int64_t stride);
  void store(size_t tile, void* to, int64_t stride) const;
  void dot(Dot dot, size_t sums, size_t a, size_t b);

 private:
  using Row = std::array<uint32_t, kTileColumns>;
  using Tile = std::array<Row, kTileRows>;

  void check(size_t tile) const;

  bool configured_ = false;
  TileConfig config_;
  std::array<Tile, 8> tiles_ = {};
};

// Ends the process when `fault`.
void tile_fault_if(bool fault, const char* what);

// The policy of kernels/amx/tiles.h.
class ModelTiles {
 public:
  ~ModelTiles() { tile_fault_if(model_.configured(), "the registers were not released"); }

  void configure(const TileConfig& config) { model_.configure(config); }
  void release() { model_.release(); }
  template <int kTile>
  void load(const void* from, int64_t stride) {
    model_.load(kTile, from, stride);
  }
  template <int kTile>
  void store(void* to, int64_t stride) const {
    model_.store(kTile, to, stride);
  }
  template <Dot kDot, int kSums, int kA, int kB>
  void dot() {
    model_.dot(kDot, kSums, kA, kB);
  }

 private:
  TileModel model_;
};

}  // namespace baton::kernels
