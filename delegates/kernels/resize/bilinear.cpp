#include <algorithm>

#include "delegates/kernels/resize.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/resize/bilinear.cpp"
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

// Each type works in two steps: blend_rows() makes one row of wider numbers from the two input
// rows, blend_columns() an output pixel's channels from two pixels of that. D is the tag of the
// wider type.

template <class D>
struct BlendF32 {
  using Element = float;
  using Wide = float;
  using V = hn::Vec<D>;
  D d;
  D narrow;
  V x0, x1;

  static void blend_rows(const ResizeRow& row) {
    const hn::ScalableTag<float> d;
    const auto y0 = hn::Set(d, 1 - row.y), y1 = hn::Set(d, row.y);
    const float* top = static_cast<const float*>(row.top);
    const float* bottom = static_cast<const float*>(row.bottom);
    float* to = static_cast<float*>(row.scratch);
    for (size_t i = 0; i < row.row_elements; i += hn::Lanes(d)) {
      const auto a = hn::Mul(hn::LoadU(d, top + i), y0);
      hn::StoreU(hn::MulAdd(hn::LoadU(d, bottom + i), y1, a), d, to + i);
    }
  }
  HWY_INLINE void begin_pixel(const ResizeTap& tap) {
    x0 = hn::Set(d, 1 - tap.distance);
    x1 = hn::Set(d, tap.distance);
  }
  HWY_INLINE V blend_columns(const float* low, const float* high, size_t) const {
    return hn::MulAdd(hn::LoadU(d, high), x1, hn::Mul(hn::LoadU(d, low), x0));
  }
};

// Every product is rounded, and added in the reference's order: bits depend on both.
template <class D>
struct BlendU8 {
  using Element = uint8_t;
  using Wide = float;
  D d;
  hn::Rebind<uint8_t, D> narrow;
  hn::Vec<D> x0, x1;

  // Two rows: top * (1 - y), and behind it bottom * y.
  static size_t second_row(size_t row_elements) { return row_elements + 16; }
  static void blend_rows(const ResizeRow& row) {
    const hn::ScalableTag<float> d;
    const hn::RebindToSigned<decltype(d)> di;
    const hn::Rebind<uint8_t, decltype(d)> narrow;
    const auto y0 = hn::Set(d, 1 - row.y), y1 = hn::Set(d, row.y);
    float* to = static_cast<float*>(row.scratch);
    const auto scale = [&](const void* from, hn::Vec<decltype(d)> y, float* out) HWY_ATTR {
      const auto* bytes = static_cast<const uint8_t*>(from);
      for (size_t i = 0; i < row.row_elements; i += hn::Lanes(d)) {
        const auto x = hn::ConvertTo(d, hn::PromoteTo(di, hn::LoadU(narrow, bytes + i)));
        hn::StoreU(hn::Mul(x, y), d, out + i);
      }
    };
    scale(row.top, y0, to);
    scale(row.bottom, y1, to + second_row(row.row_elements));
  }
  HWY_INLINE void begin_pixel(const ResizeTap& tap) {
    x0 = hn::Set(d, 1 - tap.distance);
    x1 = hn::Set(d, tap.distance);
  }
  HWY_INLINE hn::Vec<decltype(narrow)> blend_columns(const float* low, const float* high,
                                                     size_t row_elements) const {
    const size_t bottom = second_row(row_elements);
    auto sum = hn::Mul(hn::LoadU(d, low), x0);
    sum = hn::Add(sum, hn::Mul(hn::LoadU(d, low + bottom), x0));
    sum = hn::Add(sum, hn::Mul(hn::LoadU(d, high), x1));
    sum = hn::Add(sum, hn::Mul(hn::LoadU(d, high + bottom), x1));
    sum = hn::Add(sum, hn::Set(d, 0.5f));
    return hn::DemoteTo(narrow, hn::ConvertTo(hn::RebindToSigned<D>(), sum));
  }
};

// Exact: weights of 10 bits along both dimensions leave sums below 2^28.
template <class D>
struct BlendS8 {
  using Element = int8_t;
  using Wide = int32_t;
  static constexpr int32_t kOne = 1024;
  D d;
  hn::Rebind<int8_t, D> narrow;
  hn::Vec<D> x0, x1;

  static void blend_rows(const ResizeRow& row) {
    const hn::ScalableTag<int32_t> d;
    const hn::Rebind<int8_t, decltype(d)> narrow;
    const auto y0 = hn::Set(d, kOne - row.y_fixed), y1 = hn::Set(d, row.y_fixed);
    const int8_t* top = static_cast<const int8_t*>(row.top);
    const int8_t* bottom = static_cast<const int8_t*>(row.bottom);
    int32_t* to = static_cast<int32_t*>(row.scratch);
    for (size_t i = 0; i < row.row_elements; i += hn::Lanes(d)) {
      const auto a = hn::PromoteTo(d, hn::LoadU(narrow, top + i));
      const auto b = hn::PromoteTo(d, hn::LoadU(narrow, bottom + i));
      hn::StoreU(hn::Add(hn::Mul(a, y0), hn::Mul(b, y1)), d, to + i);
    }
  }
  HWY_INLINE void begin_pixel(const ResizeTap& tap) {
    x0 = hn::Set(d, kOne - tap.fixed);
    x1 = hn::Set(d, tap.fixed);
  }
  HWY_INLINE hn::Vec<decltype(narrow)> blend_columns(const int32_t* low, const int32_t* high,
                                                     size_t) const {
    const auto sum = hn::Add(hn::Mul(hn::LoadU(d, low), x0), hn::Mul(hn::LoadU(d, high), x1));
    const auto size = hn::ShiftRight<20>(hn::Add(hn::Abs(sum), hn::Set(d, kOne * kOne / 2)));
    return hn::DemoteTo(narrow, hn::IfThenElse(hn::Lt(sum, hn::Zero(d)), hn::Neg(size), size));
  }
};

template <class Blend>
HWY_INLINE void resize_columns(const ResizeRow& row) {
  Blend blend{};
  const size_t lanes = hn::Lanes(blend.d), channels = row.channels;
  const auto* from = static_cast<const typename Blend::Wide*>(row.scratch);
  auto* out = static_cast<typename Blend::Element*>(row.out);
  size_t left = row.pixels * channels;  // elements of the row that are not finished
  for (size_t pixel = 0; pixel < row.pixels; ++pixel, out += channels, left -= channels) {
    const ResizeTap& tap = row.taps[pixel];
    blend.begin_pixel(tap);
    for (size_t c = 0; c < channels; c += lanes) {
      const auto v = blend.blend_columns(from + tap.low + c, from + tap.high + c, row.row_elements);
      // Lanes past the pixel are overwritten by the next one.
      if (HWY_LIKELY(left - c >= lanes)) {
        hn::StoreU(v, blend.narrow, out + c);
      } else {
        store_first(v, blend.narrow, channels - c, out + c);
      }
    }
  }
}

// Pixels of a few channels do with short vectors.
template <template <class> class Blend>
void resize_row(const ResizeRow& row) {
  using Wide = typename Blend<hn::ScalableTag<float>>::Wide;
  Blend<hn::ScalableTag<Wide>>::blend_rows(row);
  if (row.channels <= 4) {
    resize_columns<Blend<hn::CappedTag<Wide, 4>>>(row);
  } else {
    resize_columns<Blend<hn::ScalableTag<Wide>>>(row);
  }
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"resize_bilinear", "f32", isa, "", &resize_row<BlendF32>});
  rows->push_back({"resize_bilinear", "s8", isa, "", &resize_row<BlendS8>});
  rows->push_back({"resize_bilinear", "u8", isa, "", &resize_row<BlendU8>});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(resize_bilinear_rows)
}
#endif
