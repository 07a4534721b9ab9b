// Steps of operators that go element by element.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "delegates/cpu/broadcast.h"
#include "delegates/cpu/check.h"
#include "delegates/cpu/node.h"
#include "delegates/cpu/short_rows.h"
#include "delegates/cpu/step.h"

namespace baton::cpu {

// An item of a run over all elements of a tensor: some, so that pieces begin at whole vectors.
constexpr int64_t kElementsPerItem = 1024;

// fn(call, begin, end) over the elements of a tensor of so many.
template <typename Fn>
std::unique_ptr<Work> make_flat_work(int64_t count, double ns_per_element, Fn fn) {
  const auto items = static_cast<uint64_t>((count + kElementsPerItem - 1) / kElementsPerItem);
  const uint64_t grain = grain_of_ns(ns_per_element * kElementsPerItem);
  return make_work(items, grain, [count, fn](const Call& call, uint64_t begin, uint64_t end) {
    const int64_t first = static_cast<int64_t>(begin) * kElementsPerItem;
    fn(call, first, std::min(static_cast<int64_t>(end) * kElementsPerItem, count));
  });
}

// From one input to an output of its shape: fn(call, begin, end) as above.
template <typename Fn>
std::unique_ptr<Step> make_flat_step(const NodeView& node, double ns_per_element, Fn fn) {
  const int32_t input = node.input(0).index();
  return make_step({input}, {node.output().index()}, [=](const Sizes& sizes) {
    return make_flat_work(sizes.count(input), ns_per_element, fn);
  });
}

// kernel(args) over the rows of two broadcast inputs. Args is kernels::BroadcastRows and more,
// which `args` holds.
template <typename Args>
std::unique_ptr<Step> make_binary_step(const NodeView& node, const Args& args,
                                       void (*kernel)(const Args&), double ns_per_element) {
  const int32_t a = node.input(0).index(), b = node.input(1).index();
  const int32_t output = node.output().index();
  const uint64_t input_bytes = bytes_of(node.input(0).dtype());
  const uint64_t output_bytes = bytes_of(node.output().dtype());
  return make_step({a, b}, {output}, [=](const Sizes& sizes) -> std::unique_ptr<Work> {
    const Broadcast broadcast(sizes.dims(output), {sizes.dims(a), sizes.dims(b)});
    if (const auto row = broadcast.short_row(); row.size != 0) {
      return std::make_unique<ShortRowWork<Args>>(row, sizes.count(output), args, kernel,
                                                  input_bytes, output_bytes, ns_per_element);
    }
    const auto elements = static_cast<double>(broadcast.elements_per_item());
    return make_work(broadcast.items(), grain_of_ns(elements * ns_per_element),
                     [=](const Call& call, uint64_t begin, uint64_t end) {
                       broadcast.for_rows(begin, end, [&](const Broadcast::Rows& rows) {
                         Args each = args;
                         set_rows(rows, call.input<void>(0), call.input<void>(1), input_bytes,
                                  call.output<void>(0), output_bytes, &each);
                         kernel(each);
                       });
                     });
  });
}

// Two inputs and an output of ranks that Broadcast takes.
inline Refusal require_broadcast(const NodeView& node) {
  return first_of({require_rank("first input", node.input(0), 0, Broadcast::kMaxRank),
                   require_rank("second input", node.input(1), 0, Broadcast::kMaxRank),
                   require_rank("output", node.output(), 0, Broadcast::kMaxRank)});
}

// Two broadcast inputs and an output of one type out of some.
inline Refusal require_binary(const NodeView& node, std::initializer_list<baton_dtype> dtypes) {
  return first_of({require_dtype("first input", node.input(0), dtypes),
                   require_dtype("second input", node.input(1), dtypes),
                   require_same_dtype("first input", node.input(0), "second", node.input(1)),
                   require_same_dtype("first input", node.input(0), "output", node.output()),
                   require_broadcast(node)});
}

// One input and an output of one type out of some.
inline Refusal require_unary(const NodeView& node, std::initializer_list<baton_dtype> dtypes) {
  return first_of({require_dtype("input", node.input(0), dtypes),
                   require_same_dtype("input", node.input(0), "output", node.output())});
}

}  // namespace baton::cpu
