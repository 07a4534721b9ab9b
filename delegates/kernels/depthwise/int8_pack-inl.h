// The packed form of 8-bit depthwise weights:
//   a header
//   an input pixel of zero points: what lies outside the image
//   for each block, at the number of its first channel: whether rescale_small() is right for it
//   for multipliers above 1: for each 16 channels (less in narrow blocks) the table that
//   picks their input bytes
//   for arithmetic with extra filter rows: ExtraRows for each 16 channels, used by a block's first
//   blocks of channels: [bias][factor][addend][shift], int32 each, then weights
//   [filter_width][groups of filter rows], a group's in the order of int8_arith-inl.h
// The bias has the sum of (0 - input zero) * weight in it, so that kernels multiply bytes as they
// are.
#if defined(BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_PACK_INL_H_
#undef BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_PACK_INL_H_
#else
#define BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_PACK_INL_H_
#endif

#include <cstdlib>
#include <cstring>
#include <type_traits>

#include "delegates/kernels/depthwise/int8_weights.h"
#include "delegates/kernels/depthwise/window.h"
#include "delegates/kernels/requantize-inl.h"
#include "delegates/kernels/round_up.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace depthwise {

// Calls f(kN as a type, first channel) for each block: of kWidest channels, the last of fewer where
// these hold the rest.
template <size_t kWidest, size_t kLeast, class F>
void for_blocks(size_t channels, const F& f, size_t first = 0) {
  while (first < channels && (kWidest == kLeast || channels - first > kWidest / 2)) {
    f(std::integral_constant<size_t, kWidest>(), first);
    first += kWidest;
  }
  if constexpr (kWidest > kLeast) for_blocks<kWidest / 2, kLeast>(channels, f, first);
}

// Offsets in bytes. Widest is the arithmetic of the widest blocks.
template <class Widest>
struct Int8Layout {
  size_t outside = sizeof(Int8DepthwiseHeader);
  size_t small;
  size_t tables;
  size_t extra_rows;
  size_t blocks;
  size_t channel;  // one channel's share of a block
  size_t end;

  explicit Int8Layout(const DepthwiseShape& shape)
      : small(outside + round_up(input_channels(shape) + 64, 64)),
        tables(small + round_up(shape.channels, 64)),
        extra_rows(tables + (shape.multiplier > 1 ? round_up(shape.channels, 64) : 0)),
        blocks(extra_rows +
               (Widest::kHasExtraRows ? round_up(extra_rows_of(shape.channels), 64) : 0)),
        channel(round_up(4 * sizeof(int32_t) + shape.filter_width *
                                                   round_up(tallest(shape), Widest::kRows) *
                                                   sizeof(typename Widest::Weight),
                         sizeof(int32_t))),
        end(blocks + round_up(round_up(shape.channels, Widest::kChannels) * channel, 64)) {}

  // From extra_rows on, to those of the block whose first channel is `first`.
  static constexpr size_t extra_rows_of(size_t first) {
    return (first + 15) / 16 * sizeof(ExtraRows);
  }

 private:
  static size_t tallest(const DepthwiseShape& shape) {
    return shape.filter_height + (Widest::kHasExtraRows ? kMostExtraRows : 0);
  }
};

template <class Arith>
struct Int8Block {
  const int32_t* parameters;
  const typename Arith::Weight* weights;
  bool small;  // rescale_small() is right for its sums

  Int8Block(const void* block, bool has_small_sums)
      : parameters(static_cast<const int32_t*>(block)),
        weights(reinterpret_cast<const typename Arith::Weight*>(parameters + 4 * Arith::kChannels)),
        small(has_small_sums) {}
  const int32_t* bias(size_t sum) const { return parameters + sum * kLanes; }
  const int32_t* factors(size_t sum) const { return bias(sum) + Arith::kChannels; }
  const int32_t* addends(size_t sum) const { return bias(sum) + 2 * Arith::kChannels; }
  const int32_t* shifts(size_t sum) const { return bias(sum) + 3 * Arith::kChannels; }
  // Of one column and group.
  static constexpr size_t kGroup = Arith::kChannels * Arith::kRows;

 private:
  static constexpr size_t kLanes = Arith::kChannels / Arith::kSums;
};

template <class Arith>
void pack_block(const DepthwiseShape& shape, const Int8DepthwiseWeights& weights,
                const ExtraRows& extra, bool small, size_t first, void* packed) {
  using Weight = typename Arith::Weight;
  auto* parameters = static_cast<int32_t*>(packed);
  auto* to = reinterpret_cast<Weight*>(parameters + 4 * Arith::kChannels);
  constexpr size_t kLanes = Arith::kChannels / Arith::kSums;
  const size_t groups = (shape.filter_height + extra.count + Arith::kRows - 1) / Arith::kRows;
  const auto weight_of = [&](size_t i, size_t fy, size_t fx) -> Weight& {
    const size_t group = (fx * groups + fy / Arith::kRows) * Int8Block<Arith>::kGroup;
    return to[group + i * Arith::kRows + fy % Arith::kRows];
  };
  for (size_t i = 0; i < Arith::kChannels; ++i) {
    const size_t c = first + i / kLanes * 4 + i % kLanes / 4 * 4 * Arith::kSums + i % kLanes % 4;
    if (c >= shape.channels) continue;
    const size_t scale = weights.one_scale ? 0 : given_channel(weights, c);
    const int32_t multiplier = weights.multipliers[scale], shift = weights.shifts[scale];
    uint32_t bias = weights.bias == nullptr
                        ? 0
                        : static_cast<uint32_t>(weights.bias[given_channel(weights, c)]);
    const uint32_t zero = static_cast<uint32_t>(unsigned_zero(weights));
    for (size_t fy = 0; fy < shape.filter_height; ++fy) {
      for (size_t fx = 0; fx < shape.filter_width; ++fx) {
        const int32_t weight = weight_at(shape, weights, fy * shape.filter_width + fx, c);
        bias -= zero * static_cast<uint32_t>(weight);
        const int32_t own = Arith::kHasExtraRows ? narrow_weight(weight) : weight;
        weight_of(i, fy, fx) = static_cast<Weight>(own);
        if (own == weight) continue;
        const auto* row = std::find(extra.rows, extra.rows + extra.count, fy);
        weight_of(i, shape.filter_height + static_cast<size_t>(row - extra.rows), fx) =
            static_cast<Weight>(weight - own);
      }
    }
    int32_t* own = parameters + i;
    if (small) {
      SmallRescale rescale;
      make_small_rescale(multiplier, shift, &rescale);
      bias += kSmallSumOffset;
      own[Arith::kChannels] = rescale.factor;
      own[2 * Arith::kChannels] = rescale.addend;
      own[3 * Arith::kChannels] = rescale.shift;
    } else {
      const Rescale rescale = make_rescale(multiplier, shift);
      own[Arith::kChannels] = rescale.multiplier;
      own[2 * Arith::kChannels] = rescale.left;
      own[3 * Arith::kChannels] = rescale.right;
    }
    own[0] = baton_wrap_int32(bias);
  }
}

// Whether rescale_small() is right for channels [first, end).
inline bool all_small(const DepthwiseShape& shape, const Int8DepthwiseWeights& weights,
                      size_t first, size_t end) {
  for (size_t c = first; c < end; ++c) {
    const size_t scale = weights.one_scale ? 0 : given_channel(weights, c);
    SmallRescale rescale;
    if (!make_small_rescale(weights.multipliers[scale], weights.shifts[scale], &rescale) ||
        largest_sum(shape, weights, c) >= int64_t{1} << 30) {
      return false;
    }
  }
  return true;
}

// Arith<kN> is the arithmetic of blocks of kN channels.
template <template <size_t> class Arith, size_t kWidest, size_t kLeast>
void pack_int8(const DepthwiseShape& shape, const Int8DepthwiseWeights& weights, void* packed) {
  const Int8Layout<Arith<kWidest>> layout(shape);
  std::memset(packed, 0, layout.end);
  auto* base = static_cast<uint8_t*>(packed);
  std::memset(base + layout.outside, weights.input_zero & 0xff, layout.small - layout.outside);
  if (shape.multiplier > 1) {
    constexpr size_t kPicked = std::min<size_t>(kWidest, 16);
    for (size_t c = 0; c < shape.channels; ++c) {
      const size_t start = c / kPicked * kPicked;
      base[layout.tables + c] =
          static_cast<uint8_t>(c / shape.multiplier - start / shape.multiplier);
    }
  }
  for_blocks<kWidest, kLeast>(shape.channels, [&](auto n, size_t first) {
    const size_t end = std::min(first + n, shape.channels);
    const bool small = all_small(shape, weights, first, end);
    base[layout.small + first] = small;
    ExtraRows extra;
    if constexpr (Arith<n>::kHasExtraRows) {
      find_extra_rows(shape, weights, Arith<n>::kRows, first, end, &extra);
      std::memcpy(base + layout.extra_rows + layout.extra_rows_of(first), &extra, sizeof(extra));
    }
    pack_block<Arith<n>>(shape, weights, extra, small, first,
                         base + layout.blocks + first * layout.channel);
  });
}

}  // namespace depthwise
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#endif  // BATON_DELEGATES_KERNELS_DEPTHWISE_INT8_PACK_INL_H_
