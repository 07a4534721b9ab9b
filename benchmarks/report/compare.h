// `benchmark_model compare A.json B.json...`: what became slower or faster, or fails now.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "benchmarks/report/statistics.h"

namespace baton::report {

enum class Verdict {
  kSame,
  kSlower,
  kFaster,
  kFailsNow,       // and worked before
  kWorksNow,       // and failed before
  kNotComparable,  // failed in both, or has no times
  kMissing         // is in the first report only
};

struct ComparedOp {
  std::string name;  // "CONV_2D (operator 12)"
  OpChange change;
};

struct ComparedRow {
  std::string model;
  std::string before, after;  // delegate, device, threads, precision; equal mostly
  Verdict verdict = Verdict::kNotComparable;
  RowChange change;
  double before_ms = 0, after_ms = 0;  // medians, as measured; 0: not known
  std::vector<ComparedOp> ops;         // that moved
  std::string note;                    // a sentence, or ""
};

struct Comparison {
  std::string label;  // of the second report: its file name
  std::vector<ComparedRow> rows;
  std::vector<std::string> warnings;  // other machine, other build, rows without a partner

  // 1: something is slower, or fails now. Else 0.
  int exit_status() const;
};

// `label` is what the second report is called in texts.
Comparison compare(const nlohmann::ordered_json& a, const nlohmann::ordered_json& b,
                   const std::string& label, const Limits& limits = {});

std::string comparison_text(const Comparison& comparison);

// {"schema", "exit_status", "comparisons": [...]}
nlohmann::ordered_json comparison_json(const std::vector<Comparison>& comparisons);

// The whole command: the first file with each of the others. Prints to stdout, as text or JSON.
// The exit status; throws tools::Failure(2) for files that are no reports.
int compare_files(const std::vector<std::string>& paths, bool json, const Limits& limits = {});

// A report from a file; throws tools::Failure(2) with a sentence where it is none.
nlohmann::ordered_json read_report(const std::string& path);

}  // namespace baton::report
