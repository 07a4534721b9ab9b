#include "tools/support/arguments.h"

#include <cstdio>

#include "tools/support/failure.h"
#include "tools/support/near_name.h"

namespace baton::tools {

std::optional<int> parse_arguments(CLI::App& app, int argc, char** argv) {
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
