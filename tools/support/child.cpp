#include "tools/support/child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "tools/support/failure.h"

extern char** environ;

namespace baton::tools {
namespace {

// Where the worker writes its reports.
constexpr int kReportDescriptor = 3;
constexpr size_t kMostTail = 2048;
// No report is longer; what is, is none.
constexpr size_t kMostReport = size_t{1} << 24;

[[noreturn]] void fail_to_start(const std::string& program, int problem) {
  fail("the worker '{}' cannot be started: {}", program, std::strerror(problem));
}

struct Pipe {
  int ends[2] = {-1, -1};
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  bool open() { return ::pipe2(ends, O_CLOEXEC) == 0; }
  // The reading end, which does not wait.
  int take() {
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return std::exchange(ends[0], -1);
  }
};

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

// A file without a name: a pipe would hold only so much.
File numbers_file(std::span<const uint32_t> numbers) {
  File file(std::tmpfile(), std::fclose);
  if (file == nullptr) fail("no temporary file can be made: {}", std::strerror(errno));
  for (const uint32_t number : numbers) std::fprintf(file.get(), "%u\n", number);
  if (std::fflush(file.get()) != 0 || std::ferror(file.get())) {
    fail("a temporary file cannot be written: {}", std::strerror(errno));
  }
  std::rewind(file.get());
  return file;
}

// Up to a limit: others want to be read, too. False at the end.
template <typename Take>
bool read_some(int descriptor, const Take& take) {
  char piece[1 << 14];
  for (int i = 0; i < 16; ++i) {
    const ssize_t count = ::read(descriptor, piece, sizeof(piece));
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return false;
    take(std::string_view(piece, static_cast<size_t>(count)));
  }
  return true;
}

std::string signal_text(int signal) {
  static constexpr std::pair<int, const char*> kNames[] = {
      {SIGABRT, "SIGABRT"}, {SIGALRM, "SIGALRM"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
      {SIGHUP, "SIGHUP"},   {SIGILL, "SIGILL"},   {SIGINT, "SIGINT"},   {SIGKILL, "SIGKILL"},
      {SIGPIPE, "SIGPIPE"}, {SIGQUIT, "SIGQUIT"}, {SIGSEGV, "SIGSEGV"}, {SIGSYS, "SIGSYS"},
      {SIGTERM, "SIGTERM"}, {SIGTRAP, "SIGTRAP"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"}};
  for (const auto& [number, name] : kNames) {
    if (number == signal) return name;
  }
  return fmt::format("signal {}", signal);
}

}  // namespace

Child::Child(std::vector<std::string> words, std::span<const uint32_t> numbers) {
  const File input = numbers_file(numbers);
  start(std::move(words), fileno(input.get()));
}

Child::Child(std::vector<std::string> words) {
  // No pipe: writing to one that nobody reads raises a signal.
  Pipe ends;
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.ends) != 0) {
    fail_to_start(words[0], errno);
  }
  input_fd_ = std::exchange(ends.ends[1], -1);
  start(std::move(words), ends.ends[0]);
}

bool Child::send(const std::string& line) {
  const std::string text = line + "\n";
  for (size_t sent = 0; sent < text.size();) {
    const ssize_t count = ::send(input_fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    sent += static_cast<size_t>(count);
  }
  return true;
}

void Child::end_input() {
  if (input_fd_ >= 0) ::close(std::exchange(input_fd_, -1));
}

void Child::start(std::vector<std::string> words, int input) {
  // Ignored, as it may have been inherited, it would hide how children end.
  std::signal(SIGCHLD, SIG_DFL);
  Pipe report, output;
  if (!report.open() || !output.open()) fail_to_start(words[0], errno);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // Moved out of the way of the numbers that they get in the child: one that kept its number would
  // be closed when the program starts.
  const int inputs = ::fcntl(input, F_DUPFD_CLOEXEC, kReportDescriptor + 1);
  const int outputs = ::fcntl(output.ends[1], F_DUPFD_CLOEXEC, kReportDescriptor + 1);
  const int reports = ::fcntl(report.ends[1], F_DUPFD_CLOEXEC, kReportDescriptor + 1);
  posix_spawn_file_actions_adddup2(&actions, inputs, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, outputs, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, outputs, STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions, reports, kReportDescriptor);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);

  words.push_back(fmt::format("--report_fd={}", kReportDescriptor));
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  int problem = inputs < 0 || outputs < 0 || reports < 0 ? EMFILE : 0;
  if (problem == 0) {
    problem = posix_spawn(&pid_, words[0].c_str(), &actions, &attributes, pointers.data(), environ);
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  for (const int descriptor : {inputs, outputs, reports}) {
    if (descriptor >= 0) ::close(descriptor);
  }
  if (problem != 0) fail_to_start(words[0], problem);
  report_fd_ = report.take();
  output_fd_ = output.take();
}

Child::~Child() {
  kill();
  for (const int descriptor : {input_fd_, report_fd_, output_fd_}) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

void Child::read() {
  const auto close_at_end = [](int& descriptor, bool more) {
    if (more) return;
    ::close(descriptor);
    descriptor = -1;
  };
  if (report_fd_ >= 0) {
    close_at_end(report_fd_, read_some(report_fd_, [this](std::string_view piece) {
                   for (size_t end; (end = piece.find('\n')) != std::string_view::npos;) {
                     pending_ += piece.substr(0, end);
                     reports_.push_back(std::exchange(pending_, ""));
                     piece.remove_prefix(end + 1);
                   }
                   if (pending_.size() < kMostReport) pending_ += piece;
                 }));
  }
  if (output_fd_ >= 0) {
    close_at_end(output_fd_, read_some(output_fd_, [this](std::string_view piece) {
                   tail_ += piece;
                   // The worker writes a zero where a case begins.
                   if (const size_t zero = tail_.rfind('\0'); zero != std::string::npos) {
                     tail_.erase(0, zero + 1);
                   }
                   if (tail_.size() > kMostTail) tail_.erase(0, tail_.size() - kMostTail);
                 }));
  }
}

bool Child::next_report(nlohmann::json* report) {
  while (!reports_.empty()) {
    *report = nlohmann::json::parse(reports_.front(), nullptr, false);
    reports_.pop_front();
    if (report->is_object()) return true;
  }
  return false;
}

bool Child::ended() {
  if (ended_) return true;
  const pid_t result = ::waitpid(pid_, &status_, WNOHANG);
  if (result == 0 || (result < 0 && errno == EINTR)) return false;
  ended_ = true;
  read();
  // What it started and left behind.
  ::kill(-pid_, SIGKILL);
  return true;
}

std::string Child::end_text() const {
  if (WIFEXITED(status_)) {
    return fmt::format("it ended the process with status {}", WEXITSTATUS(status_));
  }
  const int signal = WTERMSIG(status_);
  return fmt::format("it crashed ({}{})", signal_text(signal),
                     signal == SIGKILL ? ", perhaps for the memory that it took" : "");
}

void Child::kill() {
  if (ended_) return;
  ::kill(-pid_, SIGKILL);
  while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  ended_ = true;
  read();
}

std::string Child::output() const { return tail_; }

void wait(std::span<Child* const> children, std::chrono::milliseconds most) {
  std::vector<pollfd> descriptors;
  for (const Child* child : children) {
    // Its end is near, but nothing will tell of it.
    if (child->report_fd_ < 0) most = std::min(most, std::chrono::milliseconds(5));
    for (const int descriptor : {child->report_fd_, child->output_fd_}) {
      if (descriptor >= 0) descriptors.push_back({descriptor, POLLIN, 0});
    }
  }
  ::poll(descriptors.data(), descriptors.size(), static_cast<int>(most.count()));
}

}  // namespace baton::tools
