#include "tools/support/progress.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "tools/support/text.h"

namespace baton::tools {
namespace {

// A longer line would wrap, and stay.
size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2) return 79;
  return size.ws_col - 1u;
}

}  // namespace

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

bool Progress::is_due() { return terminal_ && std::chrono::steady_clock::now() >= next_; }

void Progress::show(const std::string& line) {
  if (!is_due()) return;
  next_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
  shown_ = true;
  fmt::print(stderr, "\r\033[K{}", plain(line).substr(0, terminal_width()));
  std::fflush(stderr);
}

void Progress::clear() {
  if (!shown_) return;
  shown_ = false;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
}

}  // namespace baton::tools
