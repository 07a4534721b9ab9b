#include "delegates/kernels/amx/finish.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "delegates/kernels/amx/tiles.h"
#include "delegates/kernels/int8_gemm/panel.h"
#include "delegates/kernels/unroll.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/amx/finish.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "hwy/highway.h"

#if HWY_TARGET == HWY_AVX3
#include "delegates/kernels/int8_gemm/finish-inl.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {

static_assert(kWidth == kAmxColumns, "sums are laid out as the panel's columns");

// Rows [*row, tile.rows) but for less than kCount of them. `part` is the tile from *row on: its
// output, as kFixed has no residual.
template <size_t kCount, size_t kVectors>
HWY_INLINE void finish_rows(const PanelSums& sums, size_t* row, Int8GemmTile* part) {
  for (; *row + kCount <= sums.tile->rows; *row += kCount) {
    V32 loaded[kCount][kVectors];
    BATON_UNROLL(8) for (size_t m = 0; m < kCount; ++m) {
      BATON_UNROLL(2) for (size_t v = 0; v < kVectors; ++v) {
        loaded[m][v] = hn::LoadU(D32(), sums.sums + (*row + m) * kWidth + v * kLanes);
      }
    }
    finish_fixed_sums(loaded, {part, sums.panel, kWidth, nullptr, sums.column, sums.columns});
    part->out = static_cast<uint8_t*>(part->out) + static_cast<int64_t>(kCount) * part->out_stride;
  }
}

template <size_t kVectors>
void finish_fixed_rows(const PanelSums& sums) {
  Int8GemmTile part = *sums.tile;
  size_t row = 0;
  finish_rows<8, kVectors>(sums, &row, &part);
  finish_rows<2, kVectors>(sums, &row, &part);
  finish_rows<1, kVectors>(sums, &row, &part);
}

}  // namespace

static void finish(const PanelSums& sums) {
  if (after_products(*sums.tile, sums.panel) != After::kFixed) return finish_panel(sums);
  if (sums.columns > kLanes) return finish_fixed_rows<2>(sums);
  finish_fixed_rows<1>(sums);
}

}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();
#endif

#if HWY_ONCE && defined(__x86_64__)
namespace baton::kernels {
void finish_panel_avx512(const PanelSums& sums) { N_AVX3::finish(sums); }
}  // namespace baton::kernels
#endif
