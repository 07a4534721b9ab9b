// The gates of LSTM cells in 16-bit fixed point; see lstm.h.
#include "baton/fixed_point.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/lstm/int16_lstm.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise/factors-inl.h"
#include "delegates/kernels/elementwise/store_row-inl.h"
#include "delegates/kernels/lstm.h"
#include "delegates/kernels/lstm/fixed16-inl.h"
#include "delegates/kernels/requantize-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using D32 = hn::ScalableTag<int32_t>;
using V32 = hn::Vec<D32>;
using Shorts = hn::Rebind<int16_t, D32>;  // as many
using Bytes = hn::Rebind<int8_t, D32>;
using D16 = hn::ScalableTag<int16_t>;

HWY_INLINE V32 load_shorts(const int16_t* from) {
  return hn::PromoteTo(D32(), hn::LoadU(Shorts(), from));
}

// What a clamp to 16 or 8 bits makes of it is the same, also after a small addition.
HWY_INLINE V32 limited(V32 x) {
  return hn::Min(hn::Max(x, hn::Set(D32(), -65536)), hn::Set(D32(), 65535));
}
HWY_INLINE V32 clamped(V32 x, int32_t low, int32_t high) {
  return hn::Min(hn::Max(x, hn::Set(D32(), low)), hn::Set(D32(), high));
}

void sum_gate(const LstmGateSums& sums) {
  const Factor input(sums.input.multiplier, sums.input.shift);
  const Factor recurrent(sums.recurrent.multiplier, sums.recurrent.shift);
  store_row(Shorts(), sums.gate, sums.count, [&](size_t i) HWY_ATTR {
    const V32 first = clamped(input(hn::LoadU(D32(), sums.from_input + i)), INT16_MIN, INT16_MAX);
    const V32 second = limited(recurrent(hn::LoadU(D32(), sums.from_state + i)));
    return hn::DemoteTo(Shorts(), clamped(hn::Add(first, second), INT16_MIN, INT16_MAX));
  });
}

void logistic(int16_t* values, size_t count) {
  store_row(D16(), values, count, [&](size_t i) HWY_ATTR {
    return fixed16_logistic(D16(), hn::LoadU(D16(), values + i), 3);
  });
}

void tanh(int16_t* values, size_t count) {
  store_row(D16(), values, count, [&](size_t i) HWY_ATTR {
    return fixed16_tanh(D16(), hn::LoadU(D16(), values + i), 3);
  });
}

// baton_fixed16_wrap(baton_rounding_shift_right(a * b, shift))
HWY_INLINE V32 wrapped_product(V32 a, V32 b, V32 shift) {
  const V32 shifted = rounding_shift_right(D32(), hn::Mul(a, b), shift);
  return hn::ShiftRight<16>(hn::ShiftLeft<16>(shifted));
}

void update_state(const Int16LstmRow& row) {
  const V32 fifteen = hn::Set(D32(), 15);
  const V32 shift = hn::Set(D32(), 15 + row.state_integer_bits);
  const int32_t high = row.clip > 0 ? row.clip : INT16_MAX;
  const int32_t low = row.clip > 0 ? -row.clip : INT16_MIN;
  store_row(Shorts(), row.state, row.count, [&](size_t i) HWY_ATTR {
    const V32 forget = load_shorts(row.forget + i);
    const V32 open =
        row.input ? load_shorts(row.input + i) : hn::Sub(hn::Set(D32(), INT16_MAX), forget);
    const V32 kept = wrapped_product(forget, load_shorts(row.state + i), fifteen);
    const V32 added = wrapped_product(open, load_shorts(row.cell + i), shift);
    const V32 sum = clamped(hn::Add(kept, added), INT16_MIN, INT16_MAX);
    return hn::DemoteTo(Shorts(), clamped(sum, low, high));
  });
}

void write_hidden(const Int16LstmRow& row) {
  store_row(D16(), row.state_tanh, row.count, [&](size_t i) HWY_ATTR {
    return fixed16_tanh(D16(), hn::LoadU(D16(), row.state + i), row.state_integer_bits);
  });
  const Factor factor(row.hidden_factor.multiplier, row.hidden_factor.shift);
  const V32 zero = hn::Set(D32(), row.hidden_zero);
  store_row(Bytes(), row.hidden, row.count, [&](size_t i) HWY_ATTR {
    const V32 value = hn::Mul(load_shorts(row.output + i), load_shorts(row.state_tanh + i));
    const V32 sum = hn::Add(limited(factor(value)), zero);
    return hn::DemoteTo(Bytes(), clamped(sum, INT8_MIN, INT8_MAX));
  });
}

constexpr Int16Lstm kLstm = {sum_gate, logistic, tanh, update_state, write_hidden};

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"lstm", "int16", isa, "", &kLstm});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(int16_lstm_rows)
}  // namespace baton::kernels
#endif
