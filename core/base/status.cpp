#include "core/base/status.h"

#include <cstdio>

#include "core/base/text.h"

namespace baton {

Status::Status(baton_status code, const std::string& message, uint32_t reason)
    : code_(code), reason_(reason), message_(printable(message)) {}

std::string format_v(const char* pattern, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  const int size = std::vsnprintf(nullptr, 0, pattern, arguments);
  std::string text;
  if (size > 0) {
    text.resize(static_cast<size_t>(size) + 1);
    std::vsnprintf(text.data(), text.size(), pattern, again);
    text.resize(static_cast<size_t>(size));
  }
  va_end(again);
  return text;
}

std::string format(const char* pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  std::string text = format_v(pattern, arguments);
  va_end(arguments);
  return text;
}

Status error(baton_status code, const char* pattern, ...) {
  va_list arguments;
  va_start(arguments, pattern);
  Status status(code, format_v(pattern, arguments));
  va_end(arguments);
  return status;
}

}  // namespace baton
