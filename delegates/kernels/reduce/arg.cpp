#include "delegates/kernels/arg.h"

#include "baton/fixed_point.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "delegates/kernels/reduce/arg.cpp"
#include "hwy/foreach_target.h"
// After foreach_target.h.
#include "delegates/kernels/reduce/arg_short-inl.h"
#include "delegates/kernels/reduce/reduce-inl.h"
#include "delegates/kernels/rows.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace baton::kernels {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// Where `value` is first; 0 when it is nowhere: a row of infinities has a finite largest element.
template <class D>
HWY_INLINE int64_t find_first(D d, hn::TFromD<D> value, const hn::TFromD<D>* in, size_t depth) {
  const size_t lanes = hn::Lanes(d);
  const auto wanted = hn::Set(d, value);
  for (size_t i = 0; i < depth; i += lanes) {
    const intptr_t lane = hn::FindFirstTrue(d, hn::Eq(hn::LoadU(d, in + i), wanted));
    if (lane < 0) continue;
    const auto at = i + static_cast<size_t>(lane);
    return at < depth ? static_cast<int64_t>(at) : 0;
  }
  return 0;
}

template <class Op>
HWY_INLINE int64_t arg_row(const typename Op::Element* in, size_t depth) {
  // A NaN in front is never replaced.
  return in[0] == in[0] ? find_first(typename Op::D(), reduce_row<Op>(in, depth), in, depth) : 0;
}

template <class Op>
void arg_rows(const ArgRows& rows) {
  using T = typename Op::Element;
  const T* in = static_cast<const T*>(rows.in);
  size_t i = 0;
#if HWY_TARGET != HWY_SCALAR
  using Short = typename ShortRows<Op>::Type;
  if (rows.depth <= kShortRow) {
    const auto* elements = static_cast<const typename Short::Element*>(rows.in);
    for (; i + Short::kRows <= rows.rows; i += Short::kRows) {
      Short::find(elements + i * rows.depth, rows.depth, rows.out + i);
    }
  }
#endif
  for (; i < rows.rows; ++i) rows.out[i] = arg_row<Op>(in + i * rows.depth, rows.depth);
}

static void target_rows(Isa isa, std::vector<Kernel>* rows) {
  rows->push_back({"arg_max", "f32", isa, "", &arg_rows<Largest<float>>});
  rows->push_back({"arg_max", "s8", isa, "", &arg_rows<Largest<int8_t>>});
  rows->push_back({"arg_max", "u8", isa, "", &arg_rows<Largest<uint8_t>>});
  rows->push_back({"arg_min", "f32", isa, "", &arg_rows<Smallest<float>>});
  rows->push_back({"arg_min", "s8", isa, "", &arg_rows<Smallest<int8_t>>});
  rows->push_back({"arg_min", "u8", isa, "", &arg_rows<Smallest<uint8_t>>});
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace baton::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace baton::kernels {
BATON_ROWS_OF_TARGETS(arg_table_rows)
}
#endif
