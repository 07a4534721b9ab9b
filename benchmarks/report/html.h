// The report as one page that needs nothing else: no network, fonts or scripts from elsewhere.
// Whatever names say, they are shown, never obeyed.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace baton::report {

std::string html_report(const nlohmann::ordered_json& report);

}  // namespace baton::report
