// The report as comma-separated values (RFC 4180): a header line, then one line per result. The
// columns are documented in docs/benchmarking.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace baton::report {

std::string csv_report(const nlohmann::ordered_json& report);

}  // namespace baton::report
