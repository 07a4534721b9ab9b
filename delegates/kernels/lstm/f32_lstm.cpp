// The gates of LSTM cells in float32; see lstm.h.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/lstm/f32_lstm.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise/math-inl.h"
#include "delegates/kernels/elementwise/store_row-inl.h"
#include "delegates/kernels/lstm.h"
#include "delegates/kernels/order-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

template <LstmActivation kActivation>
HWY_INLINE V activate(V x) {
  const D d;
  switch (kActivation) {
    case LstmActivation::kRelu:
      return larger(hn::Zero(d), x);
    case LstmActivation::kReluN1To1:
      return larger(hn::Set(d, -1.0f), at_most(d, x, 1.0f));
    case LstmActivation::kRelu6:
      return larger(hn::Zero(d), at_most(d, x, 6.0f));
    case LstmActivation::kTanh:
      return tanh(d, x);
    default:
      return x;
  }
}

template <LstmActivation kActivation>
void update_state(const F32LstmRow& row) {
  const D d;
  const auto logistic_at = [&](const float* gate, size_t i)
                               HWY_ATTR { return logistic(d, hn::LoadU(d, gate + i)); };
  store_row(d, row.state, row.count, [&](size_t i) HWY_ATTR {
    const V forget = logistic_at(row.forget, i);
    const V input = row.input ? logistic_at(row.input, i) : hn::Sub(hn::Set(d, 1.0f), forget);
    const V kept = hn::Mul(forget, hn::LoadU(d, row.state + i));
    const V state = hn::MulAdd(activate<kActivation>(hn::LoadU(d, row.cell + i)), input, kept);
    if (!(row.clip > 0)) return state;
    // std::max(std::min(clip, state), -clip)
    const V limit = hn::Set(d, row.clip);
    return larger(smaller(limit, state), hn::Neg(limit));
  });
}

template <LstmActivation kActivation>
void write_hidden(const F32LstmRow& row) {
  const D d;
  store_row(d, row.hidden, row.count, [&](size_t i) HWY_ATTR {
    return hn::Mul(logistic(d, hn::LoadU(d, row.output + i)),
                   activate<kActivation>(hn::LoadU(d, row.state + i)));
  });
}

using Function = void (*)(const F32LstmRow&);
#define BATON_BY_ACTIVATION(name)                                                                 \
  constexpr Function name##_by_activation[] = {                                                   \
      name<LstmActivation::kNone>, name<LstmActivation::kRelu>, name<LstmActivation::kReluN1To1>, \
      name<LstmActivation::kRelu6>, name<LstmActivation::kTanh>};                                 \
  void any_##name(const F32LstmRow& row) {                                                        \
    name##_by_activation[static_cast<size_t>(row.activation)](row);                               \
  }
BATON_BY_ACTIVATION(update_state)
BATON_BY_ACTIVATION(write_hidden)

constexpr F32Lstm kLstm = {any_update_state, any_write_hidden};

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"lstm", "f32", isa, "", &kLstm});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(f32_lstm_rows)
}  // namespace baton::kernels
#endif
