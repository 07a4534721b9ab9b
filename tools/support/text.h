// Text from files, plugins and command lines, which may hold anything, as people get to see it.
#pragma once

#include <string>
#include <string_view>

namespace baton::tools {

// One line of UTF-8: control characters, and what is not UTF-8, are written as "\xNN". As the core
// does in its sentences; a text that went through it once stays as it is.
std::string plain(std::string_view text);

}  // namespace baton::tools
