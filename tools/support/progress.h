// One line that changes, on a terminal; nothing in a pipe.
#pragma once

#include <chrono>
#include <string>

namespace baton::tools {

class Progress {
 public:
  Progress();
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // True when show() would print: a few times a second.
  bool is_due();
  void show(const std::string& line);
  void clear();

 private:
  const bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace baton::tools
