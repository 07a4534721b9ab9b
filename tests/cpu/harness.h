// Sessions on the CPU delegate, and the levels of instruction sets that they are tried at.
#pragma once

#include <string>
#include <vector>

#include "delegates/kernels/isa.h"
#include "tests/cpu/models.h"
#include "tests/delegates/plugins.h"

namespace baton::test {

// Everything that the delegate can take goes there, whatever it costs.
inline CompileOptions on_cpu(const CompileOptions::Options& options = {}) {
  CompileOptions compile;
  compile.delegate(shipped_plugin("cpu"), options).ignore_costs();
  return compile;
}

// "generic" ... of this machine.
inline std::vector<std::string> level_names() {
  std::vector<std::string> names;
  for (const kernels::Isa level : kernels::machine_levels()) names.push_back(name_of(level));
  return names;
}

using Outputs = std::vector<std::vector<uint8_t>>;

// Integers bit for bit, float32 within 1e-4 of the output's largest value: the tolerance of whole
// models.
inline void expect_close(const Session& session, const Outputs& actual, const Outputs& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (uint32_t i = 0; i < actual.size(); ++i) {
    SCOPED_TRACE("output " + std::to_string(i));
    if (session.output(i).dtype != BATON_FLOAT32) {
      EXPECT_EQ(actual[i], expected[i]);
      continue;
    }
    ASSERT_EQ(actual[i].size(), expected[i].size());
    double largest = 0, error = 0;
    for (size_t j = 0; j + 4 <= actual[i].size(); j += 4) {
      float a = 0, e = 0;
      std::memcpy(&a, &actual[i][j], 4);
      std::memcpy(&e, &expected[i][j], 4);
      largest = std::max(largest, std::abs(static_cast<double>(e)));
      // Not std::max(error, ...), which loses a NaN.
      const double distance = std::abs(static_cast<double>(a) - static_cast<double>(e));
      if (!(distance <= error)) error = distance;
    }
    EXPECT_LE(error, 1e-4 * largest);
  }
}

// Nodes of the model that a delegate runs.
inline uint32_t delegated_nodes(const Placement& placement) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < placement.node_count(); ++i) count += placement.node(i).partition >= 0;
  return count;
}

}  // namespace baton::test
