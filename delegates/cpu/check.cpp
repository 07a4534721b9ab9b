#include "delegates/cpu/check.h"

#include <algorithm>
#include <cmath>

namespace baton::cpu {
namespace {

struct DtypeRow {
  const char* name;
  uint64_t bytes;
};

// By number.
constexpr DtypeRow kDtypes[] = {
    {"float32", 4}, {"float16", 2},     {"int32", 4},  {"uint8", 1},     {"int64", 8},
    {"string", 0},  {"bool", 1},        {"int16", 2},  {"complex64", 8}, {"int8", 1},
    {"float64", 8}, {"complex128", 16}, {"uint64", 8}, {"resource", 0},  {"variant", 0},
    {"uint32", 4},  {"uint16", 2},      {"int4", 0},   {"bfloat16", 2},
};

const DtypeRow& row_of(baton_dtype dtype) {
  static constexpr DtypeRow kOther = {"another", 0};
  return dtype >= 0 && static_cast<size_t>(dtype) < std::size(kDtypes) ? kDtypes[dtype] : kOther;
}

Refusal absent(const char* what) {
  return {BATON_REASON_ATTRIBUTE, std::string("the ") + what + " is absent"};
}

}  // namespace

const char* dtype_name(baton_dtype dtype) { return row_of(dtype).name; }

uint64_t bytes_of(baton_dtype dtype) { return row_of(dtype).bytes; }

Refusal require_dtype(const char* what, const Operand& operand,
                      std::initializer_list<baton_dtype> dtypes) {
  if (!operand) return absent(what);
  if (std::find(dtypes.begin(), dtypes.end(), operand.dtype()) != dtypes.end()) return {};
  std::string names;
  for (const baton_dtype dtype : dtypes) {
    if (!names.empty()) names += ", ";
    names += dtype_name(dtype);
  }
  return {BATON_REASON_DTYPE, std::string("the ") + what + " has type " +
                                  dtype_name(operand.dtype()) + ", supported: " + names};
}

Refusal require_plain(const char* what, const Operand& operand) {
  if (!operand) return absent(what);
  if (bytes_of(operand.dtype()) != 0) return {};
  return {BATON_REASON_DTYPE, std::string("the ") + what + " has type " +
                                  dtype_name(operand.dtype()) +
                                  ", whose elements are not whole bytes"};
}

Refusal require_rank(const char* what, const Operand& operand, uint32_t lowest, uint32_t highest) {
  if (operand.rank() >= lowest && operand.rank() <= highest) return {};
  return {BATON_REASON_RANK,
          std::string("the ") + what + " has rank " + std::to_string(operand.rank()) +
              ", supported: " + std::to_string(lowest) + " to " + std::to_string(highest)};
}

Refusal require_same_dtype(const char* what, const Operand& a, const char* what_b,
                           const Operand& b) {
  if (a.dtype() == b.dtype()) return {};
  return {BATON_REASON_DTYPE, std::string("the ") + what + " has type " + dtype_name(a.dtype()) +
                                  ", the " + what_b + " " + dtype_name(b.dtype())};
}

Refusal require_per_tensor(const char* what, const Operand& operand) {
  if (operand.per_tensor() && operand.scale() > 0 && std::isfinite(operand.scale())) return {};
  return {BATON_REASON_QUANTIZATION,
          std::string("the ") + what + " needs one positive scale for the whole tensor"};
}

}  // namespace baton::cpu
