// Each plugin that misbehaves is caught by the group that names its fault; those that do not are
// not. The groups are those that work on the plugin ABI itself.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/conformance_suite/worker.h"

namespace baton::test {
namespace {

struct Mode {
  const char* kind;  // of modes.inc
  const char* name;
  const char* group;
  const char* words;
};

constexpr Mode kModes[] = {
#define BATON_BAD_MODE(mode, group, words) {"bad", #mode, #group, words},
#define BATON_SLY_MODE(mode, group, words) {"sly", #mode, #group, words},
#define BATON_DEADLY_MODE(mode, group, words) {"deadly", #mode, #group, words},
#include "tests/bad_plugins/modes.inc"
#undef BATON_BAD_MODE
#undef BATON_SLY_MODE
#undef BATON_DEADLY_MODE
};

constexpr const char* kGroups[] = {"load",  "lifecycle", "honesty", "faults",
                                   "cache", "buffers",   "fences"};

const std::string kWorsePlugins = std::string("--plugin_folder=") + BATON_WORSE_PLUGINS_DIR;

// No case takes so long but those that hang.
constexpr std::chrono::seconds kLong{120};
constexpr std::chrono::seconds kHang{3};

const std::vector<std::string>& names_of(const std::string& group) {
  static std::map<std::string, std::vector<std::string>> known;
  std::vector<std::string>& names = known[group];
  if (names.empty()) names = case_names(group);
  return names;
}

// "" when a case of its group names the fault, else what the cases said.
std::string find_fault(const Mode& mode, const std::string& plugin) {
  std::string seen;
  bool found = false;
  run_cases(mode.group, names_of(mode.group), {"--delegate=" + plugin, kWorsePlugins}, kLong,
            [&](const CaseResult& result) {
              if (result.outcome == "ok" || result.outcome == "unsupported") return false;
              seen += result.name + ": " + result.outcome + " " + result.text + "\n";
              found = (result.outcome == "error" || result.outcome == "mismatch") &&
                      result.text.find(mode.words) != std::string::npos;
              return found;
            });
  return found ? "" : seen.empty() ? "nothing was found" : seen;
}

TEST(BadPlugins, EachIsCaughtByTheGroupThatNamesItsFault) {
  for (const Mode& mode : kModes) {
    if (std::string(mode.kind) == "deadly") continue;
    const std::string plugin = std::string(mode.kind) + "_" + mode.name;
    EXPECT_EQ(find_fault(mode, plugin), "") << plugin << " in " << mode.group;
  }
}

// What a delegate says of its numbers decides how far they may be off.
TEST(BadPlugins, ReducedPrecisionHasALimitOfItsOwn) {
  const auto mismatches = [](const std::string& plugin, const std::string& group) {
    size_t count = 0;
    const auto results = run_cases(
        group, names_of(group), {"--delegate=" + plugin, "--option=precision=bf16", kWorsePlugins},
        kLong, [&](const CaseResult& result) {
          count += result.outcome == "mismatch";
          return result.outcome != "ok" && result.outcome != "unsupported";
        });
    EXPECT_FALSE(results.empty());
    return count;
  };
  for (const char* group : kGroups) {
    EXPECT_EQ(mismatches("sly_rounds_finely", group), 0u) << group;
  }
  EXPECT_EQ(mismatches("sly_rounds_coarsely", "honesty"), 1u);
  EXPECT_EQ(mismatches("sly_wrong", "honesty"), 1u);
}

TEST(BadPlugins, CrashesAndHangsAreSeen) {
  for (const Mode& mode : kModes) {
    if (std::string(mode.kind) != "deadly") continue;
    const bool hangs = std::string(mode.name).find("hang") != std::string::npos;
    const auto results = run_cases(mode.group, names_of(mode.group),
                                   {"--delegate=sly_" + std::string(mode.name), kWorsePlugins},
                                   hangs ? kHang : kLong, [](const CaseResult&) { return false; });
    ASSERT_FALSE(results.empty());
    EXPECT_EQ(results.back().outcome, hangs ? "hang" : "crash") << mode.name;
    for (size_t i = 0; i + 1 < results.size(); ++i) {
      const std::string& outcome = results[i].outcome;
      EXPECT_TRUE(outcome == "ok" || outcome == "unsupported")
          << mode.name << ", " << results[i].name << ": " << results[i].text;
    }
  }
}

TEST(GoodPlugins, PassEveryGroup) {
  const std::vector<std::string> subjects[] = {{"--delegate=reference"},
                                               {"--delegate=fake_npu"},
                                               {"--delegate=fake_npu", "--option=device=1"},
                                               {"--delegate=fake_npu", "--option=device=3"},
                                               {"--delegate=fake_npu_one_thread"},
                                               {"--delegate=sly_none", kWorsePlugins},
                                               {"--delegate=template"}};
  for (const char* group : kGroups) {
    for (const auto& arguments : subjects) {
      size_t passed = 0;
      const auto results = run_cases(group, names_of(group), arguments, kLong,
                                     [](const CaseResult&) { return false; });
      for (const CaseResult& result : results) {
        passed += result.outcome == "ok";
        EXPECT_TRUE(result.outcome == "ok" || result.outcome == "unsupported")
            << arguments.front() << " " << group << ": " << result.name << ": " << result.outcome
            << " " << result.text;
      }
      EXPECT_EQ(results.size(), names_of(group).size());
      // These two have no extensions.
      const bool plain =
          arguments.front() == "--delegate=template" || arguments.front() == "--delegate=reference";
      const bool none = plain && (std::string(group) == "cache" || std::string(group) == "fences");
      EXPECT_EQ(passed == 0, none) << arguments.front() << " " << group;
    }
  }
}

// A group whose cases depended on something else than the seed could not be run case by case.
TEST(Groups, ListTheirCasesAlwaysTheSame) {
  for (const char* group : kGroups) {
    EXPECT_FALSE(names_of(group).empty()) << group;
    EXPECT_EQ(case_names(group), names_of(group)) << group;
    const std::set<std::string> distinct(names_of(group).begin(), names_of(group).end());
    EXPECT_EQ(distinct.size(), names_of(group).size()) << group;
  }
}

}  // namespace
}  // namespace baton::test
