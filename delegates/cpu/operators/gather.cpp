// Slices of a tensor, picked by indices: GATHER, GATHER_ND, EMBEDDING_LOOKUP.
#include <algorithm>

#include "delegates/cpu/move.h"
#include "delegates/cpu/slice_index.h"
#include "delegates/cpu/weight_scales.h"

namespace baton::cpu {
namespace {

Refusal check_indices(const Operand& indices) {
  return require_dtype("indices", indices, {BATON_INT16, BATON_INT32, BATON_INT64});
}

// ---- GATHER -------------------------------------------------------------------------------------

// [batches, outer, size, inner] picked by [batches, count]: [batches, outer, count, inner].
struct GatherShape {
  int64_t batches, outer, size, count, inner_bytes;
};

GatherShape gather_shape(const Dims& input, const Dims& indices, int32_t axis_attribute,
                         int64_t batch_dims, int64_t element_bytes) {
  const size_t axis = resolve_axis(axis_attribute, input.size());
  const int64_t batch =
      batch_dims < 0 ? batch_dims + static_cast<int64_t>(indices.size()) : batch_dims;
  if (batch < 0 || batch > static_cast<int64_t>(std::min(axis, indices.size()))) {
    refuse_values("batch_dims " + std::to_string(batch_dims) + " is out of range");
  }
  const auto first = static_cast<size_t>(batch);
  return {product(input, 0, first), product(input, first, axis), input[axis],
          product(indices, first, indices.size()), step_of(input, axis) * element_bytes};
}

// Rows [begin, end) of batches * outer * count.
template <typename Index>
void gather_rows(const GatherShape& shape, const std::byte* from, const Index* indices,
                 std::byte* to, int64_t begin, int64_t end) {
  if (begin >= end) return;
  int64_t place = begin % shape.count, outer = begin / shape.count;
  for (int64_t row = begin; row < end; ++outer, place = 0) {
    const Index* index = indices + outer / shape.outer * shape.count;
    const std::byte* slices = from + outer * shape.size * shape.inner_bytes;
    for (; place < shape.count && row < end; ++place, ++row) {
      check_index(index[place], shape.size, place);
      copy_slice(to + row * shape.inner_bytes, slices + index[place] * shape.inner_bytes,
                 shape.inner_bytes);
    }
  }
}

// The index is wrong even where nothing is copied.
template <typename Index>
void check_all(const Index* indices, int64_t count, int64_t size) {
  for (int64_t i = 0; i < count; ++i) check_index(indices[i], size, i);
}

Refusal check_gather(const NodeView& node) {
  return first_of({check_move(node), check_indices(node.input(1))});
}

std::unique_ptr<Step> compile_gather(const NodeView& node, const Compiler&) {
  const auto attributes = node.attributes<baton_gather_attributes>();
  const int32_t input = node.input(0).index(), indices = node.input(1).index();
  const auto bytes = static_cast<int64_t>(bytes_of(node.output().dtype()));
  const baton_dtype index_type = node.input(1).dtype();
  return make_step({input, indices}, {node.output().index()}, [=](const Sizes& sizes) {
    const GatherShape shape = gather_shape(dims_of(sizes, input), dims_of(sizes, indices),
                                           attributes.axis, attributes.batch_dims, bytes);
    const bool empty = shape.inner_bytes == 0 || shape.outer == 0;
    const int64_t rows = empty ? 0 : shape.batches * shape.outer * shape.count;
    return with_index_type(index_type, [&](auto type) {
      using Index = decltype(type);
      return make_work(static_cast<uint64_t>(rows), grain_of_copies(shape.inner_bytes),
                       [=](const Call& call, uint64_t begin, uint64_t end) {
                         if (empty) {
                           check_all(call.input<Index>(1), shape.batches * shape.count, shape.size);
                           return;
                         }
                         gather_rows(shape, call.input<std::byte>(0), call.input<Index>(1),
                                     call.output<std::byte>(0), static_cast<int64_t>(begin),
                                     static_cast<int64_t>(end));
                       });
    });
  });
}

// ---- GATHER_ND ----------------------------------------------------------------------------------

Refusal check_gather_nd(const NodeView& node) {
  return first_of({check_move(node), require_rank("input", node.input(0), 1, 8),
                   check_indices(node.input(1)), require_rank("indices", node.input(1), 1, 8)});
}

std::unique_ptr<Step> compile_gather_nd(const NodeView& node, const Compiler&) {
  const int32_t input = node.input(0).index(), indices = node.input(1).index();
  const auto bytes = static_cast<int64_t>(bytes_of(node.output().dtype()));
  const baton_dtype index_type = node.input(1).dtype();
  return make_step({input, indices}, {node.output().index()}, [=](const Sizes& sizes) {
    const Dims dims = dims_of(sizes, input), index_dims = dims_of(sizes, indices);
    const auto depth = static_cast<size_t>(index_dims.back());
    const int64_t rows = product(index_dims, 0, index_dims.size() - 1);
    const int64_t slice_bytes = product(dims, depth, dims.size()) * bytes;
    return with_index_type(index_type, [&](auto type) {
      using Index = decltype(type);
      return make_work(static_cast<uint64_t>(rows), grain_of_copies(slice_bytes),
                       [=](const Call& call, uint64_t begin, uint64_t end) {
                         for (auto row = static_cast<int64_t>(begin);
                              row < static_cast<int64_t>(end); ++row) {
                           const int64_t slice = slice_at(dims, depth, call.input<Index>(1), row);
                           if (slice_bytes == 0) continue;
                           copy_slice(call.output<std::byte>(0) + row * slice_bytes,
                                      call.input<std::byte>(0) + slice * slice_bytes, slice_bytes);
                         }
                       });
    });
  });
}

// ---- EMBEDDING_LOOKUP ---------------------------------------------------------------------------

bool is_hybrid(const NodeView& node) {
  const baton_dtype table = node.input(1).dtype();
  return node.output().dtype() == BATON_FLOAT32 && (table == BATON_INT8 || table == BATON_UINT8);
}

Refusal check_lookup(const NodeView& node) {
  const Operand& table = node.input(1);
  if (const Refusal refusal = first_of(
          {require_dtype("lookup", node.input(0), {BATON_INT32}), require_plain("table", table)})) {
    return refusal;
  }
  if (!is_hybrid(node)) return require_same_dtype("table", table, "output", node.output());
  return first_of(
      {require_weight_scales("table", table, 0, table.dim(0)), require_symmetric("table", table)});
}

template <typename T>
void scale_row(const T* from, float scale, int64_t size, float* to) {
  for (int64_t i = 0; i < size; ++i) to[i] = static_cast<float>(from[i]) * scale;
}

std::unique_ptr<Step> compile_lookup(const NodeView& node, const Compiler&) {
  const Operand& table = node.input(1);
  const int32_t lookup_index = node.input(0).index(), table_index = table.index();
  const auto bytes = static_cast<int64_t>(bytes_of(table.dtype()));
  const bool hybrid = is_hybrid(node), is_signed = table.dtype() == BATON_INT8;
  std::vector<float> scales;
  if (hybrid) {
    const baton_quantization& quantization = table.quantization();
    scales.assign(quantization.scales, quantization.scales + quantization.count);
  }
  const auto kept = std::make_shared<const std::vector<float>>(std::move(scales));
  return make_step({lookup_index, table_index}, {node.output().index()}, [=](const Sizes& sizes) {
    const Dims dims = dims_of(sizes, table_index);
    const int64_t size = step_of(dims, 0), rows = dims[0];
    if (kept->size() > 1 && kept->size() != static_cast<size_t>(rows)) {
      refuse_values("the table needs one scale, or one for each row");
    }
    const auto row = [=](const Call& call, int64_t i, int64_t index) {
      if (!hybrid) {
        copy_slice(call.output<std::byte>(0) + i * size * bytes,
                   call.input<std::byte>(1) + index * size * bytes, size * bytes);
        return;
      }
      const float scale = (*kept)[kept->size() > 1 ? static_cast<size_t>(index) : 0];
      float* to = call.output<float>(0) + i * size;
      if (is_signed) {
        scale_row(call.input<int8_t>(1) + index * size, scale, size, to);
      } else {
        scale_row(call.input<uint8_t>(1) + index * size, scale, size, to);
      }
    };
    return make_work(static_cast<uint64_t>(sizes.count(lookup_index)),
                     grain_of_copies(size * (hybrid ? 4 : bytes)),
                     [=](const Call& call, uint64_t begin, uint64_t end) {
                       for (auto i = static_cast<int64_t>(begin); i < static_cast<int64_t>(end);
                            ++i) {
                         const int32_t index = call.input<int32_t>(0)[i];
                         check_index(index, rows, i);
                         if (size > 0) row(call, i, index);
                       }
                     });
  });
}

constexpr Operator kOperators[] = {
    {BATON_OP_EMBEDDING_LOOKUP, 5, check_lookup, compile_lookup},
    {BATON_OP_GATHER, 6, check_gather, compile_gather},
    {BATON_OP_GATHER_ND, 6, check_gather_nd, compile_gather_nd},
};

}  // namespace

sdk::Span<const Operator> gather_operators() { return kOperators; }

}  // namespace baton::cpu
