#include "tools/support/arguments.h"

#include <cstdio>

#include "tools/support/failure.h"
#include "tools/support/near_name.h"

namespace baton::tools {
namespace {

std::string said_of_nothing(CLI::Option& option) {
  try {
    std::string nothing;
    return (*option.get_validator(0))(nothing);
  } catch (const CLI::OptionNotFound&) {
    return "it has no value";
  }
}

// CLI11 takes the next argument for the value of `--flag=`.
void require_values(CLI::App& app, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--") return;
    const size_t equals = argument.find('=');
    if (argument.rfind("--", 0) != 0 || equals + 1 != argument.size()) continue;
    const std::string name = argument.substr(0, equals);
    if (CLI::Option* option = app.get_option_no_throw(name)) {
      misuse("{}: {}; see --help", name, said_of_nothing(*option));
    }
  }
}

}  // namespace

std::optional<int> parse_arguments(CLI::App& app, int argc, char** argv) {
  require_values(app, argc, argv);
  app.allow_extras();
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    return 0;
  } catch (const CLI::ParseError& problem) {
    std::string text = problem.what();
    while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
    for (char& c : text) {
      if (c == '\n') c = ' ';
    }
    misuse("{}; see --help", text);
  }
  std::vector<std::string> extras = app.remaining();
  if (!extras.empty() && extras.front() == "--") extras.erase(extras.begin());
  if (extras.empty()) return std::nullopt;
  const std::string& extra = extras.front();
  if (extra.empty() || extra[0] != '-') {
    misuse("'{}' is one argument too many; see --help", extra);
  }
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::string given = extra.substr(0, extra.find('='));
  misuse("there is no option '{}'{}; see --help", given, did_you_mean(given, names));
}

}  // namespace baton::tools
