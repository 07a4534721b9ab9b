// Packed float depthwise weights, and blocks of channels made of them.
//
// Packed: a header; an input pixel of zeros, for what lies outside the image; then for each vector
// of channels [which input lane each takes, int32, if multiplier > 1][bias]
// [filter_width][filter_height], one vector each.
#if defined(BATON_DELEGATES_KERNELS_DEPTHWISE_F32_BLOCK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_DEPTHWISE_F32_BLOCK_INL_H_
#undef BATON_DELEGATES_KERNELS_DEPTHWISE_F32_BLOCK_INL_H_
#else
#define BATON_DELEGATES_KERNELS_DEPTHWISE_F32_BLOCK_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstring>

#include "delegates/kernels/depthwise/window.h"
#include "delegates/kernels/order-inl.h"
#include "delegates/kernels/partial-inl.h"
#include "delegates/kernels/round_up.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace depthwise {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;
constexpr size_t kLanes = hn::MaxLanes(D());
constexpr size_t kAlign = 16;  // floats in 64 bytes

struct F32Layout {
  size_t multiplier;
  size_t height, width;
  size_t zeros = kAlign;  // in floats from the start, as all here
  size_t blocks;
  size_t block;  // length of one

  explicit F32Layout(const DepthwiseShape& shape)
      : multiplier(shape.multiplier),
        height(shape.filter_height),
        width(shape.filter_width),
        blocks(zeros + round_up(input_channels(shape) + kAlign, kAlign)),
        block(kLanes * (lane_tables() + 1 + height * width)) {}

  size_t lane_tables() const { return multiplier > 1 ? 1 : 0; }
  size_t bias() const { return kLanes * lane_tables(); }
  size_t weight(size_t fy, size_t fx) const { return bias() + kLanes * (1 + fx * height + fy); }
};

inline size_t packed_bytes_f32(const DepthwiseShape& shape) {
  const F32Layout layout(shape);
  return sizeof(float) * (layout.blocks + round_up(shape.channels, kLanes) / kLanes * layout.block);
}

inline void pack_f32(const DepthwiseShape& shape, const float* weights, const float* bias,
                     void* packed) {
  const F32Layout layout(shape);
  std::memset(packed, 0, packed_bytes_f32(shape));
  auto* base = static_cast<float*>(packed);
  bool finite = true;
  for (size_t first = 0; first < shape.channels; first += kLanes) {
    float* block = base + layout.blocks + first / kLanes * layout.block;
    for (size_t i = 0; i < kLanes; ++i) {
      // Lanes past the last channel repeat it where they index.
      const size_t c = std::min(first + i, shape.channels - 1);
      if (layout.multiplier > 1) {
        const auto lane = static_cast<int32_t>(c / layout.multiplier - first / layout.multiplier);
        std::memcpy(block + i, &lane, sizeof(lane));
      }
      if (first + i >= shape.channels) continue;
      if (bias != nullptr) block[layout.bias() + i] = bias[c];
      for (size_t fy = 0; fy < layout.height; ++fy) {
        for (size_t fx = 0; fx < layout.width; ++fx) {
          const float weight = weights[(fy * layout.width + fx) * shape.channels + c];
          finite = finite && std::isfinite(weight);
          block[layout.weight(fy, fx) + i] = weight;
        }
      }
    }
  }
  base[0] = finite ? 1.0f : 0.0f;
}

// NaN stays, as with std::min and std::max.
HWY_INLINE V clamp(V v, V low, V high) {
#if HWY_TARGET == HWY_NEON
  return V{vminq_f32(vmaxq_f32(v.raw, low.raw), high.raw)};  // Highway's prefer numbers
#else
  return clamped(v, low, high);
#endif
}

using Indices = decltype(hn::IndicesFromVec(D(), hn::Zero(hn::RebindToSigned<D>())));

// kVectors vectors of channels from `first` on.
template <int kVectors, bool kExpand>
struct F32Block {
  const float* packed;
  size_t stride;             // of blocks in memory
  size_t count;              // of channels
  int64_t inputs[kVectors];  // from the block's first input channel to each vector's
  Indices lanes[kVectors];

  F32Block(const F32Layout& layout, const DepthwiseShape& shape, const float* base, size_t first)
      : packed(base + layout.blocks + first / kLanes * layout.block),
        stride(layout.block),
        count(std::min(shape.channels - first, kVectors * kLanes)) {
    BATON_UNROLL(64)
    for (int v = 0; v < kVectors; ++v) {
      if constexpr (kExpand) {
        inputs[v] = static_cast<int64_t>((first + v * kLanes) / layout.multiplier -
                                         first / layout.multiplier);
        const hn::RebindToSigned<D> di;
        const auto* table = reinterpret_cast<const int32_t*>(packed + v * stride);
        lanes[v] = hn::IndicesFromVec(D(), hn::LoadU(di, table));
      } else {
        inputs[v] = static_cast<int64_t>(v * kLanes);
      }
    }
  }

  HWY_INLINE V input(const float* pixel, int v) const {
    const D d;
    if constexpr (kExpand) {
      return hn::TableLookupLanes(hn::LoadU(d, pixel + inputs[v]), lanes[v]);
    } else {
      return hn::LoadU(d, pixel + v * kLanes);
    }
  }
  HWY_INLINE V load(size_t offset, int v) const {
    return hn::LoadU(D(), packed + v * stride + offset);
  }
  HWY_INLINE void store(V v, int i, float* out) const {
    const D d;
    if constexpr (kVectors == 1) {
      store_first(v, d, count, out);
    } else if (i + 1 < kVectors) {
      hn::StoreU(v, d, out + i * kLanes);
    } else {
      store_first(v, d, count - i * kLanes, out + i * kLanes);
    }
  }
};

}  // namespace depthwise
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // BATON_DELEGATES_KERNELS_DEPTHWISE_F32_BLOCK_INL_H_
