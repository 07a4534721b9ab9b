#include "core/ops/support/weighted_sum.h"

#include <string>

#include "core/ops/support/check.h"

namespace baton::ops {
namespace {

std::string pairs_of(std::span<const WeightedSumKernel> kernels) {
  std::string list;
  for (size_t i = 0; i < kernels.size(); ++i) {
    const WeightedSumKernel& kernel = kernels[i];
    if (i > 0 && kernel.input == kernels[i - 1].input && kernel.filter == kernels[i - 1].filter) {
      continue;
    }
    if (!list.empty()) list += ", ";
    list += std::string(dtype_name(kernel.input)) + " with " + dtype_name(kernel.filter);
  }
  return list;
}

Status find_kernel(const WeightedSumNode& node, const Value& input, const Value& filter,
                   const Value* bias, const WeightedSumKernel** found) {
  const bool said = input.dtype() == BATON_INT16 && node.bias_type != BATON_FLOAT32;
  if (said && bias && bias->dtype() != node.bias_type) {
    return error(BATON_INVALID_MODEL, "the bias is %s, the attribute quantized_bias_type says %s",
                 dtype_name(bias->dtype()), dtype_name(node.bias_type));
  }
  bool pair = false;
  for (const WeightedSumKernel& kernel : node.kernels) {
    if (kernel.input != input.dtype() || kernel.filter != filter.dtype()) continue;
    const bool sum = said ? kernel.sum == node.bias_type : !bias || kernel.sum == bias->dtype();
    if (sum) {
      *found = &kernel;
      return {};
    }
    pair = true;
  }
  if (pair) {
    return error(BATON_UNSUPPORTED, "a bias of %s is not supported for %s input",
                 dtype_name(said ? node.bias_type : bias->dtype()), dtype_name(input.dtype()));
  }
  return error(BATON_UNSUPPORTED, "%s input with a %s filter is not supported; %s are",
               dtype_name(input.dtype()), dtype_name(filter.dtype()),
               pairs_of(node.kernels).c_str());
}

// Two elements to a byte, the first in the low half.
Status unpack_int4(const Value& filter, std::vector<int8_t>* unpacked) {
  if (!filter.known()) {
    return error(BATON_UNSUPPORTED, "an int4 filter that is not constant is not supported");
  }
  const auto* packed = filter.as<const uint8_t>();
  unpacked->resize(static_cast<size_t>(filter.count()));
  for (size_t i = 0; i < unpacked->size(); ++i) {
    const int nibble = packed[i / 2] >> (i % 2 * 4) & 15;
    (*unpacked)[i] = static_cast<int8_t>((nibble ^ 8) - 8);
  }
  return {};
}

}  // namespace

Status prepare_weighted_sum(NodeContext& ctx, const WeightedSumNode& node, WeightedSumData* data) {
  const Value& input = ctx.input(node.input_index);
  const Value& filter = ctx.input(node.filter_index);
  const Value& output = ctx.output(0);
  const Value* bias = ctx.optional_input(node.bias_index);
  BATON_RETURN_IF_ERROR(check_same_dtype("output", output, "input", input));
  const WeightedSumKernel* kernel = nullptr;
  BATON_RETURN_IF_ERROR(find_kernel(node, input, filter, bias, &kernel));
  if (bias && bias->count() != node.channels) {
    return error(BATON_INVALID_MODEL, "the bias has %lld elements, the filter has %d channels",
                 static_cast<long long>(bias->count()), node.channels);
  }
  data->run = kernel->run;
  if (filter.dtype() == BATON_INT4) BATON_RETURN_IF_ERROR(unpack_int4(filter, &data->unpacked));
  if (filter.dtype() != BATON_FLOAT32) {
    BATON_RETURN_IF_ERROR(check_weight_scales(filter, node.channels));
  }
  if (input.dtype() == BATON_FLOAT32) {
    if (filter.dtype() != BATON_FLOAT32) ctx.request_scratch(hybrid_scratch(node.images, input));
    baton_activation_range_float(node.activation, &data->low, &data->high);
    return {};
  }
  const bool old_rule = input.dtype() == BATON_UINT8 ||
                        (node.one_scale_has_zero_point && filter.quantization().count == 1);
  BATON_RETURN_IF_ERROR(make_requantization(
      input, filter, bias, output, node.activation,
      old_rule ? ScaleRule::kPerTensor : ScaleRule::kPerChannel, &data->requantization));
  if (node.symmetric_filter && input.dtype() != BATON_UINT8) {
    BATON_RETURN_IF_ERROR(check_symmetric(filter));
  }
  if (old_rule) data->filter_zero = filter.zero_point();
  return check_int16_zero_points(input, output);
}

}  // namespace baton::ops
