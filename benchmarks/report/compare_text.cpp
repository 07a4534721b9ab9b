// A comparison for people and for programs.
#include <fmt/core.h>

#include <iterator>

#include "benchmarks/report/compare.h"
#include "benchmarks/report/fields.h"
#include "tools/support/table.h"

namespace baton::report {
namespace {

const char* verdict_text(Verdict verdict) {
  constexpr const char* kTexts[] = {"same",      "slower",         "faster", "fails now",
                                    "works now", "not comparable", "missing"};
  const auto index = static_cast<size_t>(verdict);
  return index < std::size(kTexts) ? kTexts[index] : "";
}

bool has_ratio(const ComparedRow& row) {
  return row.verdict == Verdict::kSame || row.verdict == Verdict::kSlower ||
         row.verdict == Verdict::kFaster;
}

std::string ratio_text(const Ratio& ratio) {
  return fmt::format("x{:.3f} ({:.3f} to {:.3f})", ratio.value, ratio.low, ratio.high);
}

std::string runners(const ComparedRow& row) {
  return row.before == row.after ? row.before : row.before + " -> " + row.after;
}

std::string op_text(const ComparedOp& op) {
  return fmt::format("{} took {}, which {} {:.1f} % of the run", op.name,
                     ratio_text(op.change.ratio), op.change.added > 0 ? "adds" : "saves",
                     std::abs(op.change.added) * 100);
}

std::string ms_text(double ms) { return ms > 0 ? short_number(ms) : ""; }

}  // namespace

std::string comparison_text(const Comparison& comparison) {
  tools::Table table({"model", "delegate", "verdict", "time", "before ms", "after ms"});
  size_t slower = 0, faster = 0, failing = 0;
  for (const ComparedRow& row : comparison.rows) {
    slower += row.verdict == Verdict::kSlower;
    faster += row.verdict == Verdict::kFaster;
    failing += row.verdict == Verdict::kFailsNow;
    table.add({row.model, runners(row), verdict_text(row.verdict),
               has_ratio(row) ? ratio_text(row.change.ratio) : "", ms_text(row.before_ms),
               ms_text(row.after_ms)});
  }
  std::string lines = fmt::format("compared with {}:\n{}", comparison.label, table.text());
  for (const ComparedRow& row : comparison.rows) {
    std::vector<std::string> remarks;
    for (const ComparedOp& op : row.ops) remarks.push_back(op_text(op));
    if (!row.note.empty()) remarks.push_back(row.note);
    for (const std::string& remark : remarks) {
      lines += fmt::format("{}, {}: {}\n", row.model, runners(row), remark);
    }
  }
  for (const std::string& warning : comparison.warnings) lines += "warning: " + warning + "\n";
  return lines + fmt::format("{} compared: {} slower, {} faster, {} failing now\n",
                             tools::counted(comparison.rows.size(), "result"), slower, faster,
                             failing);
}

Json comparison_json(const std::vector<Comparison>& comparisons) {
  const auto interval = [](const Ratio& ratio) { return Json::array({ratio.low, ratio.high}); };
  Json all = Json::array();
  int exit_status = 0;
  for (const Comparison& comparison : comparisons) {
    Json rows = Json::array();
    for (const ComparedRow& row : comparison.rows) {
      Json entry = {{"model", row.model},
                    {"before", row.before},
                    {"after", row.after},
                    {"verdict", verdict_text(row.verdict)},
                    {"before_ms", row.before_ms > 0 ? Json(row.before_ms) : Json()},
                    {"after_ms", row.after_ms > 0 ? Json(row.after_ms) : Json()},
                    {"note", row.note}};
      if (has_ratio(row)) {
        entry["ratio"] = row.change.ratio.value;
        entry["ratio_ci"] = interval(row.change.ratio);
        entry["drift"] = row.change.drift;
      }
      Json ops = Json::array();
      for (const ComparedOp& op : row.ops) {
        ops.push_back(Json{{"op", op.name},
                           {"ratio", op.change.ratio.value},
                           {"ratio_ci", interval(op.change.ratio)},
                           {"added_share", op.change.added}});
      }
      entry["ops"] = std::move(ops);
      rows.push_back(std::move(entry));
    }
    all.push_back(Json{{"with", comparison.label},
                       {"exit_status", comparison.exit_status()},
                       {"rows", std::move(rows)},
                       {"warnings", comparison.warnings}});
    if (comparison.exit_status() != 0) exit_status = 1;
  }
  return Json{{"schema", 1}, {"exit_status", exit_status}, {"comparisons", std::move(all)}};
}

}  // namespace baton::report
