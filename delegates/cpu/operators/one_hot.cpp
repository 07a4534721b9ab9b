// ONE_HOT: a new dimension with one value at the index and another elsewhere.
#include <algorithm>

#include "delegates/cpu/move.h"
#include "delegates/cpu/slice_index.h"

namespace baton::cpu {
namespace {

Refusal check(const NodeView& node) {
  const Operand &on = node.input(2), &off = node.input(3);
  if (const Refusal refusal =
          first_of({require_integers("indices", node.input(0)),
                    require_dtype("depth", node.input(1), {BATON_INT32}),
                    require_dtype("on value", on,
                                  {BATON_FLOAT32, BATON_INT32, BATON_INT64, BATON_INT16, BATON_INT8,
                                   BATON_UINT8, BATON_BOOL}),
                    require_dtype("off value", off, {on.dtype()}),
                    require_same_dtype("on value", on, "output", node.output())})) {
    return refusal;
  }
  if (on.count() == 1 && off.count() == 1) return {};
  return {BATON_REASON_SHAPE, "the on and off values must be scalars"};
}

// The output is [outer, depth, inner], the indices are [outer, inner]. An item is one of outer.
template <typename Index, typename T>
std::unique_ptr<Work> make_encoding(int64_t outer, int64_t depth, int64_t inner) {
  return make_work(static_cast<uint64_t>(outer),
                   grain_of_copies(depth * inner * static_cast<int64_t>(sizeof(T))),
                   [=](const Call& call, uint64_t begin, uint64_t end) {
                     const T on = *call.input<T>(1), off = *call.input<T>(2);
                     for (auto o = static_cast<int64_t>(begin); o < static_cast<int64_t>(end);
                          ++o) {
                       const Index* indices = call.input<Index>(0) + o * inner;
                       T* to = call.output<T>(0) + o * depth * inner;
                       std::fill_n(to, depth * inner, off);
                       for (int64_t i = 0; i < inner; ++i) {
                         if (indices[i] < 0 || indices[i] >= depth) continue;
                         to[indices[i] * inner + i] = on;
                       }
                     }
                   });
}

std::unique_ptr<Step> compile(const NodeView& node, const Compiler&) {
  const int32_t axis_attribute = node.attributes<baton_one_hot_attributes>().axis;
  const int32_t output = node.output().index();
  const baton_dtype index_type = node.input(0).dtype();
  const uint64_t bytes = bytes_of(node.output().dtype());
  return make_step({node.input(0).index(), node.input(2).index(), node.input(3).index()}, {output},
                   [=](const Sizes& sizes) {
                     const Dims dims = dims_of(sizes, output);
                     const size_t axis = resolve_axis(axis_attribute, dims.size());
                     const int64_t outer = product(dims) == 0 ? 0 : product(dims, 0, axis);
                     const int64_t inner = step_of(dims, axis);
                     return with_element_of(bytes, [&](auto element) {
                       return with_index_type(index_type, [&](auto index) {
                         return make_encoding<decltype(index), decltype(element)>(outer, dims[axis],
                                                                                  inner);
                       });
                     });
                   });
}

constexpr Operator kOperators[] = {{BATON_OP_ONE_HOT, 1, check, compile}};

}  // namespace

sdk::Span<const Operator> one_hot_operators() { return kOperators; }

}  // namespace baton::cpu
