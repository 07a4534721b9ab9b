// Command lines: CLI11, with errors in one sentence.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

namespace baton::tools {

// The exit status when the command is over already (--help was asked for); nullopt to go on. Throws
// Failure(2) for wrong usage: an unknown option names the one that was probably meant.
std::optional<int> parse_arguments(CLI::App& app, int argc, char** argv);

}  // namespace baton::tools
