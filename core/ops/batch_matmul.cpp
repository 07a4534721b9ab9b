// BATCH_MATMUL: x [..., rows, depth] times y [..., depth, columns], each pair of matrices of the
// leading dimensions, which are broadcast. adj_x and adj_y: the matrix lies transposed in memory.
#include <algorithm>

#include "baton/fixed_point.h"
#include "core/ops/support/broadcast.h"
#include "core/ops/support/check.h"
#include "core/ops/support/grain.h"
#include "core/ops/support/hybrid.h"
#include "core/ops/support/strided_copy.h"

namespace baton::ops {
namespace {

constexpr int kMaxRank = 5;

// How the matrices of one input lie in memory.
struct Matrices {
  int64_t outer_step = 0;             // from row to row of x, from column to column of y
  int64_t inner_step = 0;             // along the depth
  int64_t batch_step[kMaxRank] = {};  // 0 where the input is repeated
};

struct BatchMatMulData : OpData {
  int64_t rows = 0;
  int64_t depth = 0;
  int64_t columns = 0;
  Matrices x;
  Matrices y;
  int32_t multiplier = 0;
  int32_t shift = 0;
  Status (*run)(NodeContext&) = nullptr;
};

// Size of a matrix dimension, 2 or 1 from the end, as the product sees it.
int32_t matrix_dim(const Value& value, bool adjoint, int from_end) {
  return value.dim(value.rank() - (adjoint ? 3 - from_end : from_end));
}

Status infer(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_batch_mat_mul_attributes>();
  const Value& x = ctx.input(0);
  const Value& y = ctx.input(1);
  if (std::min(x.rank(), y.rank()) < 2 || std::max(x.rank(), y.rank()) > kMaxRank) {
    return error(BATON_INVALID_MODEL, "the inputs have rank %d and %d; 2 to %d is supported",
                 x.rank(), y.rank(), kMaxRank);
  }
  const int32_t depth = matrix_dim(x, attributes.adj_x, 1);
  if (depth != matrix_dim(y, attributes.adj_y, 2)) {
    return error(BATON_INVALID_MODEL, "the matrices of x have %d columns, those of y %d rows",
                 depth, matrix_dim(y, attributes.adj_y, 2));
  }
  std::vector<int32_t> dims(static_cast<size_t>(std::max(x.rank(), y.rank())), 1);
  for (const Value* input : {&x, &y}) {
    const size_t missing = dims.size() - static_cast<size_t>(input->rank());
    for (size_t i = missing; i + 2 < dims.size(); ++i) {
      const int32_t size = input->dim(static_cast<int>(i - missing));
      if (size == 1 || size == dims[i]) continue;
      if (dims[i] != 1) {
        return error(BATON_INVALID_MODEL,
                     "leading sizes %d and %d cannot be broadcast to each other", dims[i], size);
      }
      dims[i] = size;
    }
  }
  dims[dims.size() - 2] = matrix_dim(x, attributes.adj_x, 2);
  dims[dims.size() - 1] = matrix_dim(y, attributes.adj_y, 1);
  return ctx.set_output_dims(0, dims);
}

Matrices layout(const Value& value, const Value& output, bool depth_is_last) {
  Matrices matrices;
  const int rank = value.rank();
  const int64_t columns = value.dim(rank - 1);
  matrices.inner_step = depth_is_last ? 1 : columns;
  matrices.outer_step = depth_is_last ? columns : 1;
  const int missing = output.rank() - rank;
  for (int i = 0; i + 2 < rank; ++i) {
    matrices.batch_step[i + missing] = value.dim(i) == 1 ? 0 : product_of_dims(value, i + 1, rank);
  }
  return matrices;
}

// Where an input's matrix for one matrix of the output starts.
int64_t start_of(const Matrices& matrices, const Value& output, int64_t batch) {
  int64_t start = 0;
  for (int i = output.rank() - 3; i >= 0; --i) {
    start += batch % output.dim(i) * matrices.batch_step[i];
    batch /= output.dim(i);
  }
  return start;
}

// Columns of the output that are summed up side by side.
constexpr int64_t kBlock = 32;

// sums[j] += x[k] * y[k, j] for all k in order; kStep is the step from column to column, 0: any.
template <int kStep, typename Sum, typename Product, typename X, typename Y>
void sum_block(const BatchMatMulData& data, const X* x, const Y* y, int64_t count, Sum* sums,
               const Product& product) {
  const int64_t step = kStep != 0 ? kStep : data.y.outer_step;
  for (int64_t k = 0; k < data.depth; ++k) {
    const X factor = x[k * data.x.inner_step];
    const Y* row = y + k * data.y.inner_step;
    for (int64_t j = 0; j < count; ++j) sums[j] += product(factor, row[j * step]);
  }
}

// finish(sum, row of x over all its matrices, column, where in the output) for all elements;
// product(x, y) gives a Sum.
template <typename Sum, typename X, typename Y, typename Product, typename Finish>
void for_each_sum(const NodeContext& ctx, const X* x, const Y* y, const Product& product,
                  const Finish& finish) {
  const auto& data = ctx.data<BatchMatMulData>();
  const Value& output = ctx.output(0);
  if (data.columns == 0) return;
  ctx.parallel_for(output.count() / data.columns, grain_of(data.depth, data.columns),
                   [&](uint32_t, int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i) {
                       const int64_t x_row = start_of(data.x, output, i / data.rows) +
                                             i % data.rows * data.x.outer_step;
                       const int64_t y_start = start_of(data.y, output, i / data.rows);
                       for (int64_t column = 0; column < data.columns; column += kBlock) {
                         const int64_t count = std::min(kBlock, data.columns - column);
                         const Y* block = y + y_start + column * data.y.outer_step;
                         Sum sums[kBlock] = {};
                         if (data.y.outer_step == 1) {
                           sum_block<1>(data, x + x_row, block, count, sums, product);
                         } else {
                           sum_block<0>(data, x + x_row, block, count, sums, product);
                         }
                         for (int64_t j = 0; j < count; ++j) {
                           finish(sums[j], x_row, column + j, i * data.columns + column + j);
                         }
                       }
                     }
                   });
}

Status run_float(NodeContext& ctx) {
  auto* output = ctx.output(0).as<float>();
  for_each_sum<float>(
      ctx, ctx.input(0).as<const float>(), ctx.input(1).as<const float>(),
      [](float x, float y) { return x * y; },
      [&](float sum, int64_t, int64_t, int64_t at) { output[at] = sum; });
  return {};
}

Status run_int8(NodeContext& ctx) {
  const auto& data = ctx.data<BatchMatMulData>();
  const int32_t x_zero = ctx.input(0).zero_point();
  const int32_t y_zero = ctx.input(1).zero_point();
  const int32_t output_zero = ctx.output(0).zero_point();
  auto* output = ctx.output(0).as<int8_t>();
  for_each_sum<uint32_t>(
      ctx, ctx.input(0).as<const int8_t>(), ctx.input(1).as<const int8_t>(),
      [=](int8_t x, int8_t y) { return static_cast<uint32_t>((x - x_zero) * (y - y_zero)); },
      [&](uint32_t sum, int64_t, int64_t, int64_t at) {
        const int32_t scaled = baton_multiply_by_quantized_multiplier(static_cast<int32_t>(sum),
                                                                      data.multiplier, data.shift);
        output[at] = static_cast<int8_t>(
            baton_clamp(baton_saturating_add(scaled, output_zero), INT8_MIN, INT8_MAX));
      });
  return {};
}

// The plain sums of products, without zero points.
Status run_int8_to_int32(NodeContext& ctx) {
  auto* output = ctx.output(0).as<int32_t>();
  for_each_sum<uint32_t>(
      ctx, ctx.input(0).as<const int8_t>(), ctx.input(1).as<const int8_t>(),
      [](int8_t x, int8_t y) { return static_cast<uint32_t>(x * y); },
      [&](uint32_t sum, int64_t, int64_t, int64_t at) { output[at] = static_cast<int32_t>(sum); });
  return {};
}

template <typename Y>
Status run_int16(NodeContext& ctx) {
  const auto& data = ctx.data<BatchMatMulData>();
  auto* output = ctx.output(0).as<int16_t>();
  for_each_sum<int64_t>(
      ctx, ctx.input(0).as<const int16_t>(), ctx.input(1).as<const Y>(),
      [](int16_t x, Y y) { return int64_t{x} * y; },
      [&](int64_t sum, int64_t, int64_t, int64_t at) {
        const int32_t scaled =
            baton_multiply_by_quantized_multiplier_int64(sum, data.multiplier, data.shift);
        output[at] = static_cast<int16_t>(baton_clamp(scaled, INT16_MIN, INT16_MAX));
      });
  return {};
}

// x is quantised anew in each run, row by row, into a copy without zero points, in which rows are
// contiguous whatever adj_x is.
Status run_hybrid(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_batch_mat_mul_attributes>();
  const auto& data = ctx.data<BatchMatMulData>();
  const Value& x = ctx.input(0);
  auto* output = ctx.output(0).as<float>();
  if (data.depth == 0) {
    std::fill_n(output, ctx.output(0).count(), 0.0f);
    return {};
  }
  const int64_t rows = x.count() / data.depth;
  const Matrices from = layout(x, ctx.output(0), !attributes.adj_x);
  auto* scales = ctx.scratch<HybridScale>();
  auto* row_copy = reinterpret_cast<float*>(scales + rows);
  auto* centred = reinterpret_cast<int16_t*>(row_copy + data.depth);
  auto* quantized = reinterpret_cast<int8_t*>(centred + rows * data.depth);
  const auto quantize =
      attributes.asymmetric_quantize_inputs ? quantize_asymmetric : quantize_symmetric;
  for (int64_t row = 0; row < rows; ++row) {
    const float* start = x.as<const float>() + row / data.rows * data.rows * data.depth +
                         row % data.rows * from.outer_step;
    for (int64_t k = 0; k < data.depth; ++k) row_copy[k] = start[k * from.inner_step];
    scales[row] = quantize(row_copy, data.depth, quantized);
    for (int64_t k = 0; k < data.depth; ++k) {
      centred[row * data.depth + k] = static_cast<int16_t>(quantized[k] - scales[row].zero_point);
    }
  }
  const baton_quantization& weights = ctx.input(1).quantization();
  for_each_sum<uint32_t>(
      ctx, centred, ctx.input(1).as<const int8_t>(),
      [](int16_t q, int8_t w) { return static_cast<uint32_t>(q * w); },
      [&](uint32_t sum, int64_t x_row, int64_t column, int64_t at) {
        const float scale =
            scales[x_row / data.depth].scale * weights.scales[weights.count > 1 ? column : 0];
        output[at] = scale * static_cast<float>(static_cast<int32_t>(sum));
      });
  return {};
}

// One scale for all of y, or one for each column.
Status check_weights(const Value& y, bool adj_y, int64_t columns) {
  BATON_RETURN_IF_ERROR(check_per_tensor("second input", y));
  const baton_quantization& scales = y.quantization();
  const int32_t axis = y.rank() - (adj_y ? 2 : 1);
  if (scales.count == 1 || (scales.kind != BATON_QUANTIZATION_BLOCK && scales.axis == axis &&
                            scales.count == static_cast<uint64_t>(columns))) {
    return {};
  }
  return error(
      BATON_UNSUPPORTED,
      "the second input has %u scales along dimension %d; one, or one for each of its %lld "
      "columns, can be used",
      scales.count, scales.axis, static_cast<long long>(columns));
}

Status prepare_quantized(NodeContext& ctx, BatchMatMulData& data) {
  const Value& x = ctx.input(0);
  const Value& y = ctx.input(1);
  const Value& output = ctx.output(0);
  BATON_RETURN_IF_ERROR(check_same_dtype("input", x, "output", output));
  BATON_RETURN_IF_ERROR(check_per_tensor("first input", x));
  BATON_RETURN_IF_ERROR(check_per_tensor("second input", y));
  BATON_RETURN_IF_ERROR(check_per_tensor("output", output));
  if (x.dtype() == BATON_INT16 && (x.zero_point() | y.zero_point() | output.zero_point()) != 0) {
    return error(BATON_UNSUPPORTED, "the zero points of int16 tensors must be 0");
  }
  // TensorFlow Lite's kernel knows no scales per column: it reads a scale of 0 where there are
  // several, and so gives zeros. Its bits are the contract.
  const bool several = x.quantization().count > 1 || y.quantization().count > 1;
  baton_quantize_multiplier(
      several ? 0.0 : baton_conv_scale_per_tensor(x.scale(), y.scale(), output.scale()),
      &data.multiplier, &data.shift);
  if (x.dtype() == BATON_INT8) {
    data.run = run_int8;
  } else {
    data.run = y.dtype() == BATON_INT8 ? run_int16<int8_t> : run_int16<int16_t>;
  }
  return {};
}

Status prepare_hybrid(NodeContext& ctx, BatchMatMulData& data) {
  const auto& attributes = ctx.attributes<baton_batch_mat_mul_attributes>();
  BATON_RETURN_IF_ERROR(check_weights(ctx.input(1), attributes.adj_y, data.columns));
  data.x.outer_step = data.depth;
  data.x.inner_step = 1;
  data.run = run_hybrid;
  const auto elements = static_cast<uint64_t>(ctx.input(0).count());
  const auto depth = static_cast<uint64_t>(data.depth);
  const uint64_t rows = depth == 0 ? 0 : elements / depth;
  ctx.request_scratch(rows * sizeof(HybridScale) + depth * (sizeof(float) + sizeof(int8_t)) +
                      elements * sizeof(int16_t));
  return {};
}

Status prepare(NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_batch_mat_mul_attributes>();
  const Value& x = ctx.input(0);
  const Value& y = ctx.input(1);
  const Value& output = ctx.output(0);
  auto data = std::make_unique<BatchMatMulData>();
  data->rows = matrix_dim(x, attributes.adj_x, 2);
  data->depth = matrix_dim(x, attributes.adj_x, 1);
  data->columns = matrix_dim(y, attributes.adj_y, 1);
  data->x = layout(x, output, !attributes.adj_x);
  data->y = layout(y, output, attributes.adj_y);
  if (x.dtype() == BATON_FLOAT32 && y.dtype() == BATON_INT8 && output.dtype() == BATON_FLOAT32) {
    BATON_RETURN_IF_ERROR(prepare_hybrid(ctx, *data));
  } else {
    BATON_RETURN_IF_ERROR(check_dtype("input", x.dtype(), dtypes_of<float, int8_t, int16_t>()));
    if (!(x.dtype() == BATON_INT16 && y.dtype() == BATON_INT8)) {
      BATON_RETURN_IF_ERROR(check_same_dtype("first input", x, "second", y));
    }
    if (x.dtype() == BATON_FLOAT32) {
      BATON_RETURN_IF_ERROR(check_same_dtype("input", x, "output", output));
      data->run = run_float;
    } else if (x.dtype() == BATON_INT8 && output.dtype() == BATON_INT32) {
      data->run = run_int8_to_int32;
    } else {
      BATON_RETURN_IF_ERROR(prepare_quantized(ctx, *data));
    }
  }
  ctx.set_data(std::move(data));
  return {};
}

Status run(NodeContext& ctx) { return ctx.data<BatchMatMulData>().run(ctx); }

int32_t min_version(const NodeContext& ctx) {
  if (ctx.input(0).dtype() == BATON_INT16) return 3;
  const bool hybrid = ctx.input(0).dtype() == BATON_FLOAT32 && ctx.input(1).dtype() == BATON_INT8;
  if (hybrid && ctx.attributes<baton_batch_mat_mul_attributes>().asymmetric_quantize_inputs) {
    return 4;
  }
  return ctx.input(0).dtype() == BATON_INT8 ? 2 : 1;
}

uint64_t work(const NodeContext& ctx) {
  const auto& attributes = ctx.attributes<baton_batch_mat_mul_attributes>();
  return static_cast<uint64_t>(ctx.output(0).count()) *
         static_cast<uint64_t>(matrix_dim(ctx.input(0), attributes.adj_x, 1));
}

}  // namespace

extern const Operator batch_matmul{
    .code = BATON_OP_BATCH_MATMUL,
    .name = "BATCH_MATMUL",
    .summary =
        "Products of the matrices in the last two dimensions, either transposed on demand; the "
        "other dimensions are broadcast. Float activations are quantised for int8 matrices.",
    .max_version = 4,
    .inputs = {2, 2},
    .dtypes = dtypes_of<float, int8_t, int16_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .min_version = min_version,
    .work = work,
};

}  // namespace baton::ops
