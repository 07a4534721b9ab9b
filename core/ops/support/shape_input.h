// Output shapes that are the content of an input: FILL, BROADCAST_TO.
#pragma once

#include "core/ops/support/check.h"

namespace baton::ops {

// Far more than any kernel knows: what is read is bounded.
constexpr int64_t kMaxShapeRank = 64;

// The shape in a vector of int32 or int64 that is known().
inline Status read_shape(const Value& vector, std::vector<int32_t>* dims) {
  if (vector.count() > kMaxShapeRank) {
    return error(BATON_INVALID_MODEL, "the shape has %lld sizes; at most %lld are possible",
                 static_cast<long long>(vector.count()), static_cast<long long>(kMaxShapeRank));
  }
  std::vector<int64_t> sizes;
  BATON_RETURN_IF_ERROR(read_integers("shape", vector, &sizes));
  dims->clear();
  for (const int64_t size : sizes) {
    BATON_ASSIGN_OR_RETURN(const int32_t dim, checked_dim(size));
    dims->push_back(dim);
  }
  return {};
}

}  // namespace baton::ops
