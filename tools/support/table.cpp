#include "tools/support/table.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "tools/support/text.h"

namespace baton::tools {
namespace {

// Characters, not bytes.
size_t width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

bool is_number(const std::string& text) {
  return text.empty() || text.find_first_not_of("0123456789.-+e") == std::string::npos;
}

}  // namespace

void Table::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = plain(cell);
  rows_.push_back(std::move(row));
}

std::string Table::text() const {
  std::string lines;
  const size_t columns = rows_.front().size();
  std::vector<size_t> widths(columns, 0);
  std::vector<bool> numeric(columns, true);
  for (size_t r = 0; r < rows_.size(); ++r) {
    for (size_t c = 0; c < columns; ++c) {
      widths[c] = std::max(widths[c], width(rows_[r][c]));
      if (r > 0 && !is_number(rows_[r][c])) numeric[c] = false;
    }
  }
  for (const auto& row : rows_) {
    std::string line;
    for (size_t c = 0; c < columns; ++c) {
      const std::string padding(widths[c] - width(row[c]), ' ');
      line += "  " + (numeric[c] ? padding + row[c] : row[c] + padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines += line + "\n";
  }
  return lines;
}

void Table::print() const { fmt::print("{}", text()); }

std::string time_text(double milliseconds) {
  return milliseconds < 0.1 ? fmt::format("{:.3f} µs", milliseconds * 1000)
                            : fmt::format("{:.3f} ms", milliseconds);
}

std::string counted(uint64_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string size_text(uint64_t bytes) {
  if (bytes < 1024) return counted(bytes, "byte");
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  double size = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  for (; size >= 1024 && unit + 1 < std::size(kUnits); ++unit) size /= 1024;
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string ranges(const std::vector<uint32_t>& ascending) {
  std::string text;
  for (size_t i = 0; i < ascending.size();) {
    size_t end = i + 1;
    while (end < ascending.size() && ascending[end] == ascending[end - 1] + 1) ++end;
    if (!text.empty()) text += ", ";
    text += std::to_string(ascending[i]);
    if (end - i > 1) text += "-" + std::to_string(ascending[end - 1]);
    i = end;
  }
  return text;
}

std::string text_of(const nlohmann::ordered_json& object, const char* key) {
  return plain(object[key].get<std::string>());
}

std::string json_text(const nlohmann::ordered_json& json) {
  using Json = nlohmann::ordered_json;
  const std::string text = json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  // JSON allows DEL and U+0080 to U+009F in strings, where alone they can be; terminals obey them.
  std::string escaped;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](size_t at) { return static_cast<uint8_t>(text[at]); };
    if (byte(i) == 0x7f) {
      escaped += "\\u007f";
    } else if (byte(i) == 0xc2 && byte(i + 1) < 0xa0) {
      escaped += fmt::format("\\u{:04x}", byte(++i));
    } else {
      escaped += text[i];
    }
  }
  return escaped;
}

void print_json(const nlohmann::ordered_json& json) { fmt::print("{}", json_text(json)); }

}  // namespace baton::tools
