// Finds the command: `baton run ...`, or a link to the binary that has a command's name.

#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "baton/baton.h"
#include "benchmarks/harness/worker.h"
#include "tools/commands.h"
#include "tools/support/failure.h"
#include "tools/support/near_name.h"
#include "tools/support/text.h"

namespace {

struct Command {
  std::string_view name;
  int (*function)(int, char**);
  const char* summary;  // nullptr: a part of another command, not for people
};

constexpr Command kCommands[] = {
    {"run", baton::tools::run_command, "runs a model on files, or on generated inputs"},
    {"label_image", baton::tools::label_image_command, "says what a picture shows"},
    {"inspect", baton::tools::inspect_command, "inputs, outputs, operators, sizes, oddities"},
    {"explain", baton::tools::explain_command, "who runs each node, and why not the others"},
    {"delegates", baton::tools::delegates_command, "every plugin and device found"},
    {"diff", baton::tools::diff_command, "compares two delegates, or two models, node by node"},
    {"delegate_check", baton::tools::delegate_check_command, "tries a delegate on the suite"},
    {"zoo", baton::tools::zoo_command, "writes well-known networks with made-up weights"},
    {"benchmark_model", baton::tools::benchmark_model_command, "measures models on delegates"},
    {"benchmark_worker", baton::benchmarks::benchmark_worker, nullptr},
};

const Command* find(std::string_view name) {
  for (const Command& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

void print_help() {
  fmt::print(
      "baton {}: runs .tflite models\n\nusage: baton COMMAND [OPTIONS]; baton COMMAND --help\n\n",
      baton_version());
  for (const Command& command : kCommands) {
    if (command.summary != nullptr) fmt::print("  {:<17}{}\n", command.name, command.summary);
  }
}

// One line, whatever names from files are in it.
int report(const Command& command, const char* sentence, int exit_status) {
  fmt::print(stderr, "baton {}: {}\n", command.name, baton::tools::plain(sentence));
  return exit_status;
}

// The last resort for what no command turned into a sentence itself.
int call(const Command& command, int argc, char** argv) {
  try {
    const int exit_status = command.function(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      return report(command, "the standard output cannot be written", 1);
    }
    return exit_status;
  } catch (const baton::tools::Failure& failure) {
    return report(command, failure.what(), failure.exit_status());
  } catch (const std::bad_alloc&) {
    return report(command, "out of memory", 1);
  } catch (const std::exception& problem) {
    return report(command, problem.what(), 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string own_name = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "";
  if (const Command* command = find(own_name)) return call(*command, argc, argv);

  const std::string_view name = argc > 1 ? argv[1] : "";
  if (name.empty() || name == "--help" || name == "-h" || name == "help") {
    print_help();
    return name.empty() ? 2 : 0;
  }
  if (name == "--version") {
    fmt::print("baton {}\n", baton_version());
    return 0;
  }
  if (const Command* command = find(name)) return call(*command, argc - 1, argv + 1);
  std::vector<std::string> names;
  for (const Command& command : kCommands) {
    if (command.summary != nullptr) names.emplace_back(command.name);
  }
  fmt::print(stderr, "baton: there is no command '{}'{}; see baton --help\n",
             baton::tools::plain(name), baton::tools::did_you_mean(std::string(name), names));
  return 2;
}
