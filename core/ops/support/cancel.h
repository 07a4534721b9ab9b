// What kernels of many steps ask between them.
#pragma once

#include "core/ops/operator.h"

namespace baton::ops {

inline Status check_cancelled(const NodeContext& ctx) {
  if (ctx.services() != nullptr && ctx.services()->cancelled()) {
    return error(BATON_CANCELLED, "the run was cancelled");
  }
  return {};
}

}  // namespace baton::ops
