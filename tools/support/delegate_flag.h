// `--delegate=NAME[:key=value]...,...`: delegates in order of preference.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace baton::tools {

struct DelegateChoice {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;
};

// A backslash takes the meaning from the next `,`, `:`, `=` or backslash. Throws Failure(2).
std::vector<DelegateChoice> parse_delegates(const std::string& text);
// The reverse, of one.
std::string delegate_text(const DelegateChoice& choice);

}  // namespace baton::tools
