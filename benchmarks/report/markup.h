// Pieces of HTML from text that may hold anything.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baton::report {

// Fit for an element's content and for an attribute in double quotes.
std::string escaped(std::string_view text);
// JSON for a <script> element: no character in it can end the element or begin a comment.
std::string script_json(const nlohmann::ordered_json& json);

// A table whose columns can be sorted by a click (page.js).
struct Cell {
  std::string html;
  // What a column of numbers is sorted by; absent sorts last.
  std::optional<double> value = std::nullopt;
};
struct Heading {
  std::string label;
  bool numeric = false;
  std::string help = "";
};
// `caption` names the table to readers who do not see it. The first cell of a line is its heading.
std::string table(const std::string& caption, const std::vector<Heading>& headings,
                  const std::vector<std::vector<Cell>>& lines);

// "<dl>" of names and values; those without a value are left out. Values are HTML.
std::string facts(const std::vector<std::pair<std::string, std::string>>& entries);

}  // namespace baton::report
