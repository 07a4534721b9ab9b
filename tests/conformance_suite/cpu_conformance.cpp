#include "tests/conformance_suite/cpu_conformance.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/conformance_suite/worker.h"

namespace baton::test {
namespace {

constexpr std::string_view kSanitizer = BATON_TEST_SANITIZER;

constexpr std::chrono::seconds kLong{120};

// Every so manieth case is run.
size_t stride(size_t cases) {
  if (kSanitizer.empty()) return 1;
  const size_t sample = kSanitizer == "thread" ? 5 : 2000;
  // Odd: types and sizes take turns in the lists.
  return cases <= sample ? 1 : cases / sample | 1;
}

}  // namespace

std::vector<CpuPart> cpu_parts(const std::vector<kernels::Isa>& levels) {
  // The other groups have nothing that threads could do to each other.
  if (kSanitizer == "thread") return {{"threads", levels.back()}};
  std::vector<CpuPart> result;
  for (const char* group : {
#define BATON_CONFORMANCE_GROUP(name) #name,
#include "tests/conformance/groups.inc"
#undef BATON_CONFORMANCE_GROUP
       }) {
    for (const kernels::Isa level : levels) {
      // Levels have operators of their own, but nothing else: the rest at the machine's highest,
      // and so not where a plugin believes in a higher one.
      const bool all = kSanitizer.empty() || std::string(group) == "operators";
      if (all || level == kernels::best_level()) result.push_back({group, level});
    }
  }
  if (kernels::includes(levels.back(), kernels::Isa::kAvx512Bf16)) {
    result.push_back({"operators", levels.back(), "bf16"});
  }
  return result;
}

std::string name_of_part(const testing::TestParamInfo<CpuPart>& info) {
  const CpuPart& part = info.param;
  return part.group + "_" + name_of(part.level) +
         (part.precision == "exact" ? "" : "_" + part.precision);
}

void expect_conformance(const std::string& plugin, const CpuPart& part) {
  // A race is to end the worker, as what other sanitizers find does.
  if (kSanitizer == "thread") setenv("TSAN_OPTIONS", "halt_on_error=1", 1);
  const auto& [group, level, precision] = part;
  const std::vector<std::string> names = case_names(group);
  ASSERT_FALSE(names.empty());
  size_t ok = 0, unsupported = 0;
  const auto results = run_cases(
      group, names,
      {"--delegate=" + plugin, std::string("--option=isa=") + name_of(level),
       "--option=precision=" + precision},
      kLong,
      [&](const CaseResult& result) {
        ok += result.outcome == "ok";
        unsupported += result.outcome == "unsupported";
        return false;
      },
      stride(names.size()));
  for (const CaseResult& result : results) {
    EXPECT_TRUE(result.outcome == "ok" || result.outcome == "unsupported")
        << result.name << ": " << result.outcome << " " << result.text;
  }
  // A delegate that refuses everything conforms.
  if (group == "operators") {
    EXPECT_GT(ok, 5 * unsupported);
  }
  std::printf("%zu of %zu cases: %zu ok, %zu unsupported\n", results.size(), names.size(), ok,
              unsupported);
}

}  // namespace baton::test
