#include "delegates/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "baton/fixed_point.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/softmax/softmax.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise/math-inl.h"
#include "delegates/kernels/partial-inl.h"
#include "delegates/kernels/reduce/reduce-inl.h"
#include "delegates/kernels/requantize-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// visit(x, lanes) for the row's vectors; the last one may have fewer lanes than a vector.
template <class D, class Visit>
HWY_INLINE void for_vectors(D d, size_t n, const Visit& visit) {
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) visit(i, lanes);
  if (i < n) visit(i, n - i);
}

void softmax_f32(const SoftmaxRows& rows) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d), depth = rows.depth;
  const auto beta = hn::Set(d, rows.beta);
  for (size_t row = 0; row < rows.rows; ++row) {
    const float* in = static_cast<const float*>(rows.in) + row * depth;
    float* out = static_cast<float*>(rows.out) + row * depth;
    const auto largest = hn::Set(d, reduce_row<Largest<float>>(in, depth));
    auto sum = hn::Zero(d), rest = sum;
    for_vectors(d, depth, [&](size_t i, size_t n) HWY_ATTR {
      auto e = exp(d, hn::Mul(hn::Sub(hn::LoadU(d, in + i), largest), beta));
      if (n == lanes) {
        hn::StoreU(e, d, out + i);
      } else {
        e = rest = hn::IfThenElseZero(hn::FirstN(d, n), e);
      }
      sum = hn::Add(sum, e);
    });
    const auto inverse = hn::Div(hn::Set(d, 1.0f), hn::SumOfLanes(d, sum));
    for_vectors(d, depth, [&](size_t i, size_t n) HWY_ATTR {
      // Past the row's end may lie another worker's row, which is not even read.
      const auto e = n == lanes ? hn::LoadU(d, out + i) : rest;
      store_first(hn::Mul(e, inverse), d, n, out + i);
    });
  }
}

void log_softmax_f32(const SoftmaxRows& rows) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d), depth = rows.depth;
  for (size_t row = 0; row < rows.rows; ++row) {
    const float* in = static_cast<const float*>(rows.in) + row * depth;
    float* out = static_cast<float*>(rows.out) + row * depth;
    const auto largest = hn::Set(d, reduce_row<Largest<float>>(in, depth));
    auto sum = hn::Zero(d);
    for_vectors(d, depth, [&](size_t i, size_t n) HWY_ATTR {
      const auto e = exp(d, hn::Sub(hn::LoadU(d, in + i), largest));
      sum = hn::Add(sum, n == lanes ? e : hn::IfThenElseZero(hn::FirstN(d, n), e));
    });
    const auto log_sum = hn::Set(d, std::log(hn::GetLane(hn::SumOfLanes(d, sum))));
    for_vectors(d, depth, [&](size_t i, size_t n) HWY_ATTR {
      const auto x = hn::LoadU(d, in + i);
      store_first(hn::Sub(hn::Sub(x, largest), log_sum), d, n, out + i);
    });
  }
}

// A row's sum with 12 integer bits, saturating. As no term is negative, it can saturate at the end.
template <typename T>
HWY_INLINE int32_t sum_of_exponentials(const int32_t* exponentials, const T* in, size_t depth,
                                       int32_t largest) {
  const auto term = [&](size_t i) HWY_ATTR {
    return (static_cast<uint32_t>(exponentials[largest - in[i]]) + 2048) >> 12;
  };
  uint64_t a = 0, b = 0;
  size_t i = 0;
  for (; i + 2 <= depth; i += 2) {
    a += term(i);
    b += term(i + 1);
  }
  if (i < depth) a += term(i);
  return static_cast<int32_t>(std::min<uint64_t>(a + b, INT32_MAX));
}

template <typename T>
void softmax_8(const SoftmaxRows& rows) {
  const hn::ScalableTag<int32_t> d;
  const hn::Rebind<T, decltype(d)> narrow;
  const size_t lanes = hn::Lanes(d), depth = rows.depth;
  const auto low = hn::Set(d, std::numeric_limits<T>::lowest());
  for (size_t row = 0; row < rows.rows; ++row) {
    const T* in = static_cast<const T*>(rows.in) + row * depth;
    T* out = static_cast<T*>(rows.out) + row * depth;
    const int32_t largest = reduce_row<Largest<T>>(in, depth);
    const int32_t sum = sum_of_exponentials(rows.exponentials, in, depth, largest);
    int32_t bits_over_unit = 0;
    auto reciprocal = hn::Set(d, baton_fixed_reciprocal(sum, 12, &bits_over_unit));
    // At least 23: the largest element alone adds 2^19 to the sum.
    int32_t shift = bits_over_unit + 31 - 8;
    if (shift > 31) {
      shift = 31;
      reciprocal = hn::Zero(d);
    }
    const auto shifts = hn::Set(d, shift);
    for_vectors(d, depth, [&](size_t i, size_t n) HWY_ATTR {
      HWY_ALIGN int32_t e[hn::MaxLanes(hn::ScalableTag<int32_t>())];
      for (size_t k = 0; k < lanes; ++k) e[k] = k < n ? rows.exponentials[largest - in[i + k]] : 0;
      const auto product = rounding_doubling_high_mul(d, hn::Load(d, e), reciprocal);
      const auto result = hn::Add(rounding_shift_right(d, product, shifts), low);
      store_first(hn::DemoteTo(narrow, result), narrow, n, out + i);
    });
  }
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"softmax", "f32", isa, "", &softmax_f32});
  rows->push_back({"softmax", "s8", isa, "", &softmax_8<int8_t>});
  rows->push_back({"softmax", "u8", isa, "", &softmax_8<uint8_t>});
  rows->push_back({"log_softmax", "f32", isa, "", &log_softmax_f32});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(softmax_rows)
}
#endif
