#include "delegates/kernels/reduce.h"

#include <algorithm>
#include <limits>

#include "baton/fixed_point.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/reduce/reduce.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise/factors-inl.h"
#include "delegates/kernels/partial-inl.h"
#include "delegates/kernels/reduce/reduce-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

template <class Op>
void reduce_rows(const Reduction& reduction) {
  const auto* in = static_cast<const typename Op::Element*>(reduction.in);
  auto* out = static_cast<typename Op::Result*>(reduction.out);
  for (size_t i = 0; i < reduction.results; ++i, in += reduction.stride) {
    const auto result = reduce_row<Op>(in, reduction.count);
    out[i] = reduction.more ? Op::combine(out[i], result) : result;
  }
}

// ---- Sums of float rows: where terms of both signs cancel, other orders than the reference's give
// other results. So they are added in order, several rows side by side.

float sum_in_order(const float* in, size_t count, float sum) {
  for (size_t k = 0; k < count; ++k) sum += in[k];
  return sum;
}

// A line of each row at a time: rows that are a power of two apart fall on the same few lines of a
// cache, which does not keep them until the next element is wanted.
constexpr size_t kSideBySide = 8;
HWY_INLINE void sum_rows_in_order(const float* in, size_t count, int64_t stride, float* out) {
  constexpr size_t kLine = 16;
  float sums[kSideBySide];
  std::copy_n(out, kSideBySide, sums);
  for (size_t k = 0; k < count; k += kLine) {
    const size_t n = std::min(kLine, count - k);
    HWY_UNROLL(8) for (size_t row = 0; row < kSideBySide; ++row) {
      const float* line = in + static_cast<int64_t>(row) * stride + k;
      if (n == kLine) {
        HWY_UNROLL(16) for (size_t i = 0; i < kLine; ++i) sums[row] += line[i];
      } else {
        sums[row] = sum_in_order(line, n, sums[row]);
      }
    }
  }
  std::copy_n(sums, kSideBySide, out);
}

// For rows so long that the order would take too much time: better than any order of floats.
float sum_in_double(const float* in, size_t count, float start) {
  const hn::ScalableTag<double> d;
  const hn::Rebind<float, decltype(d)> narrow;
  const size_t lanes = hn::Lanes(d);
  const auto load = [&](const float* from)
                        HWY_ATTR { return hn::PromoteTo(d, hn::LoadU(narrow, from)); };
  auto a = hn::Zero(d), b = a, c = a, e = a;
  size_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    a = hn::Add(a, load(in + i));
    b = hn::Add(b, load(in + i + lanes));
    c = hn::Add(c, load(in + i + 2 * lanes));
    e = hn::Add(e, load(in + i + 3 * lanes));
  }
  double sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(a, b), hn::Add(c, e)))) +
               static_cast<double>(start);
  for (; i < count; ++i) sum += static_cast<double>(in[i]);
  return static_cast<float>(sum);
}

void sum_float_rows(const Reduction& reduction) {
  constexpr size_t kLong = 16384;
  const size_t count = reduction.count, results = reduction.results;
  const float* in = static_cast<const float*>(reduction.in);
  float* out = static_cast<float*>(reduction.out);
  if (!reduction.more) std::fill_n(out, results, 0.0f);
  size_t i = 0;
  for (; i + kSideBySide <= results; i += kSideBySide) {
    sum_rows_in_order(in + static_cast<int64_t>(i) * reduction.stride, count, reduction.stride,
                      out + i);
  }
  for (; i < results; ++i) {
    const float* row = in + static_cast<int64_t>(i) * reduction.stride;
    out[i] = count <= kLong ? sum_in_order(row, count, out[i]) : sum_in_double(row, count, out[i]);
  }
}

// ---- Columns

// What `out` holds, or the start; n is what is left of the results.
template <class Op>
HWY_INLINE typename Op::V start_of(const Reduction& reduction, const typename Op::Result* out,
                                   size_t n) {
  const typename Op::D d;
  if (!reduction.more) return hn::Set(d, Op::kStart);
  const size_t lanes = hn::Lanes(d);
  if (n >= lanes) return hn::LoadU(d, out);
  HWY_ALIGN typename Op::Result all[hn::MaxLanes(typename Op::D())] = {};
  std::copy(out, out + n, all);
  return hn::Load(d, all);
}

template <class Op>
void reduce_columns(const Reduction& reduction) {
  using D = typename Op::D;
  const D d;
  const size_t lanes = hn::Lanes(d), results = reduction.results, count = reduction.count;
  const int64_t stride = reduction.stride;
  const auto* in = static_cast<const typename Op::Element*>(reduction.in);
  auto* out = static_cast<typename Op::Result*>(reduction.out);
  size_t i = 0;
  for (; i + 4 * lanes <= results; i += 4 * lanes) {
    auto a = start_of<Op>(reduction, out + i, lanes);
    auto b = start_of<Op>(reduction, out + i + lanes, lanes);
    auto c = start_of<Op>(reduction, out + i + 2 * lanes, lanes);
    auto e = start_of<Op>(reduction, out + i + 3 * lanes, lanes);
    const auto* from = in + i;
    for (size_t k = 0; k < count; ++k, from += stride) {
      a = Op::combine(a, Op::load(from));
      b = Op::combine(b, Op::load(from + lanes));
      c = Op::combine(c, Op::load(from + 2 * lanes));
      e = Op::combine(e, Op::load(from + 3 * lanes));
    }
    hn::StoreU(a, d, out + i);
    hn::StoreU(b, d, out + i + lanes);
    hn::StoreU(c, d, out + i + 2 * lanes);
    hn::StoreU(e, d, out + i + 3 * lanes);
  }
  // Two at a time: where the order is of matter, one chain alone would mostly wait.
  for (; i + lanes < results; i += 2 * lanes) {
    auto a = start_of<Op>(reduction, out + i, lanes);
    auto b = start_of<Op>(reduction, out + i + lanes, results - i - lanes);
    const auto* from = in + i;
    for (size_t k = 0; k < count; ++k, from += stride) {
      a = Op::combine(a, Op::load(from));
      b = Op::combine(b, Op::load(from + lanes));
    }
    hn::StoreU(a, d, out + i);
    store_first(b, d, results - i - lanes, out + i + lanes);
  }
  for (; i < results; i += lanes) {
    auto a = start_of<Op>(reduction, out + i, results - i);
    const auto* from = in + i;
    size_t k = 0;
    // Where the order is of no matter: four chains, which need not wait for each other.
    if constexpr (!Op::kOrdered) {
      auto b = hn::Set(d, Op::kStart), c = b, e = b;
      for (; k + 4 <= count; k += 4, from += 4 * stride) {
        a = Op::combine(a, Op::load(from));
        b = Op::combine(b, Op::load(from + stride));
        c = Op::combine(c, Op::load(from + 2 * stride));
        e = Op::combine(e, Op::load(from + 3 * stride));
      }
      a = Op::combine(Op::combine(a, b), Op::combine(c, e));
    }
    for (; k < count; ++k, from += stride) a = Op::combine(a, Op::load(from));
    store_first(a, d, results - i, out + i);
  }
}

template <typename T>
void sum_rescale(const SumRescale& rescale) {
  const hn::ScalableTag<int32_t> d;
  const hn::Rebind<T, decltype(d)> narrow;
  const size_t lanes = hn::Lanes(d);
  const Factor factor(rescale.multiplier, rescale.shift);
  const auto subtract = hn::Set(d, rescale.subtract), zero = hn::Set(d, rescale.zero);
  // Before the zero point is added, so that the sum cannot leave an int32.
  const auto low = hn::Set(d, std::numeric_limits<T>::lowest() - rescale.zero);
  const auto high = hn::Set(d, std::numeric_limits<T>::max() - rescale.zero);
  for (size_t i = 0; i < rescale.count; i += lanes) {
    const auto sum = hn::Sub(hn::LoadU(d, rescale.in + i), subtract);
    const auto y = hn::Add(hn::Min(hn::Max(factor(sum), low), high), zero);
    store_first(hn::DemoteTo(narrow, y), narrow, rescale.count - i,
                static_cast<T*>(rescale.out) + i);
  }
}

template <class Op>
void add_rows(const char* rows_name, const char* columns_name, const char* types, Isa isa,
              std::vector<Kernel>* rows) {
  rows->push_back({rows_name, types, isa, "", &reduce_rows<Op>});
  rows->push_back({columns_name, types, isa, "", &reduce_columns<Op>});
}

template <typename T>
void add_extremes(const char* types, Isa isa, std::vector<Kernel>* rows) {
  add_rows<Largest<T>>("max_rows", "max_columns", types, isa, rows);
  add_rows<Smallest<T>>("min_rows", "min_columns", types, isa, rows);
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"sum_rows", "f32", isa, "", &sum_float_rows});
  rows->push_back({"sum_columns", "f32", isa, "", &reduce_columns<Sum<float, float>>});
  add_rows<Sum<int32_t, int32_t>>("sum_rows", "sum_columns", "s32", isa, rows);
  add_rows<Sum<int8_t, int32_t>>("sum_rows", "sum_columns", "s8", isa, rows);
  add_rows<Sum<uint8_t, int32_t>>("sum_rows", "sum_columns", "u8", isa, rows);
  add_extremes<float>("f32", isa, rows);
  add_extremes<int8_t>("s8", isa, rows);
  add_extremes<uint8_t>("u8", isa, rows);
  add_extremes<int16_t>("s16", isa, rows);
  add_extremes<int32_t>("s32", isa, rows);
  rows->push_back({"sum_rescale", "s8", isa, "", &sum_rescale<int8_t>});
  rows->push_back({"sum_rescale", "u8", isa, "", &sum_rescale<uint8_t>});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(reduce_rows)
}
#endif
