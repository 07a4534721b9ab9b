#include "tools/support/text.h"

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>

namespace baton::tools {
namespace {

// A character's first byte, the bytes that may come second, and its length.
struct Form {
  uint8_t first_low, first_high, second_low, second_high;
  size_t length;
};

// UTF-8 without control characters (U+0000 to U+001F, U+007F to U+009F), surrogates, and
// characters written longer than needed.
constexpr Form kForms[] = {
    {0x20, 0x7e, 0, 0, 1},       {0xc2, 0xc2, 0xa0, 0xbf, 2}, {0xc3, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},
};

// Of the character that `text` begins with; 0 when that may not be printed.
size_t printable_length(std::string_view text) {
  const auto within = [&](size_t i, uint8_t low, uint8_t high) {
    return i < text.size() && static_cast<uint8_t>(text[i]) >= low &&
           static_cast<uint8_t>(text[i]) <= high;
  };
  for (const Form& form : kForms) {
    if (!within(0, form.first_low, form.first_high)) continue;
    for (size_t i = 1; i < form.length; ++i) {
      if (!within(i, i == 1 ? form.second_low : 0x80, i == 1 ? form.second_high : 0xbf)) return 0;
    }
    return form.length;
  }
  return 0;
}

}  // namespace

std::string plain(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const size_t length = printable_length(text);
    if (length != 0) {
      line += text.substr(0, length);
    } else {
      line += fmt::format("\\x{:02x}", static_cast<uint8_t>(text[0]));
    }
    text.remove_prefix(length != 0 ? length : 1);
  }
  return line;
}

}  // namespace baton::tools
