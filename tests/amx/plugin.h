// The CPU delegate on a machine that, as the plugin of this folder believes, has AMX.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "baton/baton.hpp"

namespace baton::test {

// Where the tests of the delegate itself run its AMX kernels, or nothing can: why. Else "".
std::string why_no_amx_plugin();

// Everything that the delegate can take goes there, whatever it costs.
inline CompileOptions on_amx(const CompileOptions::Options& options) {
  CompileOptions compile;
  compile.delegate(BATON_AMX_PLUGIN, options).ignore_costs();
  return compile;
}

// Tests that are skipped where there is no such machine, and that fail when nothing was computed in
// tiles.
class AmxPluginTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Instructions on tiles so far.
  uint64_t carried_out() const { return carried_out_ == nullptr ? 0 : carried_out_(); }

 private:
  void* library_ = nullptr;
  uint64_t (*carried_out_)() = nullptr;
  uint64_t before_ = 0;
};

}  // namespace baton::test
