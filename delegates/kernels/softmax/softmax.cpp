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

// Rows of a few elements: the exponentials of many at a time.
void softmax_short_rows(const SoftmaxRows& rows) {
  constexpr size_t kBlock = 256;
  const hn::ScalableTag<float> d;
  const auto beta = hn::Set(d, rows.beta);
  const size_t depth = rows.depth, step = kBlock / depth;
  HWY_ALIGN float block[kBlock];
  for (size_t row = 0; row < rows.rows; row += step) {
    const size_t count = std::min(step, rows.rows - row) * depth;
    const float* in = static_cast<const float*>(rows.in) + row * depth;
    float* out = static_cast<float*>(rows.out) + row * depth;
    for (size_t first = 0; first < count; first += depth) {
      float largest = Largest<float>::kStart;
      for (size_t i = first; i < first + depth; ++i) largest = in[i] > largest ? in[i] : largest;
      for (size_t i = first; i < first + depth; ++i) block[i] = in[i] - largest;
    }
    // What lies behind them in the block is of no matter, but is to be numbers.
    std::fill(block + count, block + std::min(kBlock, count + hn::Lanes(d)), 0.0f);
    for (size_t i = 0; i < count; i += hn::Lanes(d)) {
      hn::Store(exp(d, hn::Mul(hn::Load(d, block + i), beta)), d, block + i);
    }
    for (size_t first = 0; first < count; first += depth) {
      float sum = 0;
      for (size_t i = first; i < first + depth; ++i) sum += block[i];
      const float inverse = 1 / sum;
      for (size_t i = first; i < first + depth; ++i) out[i] = block[i] * inverse;
    }
  }
}

void softmax_f32(const SoftmaxRows& rows) {
  // From here on a vector for each row takes less time.
  constexpr size_t kShort = 16;
  if (rows.depth < kShort) return softmax_short_rows(rows);
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

// From exponentials to outputs: the arithmetic of baton_softmax_output with 8 bits, for a sum that
// came from a row, which is at least 2^19.
template <typename T>
struct Outputs {
  using D = hn::ScalableTag<int32_t>;
  D d;
  hn::Vec<D> reciprocal, shift;

  explicit Outputs(int32_t sum) {
    int32_t bits_over_unit = 0;
    const int32_t inverse = baton_fixed_reciprocal(sum, 12, &bits_over_unit);
    // At least 23; from 32 on everything is 0.
    const int32_t right = bits_over_unit + 31 - 8;
    reciprocal = hn::Set(d, right > 31 ? 0 : inverse);
    shift = hn::Set(d, std::min(right, 31));
  }
  // `exponentials` are aligned, with whole vectors to read.
  HWY_INLINE void write(const int32_t* exponentials, size_t n, T* out) const {
    const hn::Rebind<T, D> narrow;
    const auto low = hn::Set(d, std::numeric_limits<T>::lowest());
    for (size_t i = 0; i < n; i += hn::Lanes(d)) {
      const auto product = rounding_doubling_high_mul(d, hn::Load(d, exponentials + i), reciprocal);
      const auto result = hn::Add(rounding_shift_right(d, product, shift), low);
      store_first(hn::DemoteTo(narrow, result), narrow, n - i, out + i);
    }
  }
};

constexpr size_t kValues = 256;  // that an element can have

// A sum has 12 integer bits and saturates, which it can do at the end, as no term is negative.
HWY_INLINE uint32_t sum_term(int32_t exponential) {
  return (static_cast<uint32_t>(exponential) + 2048) >> 12;
}
HWY_INLINE int32_t saturated(uint64_t sum) {
  return static_cast<int32_t>(std::min<uint64_t>(sum, INT32_MAX));
}

template <typename T>
HWY_INLINE void softmax_short_row(const int32_t* exponentials, const T* in, size_t depth, T* out) {
  const int32_t largest = reduce_row<Largest<T>>(in, depth);
  HWY_ALIGN int32_t row[kValues];
  uint64_t sum = 0;
  for (size_t i = 0; i < depth; ++i) {
    row[i] = exponentials[largest - in[i]];
    sum += sum_term(row[i]);
  }
  for (size_t i = depth; i % hn::MaxLanes(hn::ScalableTag<int32_t>()) != 0; ++i) row[i] = 0;
  Outputs<T>(saturated(sum)).write(row, depth, out);
}

// The output of every value first, then one look-up per element.
template <typename T>
HWY_INLINE void softmax_long_row(const int32_t* exponentials, const T* in, size_t depth, T* out) {
  const int32_t largest = reduce_row<Largest<T>>(in, depth);
  HWY_ALIGN int32_t row[kValues];
  std::copy_n(exponentials, kValues, row);
  uint64_t a = 0, b = 0;
  size_t i = 0;
  for (; i + 2 <= depth; i += 2) {
    a += sum_term(row[largest - in[i]]);
    b += sum_term(row[largest - in[i + 1]]);
  }
  if (i < depth) a += sum_term(row[largest - in[i]]);
  T outputs[kValues];
  Outputs<T>(saturated(a + b)).write(row, kValues, outputs);
  for (i = 0; i < depth; ++i) out[i] = outputs[largest - in[i]];
}

template <typename T>
void softmax_8(const SoftmaxRows& rows) {
  const T* in = static_cast<const T*>(rows.in);
  T* out = static_cast<T*>(rows.out);
  for (size_t row = 0; row < rows.rows; ++row, in += rows.depth, out += rows.depth) {
    if (rows.depth <= kValues) {
      softmax_short_row(rows.exponentials, in, rows.depth, out);
    } else {
      softmax_long_row(rows.exponentials, in, rows.depth, out);
    }
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
