// The rows of the kernels' table that this machine can run.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "delegates/kernels/kernel.h"

namespace baton::kernels {

// check(kernel, function) for each row of a family.
template <typename Functions, typename Check>
void for_kernels_of(const Check& check) {
  int rows = 0;
  for (const Kernel& kernel : kernels()) {
    const auto* functions = std::get_if<Functions>(&kernel.functions);
    if (functions == nullptr || !includes(best_level(), kernel.isa)) continue;
    SCOPED_TRACE(std::string(kernel.operation) + " " + kernel.types + " " + name_of(kernel.isa));
    check(kernel, *functions);
    ++rows;
  }
  EXPECT_GT(rows, 0);
}

inline bool is(const char* text, const char* other) { return std::strcmp(text, other) == 0; }

}  // namespace baton::kernels
