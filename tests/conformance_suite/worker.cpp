#include "tests/conformance_suite/worker.h"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <optional>

extern char** environ;

namespace baton::test {
namespace {

using Json = nlohmann::json;

// A process whose input and output are pipes; killed when this goes.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), BATON_CONFORMANCE_WORKER);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    for (const int end : {in[0], in[1], out[0], out[1]}) {
      posix_spawn_file_actions_addclose(&actions, end);
    }
    if (posix_spawn(&id_, pointers[0], &actions, nullptr, pointers.data(), environ) != 0) id_ = -1;
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    to_ = in[1];
    from_ = out[0];
  }
  ~Process() {
    close_input();
    if (from_ >= 0) close(from_);
    if (id_ <= 0) return;
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void write(const std::string& text) {
    // The worker may be gone: that is seen when reading.
    (void)!::write(to_, text.data(), text.size());
  }
  void close_input() {
    if (to_ >= 0) close(to_);
    to_ = -1;
  }

  enum class Read { kLine, kEnd, kTimeOut };
  Read line(std::string* text, std::chrono::seconds limit) {
    for (;;) {
      const size_t end = buffer_.find('\n');
      if (end != std::string::npos) {
        *text = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return Read::kLine;
      }
      pollfd ready{from_, POLLIN, 0};
      const int count = poll(&ready, 1, static_cast<int>(std::chrono::milliseconds(limit).count()));
      if (count == 0) return Read::kTimeOut;
      char bytes[4096];
      const ssize_t got = count < 0 ? 0 : read(from_, bytes, sizeof(bytes));
      if (got <= 0) return Read::kEnd;
      buffer_.append(bytes, static_cast<size_t>(got));
    }
  }

 private:
  pid_t id_ = -1;
  int to_ = -1;
  int from_ = -1;
  std::string buffer_;
};

constexpr std::chrono::seconds kLong{120};

}  // namespace

std::vector<std::string> case_names(const std::string& group) {
  Process process({"--group=" + group, "--list"});
  std::vector<std::string> names;
  for (std::string line; process.line(&line, kLong) == Process::Read::kLine;) {
    const Json json = Json::parse(line);
    if (json.contains("name")) names.push_back(json.at("name"));
  }
  return names;
}

std::vector<CaseResult> run_cases(const std::string& group, const std::vector<std::string>& names,
                                  const std::vector<std::string>& arguments,
                                  std::chrono::seconds limit,
                                  const std::function<bool(const CaseResult&)>& enough,
                                  size_t every) {
  // A worker that is gone is an error when reading, not a signal.
  signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> all = {"--group=" + group,
                                  std::string("--plugin_folder=") + BATON_TEST_PLUGINS_DIR,
                                  std::string("--plugin_folder=") + BATON_PLUGINS_DIR};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Process process(all);
  std::vector<CaseResult> results;
  for (size_t i = 0; i < names.size(); i += every) {
    process.write(std::to_string(i) + "\n");
    std::optional<CaseResult> result;
    while (!result) {
      std::string line;
      const Process::Read read = process.line(&line, limit);
      if (read != Process::Read::kLine) {
        results.push_back({names[i], read == Process::Read::kEnd ? "crash" : "hang", ""});
        return results;
      }
      const Json json = Json::parse(line);
      if (json.contains("outcome")) result = {names[i], json.at("outcome"), json.at("text")};
    }
    results.push_back(*result);
    if (enough(*result)) break;
  }
  return results;
}

}  // namespace baton::test
