// The gates of LSTM cells in float32; see lstm.h.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/lstm/f32_lstm.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/elementwise/lanes-inl.h"
#include "delegates/kernels/elementwise/math-inl.h"
#include "delegates/kernels/lstm.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// std::max(low, x), std::min(x, high).
HWY_INLINE V max_of(float low, V x) {
  const V limit = hn::Set(D(), low);
  return hn::IfThenElse(hn::Lt(limit, x), x, limit);
}
HWY_INLINE V min_of(V x, float high) {
  const V limit = hn::Set(D(), high);
  return hn::IfThenElse(hn::Lt(limit, x), limit, x);
}

template <LstmActivation kActivation>
HWY_INLINE V activate(V x) {
  switch (kActivation) {
    case LstmActivation::kRelu:
      return max_of(0.0f, x);
    case LstmActivation::kReluN1To1:
      return max_of(-1.0f, min_of(x, 1.0f));
    case LstmActivation::kRelu6:
      return max_of(0.0f, min_of(x, 6.0f));
    case LstmActivation::kTanh:
      return tanh(D(), x);
    default:
      return x;
  }
}

// store(at, fn(at)) for all vectors of a row.
template <class Fn>
HWY_INLINE void for_each_vector(float* out, size_t count, const Fn& fn) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(fn(i), d, out + i);
  if (i < count) store_first(d, fn(i), out + i, count - i);
}

template <LstmActivation kActivation>
void update_state(const F32LstmRow& row) {
  const D d;
  const auto logistic_at = [&](const float* gate, size_t i)
                               HWY_ATTR { return logistic(d, hn::LoadU(d, gate + i)); };
  for_each_vector(row.state, row.count, [&](size_t i) HWY_ATTR {
    const V forget = logistic_at(row.forget, i);
    const V input = row.input ? logistic_at(row.input, i) : hn::Sub(hn::Set(d, 1.0f), forget);
    const V kept = hn::Mul(forget, hn::LoadU(d, row.state + i));
    const V state = hn::MulAdd(activate<kActivation>(hn::LoadU(d, row.cell + i)), input, kept);
    if (!(row.clip > 0)) return state;
    // std::max(std::min(clip, state), -clip)
    const V limit = hn::Set(d, row.clip);
    const V below = hn::IfThenElse(hn::Lt(state, limit), state, limit);
    return hn::IfThenElse(hn::Lt(below, hn::Neg(limit)), hn::Neg(limit), below);
  });
}

template <LstmActivation kActivation>
void write_hidden(const F32LstmRow& row) {
  const D d;
  for_each_vector(row.hidden, row.count, [&](size_t i) HWY_ATTR {
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
