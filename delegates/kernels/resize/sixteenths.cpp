// RESIZE_BILINEAR of 8 bits where all distances are whole sixteenths of a pixel, as they are where
// an image grows 2, 4, 8 or 16 times: products of two distances and a byte are exact in 16 bits.
#include "delegates/kernels/resize.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/resize/sixteenths.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/partial-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

constexpr int kOne = 16;

template <class D>
HWY_INLINE hn::Vec<D> set(D d, int32_t value) {
  return hn::Set(d, static_cast<uint16_t>(value));
}

// Both rows in one of 16 times as much. Signed bytes come as if 128 were added.
template <uint8_t kFlip>
void blend_rows(const ResizeRow& row) {
  const hn::ScalableTag<uint16_t> d;
  const hn::Rebind<uint8_t, decltype(d)> bytes;
  const auto y0 = set(d, kOne - row.y_fixed), y1 = set(d, row.y_fixed), flip = set(d, kFlip);
  const auto* top = static_cast<const uint8_t*>(row.top);
  const auto* bottom = static_cast<const uint8_t*>(row.bottom);
  auto* to = static_cast<uint16_t*>(row.scratch);
  for (size_t i = 0; i < row.row_elements; i += hn::Lanes(d)) {
    const auto a = hn::Xor(hn::PromoteTo(d, hn::LoadU(bytes, top + i)), flip);
    const auto b = hn::Xor(hn::PromoteTo(d, hn::LoadU(bytes, bottom + i)), flip);
    hn::StoreU(hn::Add(hn::Mul(a, y0), hn::Mul(b, y1)), d, to + i);
  }
}

// One vector's channels of neighbouring output pixels that lie between the same two.
template <class D, uint8_t kFlip>
struct Between {
  D d;
  hn::Rebind<uint8_t, D> bytes;
  hn::Vec<D> start, slope;  // a sum is start + slope * distance

  HWY_INLINE void begin(const uint16_t* low, const uint16_t* high) {
    const auto a = hn::LoadU(d, low);
    start = hn::ShiftLeft<4>(a);
    slope = hn::Sub(hn::LoadU(d, high), a);  // may wrap, as may its product; their sum does not
  }
  // In 1/256, rounded half up; for signed bytes half away from zero, which is 128 here.
  HWY_INLINE hn::Vec<decltype(bytes)> at(int32_t distance) const {
    auto sum = hn::Add(start, hn::Mul(slope, set(d, distance)));
    if constexpr (kFlip == 0) {
      sum = hn::Add(sum, set(d, 128));
    } else {
      sum = hn::Add(sum, hn::Add(hn::ShiftRight<15>(sum), set(d, 127)));
    }
    const hn::RebindToSigned<D> di;
    const auto byte = hn::DemoteTo(bytes, hn::BitCast(di, hn::ShiftRight<8>(sum)));
    return kFlip == 0 ? byte : hn::Xor(byte, hn::Set(bytes, kFlip));
  }
};

template <size_t kLanes, uint8_t kFlip>
HWY_INLINE void resize_columns(const ResizeRow& row) {
  using D = hn::CappedTag<uint16_t, kLanes>;
  Between<D, kFlip> between{};
  const size_t lanes = hn::Lanes(D()), channels = row.channels;
  const auto* from = static_cast<const uint16_t*>(row.scratch);
  auto* out = static_cast<uint8_t*>(row.out);
  // Pixels whose vector ends within the row, though not within the pixel: the next one overwrites
  // the lanes past it.
  const size_t past = channels < lanes ? (lanes - channels + channels - 1) / channels : 0;
  const size_t safe = row.pixels > past ? row.pixels - past : 0;
  for (size_t pixel = 0; pixel < row.pixels;) {
    const int64_t low = row.taps[pixel].low, high = row.taps[pixel].high;
    size_t end = pixel + 1;
    while (end < row.pixels && row.taps[end].low == low && row.taps[end].high == high) ++end;
    for (size_t c = 0;;) {
      between.begin(from + low + c, from + high + c);
      size_t p = pixel;
      for (; p < end && p < safe; ++p) {
        hn::StoreU(between.at(row.taps[p].fixed), between.bytes, out + p * channels + c);
      }
      for (; p < end; ++p) {
        store_first(between.at(row.taps[p].fixed), between.bytes, channels - c,
                    out + p * channels + c);
      }
      c += lanes;
      if (c >= channels) break;
      // The last vector overlaps the one before.
      if (c + lanes > channels) c = channels - lanes;
    }
    pixel = end;
  }
}

template <uint8_t kFlip>
void resize_row(const ResizeRow& row) {
  blend_rows<kFlip>(row);
  if (row.channels <= 8) {
    resize_columns<8, kFlip>(row);
  } else if (row.channels <= 16) {
    resize_columns<16, kFlip>(row);
  } else {
    resize_columns<32, kFlip>(row);
  }
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"resize_sixteenths", "s8", isa, "", &resize_row<0x80>});
  rows->push_back({"resize_sixteenths", "u8", isa, "", &resize_row<0>});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(resize_sixteenths_rows)
}
#endif
