#include "delegates/kernels/normalize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "baton/fixed_point.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/normalize/normalize.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise/factors-inl.h"
#include "delegates/kernels/elementwise/math-inl.h"
#include "delegates/kernels/partial-inl.h"
#include "delegates/kernels/reduce/reduce-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

void l2_f32(const L2Rows& rows) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d), depth = rows.depth;
  for (size_t row = 0; row < rows.rows; ++row) {
    const float* in = static_cast<const float*>(rows.in) + row * depth;
    float* out = static_cast<float*>(rows.out) + row * depth;
    auto squares = hn::Zero(d);
    for (size_t i = 0; i < depth; i += lanes) {
      auto x = hn::LoadU(d, in + i);
      if (depth - i < lanes) x = hn::IfThenElseZero(hn::FirstN(d, depth - i), x);
      squares = hn::MulAdd(x, x, squares);
    }
    const float sum = hn::GetLane(hn::SumOfLanes(d, squares));
    const auto norm = hn::Set(d, std::max(std::sqrt(sum), 1e-6f));
    for (size_t i = 0; i < depth; i += lanes) {
      store_first(hn::Div(hn::LoadU(d, in + i), norm), d, depth - i, out + i);
    }
  }
}

template <typename T>
void l2_8(const L2Rows& rows) {
  const hn::ScalableTag<int32_t> d;
  const hn::Rebind<T, decltype(d)> narrow;
  const size_t lanes = hn::Lanes(d), depth = rows.depth;
  const auto input_zero = hn::Set(d, rows.input_zero);
  const auto load = [&](const T* in) HWY_ATTR {
    return hn::Sub(hn::PromoteTo(d, hn::LoadU(narrow, in)), input_zero);
  };
  // Times 128, the inverse of the output's scale: uint8 before the division, int8 in its shift.
  constexpr bool kUnsigned = std::is_unsigned_v<T>;
  const auto output_zero = hn::Set(d, kUnsigned ? 128 : 0);
  const auto highest = hn::Set(d, std::numeric_limits<T>::max());
  for (size_t row = 0; row < rows.rows; ++row) {
    const T* in = static_cast<const T*>(rows.in) + row * depth;
    T* out = static_cast<T*>(rows.out) + row * depth;
    auto squares = hn::Zero(d);
    for (size_t i = 0; i < depth; i += lanes) {
      auto x = load(in + i);
      if (depth - i < lanes) x = hn::IfThenElseZero(hn::FirstN(d, depth - i), x);
      squares = hn::Add(squares, hn::Mul(x, x));
    }
    int32_t multiplier = 0, shift = 0;
    baton_inverse_sqrt(of_lanes<Sum<int32_t, int32_t>>(squares), &multiplier, &shift);
    const Factor factor(multiplier, kUnsigned ? shift : shift + 7);
    for (size_t i = 0; i < depth; i += lanes) {
      auto x = load(in + i);
      if constexpr (kUnsigned) x = hn::ShiftLeft<7>(x);
      // Clamped above, as DemoteTo may take 2^15 and more for negative numbers.
      const auto result = hn::Min(hn::Add(factor(x), output_zero), highest);
      store_first(hn::DemoteTo(narrow, result), narrow, depth - i, out + i);
    }
  }
}

// base ^ exponent, where all bases are positive by way of logarithms.
template <class D>
HWY_INLINE hn::Vec<D> power(D d, hn::Vec<D> base, float exponent) {
  if (HWY_LIKELY(hn::AllTrue(d, hn::Gt(base, hn::Zero(d))))) {
    return exp(d, hn::Mul(log(d, base), hn::Set(d, exponent)));
  }
  HWY_ALIGN float all[hn::MaxLanes(D())];
  hn::Store(base, d, all);
  for (size_t i = 0; i < hn::Lanes(d); ++i) all[i] = std::pow(all[i], exponent);
  return hn::Load(d, all);
}

void local_response_f32(const LocalResponseRows& rows) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d), depth = rows.depth, radius = rows.radius;
  const auto bias = hn::Set(d, rows.bias), alpha = hn::Set(d, rows.alpha);
  // Squares between two borders of zeros.
  float* squares = rows.scratch;
  std::fill_n(squares, radius, 0.0f);
  for (size_t row = 0; row < rows.rows; ++row) {
    const float* in = rows.in + row * depth;
    float* out = rows.out + row * depth;
    for (size_t i = 0; i < depth; i += lanes) {
      const auto x = hn::LoadU(d, in + i);
      hn::StoreU(hn::Mul(x, x), d, squares + radius + i);
    }
    std::fill_n(squares + radius + depth, radius + lanes, 0.0f);
    for (size_t i = 0; i < depth; i += lanes) {
      auto sum = hn::Zero(d);
      for (size_t k = 0; k < 2 * radius; ++k) sum = hn::Add(sum, hn::LoadU(d, squares + i + k));
      const auto factor = power(d, hn::Add(bias, hn::Mul(alpha, sum)), -rows.beta);
      store_first(hn::Mul(hn::LoadU(d, in + i), factor), d, depth - i, out + i);
    }
  }
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"l2_normalize", "f32", isa, "", &l2_f32});
  rows->push_back({"l2_normalize", "s8", isa, "", &l2_8<int8_t>});
  rows->push_back({"l2_normalize", "u8", isa, "", &l2_8<uint8_t>});
  rows->push_back({"local_response", "f32", isa, "", &local_response_f32});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(normalize_rows)
}
#endif
