// The delegate's options: each mistake is one sentence.
#include "tests/cpu/harness.h"

namespace baton::test {
namespace {

// The error of a strict compilation; "" when there is none.
std::string refusal_of(const CompileOptions::Options& options) {
  const Loaded loaded = load(movement_model(BATON_FLOAT32));
  const Result<Compiled> compiled = loaded.model.compile(on_cpu(options).strict());
  return compiled ? "" : compiled.message();
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string machine_levels_text() {
  std::string text;
  for (const std::string& name : level_names()) text += (text.empty() ? "" : ", ") + name;
  return text;
}

TEST(CpuOptions, TheDefaultsWork) { EXPECT_EQ(refusal_of({}), ""); }

TEST(CpuOptions, EachLevelOfTheMachineWorks) {
  for (const std::string& name : level_names()) EXPECT_EQ(refusal_of({{"isa", name}}), "") << name;
}

TEST(CpuOptions, AnUnknownOptionIsNamed) {
  const std::string refusal = refusal_of({{"bogus", "1"}});
  EXPECT_NE(refusal.find("no option 'bogus'"), std::string::npos) << refusal;
  EXPECT_NE(refusal.find("isa, precision, threads"), std::string::npos) << refusal;
}

TEST(CpuOptions, ALevelThatThereIsNotIsRefusedWithTheChoices) {
  const std::string refusal = refusal_of({{"isa", "mmx"}});
  EXPECT_NE(refusal.find("'mmx': expected one of auto|generic|"), std::string::npos) << refusal;
}

TEST(CpuOptions, ALevelThatTheMachineLacksNamesThoseItHas) {
  int lacking = 0;
  for (const kernels::Isa level : {kernels::Isa::kSse4, kernels::Isa::kAmx, kernels::Isa::kNeon}) {
    const std::string name = kernels::name_of(level);
    const std::vector<std::string> names = level_names();
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    ++lacking;
    const std::string refusal = refusal_of({{"isa", name}});
    EXPECT_TRUE(ends_with(
        refusal, "isa=" + name + " is not possible: this machine has " + machine_levels_text()))
        << refusal;
  }
  EXPECT_GT(lacking, 0);
}

TEST(CpuOptions, ThreadsAreANumberInRange) {
  for (const char* text : {"0", "1000000", "-1", "two", "3x", "", "99999999999999999999"}) {
    const std::string refusal = refusal_of({{"threads", text}});
    EXPECT_TRUE(ends_with(refusal, "threads=" + std::string(text) +
                                       " is not possible: it is a number from 1 to 1024, or "
                                       "'session'"))
        << refusal;
  }
  for (const char* text : {"1", "2", "1024", "session"}) {
    EXPECT_EQ(refusal_of({{"threads", text}}), "") << text;
  }
}

TEST(CpuOptions, Bf16NeedsALevelThatHasIt) {
  const std::string lowest = level_names().front();
  const std::string refusal = refusal_of({{"precision", "bf16"}, {"isa", lowest}});
  EXPECT_NE(refusal.find("precision=bf16 needs the instruction sets avx512bf16 or amx"),
            std::string::npos)
      << refusal;
  EXPECT_NE(refusal.find(machine_levels_text()), std::string::npos) << refusal;
}

// Without strict, the reference kernels do the work, and the report says why.
TEST(CpuOptions, AMistakeLeavesTheReferenceKernels) {
  KeptLog log;
  const baton_runtime_options options = log.options();
  const Loaded loaded = load(movement_model(BATON_FLOAT32), &options);
  Session session = make_session(loaded, on_cpu({{"threads", "0"}}));
  EXPECT_EQ(delegated_nodes(session.placement()), 0u);
  ASSERT_EQ(log.lines().size(), 1u);
  EXPECT_NE(log.lines()[0].find("threads=0 is not possible"), std::string::npos);
  Session reference = make_session(loaded);
  expect_close(session, run_on_pattern(session), run_on_pattern(reference));
}

}  // namespace
}  // namespace baton::test
