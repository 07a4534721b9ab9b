#include "delegates/kernels/pool.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/pool/pool.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/order-inl.h"
#include "delegates/kernels/partial-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
struct MaxPool {
  using Element = T;
  using D = hn::ScalableTag<T>;
  using V = hn::Vec<D>;
  D d;
  V low, high;

  explicit MaxPool(const PoolRow& row) {
    if constexpr (std::is_floating_point_v<T>) {
      low = hn::Set(d, row.float_low);
      high = hn::Set(d, row.float_high);
    } else {
      low = hn::Set(d, static_cast<T>(row.low));
      high = hn::Set(d, static_cast<T>(row.high));
    }
  }
  HWY_INLINE void begin_pixel(int64_t) {}
  HWY_INLINE V start() const { return hn::Set(d, std::numeric_limits<T>::lowest()); }
  HWY_INLINE V load(const T* in) const { return hn::LoadU(d, in); }
  HWY_INLINE V add(V value, V x) const { return larger(value, x); }
  HWY_INLINE void finish(V value, size_t n, T* out) const {
    store_first(clamped(value, low, high), d, n, out);
  }
};

struct AveragePoolF32 {
  using Element = float;
  using D = hn::ScalableTag<float>;
  using V = hn::Vec<D>;
  D d;
  V low, high, count;

  explicit AveragePoolF32(const PoolRow& row)
      : low(hn::Set(d, row.float_low)), high(hn::Set(d, row.float_high)), count(hn::Zero(d)) {}
  HWY_INLINE void begin_pixel(int64_t size) { count = hn::Set(d, static_cast<float>(size)); }
  HWY_INLINE V start() const { return hn::Zero(d); }
  HWY_INLINE V load(const float* in) const { return hn::LoadU(d, in); }
  HWY_INLINE V add(V value, V x) const { return hn::Add(value, x); }
  HWY_INLINE void finish(V value, size_t n, float* out) const {
    store_first(clamped(hn::Div(value, count), low, high), d, n, out);
  }
};

template <typename T>
struct AveragePool8 {
  using Element = T;
  using D = hn::ScalableTag<int32_t>;
  using V = hn::Vec<D>;
  static constexpr int64_t kFewElements = 4096;
  D d;
  hn::Rebind<T, D> narrow;
  hn::Rebind<float, D> real;
  V low, high;
  int64_t size = 1;
  hn::Vec<decltype(real)> half, inverse;

  explicit AveragePool8(const PoolRow& row)
      : low(hn::Set(d, row.low)), high(hn::Set(d, row.high)), half(hn::Zero(real)), inverse(half) {}
  HWY_INLINE void begin_pixel(int64_t count) {
    size = count;
    half = hn::Set(real, static_cast<float>(count / 2) + 0.5f);
    inverse = hn::Set(real, 1.0f / static_cast<float>(count));
  }
  HWY_INLINE V start() const { return hn::Zero(d); }
  HWY_INLINE V load(const T* in) const { return hn::PromoteTo(d, hn::LoadU(narrow, in)); }
  HWY_INLINE V add(V value, V x) const { return hn::Add(value, x); }
  HWY_INLINE void finish(V sum, size_t n, T* out) const {
    V mean = size <= kFewElements ? few(sum) : many(sum);
    mean = hn::Min(hn::Max(mean, low), high);
    store_first(hn::DemoteTo(narrow, mean), narrow, n, out);
  }

  // (|sum| + size / 2) / size by way of a product with 1 / size. The numerator and its half more
  // are exact in float; then the quotient is at least 1 / (2 size) > 2^-14 away from any whole
  // number, and two roundings of a number below 2^8 are off by less than 2^-14.
  HWY_INLINE V few(V sum) const {
    const auto numerator = hn::Add(hn::ConvertTo(real, hn::Abs(sum)), half);
    const V mean = hn::ConvertTo(d, hn::Mul(numerator, inverse));
    return hn::IfThenElse(hn::Lt(sum, hn::Zero(d)), hn::Neg(mean), mean);
  }
  HWY_NOINLINE V many(V sum) const {
    HWY_ALIGN int32_t lanes[hn::MaxLanes(D())];
    hn::Store(sum, d, lanes);
    for (size_t i = 0; i < hn::Lanes(d); ++i) {
      const int64_t rounding = lanes[i] > 0 ? size / 2 : -(size / 2);
      lanes[i] = static_cast<int32_t>((lanes[i] + rounding) / size);
    }
    return hn::Load(d, lanes);
  }
};

template <class Pool>
void pool_row(const PoolRow& row) {
  using T = typename Pool::Element;
  Pool pool(row);
  const size_t lanes = hn::Lanes(pool.d);
  for (int64_t x = row.begin; x < row.end; ++x) {
    const int64_t start = x * row.stride - row.pad;
    const int64_t first = std::max<int64_t>(start, 0);
    const int64_t columns = std::min(start + row.filter_width, row.input_width) - first;
    pool.begin_pixel(row.rows * columns);
    const T* in = static_cast<const T*>(row.in) + first * row.pixel_stride;
    T* out = static_cast<T*>(row.out) + x * row.pixel_stride;
    size_t c = 0;
    for (; c + 3 * lanes < row.channels; c += 4 * lanes) {
      auto value0 = pool.start(), value1 = value0, value2 = value0, value3 = value0;
      const T* line = in + c;
      for (int64_t y = 0; y < row.rows; ++y, line += row.line_stride) {
        const T* from = line;
        for (int64_t i = 0; i < columns; ++i, from += row.pixel_stride) {
          value0 = pool.add(value0, pool.load(from));
          value1 = pool.add(value1, pool.load(from + lanes));
          value2 = pool.add(value2, pool.load(from + 2 * lanes));
          value3 = pool.add(value3, pool.load(from + 3 * lanes));
        }
      }
      pool.finish(value0, lanes, out + c);
      pool.finish(value1, lanes, out + c + lanes);
      pool.finish(value2, lanes, out + c + 2 * lanes);
      pool.finish(value3, row.channels - c - 3 * lanes, out + c + 3 * lanes);
    }
    for (; c < row.channels; c += lanes) {
      auto value = pool.start();
      const T* line = in + c;
      for (int64_t y = 0; y < row.rows; ++y, line += row.line_stride) {
        const T* from = line;
        for (int64_t i = 0; i < columns; ++i, from += row.pixel_stride) {
          value = pool.add(value, pool.load(from));
        }
      }
      pool.finish(value, row.channels - c, out + c);
    }
  }
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"average_pool", "f32", isa, "", &pool_row<AveragePoolF32>});
  rows->push_back({"average_pool", "s8", isa, "", &pool_row<AveragePool8<int8_t>>});
  rows->push_back({"average_pool", "u8", isa, "", &pool_row<AveragePool8<uint8_t>>});
  rows->push_back({"max_pool", "f32", isa, "", &pool_row<MaxPool<float>>});
  rows->push_back({"max_pool", "s8", isa, "", &pool_row<MaxPool<int8_t>>});
  rows->push_back({"max_pool", "u8", isa, "", &pool_row<MaxPool<uint8_t>>});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(pool_rows)
}
#endif
