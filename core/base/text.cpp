#include "core/base/text.h"

#include <cstddef>
#include <cstdint>

namespace baton {
namespace {

// Characters past ASCII that end or turn round a line: U+0080 to U+009F, U+2028, U+2029, and the
// controls of writing direction.
bool is_wide_control(uint8_t first, uint8_t second, uint8_t third) {
  if (first == 0xc2) return second < 0xa0;
  if (first != 0xe2) return false;
  return (second == 0x80 && third >= 0xa8 && third <= 0xae) ||
         (second == 0x81 && third >= 0xa6 && third <= 0xa9);
}

// Bytes of the character that `text` begins with; 0 when that is not UTF-8, or a control.
size_t character_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return first < 0x20 || first == 0x7f ? 0 : 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Longer than needed, a surrogate, or past the last character.
  if (first == 0xe0 && byte(1) < 0xa0) return 0;
  if (first == 0xed && byte(1) >= 0xa0) return 0;
  if (first == 0xf0 && byte(1) < 0x90) return 0;
  if (first == 0xf4 && byte(1) >= 0x90) return 0;
  return is_wide_control(first, byte(1), length > 2 ? byte(2) : uint8_t{0}) ? 0 : length;
}

}  // namespace

std::string printable(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    const auto byte = static_cast<uint8_t>(text[0]);
    const size_t length = character_length(text);
    if (length != 0) {
      line += text.substr(0, length);
    } else {
      line += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
    text.remove_prefix(length != 0 ? length : 1);
  }
  return line;
}

}  // namespace baton
