// Files of /proc and /sys below a folder that takes the place of "/".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace baton::benchmarks {

// The content; "" when it cannot be read.
std::string read_under(const std::string& root, const std::string& path);
// Without white space at the ends.
std::string trimmed(const std::string& text);
// Of a file that holds one number, or begins with one; nullopt otherwise.
std::optional<uint64_t> number_under(const std::string& root, const std::string& path);

// "0-3,8" -> 0, 1, 2, 3, 8; empty when it is not such a list.
std::vector<uint32_t> parse_cpu_list(const std::string& text);

// The value of the first line "KEY : VALUE"; "" when there is none.
std::string field(const std::string& text, const std::string& key);

}  // namespace baton::benchmarks
