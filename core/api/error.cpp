#include <new>

#include "core/api/handles.h"
#include "core/base/dtype.h"
#include "core/schema/operators.h"

namespace baton {

baton_status give(const Status& status, baton_error** error) {
  if (error != nullptr) {
    *error =
        status.ok() ? nullptr : new (std::nothrow) baton_error{status.code(), status.message()};
  }
  return status.code();
}

}  // namespace baton

const char* baton_version(void) { return BATON_VERSION; }

baton_status baton_error_code(const baton_error* error) {
  return error == nullptr ? BATON_OK : error->code;
}

const char* baton_error_message(const baton_error* error) {
  return error == nullptr ? "" : error->message.c_str();
}

void baton_error_destroy(baton_error* error) { delete error; }

const char* baton_dtype_name(baton_dtype dtype) { return baton::dtype_name(dtype); }

const char* baton_operator_name(int32_t op) {
  const baton::BuiltinOperator* found = baton::builtin_operator(op);
  return found == nullptr ? nullptr : found->name;
}

const char* baton_reason_name(uint32_t reason) {
  static constexpr const char* kNames[] = {
      "supported",    "operator unknown", "operator version", "element type",    "rank",
      "shape",        "dynamic shape",    "quantisation",     "attribute",       "too large",
      "not constant", "option",           "device feature",   "memory",          "pinned",
      "preferred",    "not worth it",     "host only",        "delegate failed", "folded",
      "other",
  };
  return reason < std::size(kNames) ? kNames[reason] : "other";
}
