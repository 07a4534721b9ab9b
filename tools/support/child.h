// A worker as a child process. Whatever it does, by itself or because a plugin makes it, stays
// there: it has a process group of its own, its output is read into a bounded tail, and it is
// killed with all that it started.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace baton::tools {

class Child {
 public:
  // words[0] is the program. Its standard input has one of `numbers` in each line. Throws Failure
  // when it cannot be started.
  Child(std::vector<std::string> words, std::span<const uint32_t> numbers);
  // Its standard input has what is sent.
  explicit Child(std::vector<std::string> words);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // A line for its standard input; false when it no longer reads. Short lines: does not wait.
  bool send(const std::string& line);
  // Nothing more is sent: its standard input ends.
  void end_input();
  // Takes in what has arrived. Does not wait.
  void read();
  // The next whole report; false when there is none.
  bool next_report(nlohmann::json* report);

  // False while it runs. Once true, read() has taken in everything.
  bool ended();
  // With exit status 0. After ended().
  bool ended_well() const { return status_ == 0; }
  // "it crashed (SIGSEGV)", "it ended the process with status 3". After ended().
  std::string end_text() const;
  // With everything that it started; returns when it is gone.
  void kill();

  // The last of what it wrote to its outputs since the last case began.
  std::string output() const;

 private:
  friend void wait(std::span<Child* const> children, std::chrono::milliseconds most);

  void start(std::vector<std::string> words, int input);

  pid_t pid_ = 0;
  bool ended_ = false;
  int status_ = 0;
  int input_fd_ = -1;
  int report_fd_ = -1;
  int output_fd_ = -1;
  std::string pending_;  // a report that is not whole yet
  std::deque<std::string> reports_;
  std::string tail_;
};

// Until one of them has written something, at most so long.
void wait(std::span<Child* const> children, std::chrono::milliseconds most);

}  // namespace baton::tools
