// Winograd's transforms on Highway: a vector of channels at a time.
#include "delegates/kernels/winograd.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/winograd/winograd.cpp"
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

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;
constexpr size_t kLanes = hn::MaxLanes(D());

HWY_INLINE V constant(float value) { return hn::Set(D(), value); }

// m = 2: G, and the products of B' and A' with a column.
struct Two {
  static constexpr size_t kOutputs = 2, kInputs = 4;
  static constexpr double kGenerator[4][3] = {
      {1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
  HWY_INLINE static void input(const V (&d)[4], V (&t)[4]) {
    t[0] = hn::Sub(d[0], d[2]);
    t[1] = hn::Add(d[1], d[2]);
    t[2] = hn::Sub(d[2], d[1]);
    t[3] = hn::Sub(d[1], d[3]);
  }
  HWY_INLINE static void output(const V (&m)[4], V (&y)[2]) {
    y[0] = hn::Add(hn::Add(m[0], m[1]), m[2]);
    y[1] = hn::Sub(hn::Sub(m[1], m[2]), m[3]);
  }
};

// m = 4.
struct Four {
  static constexpr size_t kOutputs = 4, kInputs = 6;
  static constexpr double kGenerator[6][3] = {{1.0 / 4, 0, 0},
                                              {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                              {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                              {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                              {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                              {0, 0, 1}};
  HWY_INLINE static void input(const V (&d)[6], V (&t)[6]) {
    const V two = constant(2), four = constant(4), five = constant(5);
    const V even1 = hn::NegMulAdd(four, d[2], d[4]), odd1 = hn::NegMulAdd(four, d[1], d[3]);
    const V even2 = hn::Sub(d[4], d[2]), odd2 = hn::Sub(d[3], d[1]);
    t[0] = hn::MulAdd(four, d[0], hn::NegMulAdd(five, d[2], d[4]));
    t[1] = hn::Add(even1, odd1);
    t[2] = hn::Sub(even1, odd1);
    t[3] = hn::MulAdd(two, odd2, even2);
    t[4] = hn::NegMulAdd(two, odd2, even2);
    t[5] = hn::MulAdd(four, d[1], hn::NegMulAdd(five, d[3], d[5]));
  }
  HWY_INLINE static void output(const V (&m)[6], V (&y)[4]) {
    const V even1 = hn::Add(m[1], m[2]), odd1 = hn::Sub(m[1], m[2]);
    const V even2 = hn::Add(m[3], m[4]), odd2 = hn::Sub(m[3], m[4]);
    y[0] = hn::Add(hn::Add(m[0], even1), even2);
    y[1] = hn::MulAdd(constant(2), odd2, odd1);
    y[2] = hn::MulAdd(constant(4), even2, even1);
    y[3] = hn::Add(hn::MulAdd(constant(8), odd2, odd1), m[5]);
  }
};

// g[0] * x[0] + g[1] * x[1] + g[2] * x[2].
template <class DD>
HWY_INLINE hn::Vec<DD> generated(DD d, const double (&g)[3], const hn::Vec<DD> (&x)[3]) {
  const auto sum = hn::Add(hn::Mul(hn::Set(d, g[0]), x[0]), hn::Mul(hn::Set(d, g[1]), x[1]));
  return hn::Add(sum, hn::Mul(hn::Set(d, g[2]), x[2]));
}

// Some hundred floats of each tap, so that what one element of them writes lies together: elements
// may lie a power of two apart, and 36 of them would share a few sets of the cache.
constexpr size_t kWeights = 256;

// Floats [begin, end) of the taps at `filter`; the first one that is left.
template <class Form, class DD>
size_t transform_some_weights(const WinogradWeights& args, DD d, size_t begin, size_t end) {
  constexpr size_t kS = Form::kInputs, kStep = hn::MaxLanes(DD());
  const hn::Rebind<float, DD> narrow;
  const size_t last = begin + (end - begin) / kStep * kStep;
  HWY_ALIGN double rows[3][kWeights];  // a row of G g
  for (size_t y = 0; y < kS; ++y) {
    for (size_t x = 0; x < 3; ++x) {
      for (size_t i = begin; i < last; i += kStep) {
        hn::Vec<DD> column[3];
        for (size_t tap = 0; tap < 3; ++tap) {
          const auto at = static_cast<int64_t>(tap * 3 + x) * args.tap_stride;
          column[tap] = hn::PromoteTo(d, hn::LoadU(narrow, args.filter + at + i));
        }
        hn::StoreU(generated(d, Form::kGenerator[y], column), d, rows[x] + (i - begin));
      }
    }
    for (size_t x = 0; x < kS; ++x) {
      float* to = args.out + static_cast<int64_t>(y * kS + x) * args.element_stride;
      for (size_t i = begin; i < last; i += kStep) {
        hn::Vec<DD> row[3];
        for (size_t tap = 0; tap < 3; ++tap) row[tap] = hn::LoadU(d, rows[tap] + (i - begin));
        hn::StoreU(hn::DemoteTo(narrow, generated(d, Form::kGenerator[x], row)), narrow, to + i);
      }
    }
  }
  return last;
}

template <class Form>
void transform_weights(const WinogradWeights& args) {
  for (size_t i = 0; i < args.count; i += kWeights) {
    const size_t end = std::min(args.count, i + kWeights);
    const size_t rest = transform_some_weights<Form>(args, hn::ScalableTag<double>(), i, end);
    if (rest < end) transform_some_weights<Form>(args, hn::CappedTag<double, 1>(), rest, end);
  }
}

template <class Form>
void transform_input(const WinogradInput& tile) {
  constexpr size_t kS = Form::kInputs;
  const D d;
  for (size_t c = 0; c < tile.channels; c += kLanes) {
    V columns[kS][kS];  // [column][element]
    HWY_UNROLL(6) for (size_t x = 0; x < kS; ++x) {
      V column[kS];
      HWY_UNROLL(6) for (size_t y = 0; y < kS; ++y) {
        column[y] = hn::LoadU(d, tile.pixels[y * kS + x] + c);
      }
      Form::input(column, columns[x]);
    }
    float* to = tile.out + c;
    HWY_UNROLL(6) for (size_t y = 0; y < kS; ++y) {
      V row[kS], out[kS];
      HWY_UNROLL(6) for (size_t x = 0; x < kS; ++x) row[x] = columns[x][y];
      Form::input(row, out);
      HWY_UNROLL(6) for (size_t x = 0; x < kS; ++x, to += tile.element_stride) {
        hn::StoreU(out[x], d, to);
      }
    }
  }
}

// The tile's sums for the channels from c on.
template <class Form>
HWY_INLINE void transform_products(const WinogradOutput& tile, size_t c,
                                   V (&out)[Form::kOutputs][Form::kOutputs]) {
  constexpr size_t kS = Form::kInputs, kM = Form::kOutputs;
  const D d;
  V columns[kS][kM];  // [column][output row]
  HWY_UNROLL(6) for (size_t x = 0; x < kS; ++x) {
    V column[kS];
    const float* from = tile.in + static_cast<int64_t>(x) * tile.element_stride + c;
    HWY_UNROLL(6) for (size_t y = 0; y < kS; ++y) {
      column[y] = hn::LoadU(d, from + static_cast<int64_t>(y * kS) * tile.element_stride);
    }
    Form::output(column, columns[x]);
  }
  HWY_UNROLL(4) for (size_t y = 0; y < kM; ++y) {
    V row[kS];
    HWY_UNROLL(6) for (size_t x = 0; x < kS; ++x) row[x] = columns[x][y];
    Form::output(row, out[y]);
  }
}

template <class Form>
bool transform_output(const WinogradOutput& tile) {
  constexpr size_t kM = Form::kOutputs;
  const D d;
  const V low = constant(tile.low), high = constant(tile.high);
  const V low2 = constant(tile.low2), high2 = constant(tile.high2);
  V finite = hn::Zero(d);  // NaN where it was not
  for (size_t c = 0; c < tile.channels; c += kLanes) {
    const size_t n = tile.channels - c;
    V out[kM][kM];
    transform_products<Form>(tile, c, out);
    V here = hn::Zero(d);
    HWY_UNROLL(4) for (size_t y = 0; y < kM; ++y) {
      HWY_UNROLL(4) for (size_t x = 0; x < kM; ++x) {
        here = hn::MulAdd(out[y][x], hn::Zero(d), here);
      }
    }
    if (n < kLanes) here = hn::IfThenElseZero(hn::FirstN(d, n), here);
    finite = hn::Add(finite, here);
    const V bias = tile.bias == nullptr ? hn::Zero(d) : hn::LoadU(d, tile.bias + c);
    HWY_UNROLL(4) for (size_t y = 0; y < kM; ++y) {
      if (y >= tile.rows) break;
      const auto line = static_cast<int64_t>(y);
      float* to = tile.out + line * tile.line_stride + c;
      HWY_UNROLL(4) for (size_t x = 0; x < kM; ++x, to += tile.pixel_stride) {
        if (x >= tile.columns) break;
        V value = clamped(hn::Add(out[y][x], bias), low, high);
        if (tile.residual != nullptr) {
          const float* from = tile.residual + line * tile.residual_line_stride +
                              static_cast<int64_t>(x) * tile.residual_pixel_stride + c;
          value = clamped(hn::Add(value, hn::LoadU(d, from)), low2, high2);
        }
        store_first(value, d, n, to);
      }
    }
  }
  return hn::AllTrue(d, hn::Eq(finite, hn::Zero(d)));
}

template <class Form>
constexpr Winograd kWinograd = {Form::kOutputs, Form::kInputs, transform_weights<Form>,
                                transform_input<Form>, transform_output<Form>};

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"winograd_2x2", "f32", isa, "", &kWinograd<Two>});
  rows->push_back({"winograd_4x4", "f32", isa, "", &kWinograd<Four>});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(winograd_rows)
}
#endif
