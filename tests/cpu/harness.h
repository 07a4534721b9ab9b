// Sessions on the CPU delegate, and the levels of instruction sets that they are tried at.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "delegates/kernels/isa.h"
#include "tests/cpu/models.h"
#include "tests/delegates/plugins.h"
#include "tests/support/compare.h"

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
    const baton_dtype dtype = session.output(i).dtype;
    const Comparison comparison = compare_bytes(dtype, std::as_bytes(std::span(actual[i])),
                                                std::as_bytes(std::span(expected[i])));
    EXPECT_TRUE(
        comparison.comparable &&
        (dtype == BATON_FLOAT32 ? comparison.relative_error() <= 1e-4 : comparison.different == 0))
        << "output " << i << ": " << comparison.text;
  }
}

// Nodes of the model that a delegate runs.
inline uint32_t delegated_nodes(const Placement& placement) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < placement.node_count(); ++i) count += placement.node(i).partition >= 0;
  return count;
}

}  // namespace baton::test
