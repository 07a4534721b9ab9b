#include "core/base/dtype.h"

#include "core/base/checked.h"

namespace baton {
namespace {

struct DtypeRow {
  baton_dtype dtype;
  const char* name;
  uint32_t bits;
};

constexpr DtypeRow kDtypes[] = {
    {BATON_FLOAT32, "float32", 32},
    {BATON_FLOAT16, "float16", 16},
    {BATON_INT32, "int32", 32},
    {BATON_UINT8, "uint8", 8},
    {BATON_INT64, "int64", 64},
    {BATON_STRING, "string", 0},
    {BATON_BOOL, "bool", 8},
    {BATON_INT16, "int16", 16},
    {BATON_COMPLEX64, "complex64", 64},
    {BATON_INT8, "int8", 8},
    {BATON_FLOAT64, "float64", 64},
    {BATON_COMPLEX128, "complex128", 128},
    {BATON_UINT64, "uint64", 64},
    {BATON_RESOURCE, "resource", 32},
    {BATON_VARIANT, "variant", 0},
    {BATON_UINT32, "uint32", 32},
    {BATON_UINT16, "uint16", 16},
    {BATON_INT4, "int4", 4},
    {BATON_BFLOAT16, "bfloat16", 16},
    {BATON_INT2, "int2", 2},
    {BATON_UINT4, "uint4", 4},
    {BATON_FLOAT8_E4M3FN, "float8_e4m3fn", 8},
    {BATON_FLOAT8_E5M2, "float8_e5m2", 8},
};

const DtypeRow* find(baton_dtype dtype) {
  for (const DtypeRow& row : kDtypes) {
    if (row.dtype == dtype) return &row;
  }
  return nullptr;
}

}  // namespace

const char* dtype_name(baton_dtype dtype) {
  const DtypeRow* row = find(dtype);
  return row ? row->name : "unknown";
}

uint32_t dtype_bits(baton_dtype dtype) {
  const DtypeRow* row = find(dtype);
  return row ? row->bits : 0;
}

bool dtype_known(baton_dtype dtype) { return find(dtype) != nullptr; }

namespace {

// More than any machine holds. Tensors without elements obey it in their other sizes, so that the
// product of any of a tensor's sizes fits 64 bits.
constexpr uint64_t kMostElements = uint64_t{1} << 46;

bool other_sizes_fit(std::span<const int32_t> dims) {
  uint64_t product = 1;
  for (const int32_t dim : dims) {
    if (dim > 0) product *= static_cast<uint64_t>(dim);
    if (product > kMostElements) return false;
  }
  return true;
}

}  // namespace

std::optional<uint64_t> tensor_bytes(baton_dtype dtype, std::span<const int32_t> dims) {
  const auto count = element_count(dims);
  if (!count || (*count == 0 && !other_sizes_fit(dims))) return std::nullopt;
  const auto bits = checked_multiply(*count, dtype_bits(dtype));
  if (!bits) return std::nullopt;
  return *bits / 8 + (*bits % 8 != 0);
}

}  // namespace baton
