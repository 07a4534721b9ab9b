// SOFTMAX and LOG_SOFTMAX along the last dimension.
#include "delegates/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "baton/fixed_point.h"
#include "delegates/cpu/operator.h"
#include "delegates/cpu/quantized.h"
#include "delegates/cpu/rows.h"
#include "delegates/cpu/types.h"
#include "delegates/kernels/kernel.h"

namespace baton::cpu {
namespace {

using kernels::SoftmaxFunction;
using kernels::SoftmaxRows;

constexpr size_t kDifferences = 256;  // of two 8-bit values, the largest in front

// exp of each difference in Q0.31.
std::shared_ptr<std::byte> make_exponentials(const baton_softmax_params& params,
                                             const Compiler& compiler) {
  std::shared_ptr<std::byte> memory = compiler.allocate(kDifferences * sizeof(int32_t));
  auto* table = reinterpret_cast<int32_t*>(memory.get());
  for (size_t i = 0; i < kDifferences; ++i) {
    table[i] = baton_softmax_exp(&params, -static_cast<int32_t>(i));
  }
  return memory;
}

template <typename T>
std::unique_ptr<Step> make_softmax_step(const NodeView& node, SoftmaxFunction function, double ns,
                                        float beta, std::shared_ptr<std::byte> table) {
  return make_row_step<T>(node, ns, [=](int64_t depth, const T* in, T* out, int64_t rows) {
    function({in, out, static_cast<size_t>(rows), static_cast<size_t>(depth), beta,
              reinterpret_cast<const int32_t*>(table.get())});
  });
}

// ---- SOFTMAX

bool prepare_softmax(const NodeView& node, baton_softmax_params* params) {
  return baton_softmax_prepare(node.attributes<baton_softmax_attributes>().beta,
                               node.input(0).scale(), params) != 0;
}

Refusal check_softmax(const NodeView& node) {
  if (const Refusal refusal = check_rows(node)) return refusal;
  if (node.input(0).dtype() == BATON_FLOAT32) return {};
  if (const Refusal refusal = require_per_tensor("input", node.input(0))) return refusal;
  baton_softmax_params params;
  if (prepare_softmax(node, &params)) return {};
  return {BATON_REASON_QUANTIZATION, "beta times the input's scale is too small"};
}

std::unique_ptr<Step> compile_softmax(const NodeView& node, const Compiler& compiler) {
  const float beta = node.attributes<baton_softmax_attributes>().beta;
  const baton_dtype dtype = node.input(0).dtype();
  const auto function =
      kernels::find<SoftmaxFunction>("softmax", kernel_type(dtype), compiler.isa());
  if (dtype == BATON_FLOAT32) return make_softmax_step<float>(node, function, 0.5, beta, nullptr);
  baton_softmax_params params;
  prepare_softmax(node, &params);
  auto table = make_exponentials(params, compiler);
  return dtype == BATON_INT8 ? make_softmax_step<int8_t>(node, function, 1, beta, table)
                             : make_softmax_step<uint8_t>(node, function, 1, beta, table);
}

// ---- LOG_SOFTMAX

// Of 8-bit types: what the arithmetic of core/ops/log_softmax.cpp needs.
struct LogSoftmaxTables {
  int32_t terms[kDifferences];   // exp of a difference, as the row's sum takes it
  int32_t scaled[kDifferences];  // the difference with 5 integer bits
};
struct LogSoftmax {
  baton_softmax_params params{};
  // From a difference with 5 integer bits back to one of inputs.
  int32_t reverse_multiplier = 0, reverse_shift = 0;
  std::shared_ptr<std::byte> tables;

  bool prepare(const NodeView& node) {
    return baton_softmax_prepare(1, node.input(0).scale(), &params) != 0 &&
           baton_quantize_multiplier_smaller_than_one(
               std::ldexp(1.0, 31 - params.left_shift) / static_cast<double>(params.multiplier),
               &reverse_multiplier, &reverse_shift) != 0;
  }
  void fill_tables(const Compiler& compiler) {
    tables = compiler.allocate(sizeof(LogSoftmaxTables));
    auto* t = reinterpret_cast<LogSoftmaxTables*>(tables.get());
    for (size_t i = 0; i < kDifferences; ++i) {
      const auto difference = -static_cast<int32_t>(i);
      t->terms[i] = baton_rounding_shift_right(baton_softmax_exp(&params, difference), 12);
      t->scaled[i] =
          baton_multiply_by_quantized_multiplier(difference, params.multiplier, params.left_shift);
    }
  }

  // Results depend on the difference to the largest element and on the row's sum alone.
  template <typename T>
  void row(const T* in, T* out, int64_t depth) const {
    constexpr int32_t kLow = std::numeric_limits<T>::lowest();
    constexpr int32_t kHigh = std::numeric_limits<T>::max();
    constexpr int32_t kOutputShift = 31 - BATON_SOFTMAX_INTEGER_BITS - 4;
    const auto& t = *reinterpret_cast<const LogSoftmaxTables*>(tables.get());
    const int32_t largest = *std::max_element(in, in + depth);
    uint64_t sum = 0;
    for (int64_t i = 0; i < depth; ++i) {
      sum += static_cast<uint64_t>(t.terms[largest - int32_t{in[i]}]);
    }
    const int32_t log_sum = baton_fixed_log(
        static_cast<int32_t>(std::min<uint64_t>(sum, INT32_MAX)), 12, BATON_SOFTMAX_INTEGER_BITS);
    const int32_t smallest =
        std::max(params.diff_min - 1,
                 baton_multiply_by_quantized_multiplier(baton_wrapping_add(log_sum, INT32_MIN),
                                                        reverse_multiplier, reverse_shift));
    for (int64_t i = 0; i < depth; ++i) {
      const int32_t difference = in[i] - largest;
      const int32_t scaled = t.scaled[-difference];
      const int32_t result =
          baton_rounding_shift_right(baton_wrapping_sub(scaled, log_sum), kOutputShift) + kHigh;
      out[i] = static_cast<T>(difference <= smallest ? kLow : baton_clamp(result, kLow, kHigh));
    }
  }
};

Refusal check_log_softmax(const NodeView& node) {
  if (const Refusal refusal = check_rows(node)) return refusal;
  const Operand& input = node.input(0);
  const Operand& output = node.output();
  if (input.dtype() == BATON_FLOAT32) return {};
  if (const Refusal refusal = require_per_tensor("input", input)) return refusal;
  if (output.scale() != 1.0f / 16 || output.zero_point() != highest_of(output.dtype())) {
    return {BATON_REASON_QUANTIZATION,
            "the output's scale must be 1/16 and its zero point the highest value"};
  }
  LogSoftmax log_softmax;
  if (log_softmax.prepare(node)) return {};
  return {BATON_REASON_QUANTIZATION, "the input's scale is too small"};
}

template <typename T>
std::unique_ptr<Step> make_log_softmax_step(const NodeView& node, const LogSoftmax& log_softmax) {
  return make_row_step<T>(node, 3, [=](int64_t depth, const T* in, T* out, int64_t rows) {
    for (int64_t i = 0; i < rows; ++i) log_softmax.row(in + i * depth, out + i * depth, depth);
  });
}

std::unique_ptr<Step> compile_log_softmax(const NodeView& node, const Compiler& compiler) {
  const baton_dtype dtype = node.input(0).dtype();
  if (dtype == BATON_FLOAT32) {
    const auto function = kernels::find<SoftmaxFunction>("log_softmax", "f32", compiler.isa());
    return make_softmax_step<float>(node, function, 0.5, 1, nullptr);
  }
  LogSoftmax log_softmax;
  log_softmax.prepare(node);
  log_softmax.fill_tables(compiler);
  return dtype == BATON_INT8 ? make_log_softmax_step<int8_t>(node, log_softmax)
                             : make_log_softmax_step<uint8_t>(node, log_softmax);
}

constexpr Operator kOperators[] = {
    {BATON_OP_LOG_SOFTMAX, 2, check_log_softmax, compile_log_softmax},
    {BATON_OP_SOFTMAX, 4, check_softmax, compile_softmax},
};

}  // namespace

sdk::Span<const Operator> softmax_operators() { return kOperators; }

}  // namespace baton::cpu
