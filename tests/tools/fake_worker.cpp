// Stands in for conformance_worker: a suite whose cases end as their names say, so that what
// `baton delegate_check` makes of it can be tested. FAKE_CASES has the cases, "GROUP/NAME" with
// blanks between; of "operators/OP/TYPE/..." operator and type are known. The last word of the
// name, behind the last '/', is what becomes of it. FAKE_DESCRIBE is what becomes of --describe.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Case {
  std::string group, name, op, type, fate;
  size_t number;
};

int report_fd = STDOUT_FILENO;

void report(const std::string& line) {
  const std::string text = line + "\n";
  if (write(report_fd, text.data(), text.size()) < 0) std::exit(1);
}

std::string environment(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : fallback;
}

std::vector<Case> all_cases() {
  std::istringstream words(environment("FAKE_CASES", ""));
  std::vector<Case> cases;
  for (std::string word; words >> word;) {
    const size_t slash = word.find('/');
    Case c{word.substr(0, slash), word.substr(slash + 1), "", "", "", 0};
    if (c.group == "operators") {
      std::istringstream parts(c.name);
      std::getline(parts, c.op, '/');
      std::getline(parts, c.type, '/');
    }
    c.fate = c.name.substr(c.name.rfind('/') + 1);
    if (!cases.empty() && cases.back().group == c.group) c.number = cases.back().number + 1;
    cases.push_back(c);
  }
  return cases;
}

void list(const std::vector<Case>& cases) {
  std::string group;
  for (const Case& c : cases) {
    if (c.group != group) report("{\"group\": \"" + c.group + "\", \"summary\": \"\"}");
    group = c.group;
    report("{\"group\": \"" + c.group + "\", \"case\": " + std::to_string(c.number) +
           ", \"name\": \"" + c.name + "\", \"op\": \"" + c.op + "\", \"type\": \"" + c.type +
           "\"}");
  }
}

[[noreturn]] void hang() {
  for (;;) pause();
}

// The sanitizers would turn it into an exit.
void crash() {
  signal(SIGSEGV, SIG_DFL);
  raise(SIGSEGV);
}

int describe(const std::string& fate) {
  if (fate == "hang") hang();
  if (fate == "crash") crash();
  if (fate == "ok") {
    report("{\"name\": \"fake\", \"version\": \"7\", \"device\": \"Fake device\"}");
  } else {
    report("{\"problem\": \"" + fate + "\", \"text\": \"a sentence\"}");
  }
  return 0;
}

std::string at_end;

void run(const Case& c) {
  const std::string number = "{\"case\": " + std::to_string(c.number);
  if (write(STDERR_FILENO, "", 1) != 1) std::exit(1);
  report(number + ", \"begin\": true}");
  const std::string& fate = c.fate;
  if (fate == "crash") crash();
  if (fate == "hang") hang();
  if (fate == "exit0") std::_Exit(0);
  if (fate == "exit3") std::_Exit(3);
  if (fate == "says") {
    for (int i = 0; i < 100000; ++i) std::puts("a line before");
    std::puts("the last \033[31mline");
    std::fflush(stdout);
    crash();
  }
  if (fate == "floods") {
    for (;;) std::puts("and on and on");
  }
  if (fate == "closes") {
    close(report_fd);
    hang();
  }
  if (fate == "forks") {
    // The child has the pipes, and stays.
    if (fork() == 0) hang();
    std::_Exit(0);
  }
  if (fate == "crash_at_end" || fate == "hang_at_end") at_end = fate;
  const bool known = fate == "unsupported" || fate == "mismatch" || fate == "error";
  report(number + ", \"outcome\": \"" + (known ? fate : "ok") + "\", \"text\": \"" +
         (known ? "text of " + fate : "") + "\", \"ms\": 1.5}");
  if (fate == "garbage") report("{{{ no report");
  if (fate == "crash_between") crash();
}

}  // namespace

int main(int argc, char** argv) {
  std::string group, save;
  bool lists = false, describes = false;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::string value = argument.substr(argument.find('=') + 1);
    if (argument.rfind("--group=", 0) == 0) group = value;
    if (argument.rfind("--save=", 0) == 0) save = value;
    if (argument.rfind("--report_fd=", 0) == 0) report_fd = std::stoi(value);
    if (argument == "--list") lists = true;
    if (argument == "--describe") describes = true;
  }
  if (environment("FAKE_WORKER", "") == "broken") {
    std::cerr << "libmissing.so cannot be found\n";
    return 127;
  }
  const std::vector<Case> cases = all_cases();
  if (lists) {
    list(cases);
    return 0;
  }
  if (describes) return describe(environment("FAKE_DESCRIBE", "ok"));
  for (size_t number = 0; std::cin >> number;) {
    for (const Case& c : cases) {
      if (c.group != group || c.number != number) continue;
      if (save.empty()) {
        run(c);
      } else {
        report("{\"case\": " + std::to_string(number) + ", \"files\": [\"" + save + "/" + c.fate +
               " 1.tflite\", \"" + save + "/in.bin\"], \"problem\": \"\"}");
      }
    }
  }
  if (at_end == "crash_at_end") crash();
  if (at_end == "hang_at_end") hang();
  if (save.empty()) report("{\"end\": true}");
  return 0;
}
