// Text from files and plugins, which may hold anything, as people get to see it.
#pragma once

#include <string>
#include <string_view>

namespace baton {

// One line of UTF-8: line breaks, other control characters (those of writing direction too), and
// what is not UTF-8, are written as "\xNN".
std::string printable(std::string_view text);

}  // namespace baton
