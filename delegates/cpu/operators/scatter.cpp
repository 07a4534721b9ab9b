// Values put, or added, where indices say: SCATTER_ND, SPARSE_TO_DENSE, SEGMENT_SUM. What is added
// to one element is added in the order of the indices, by one thread.
#include <algorithm>
#include <type_traits>

#include "delegates/cpu/move.h"
#include "delegates/cpu/slice_index.h"

namespace baton::cpu {
namespace {

constexpr int64_t kFillItem = 4096;  // elements

// First all of the output, in items of kFillItem elements; then the indices, by one worker.
template <typename Fill, typename Place>
std::unique_ptr<Work> make_scatter(int64_t count, Fill fill, Place place) {
  struct Scatter final : Work {
    Scatter(int64_t count, Fill fill, Place place) : count_(count), fill_(fill), place_(place) {
      phases = {Phase{static_cast<uint64_t>((count + kFillItem - 1) / kFillItem), 1}, Phase{1, 1}};
    }
    void run(const Call& call, size_t phase, uint64_t begin, uint64_t end) const override {
      if (phase == 1) {
        if (begin < end) place_(call);
        return;
      }
      const auto item = static_cast<uint64_t>(kFillItem);
      fill_(call, begin * item, std::min(end * item, static_cast<uint64_t>(count_)));
    }
    int64_t count_;
    Fill fill_;
    Place place_;
  };
  return std::make_unique<Scatter>(count, fill, place);
}

// Integers wrap; what is not 0 is true.
template <typename T>
T sum_of(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    using Bits = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<Bits>(static_cast<Bits>(a) + static_cast<Bits>(b)));
  } else {
    return a + b;
  }
}
struct Truth {
  uint8_t byte;
};
template <>
Truth sum_of(Truth a, Truth b) {
  return {static_cast<uint8_t>((a.byte | b.byte) != 0)};
}

template <typename T>
void add_to(const T* from, int64_t count, T* to) {
  for (int64_t i = 0; i < count; ++i) to[i] = sum_of(to[i], from[i]);
}

// ---- SCATTER_ND ---------------------------------------------------------------------------------

Refusal check_scatter_nd(const NodeView& node) {
  const Operand &indices = node.input(0), &updates = node.input(1);
  return first_of(
      {require_dtype(
           "updates", updates,
           {BATON_FLOAT32, BATON_INT32, BATON_INT64, BATON_INT8, BATON_UINT8, BATON_BOOL}),
       require_same_dtype("updates", updates, "output", node.output()),
       require_dtype("indices", indices, {BATON_INT32}), require_rank("indices", indices, 1, 8),
       require_dtype("shape", node.input(2), {BATON_INT32})});
}

template <typename T>
std::unique_ptr<Step> make_scatter_nd(const NodeView& node) {
  const int32_t indices = node.input(0).index(), output = node.output().index();
  return make_step({indices, node.input(1).index()}, {output}, [=](const Sizes& sizes) {
    const Dims dims = dims_of(sizes, output), index_dims = dims_of(sizes, indices);
    const auto depth = static_cast<size_t>(index_dims.back());
    const int64_t rows = product(index_dims, 0, index_dims.size() - 1);
    const int64_t size = product(dims, depth, dims.size());
    return make_scatter(
        product(dims),
        [](const Call& call, uint64_t begin, uint64_t end) {
          std::fill(call.output<T>(0) + begin, call.output<T>(0) + end, T());
        },
        [=](const Call& call) {
          for (int64_t row = 0; row < rows; ++row) {
            const int64_t slice = slice_at(dims, depth, call.input<int32_t>(0), row);
            if (size == 0) continue;
            add_to(call.input<T>(1) + row * size, size, call.output<T>(0) + slice * size);
          }
        });
  });
}

std::unique_ptr<Step> compile_scatter_nd(const NodeView& node, const Compiler&) {
  switch (node.output().dtype()) {
    case BATON_FLOAT32:
      return make_scatter_nd<float>(node);
    case BATON_INT32:
      return make_scatter_nd<int32_t>(node);
    case BATON_INT64:
      return make_scatter_nd<int64_t>(node);
    case BATON_BOOL:
      return make_scatter_nd<Truth>(node);
    default:
      return make_scatter_nd<uint8_t>(node);
  }
}

// ---- SPARSE_TO_DENSE ----------------------------------------------------------------------------

Refusal check_sparse(const NodeView& node) {
  const Operand &indices = node.input(0), &values = node.input(2);
  if (const Refusal refusal = first_of(
          {require_integers("indices", indices), require_rank("indices", indices, 0, 2),
           require_dtype("values", values,
                         {BATON_FLOAT32, BATON_INT32, BATON_INT64, BATON_INT8, BATON_UINT8}),
           require_rank("values", values, 0, 1),
           require_dtype("default", node.input(3), {values.dtype()}),
           require_same_dtype("values", values, "output", node.output())})) {
    return refusal;
  }
  if (node.input(3).count() == 1) return {};
  return {BATON_REASON_SHAPE, "the default must be one element"};
}

std::unique_ptr<Step> compile_sparse(const NodeView& node, const Compiler&) {
  const int32_t indices = node.input(0).index(), output = node.output().index();
  const baton_dtype index_type = node.input(0).dtype();
  const uint64_t bytes = bytes_of(node.output().dtype());
  const bool one_value = node.input(2).rank() == 0;
  return make_step(
      {indices, node.input(2).index(), node.input(3).index()}, {output}, [=](const Sizes& sizes) {
        const Dims dims = dims_of(sizes, output), index_dims = dims_of(sizes, indices);
        const int64_t rows = index_dims.empty() ? 1 : index_dims[0];
        return with_element_of(bytes, [&](auto element) {
          using T = decltype(element);
          return with_index_type(index_type, [&](auto type) {
            using Index = decltype(type);
            return make_scatter(
                product(dims),
                [](const Call& call, uint64_t begin, uint64_t end) {
                  std::fill(call.output<T>(0) + begin, call.output<T>(0) + end, *call.input<T>(2));
                },
                [=](const Call& call) {
                  for (int64_t row = 0; row < rows; ++row) {
                    const int64_t place = slice_at(dims, dims.size(), call.input<Index>(0), row);
                    call.output<T>(0)[place] = call.input<T>(1)[one_value ? 0 : row];
                  }
                });
          });
        });
      });
}

// ---- SEGMENT_SUM --------------------------------------------------------------------------------

Refusal check_segments(const NodeView& node) {
  return first_of({require_dtype("input", node.input(0), {BATON_FLOAT32, BATON_INT32}),
                   require_rank("input", node.input(0), 1, 8),
                   require_dtype("segment ids", node.input(1), {BATON_INT32}),
                   require_same_dtype("input", node.input(0), "output", node.output())});
}

// Ids start at 0 and grow by at most 1.
void check_ids(const int32_t* ids, int64_t count, int64_t room) {
  int64_t previous = -1;
  for (int64_t i = 0; i < count; ++i) {
    if (ids[i] != previous + 1 && (ids[i] != previous || i == 0)) {
      throw sdk::Error(BATON_REASON_OTHER, "segment id " + std::to_string(i) + " is " +
                                               std::to_string(ids[i]) + " after " +
                                               std::to_string(previous) +
                                               "; ids start at 0 and grow by at most 1");
    }
    previous = ids[i];
  }
  if (previous < room) return;
  throw sdk::Error(BATON_REASON_OTHER, "there are " + std::to_string(previous + 1) +
                                           " segments, the output has room for " +
                                           std::to_string(room));
}

template <typename T>
std::unique_ptr<Step> make_segments(const NodeView& node) {
  const int32_t input = node.input(0).index(), output = node.output().index();
  return make_step({input, node.input(1).index()}, {output}, [=](const Sizes& sizes) {
    const Dims dims = dims_of(sizes, input);
    const int64_t rows = dims[0], size = step_of(dims, 0), segments = sizes.dim(output, 0);
    // An item is a column of the matrix: workers share the columns.
    constexpr uint64_t kColumns = 256;
    return make_work(static_cast<uint64_t>(size), kColumns,
                     [=](const Call& call, uint64_t begin, uint64_t end) {
                       const auto* ids = call.input<int32_t>(1);
                       check_ids(ids, rows, segments);
                       const auto first = static_cast<int64_t>(begin);
                       const auto count = static_cast<int64_t>(end - begin);
                       for (int64_t i = 0; i < segments; ++i) {
                         std::fill_n(call.output<T>(0) + i * size + first, count, T());
                       }
                       for (int64_t i = 0; i < rows; ++i) {
                         add_to(call.input<T>(0) + i * size + first, count,
                                call.output<T>(0) + ids[i] * size + first);
                       }
                     });
  });
}

std::unique_ptr<Step> compile_segments(const NodeView& node, const Compiler&) {
  return node.input(0).dtype() == BATON_FLOAT32 ? make_segments<float>(node)
                                                : make_segments<int32_t>(node);
}

constexpr Operator kOperators[] = {
    {BATON_OP_SCATTER_ND, 1, check_scatter_nd, compile_scatter_nd},
    {BATON_OP_SEGMENT_SUM, 1, check_segments, compile_segments},
    {BATON_OP_SPARSE_TO_DENSE, 3, check_sparse, compile_sparse},
};

}  // namespace

sdk::Span<const Operator> scatter_operators() { return kOperators; }

}  // namespace baton::cpu
