// Suggestions for names that were mistyped.
#pragma once

#include <string>
#include <vector>

namespace baton::tools {

// " (did you mean 'x'?)" with the nearest name, or "" when none is near.
std::string did_you_mean(const std::string& given, const std::vector<std::string>& names);

}  // namespace baton::tools
