// CSV and the table for terminals.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "benchmarks/report/csv.h"
#include "benchmarks/report/text.h"
#include "tests/report/synthetic.h"

namespace baton::report {
namespace {

// Of RFC 4180, read strictly.
std::vector<std::vector<std::string>> parsed(const std::string& csv) {
  std::vector<std::vector<std::string>> lines(1, {""});
  bool quoted = false;
  for (size_t i = 0; i < csv.size(); ++i) {
    std::string& cell = lines.back().back();
    if (quoted) {
      if (csv[i] != '"') {
        cell += csv[i];
      } else if (i + 1 < csv.size() && csv[i + 1] == '"') {
        cell += csv[++i];
      } else {
        quoted = false;
      }
    } else if (csv[i] == '"') {
      EXPECT_TRUE(cell.empty());
      quoted = true;
    } else if (csv[i] == ',') {
      lines.back().emplace_back();
    } else if (csv.compare(i, 2, "\r\n") == 0) {
      ++i;
      lines.push_back({""});
    } else {
      cell += csv[i];
    }
  }
  EXPECT_FALSE(quoted);
  EXPECT_EQ(lines.back(), std::vector<std::string>{""});
  lines.pop_back();
  return lines;
}

TEST(Csv, KeepsWhateverNamesHold) {
  Work work;
  work.model = "a \"quoted\", name\r\nof two lines.tflite";
  const auto lines = parsed(csv_report(
      synthetic_report({synthetic_row(work, {}), failed_row(work, "crashed", "oh, no")})));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0][0], "model");
  EXPECT_EQ(lines[1][0], work.model);
  EXPECT_EQ(lines[2][4], "crashed");
  EXPECT_EQ(lines[2][5], "oh, no");
  for (const auto& line : lines) EXPECT_EQ(line.size(), lines[0].size());
}

TEST(Csv, NumbersSurvive) {
  Json report = synthetic_report(Work{}, Weather{});
  report["results"][0]["median_ms"] = 1.0 / 3;
  report["results"][0]["median_ci_ms"] = {0.25, 0.5};
  const auto lines = parsed(csv_report(report));
  const auto column = [&](const char* name) {
    return static_cast<size_t>(std::find(lines[0].begin(), lines[0].end(), name) -
                               lines[0].begin());
  };
  EXPECT_EQ(std::stod(lines[1].at(column("median_ms"))), 1.0 / 3);
  EXPECT_EQ(lines[1].at(column("median_ci_low_ms")), "0.25");
  EXPECT_EQ(lines[1].at(column("median_ci_high_ms")), "0.5");
}

TEST(Csv, IsNoFormula) {
  Work work;
  work.model = "=1+1";
  EXPECT_EQ(parsed(csv_report(synthetic_report({synthetic_row(work, {})})))[1][0], "'=1+1");
}

TEST(Csv, DocumentsItsColumns) {
  std::ifstream file(std::string(BATON_SOURCE_DIR) + "/docs/benchmarking.md");
  const std::string guide{std::istreambuf_iterator<char>(file), {}};
  const auto lines = parsed(csv_report(synthetic_report(std::vector<Json>{})));
  for (const std::string& column : lines[0]) {
    EXPECT_NE(guide.find("`" + column + "`"), std::string::npos) << column;
  }
}

TEST(Text, HasALinePerResultAndSaysWhatFailed) {
  Work work;
  work.delegate = "reference";
  work.device = "";
  Json reference = synthetic_row(work, {});
  reference["median_ms"] = 40.0;
  work.delegate = "npu";
  Json fast = synthetic_row(work, {});
  fast["median_ms"] = 10.0;
  fast["median_ci_ms"] = {9.5, 10.5};
  fast["warnings"] = {"the machine was busy"};
  const std::string text = text_report(
      synthetic_report({fast, reference, failed_row(work, "crashed", "it crashed (SIGSEGV)")}));
  EXPECT_NE(text.find("10 ± 0.5"), std::string::npos) << text;
  EXPECT_NE(text.find("4.00x"), std::string::npos) << text;
  EXPECT_NE(text.find("1.00x"), std::string::npos) << text;
  EXPECT_NE(text.find("npu crashed: it crashed (SIGSEGV)"), std::string::npos) << text;
  EXPECT_NE(text.find("warning: synthetic.tflite, npu: the machine was busy"), std::string::npos)
      << text;
}

TEST(Text, EscapesControlCharacters) {
  Work work;
  work.model = "\x1b[31mred";
  const std::string text = text_report(synthetic_report(work, {}));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("\\x1b[31mred"), std::string::npos);
}

TEST(Text, TakesAnyJson) {
  for (const char* text : {"{}", "[]", "{\"results\": [3, {}]}",
                           "{\"results\": [{\"status\": 3, \"median_ci_ms\": [1, 2]}]}"}) {
    EXPECT_FALSE(text_report(Json::parse(text)).empty());
    EXPECT_FALSE(csv_report(Json::parse(text)).empty());
  }
}

}  // namespace
}  // namespace baton::report
