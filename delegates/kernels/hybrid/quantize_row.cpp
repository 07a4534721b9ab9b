// Rows of floats quantised by their own range; see hybrid.h.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/hybrid/quantize_row.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "delegates/kernels/hybrid.h"
#include "delegates/kernels/order-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Ints = hn::RebindToSigned<Floats>;
using Bytes = hn::Rebind<int8_t, Floats>;
constexpr size_t kLanes = hn::MaxLanes(Floats());

struct Range {
  float low, high;
};

// NaN counts only where it is the first value: then it is the range.
Range range_of(const float* values, size_t count) {
  const Floats d;
  float low = values[0], high = values[0];
  size_t i = 0;
  if (count >= kLanes) {
    auto lows = hn::Set(d, low), highs = lows;
    for (; i + kLanes <= count; i += kLanes) {
      const auto v = hn::LoadU(d, values + i);
      lows = smaller(lows, v);
      highs = larger(highs, v);
    }
    HWY_ALIGN float lanes[2 * kLanes];
    hn::Store(lows, d, lanes);
    hn::Store(highs, d, lanes + kLanes);
    for (size_t k = 0; k < kLanes; ++k) {
      if (lanes[k] < low) low = lanes[k];
      if (lanes[kLanes + k] > high) high = lanes[kLanes + k];
    }
  }
  for (; i < count; ++i) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return {low, high};
}

// clamp(round(offset + value * inverse)): product and sum are rounded each on its own.
void quantize(const HybridRow& row, float inverse, float offset, float low) {
  const Floats d;
  const auto scale = hn::Set(d, inverse), shift = hn::Set(d, offset);
  const auto lowest = hn::Set(d, low), highest = hn::Set(d, 127.0f);
  const auto half = hn::Set(d, 0.5f), one = hn::Set(d, 1.0f);
  const auto bytes_of = [&](hn::Vec<Floats> v) HWY_ATTR {
    v = hn::Add(shift, hn::Mul(v, scale));
    v = smaller(highest, larger(lowest, v));
    const auto whole = hn::ConvertTo(d, hn::ConvertTo(Ints(), v));
    const auto rest = hn::Sub(v, whole);
    const auto away = hn::IfThenElseZero(hn::Ge(hn::Abs(rest), half), hn::CopySign(one, rest));
    return hn::DemoteTo(Bytes(), hn::ConvertTo(Ints(), hn::Add(whole, away)));
  };
  size_t i = 0;
  for (; i + kLanes <= row.count; i += kLanes) {
    hn::StoreU(bytes_of(hn::LoadU(d, row.values + i)), Bytes(), row.quantized + i);
  }
  if (i == row.count) return;
  HWY_ALIGN float values[kLanes] = {};
  HWY_ALIGN int8_t quantized[hn::MaxLanes(hn::ScalableTag<int8_t>())];
  std::copy_n(row.values + i, row.count - i, values);
  hn::StoreU(bytes_of(hn::Load(d, values)), Bytes(), quantized);
  std::copy_n(quantized, row.count - i, row.quantized + i);
}

void zero_row(const HybridRow& row) {
  if (row.count != 0) std::memset(row.quantized, 0, row.count);
  *row.scale = 1.0f;
}

// std::max's way with NaN decides what a row that begins with it becomes.
void symmetric(const HybridRow& row) {
  const Range range = row.count == 0 ? Range{0, 0} : range_of(row.values, row.count);
  const float largest = std::max(std::abs(range.low), std::abs(range.high));
  if (largest == 0) {
    zero_row(row);
    return;
  }
  // Adding a zero of this sign changes no value, not even -0.
  quantize(row, 127 / largest, -0.0f, -127);
  *row.scale = largest / 127;
}

void asymmetric(const HybridRow& row) {
  const Range range = row.count == 0 ? Range{0, 0} : range_of(row.values, row.count);
  const auto low = static_cast<double>(std::min(0.0f, range.low));
  const auto high = static_cast<double>(std::max(0.0f, range.high));
  *row.zero_point = 0;
  if (low == high) {
    zero_row(row);
    return;
  }
  // The zero point from that end of the range which errs less.
  const double scale = (high - low) / 255;
  const double from_low = -128 - low / scale;
  const double from_high = 127 - high / scale;
  const bool low_end = 128 + std::abs(low / scale) < 127 + std::abs(high / scale);
  const double exact = low_end ? from_low : from_high;
  int32_t zero_point = -128;
  if (exact >= 127) {
    zero_point = 127;
  } else if (exact > -128) {
    zero_point = static_cast<int32_t>(std::round(exact));
  }
  *row.zero_point = zero_point;
  *row.scale = static_cast<float>(scale);
  quantize(row, 1.0f / *row.scale, static_cast<float>(zero_point), -128);
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"quantize_row", "symmetric", isa, "", &symmetric});
  rows->push_back({"quantize_row", "asymmetric", isa, "", &asymmetric});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(quantize_row_rows)
}  // namespace baton::kernels
#endif
