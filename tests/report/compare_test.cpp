// Comparing reports: which rows belong together, what is said, the exit status.
#include "benchmarks/report/compare.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/report/synthetic.h"
#include "tools/support/failure.h"

namespace baton::report {
namespace {

// No noise to speak of: the rules of matching are tested here.
Weather calm(uint64_t seed) {
  return {.seed = seed,
          .drift = 0.01,
          .round_drift = 0.002,
          .op_noise = 0.002,
          .layout = 0.001,
          .jump_chance = 0,
          .burst_chance = 0,
          .bad_round_chance = 0};
}

Json row(const std::string& delegate, double factor = 1, const std::string& model = "m.tflite") {
  Work work;
  work.delegate = delegate;
  work.model = model;
  work.factor = factor;
  return synthetic_row(work, calm(1));
}

std::vector<Verdict> verdicts(const std::vector<Json>& a, const std::vector<Json>& b) {
  std::vector<Verdict> found;
  for (const ComparedRow& row : compare(synthetic_report(a), synthetic_report(b), "b").rows) {
    found.push_back(row.verdict);
  }
  return found;
}

TEST(Compare, FindsPartnersByExactText) {
  EXPECT_EQ(verdicts({row("npu:a=1"), row("npu:a=2", 2)}, {row("npu:a=2", 2), row("npu:a=1")}),
            (std::vector{Verdict::kSame, Verdict::kSame}));
}

TEST(Compare, FindsPartnersByNameWhereItIsUnique) {
  EXPECT_EQ(verdicts({row("/x/libbaton_npu.so:percent=0"), row("cpu")},
                     {row("cpu"), row("npu:percent=20", 1.5)}),
            (std::vector{Verdict::kSlower, Verdict::kSame}));
  // Two candidates: no guessing.
  EXPECT_EQ(verdicts({row("npu:a=1"), row("cpu")}, {row("npu:a=2"), row("npu:a=3"), row("cpu")}),
            (std::vector{Verdict::kMissing, Verdict::kSame}));
}

TEST(Compare, FindsTheOnlyRowsOfAModel) {
  EXPECT_EQ(
      verdicts({row("npu"), row("npu", 1, "other")}, {row("cpu", 0.5), row("cpu", 2, "other")}),
      (std::vector{Verdict::kFaster, Verdict::kSlower}));
}

TEST(Compare, KeepsThreadsApart) {
  Json two = row("cpu", 0.5);
  two["threads"] = 2;
  EXPECT_EQ(verdicts({row("cpu"), two}, {two, row("cpu")}),
            (std::vector{Verdict::kSame, Verdict::kSame}));
}

TEST(Compare, SaysWhatFailsAndWorksNow) {
  Work work;
  work.model = "m.tflite";
  work.delegate = "npu";
  const Json failed = failed_row(work, "hung", "it took more than 60 s");
  const Comparison fails = compare(synthetic_report({row("npu")}), synthetic_report({failed}), "b");
  EXPECT_EQ(fails.rows[0].verdict, Verdict::kFailsNow);
  EXPECT_EQ(fails.rows[0].note, "hung: it took more than 60 s");
  EXPECT_EQ(fails.exit_status(), 1);
  EXPECT_EQ(verdicts({failed}, {row("npu")}), std::vector{Verdict::kWorksNow});
  const Comparison both = compare(synthetic_report({failed}), synthetic_report({failed}), "b");
  EXPECT_EQ(both.rows[0].verdict, Verdict::kNotComparable);
  EXPECT_EQ(both.exit_status(), 0);
}

TEST(Compare, WarnsOfAnotherMachineBuildAndModel) {
  const Json a = synthetic_report({row("npu")});
  Json b = a;
  EXPECT_TRUE(compare(a, b, "b").warnings.empty());
  b["machine"]["cpu"] = "Another Processor";
  b["tool"]["build"] = "Debug";
  b["models"][0]["hash"] = "11";
  EXPECT_EQ(compare(a, b, "b").warnings.size(), 3u);
}

TEST(Compare, NamesTheOperator) {
  Work work;
  const Json a = synthetic_report(work, calm(1));
  work.slow_op = op_with_share(work, 0.05, 0.3);
  work.slow_factor = 1.2;
  ASSERT_GE(work.slow_op, 0);
  const Comparison found = compare(a, synthetic_report(work, calm(2)), "b.json");
  EXPECT_EQ(found.exit_status(), 1);
  ASSERT_EQ(found.rows[0].ops.size(), 1u);
  const std::string name = "CONV_2D (operator " + std::to_string(work.slow_op) + ")";
  EXPECT_EQ(found.rows[0].ops[0].name, name);
  EXPECT_NEAR(found.rows[0].ops[0].change.ratio.value, 1.2, 0.02);
  const std::string text = comparison_text(found);
  EXPECT_NE(text.find(name + " took x1."), std::string::npos) << text;
  EXPECT_NE(text.find("1 slower, 0 faster"), std::string::npos) << text;
  const Json json = comparison_json({found});
  EXPECT_EQ(json["exit_status"], 1);
  EXPECT_EQ(json["comparisons"][0]["rows"][0]["verdict"], "slower");
  EXPECT_EQ(json["comparisons"][0]["rows"][0]["ops"][0]["op"], name);
}

TEST(Compare, SaysWhereOperatorsCannotBeCompared) {
  Work work;
  Json before = synthetic_row(work, calm(1));
  work.profiled = false;
  const Json after = synthetic_row(work, calm(2));
  const Comparison found = compare(synthetic_report({before}), synthetic_report({after}), "b");
  EXPECT_EQ(found.rows[0].verdict, Verdict::kSame);
  EXPECT_NE(found.rows[0].note, "");
}

TEST(Compare, WholeRowsWithoutRounds) {
  Json before = row("npu");
  before["ops"] = Json::array();
  before["rounds"] = Json::array();
  Json after = before;
  EXPECT_EQ(verdicts({before}, {after}), std::vector{Verdict::kSame});
  for (const char* key : {"min_ms", "median_ms"}) after[key] = 3 * after[key].get<double>();
  EXPECT_EQ(verdicts({before}, {after}), std::vector{Verdict::kSlower});
}

TEST(Compare, TakesAnyRows) {
  for (const char* text :
       {"[3]", "[{}]", "[{\"status\": \"ok\", \"ops\": [3, {\"rounds_us\": [0]}]}]",
        "[{\"status\": \"ok\", \"rounds\": [{\"min_ms\": -1}, null]}]"}) {
    const Json report = {{"schema", 1}, {"results", Json::parse(text)}};
    EXPECT_FALSE(comparison_text(compare(report, report, "b")).empty()) << text;
  }
}

// ---- Files
// --------------------------------------------------------------------------------------------

class Files : public testing::Test {
 protected:
  Files() {
    std::string name = (std::filesystem::temp_directory_path() / "baton_compare_XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Files() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name) << content;
    return folder_ / name;
  }
  static std::string refusal(const std::vector<std::string>& paths) {
    try {
      compare_files(paths, false);
    } catch (const tools::Failure& failure) {
      EXPECT_EQ(failure.exit_status(), 2);
      return failure.what();
    }
    return "";
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(Files, ThatAreNoReports) {
  const std::string good = write("good.json", synthetic_report({row("npu")}).dump());
  const std::pair<std::string, const char*> kBad[] = {
      {"/nowhere/at/all.json", "cannot be read"},
      {write("text", "median: 3 ms"), "is no JSON"},
      {write("other.json", "{\"a\": 1}"), "is no report"},
      {write("array.json", "[1]"), "is no report"},
      {write("future.json", "{\"schema\": 2, \"results\": []}"), "has schema 2"},
      {write("empty.json", "{\"schema\": 1, \"results\": []}"), "has no results"},
      {write("others.json", synthetic_report({row("npu", 1, "other")}).dump()),
       "no result in common"},
  };
  for (const auto& [path, why] : kBad) {
    EXPECT_NE(refusal({good, path}).find(why), std::string::npos) << refusal({good, path});
  }
  EXPECT_NE(refusal({good}).find("needs two reports"), std::string::npos);
  EXPECT_NE(refusal({}).find("needs two reports"), std::string::npos);
}

TEST_F(Files, WorstVerdictIsTheExitStatus) {
  const std::string a = write("a.json", synthetic_report({row("npu")}).dump());
  const std::string slow = write("slow.json", synthetic_report({row("npu", 1.5)}).dump());
  const std::string fast = write("fast.json", synthetic_report({row("npu", 0.5)}).dump());
  testing::internal::CaptureStdout();
  EXPECT_EQ(compare_files({a, a, fast}, false), 0);
  EXPECT_EQ(compare_files({a, a, slow, fast}, true), 1);
  testing::internal::GetCapturedStdout();
}

}  // namespace
}  // namespace baton::report
