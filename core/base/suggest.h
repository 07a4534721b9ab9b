// "did you mean ...?"
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace baton {

// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
size_t edit_distance(std::string_view a, std::string_view b);

// " (did you mean 'near'?)" for the nearest of `words`, or "" when none is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> words);

}  // namespace baton
