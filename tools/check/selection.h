// Which cases are run: --filter and --max-cases.
#pragma once

#include <cstdint>
#include <regex>
#include <string>
#include <vector>

#include "tools/check/case.h"

namespace baton::tools {

// An ECMAScript regular expression. Throws std::regex_error, with a sentence, for what is none.
std::regex read_regex(const std::string& text);

// Positions of cases, ascending. Throws Failure for a filter that cannot be read or matches
// nothing;
// "" takes all.
std::vector<size_t> filtered(const Catalogue& catalogue, const std::string& filter);

// At most so many of the cases, the same for the same seed. Half of them are for the group
// `operators`, alike for each operator and type; small groups are taken whole before the other half
// is shared out.
std::vector<size_t> sampled(const Catalogue& catalogue, std::vector<size_t> cases, uint64_t most,
                            uint64_t seed);

}  // namespace baton::tools
