#include "tests/amx/plugin.h"

#include <dlfcn.h>

#include "delegates/kernels/isa.h"

namespace baton::test {

using kernels::Isa;

std::string why_no_amx_plugin() {
  const Isa best = kernels::best_level();
  if (includes(best, Isa::kAvx512Bf16) && !includes(best, Isa::kAmx)) return "";
  return std::string("for machines with avx512bf16 and without amx: this one has ") + name_of(best);
}

void AmxPluginTest::SetUp() {
  const std::string reason = why_no_amx_plugin();
  if (!reason.empty()) GTEST_SKIP() << reason;
  library_ = dlopen(BATON_AMX_PLUGIN, RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library_, nullptr) << dlerror();
  carried_out_ = reinterpret_cast<uint64_t (*)()>(dlsym(library_, "baton_amx_carried_out"));
  ASSERT_NE(carried_out_, nullptr) << dlerror();
  before_ = carried_out();
}

void AmxPluginTest::TearDown() {
  if (library_ == nullptr) return;
  EXPECT_TRUE(IsSkipped() || carried_out() > before_) << "nothing was computed in tiles";
  dlclose(library_);
}

}  // namespace baton::test
