// Operators of two broadcast inputs that models use little: plain loops.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "delegates/cpu/elementwise.h"

namespace baton::cpu {

struct NoRefusal {
  template <typename T>
  void operator()(const T*, const T*) const {}
};

// out = fn(a, b) of elements of type In. Before the first item, refuse(begin, end) sees all of the
// second input, and may throw sdk::Error: fn may then meet what it refused all the same.
template <typename In, typename Out, typename Fn, typename Refuse = NoRefusal>
std::unique_ptr<Step> make_plain_binary_step(const NodeView& node, Fn fn, Refuse refuse = {}) {
  const int32_t a = node.input(0).index(), b = node.input(1).index();
  const int32_t output = node.output().index();
  return make_step({a, b}, {output}, [=](const Sizes& sizes) {
    constexpr double kNs = 2;  // per element
    const Broadcast broadcast(sizes.dims(output), {sizes.dims(a), sizes.dims(b)});
    const int64_t b_count = sizes.count(b);
    const auto elements = static_cast<double>(broadcast.elements_per_item());
    return make_work(broadcast.items(), grain_of_ns(elements * kNs),
                     [=](const Call& call, uint64_t begin, uint64_t end) {
                       const In* left = call.input<In>(0);
                       const In* right = call.input<In>(1);
                       if (begin == 0) refuse(right, right + b_count);
                       broadcast.for_rows(begin, end, [&](const Broadcast::Rows& rows) {
                         Out* to = call.output<Out>(0) + rows.out;
                         for (int64_t row = 0; row < rows.rows; ++row) {
                           const In* x = left + rows.from[0] + row * rows.row[0];
                           const In* y = right + rows.from[1] + row * rows.row[1];
                           for (int64_t i = 0; i < rows.columns; ++i) {
                             *to++ = fn(x[i * rows.column[0]], y[i * rows.column[1]]);
                           }
                         }
                       });
                     });
  });
}

// For integers whose `zero` cannot be divided by.
template <typename T>
auto refuse_zero_divisor(int32_t zero) {
  return [zero](const T* begin, const T* end) {
    if (std::find(begin, end, static_cast<T>(zero)) != end) {
      throw sdk::Error(BATON_REASON_OTHER, "an element of the divisor is zero",
                       BATON_INVALID_ARGUMENT);
    }
  };
}

}  // namespace baton::cpu
