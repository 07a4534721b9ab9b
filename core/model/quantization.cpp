#include "core/model/quantization.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/checked.h"
#include "core/base/dtype.h"

namespace baton {
namespace {

struct Range {
  int64_t low;
  int64_t high;
};

template <typename T>
constexpr Range range_of() {
  return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

// Zero points of wider types are used as int32.
Range zero_point_range(baton_dtype dtype) {
  switch (dtype) {
    case BATON_INT2:
      return {-2, 1};
    case BATON_INT4:
      return {-8, 7};
    case BATON_UINT4:
      return {0, 15};
    case BATON_INT8:
      return range_of<int8_t>();
    case BATON_UINT8:
      return range_of<uint8_t>();
    case BATON_INT16:
      return range_of<int16_t>();
    case BATON_UINT16:
      return range_of<uint16_t>();
    default:
      return range_of<int32_t>();
  }
}

bool is_integer(baton_dtype dtype) {
  switch (dtype) {
    case BATON_INT2:
    case BATON_INT4:
    case BATON_UINT4:
    case BATON_INT8:
    case BATON_UINT8:
    case BATON_INT16:
    case BATON_UINT16:
    case BATON_INT32:
    case BATON_UINT32:
    case BATON_INT64:
    case BATON_UINT64:
      return true;
    default:
      return false;
  }
}

Status check_values(const Quantization& quantization, baton_dtype dtype) {
  for (size_t i = 0; i < quantization.scales.size(); ++i) {
    const float scale = quantization.scales[i];
    if (std::isfinite(scale) && scale >= 0.0f) continue;
    return error(BATON_INVALID_MODEL,
                 "scale %zu of the quantisation is %g, not a finite number >= 0", i,
                 static_cast<double>(scale));
  }
  const Range range = zero_point_range(dtype);
  for (size_t i = 0; i < quantization.zero_points.size(); ++i) {
    const int64_t zero_point = quantization.zero_points[i];
    if (zero_point >= range.low && zero_point <= range.high) continue;
    return error(BATON_INVALID_MODEL,
                 "zero point %zu of the quantisation is %lld, which %s cannot hold", i,
                 static_cast<long long>(zero_point), dtype_name(dtype));
  }
  return {};
}

Status resolve_axis(Quantization& quantization, std::span<const int32_t> dims) {
  const size_t count = quantization.scales.size();
  const bool inside =
      quantization.axis >= 0 && static_cast<size_t>(quantization.axis) < dims.size();
  if (count == 1) {
    quantization.kind = BATON_QUANTIZATION_PER_TENSOR;
    if (!inside && quantization.axis != 0) {
      quantization.oddity = format("its quantised dimension %d is not one of its %zu, and not used",
                                   quantization.axis, dims.size());
    }
    quantization.axis = 0;
    return {};
  }
  quantization.kind = BATON_QUANTIZATION_PER_AXIS;
  if (!inside) {
    // Writers are known to give a vector, such as a bias, the axis of the weights.
    if (dims.size() != 1) {
      return error(BATON_INVALID_MODEL, "its quantised dimension is %d, it has %zu dimensions",
                   quantization.axis, dims.size());
    }
    quantization.oddity =
        format("its quantised dimension is %d, but it has only one", quantization.axis);
    quantization.axis = 0;
  }
  const int32_t size = dims[static_cast<size_t>(quantization.axis)];
  if (static_cast<int64_t>(count) != size) {
    return error(
        BATON_INVALID_MODEL,
        "the quantisation has %zu scales, its dimension %d has size %d: there must be 1 or %d",
        count, quantization.axis, size, size);
  }
  return {};
}

Status read_affine(const schema::QuantizationParameters& table, std::span<const int32_t> dims,
                   Quantization& quantization) {
  const auto* scales = table.scale();
  const auto* zero_points = table.zero_point();
  const uint32_t count = scales->size();
  const uint32_t zero_point_count = length(zero_points);
  if (zero_point_count > 1 && zero_point_count != count) {
    return error(BATON_INVALID_MODEL, "the quantisation has %u scales and %u zero points", count,
                 zero_point_count);
  }
  quantization.scales.resize(count);
  std::memcpy(quantization.scales.data(), scales->Data(), count * sizeof(float));
  quantization.zero_points.assign(count, 0);
  if (zero_point_count != 0) {
    // The file may hold these 64-bit numbers at any multiple of 4.
    std::memcpy(quantization.zero_points.data(), zero_points->Data(),
                zero_point_count * sizeof(int64_t));
    if (zero_point_count == 1) quantization.zero_points.assign(count, quantization.zero_points[0]);
  }
  quantization.axis = table.quantized_dimension();
  return resolve_axis(quantization, dims);
}

float float_from_half(uint16_t half) {
  const float magnitude =
      std::ldexp(static_cast<float>((half & 0x3ff) | ((half & 0x7c00) != 0 ? 0x400 : 0)),
                 ((half & 0x7c00) != 0 ? (half >> 10 & 31) : 1) - 25);
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

Result<std::vector<float>> read_block_scales(const schema::Model& model,
                                             std::span<const uint8_t> file,
                                             const schema::SubGraph& subgraph, int32_t index) {
  if (index < 0 || static_cast<uint32_t>(index) >= length(subgraph.tensors())) {
    return error(BATON_INVALID_MODEL, "its block scales are tensor %d, the subgraph has %u", index,
                 length(subgraph.tensors()));
  }
  const schema::Tensor* tensor = subgraph.tensors()->Get(static_cast<uint32_t>(index));
  const auto dtype = static_cast<baton_dtype>(tensor->type());
  const auto content = constant_bytes(model, file, *tensor);
  if (!content || (dtype != BATON_FLOAT32 && dtype != BATON_FLOAT16)) {
    return error(BATON_INVALID_MODEL,
                 "its block scales, tensor %d, are no float32 or float16 constant", index);
  }
  const size_t width = dtype == BATON_FLOAT32 ? sizeof(float) : sizeof(uint16_t);
  std::vector<float> scales(content->size() / width);
  for (size_t i = 0; i < scales.size(); ++i) {
    if (dtype == BATON_FLOAT32) {
      std::memcpy(&scales[i], content->data() + i * width, width);
    } else {
      uint16_t half = 0;
      std::memcpy(&half, content->data() + i * width, width);
      scales[i] = float_from_half(half);
    }
  }
  return scales;
}

Status read_blocks(const schema::Model& model, std::span<const uint8_t> file,
                   const schema::SubGraph& subgraph, const schema::BlockwiseQuantization& table,
                   std::span<const int32_t> dims, int32_t axis, Quantization& quantization) {
  if (axis < 0 || static_cast<size_t>(axis) >= dims.size()) {
    return error(BATON_INVALID_MODEL, "its quantised dimension is %d, it has %zu dimensions", axis,
                 dims.size());
  }
  const int32_t block = table.block_size();
  if (block <= 0 || dims[static_cast<size_t>(axis)] % block != 0) {
    return error(BATON_INVALID_MODEL,
                 "its quantisation block of %d does not divide dimension %d, %d", block, axis,
                 dims[static_cast<size_t>(axis)]);
  }
  BATON_ASSIGN_OR_RETURN(quantization.scales,
                         read_block_scales(model, file, subgraph, table.scales()));
  const uint64_t count = element_count(dims).value_or(0) / static_cast<uint64_t>(block);
  if (quantization.scales.size() != count) {
    return error(BATON_INVALID_MODEL, "its quantisation has %zu block scales instead of %llu",
                 quantization.scales.size(), static_cast<unsigned long long>(count));
  }
  quantization.kind = BATON_QUANTIZATION_BLOCK;
  quantization.axis = axis;
  quantization.block_size = static_cast<uint32_t>(block);
  quantization.zero_points.assign(quantization.scales.size(), 0);
  return {};
}

Status read_any(const schema::Model& model, std::span<const uint8_t> file,
                const schema::SubGraph& subgraph, const schema::Tensor& tensor,
                Quantization& quantization) {
  const schema::QuantizationParameters& table = *tensor.quantization();
  const auto dims = ints(tensor.shape());
  if (const auto* blocks = table.details_as_BlockwiseQuantization()) {
    BATON_RETURN_IF_ERROR(read_blocks(model, file, subgraph, *blocks, dims,
                                      table.quantized_dimension(), quantization));
  } else if (length(table.scale()) != 0) {
    BATON_RETURN_IF_ERROR(read_affine(table, dims, quantization));
  }
  return check_values(quantization, static_cast<baton_dtype>(tensor.type()));
}

}  // namespace

Result<Quantization> read_quantization(const schema::Model& model, std::span<const uint8_t> file,
                                       const schema::SubGraph& subgraph,
                                       const schema::Tensor& tensor) {
  Quantization quantization;
  if (tensor.quantization() == nullptr) return quantization;
  Status status = read_any(model, file, subgraph, tensor, quantization);
  if (status.ok()) return quantization;
  if (is_integer(static_cast<baton_dtype>(tensor.type()))) return status;
  Quantization none;
  none.oddity = "its quantisation makes no sense and is not used: " + status.message();
  return none;
}

}  // namespace baton
