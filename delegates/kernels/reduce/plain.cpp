// Reductions that are too rare for vectors of their own: the compiler's will do.
#include <limits>
#include <type_traits>
#include <vector>

#include "delegates/kernels/kernel.h"
#include "delegates/kernels/reduce.h"

namespace baton::kernels {
namespace {

// Integers that wrap instead of overflowing; other types unchanged.
template <typename T>
using Wrapping = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>,
                                             std::type_identity<T>>::type;

template <typename T>
struct Sum {
  static constexpr T kStart = 0;
  static T combine(T a, T x) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) + static_cast<Wrapping<T>>(x));
  }
};
template <typename T>
struct Product {
  static constexpr T kStart = 1;
  static T combine(T a, T x) {
    return static_cast<T>(static_cast<Wrapping<T>>(a) * static_cast<Wrapping<T>>(x));
  }
};
template <typename T>
struct Largest {
  static constexpr T kStart = std::numeric_limits<T>::lowest();
  static T combine(T a, T x) { return x > a ? x : a; }
};
template <typename T>
struct Smallest {
  static constexpr T kStart = std::numeric_limits<T>::max();
  static T combine(T a, T x) { return x < a ? x : a; }
};

template <typename In, typename Out, template <typename> class Op>
void rows(const Reduction& reduction) {
  const In* in = static_cast<const In*>(reduction.in);
  Out* out = static_cast<Out*>(reduction.out);
  for (size_t i = 0; i < reduction.results; ++i, in += reduction.stride) {
    Out value = reduction.more ? out[i] : Op<Out>::kStart;
    for (size_t k = 0; k < reduction.count; ++k) value = Op<Out>::combine(value, Out{in[k]});
    out[i] = value;
  }
}

template <typename In, typename Out, template <typename> class Op>
void columns(const Reduction& reduction) {
  const In* in = static_cast<const In*>(reduction.in);
  Out* out = static_cast<Out*>(reduction.out);
  for (size_t i = 0; i < reduction.results && !reduction.more; ++i) out[i] = Op<Out>::kStart;
  for (size_t k = 0; k < reduction.count; ++k, in += reduction.stride) {
    for (size_t i = 0; i < reduction.results; ++i) out[i] = Op<Out>::combine(out[i], Out{in[i]});
  }
}

template <typename In, typename Out, template <typename> class Op>
void add(const char* rows_name, const char* columns_name, const char* types,
         std::vector<Kernel>* table) {
  table->push_back({rows_name, types, Isa::kGeneric, "", &rows<In, Out, Op>});
  table->push_back({columns_name, types, Isa::kGeneric, "", &columns<In, Out, Op>});
}

}  // namespace

void plain_reduce_rows(std::vector<Kernel>* table) {
  add<int64_t, int64_t, Sum>("sum_rows", "sum_columns", "s64", table);
  add<int32_t, int64_t, Sum>("sum_rows", "sum_columns", "s32to64", table);
  add<float, float, Product>("prod_rows", "prod_columns", "f32", table);
  add<int32_t, int32_t, Product>("prod_rows", "prod_columns", "s32", table);
  add<int64_t, int64_t, Product>("prod_rows", "prod_columns", "s64", table);
  add<int64_t, int64_t, Largest>("max_rows", "max_columns", "s64", table);
  add<int64_t, int64_t, Smallest>("min_rows", "min_columns", "s64", table);
}

}  // namespace baton::kernels
