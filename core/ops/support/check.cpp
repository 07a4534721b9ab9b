#include "core/ops/support/check.h"

#include <cmath>

#include "baton/fixed_point.h"

namespace baton::ops {
namespace {

std::string dtype_list(uint32_t dtypes) {
  std::string list;
  int count = 0;
  for (int32_t dtype = 0; dtype < 32; ++dtype) {
    if ((dtypes & dtype_bit(dtype)) == 0) continue;
    if (count++ > 0) list += ", ";
    list += dtype_name(dtype);
  }
  return list + (count == 1 ? " is" : " are");
}

}  // namespace

Status check_dtype(const char* what, baton_dtype dtype, uint32_t supported) {
  if (dtype >= 0 && dtype < 32 && (supported & dtype_bit(dtype)) != 0) return {};
  return error(BATON_UNSUPPORTED, "%s %s is not supported; %s", dtype_name(dtype), what,
               dtype_list(supported).c_str());
}

Status check_same_dtype(const char* what_a, const Value& a, const char* what_b, const Value& b) {
  if (a.dtype() == b.dtype()) return {};
  return error(BATON_INVALID_MODEL, "the %s is %s and the %s is %s; they must have the same type",
               what_a, dtype_name(a.dtype()), what_b, dtype_name(b.dtype()));
}

Status check_per_tensor(const char* what, const Value& value) {
  if (!value.quantized() || value.quantization().count == 0) {
    return error(BATON_INVALID_MODEL, "the %s is %s without quantisation parameters", what,
                 dtype_name(value.dtype()));
  }
  if (!(value.scale() > 0) || !std::isfinite(value.scale())) {
    return error(BATON_INVALID_MODEL, "the scale of the %s is %g; it must be positive and finite",
                 what, static_cast<double>(value.scale()));
  }
  const int64_t* zero_points = value.quantization().zero_points;
  const int64_t zero_point = zero_points ? zero_points[0] : 0;
  if (zero_point < quantized_low(value.dtype()) || zero_point > quantized_high(value.dtype())) {
    return error(BATON_INVALID_MODEL, "the zero point of the %s, %lld, is outside the range of %s",
                 what, static_cast<long long>(zero_point), dtype_name(value.dtype()));
  }
  return {};
}

Status check_int16_zero_points(const Value& input, const Value& output) {
  if (input.dtype() != BATON_INT16 || (input.zero_point() | output.zero_point()) == 0) return {};
  return error(BATON_UNSUPPORTED, "the zero points of int16 tensors must be 0");
}

Status activation_limits(const Value& output, int32_t activation, int32_t* low, int32_t* high) {
  if (baton_activation_range(activation, output.scale(), output.zero_point(),
                             quantized_low(output.dtype()), quantized_high(output.dtype()), low,
                             high)) {
    return {};
  }
  return error(BATON_INVALID_MODEL, "the output scale %g is too small for the fused activation",
               static_cast<double>(output.scale()));
}

int32_t quantized_low(baton_dtype dtype) {
  switch (dtype) {
    case BATON_UINT8:
      return 0;
    case BATON_INT4:
      return -8;
    case BATON_INT8:
      return INT8_MIN;
    default:
      return INT16_MIN;
  }
}

int32_t quantized_high(baton_dtype dtype) {
  switch (dtype) {
    case BATON_UINT8:
      return UINT8_MAX;
    case BATON_INT4:
      return 7;
    case BATON_INT8:
      return INT8_MAX;
    default:
      return INT16_MAX;
  }
}

Result<int> resolve_axis(int64_t axis, int rank) {
  const int64_t resolved = axis < 0 ? axis + rank : axis;
  if (resolved < 0 || resolved >= rank) {
    return error(BATON_INVALID_MODEL, "axis %lld is out of range for rank %d",
                 static_cast<long long>(axis), rank);
  }
  return static_cast<int>(resolved);
}

Status read_integers(const char* what, const Value& value, std::vector<int64_t>* out) {
  BATON_RETURN_IF_ERROR(check_dtype(what, value.dtype(), dtypes_of<int32_t, int64_t>()));
  const int64_t count = value.count();
  out->resize(static_cast<size_t>(count));
  if (count > 0 && value.data() == nullptr) {
    return error(BATON_INVALID_MODEL, "the content of the %s is not known", what);
  }
  for (int64_t i = 0; i < count; ++i) {
    (*out)[static_cast<size_t>(i)] =
        value.dtype() == BATON_INT32 ? value.as<const int32_t>()[i] : value.as<const int64_t>()[i];
  }
  return {};
}

bool inputs_known(const NodeContext& ctx, int first) {
  for (int i = first; i < ctx.input_count(); ++i) {
    if (ctx.has_input(i) && !ctx.input(i).known()) return false;
  }
  return true;
}

Result<int32_t> checked_dim(int64_t dim) {
  if (dim < 0 || dim > INT32_MAX) {
    return error(BATON_INVALID_MODEL, "an output size of %lld is negative or too large",
                 static_cast<long long>(dim));
  }
  return static_cast<int32_t>(dim);
}

Status check_plain(const char* what, const Value& value) {
  const uint32_t bits = dtype_bits(value.dtype());
  // A resource tensor holds one handle, whatever its shape is.
  if (bits >= 8 && bits % 8 == 0 && value.dtype() != BATON_RESOURCE) return {};
  return error(BATON_UNSUPPORTED, "%s %s is not supported", dtype_name(value.dtype()), what);
}

}  // namespace baton::ops
