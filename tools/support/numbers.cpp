#include "tools/support/numbers.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <string>

namespace baton::tools {
namespace {

// All of the text.
template <typename T>
bool parse(const std::string& text, T* value) {
  const char* last = text.data() + text.size();
  const auto [end, problem] = std::from_chars(text.data(), last, *value);
  return problem == std::errc() && end == last;
}

template <typename T>
bool fits(Sign sign, T value) {
  if (!std::isfinite(value)) return false;
  return sign == Sign::kAny || (sign == Sign::kPositive ? value > 0 : value >= 0);
}

}  // namespace

CLI::Validator whole_number(uint64_t least, uint64_t most) {
  const bool limited = most != std::numeric_limits<uint64_t>::max();
  const auto check = [=](std::string& text) -> std::string {
    uint64_t value = 0;
    if (parse(text, &value) && value >= least && value <= most) {
      text = std::to_string(value);  // CLI11 takes a leading 0 for octal
      return "";
    }
    if (limited) return fmt::format("'{}' is not a whole number from {} to {}", text, least, most);
    return fmt::format("'{}' is not a whole number of {} or more", text, least);
  };
  return {check, limited ? fmt::format("{} to {}", least, most) : fmt::format("{} or more", least)};
}

template <typename T>
CLI::Validator finite_number(Sign sign) {
  const char* range = sign == Sign::kAny           ? ""
                      : sign == Sign::kNotNegative ? " of 0 or more"
                                                   : " above 0";
  const auto check = [=](std::string& text) -> std::string {
    T value = 0;
    if (parse(text, &value) && fits(sign, value)) return "";
    return fmt::format("'{}' is not a finite number{}", text, range);
  };
  return {check, std::string("finite") + range};
}

template CLI::Validator finite_number<float>(Sign sign);
template CLI::Validator finite_number<double>(Sign sign);

}  // namespace baton::tools
