// The report for a terminal: a line per result, then what went wrong and the warnings.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace baton::report {

std::string text_report(const nlohmann::ordered_json& report);

}  // namespace baton::report
