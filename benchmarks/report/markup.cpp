#include "benchmarks/report/markup.h"

#include <fmt/core.h>

#include <cmath>

namespace baton::report {

std::string escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string script_json(const nlohmann::ordered_json& json) {
  const std::string text =
      json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    // These occur in strings only, where an escape means the same.
    if (c == '<' || c == '>' || c == '&' || c == '\'') {
      result += fmt::format("\\u{:04x}", c);
    } else {
      result += c;
    }
  }
  return result;
}

std::string table(const std::string& caption, const std::vector<Heading>& headings,
                  const std::vector<std::vector<Cell>>& lines) {
  std::string html = fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\">"
      "<table class=\"sortable\"><caption><span>{0}</span></caption><thead><tr>",
      escaped(caption));
  for (const Heading& heading : headings) {
    html +=
        fmt::format("<th scope=\"col\"{}{}>{}</th>", heading.numeric ? " class=\"number\"" : "",
                    heading.help.empty() ? "" : fmt::format(" title=\"{}\"", escaped(heading.help)),
                    escaped(heading.label));
  }
  html += "</tr></thead><tbody>\n";
  for (const auto& line : lines) {
    html += "<tr>";
    for (size_t i = 0; i < line.size(); ++i) {
      const char* element = i == 0 ? "th scope=\"row\"" : "td";
      html +=
          fmt::format("<{}{}{}>{}</{}>", element, headings[i].numeric ? " class=\"number\"" : "",
                      line[i].value && std::isfinite(*line[i].value)
                          ? fmt::format(" data-value=\"{}\"", *line[i].value)
                          : "",
                      line[i].html, i == 0 ? "th" : "td");
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string facts(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string html;
  for (const auto& [name, value] : entries) {
    if (value.empty()) continue;
    constexpr size_t kWide = 48;
    html += fmt::format("<div{}><dt>{}</dt><dd>{}</dd></div>",
                        value.size() > kWide ? " class=\"wide\"" : "", escaped(name), value);
  }
  return html.empty() ? "" : "<dl class=\"facts\">" + html + "</dl>\n";
}

}  // namespace baton::report
