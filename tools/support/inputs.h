// What a session is fed: files that were named with --input, generated content for the rest.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "baton/baton.hpp"

namespace baton::tools {

using InputContents = std::vector<std::vector<std::byte>>;  // by input of the session

// The position of the input that is meant by name or position in --FLAG=. Throws Failure(2) when
// the session has none.
uint32_t find_input(const Session& session, const std::string& name, const std::string& flag);

// --input=NAME_OR_INDEX=FILE, repeatable.
void add_input_flag(CLI::App& app, std::vector<std::string>* flags);

// Throws Failure: 2 for a name or index that the session does not have, 1 for a file that cannot be
// read or has another size than the input.
InputContents input_contents(const Session& session, const std::vector<std::string>& flags);

// Whether an input is not among the flags.
bool some_generated(const Session& session, const std::vector<std::string>& flags);

// Fills all inputs and runs; milliseconds of the run alone. A model may want more of its inputs
// than numbers in a range: when `generated` ones fail, the sentence says so.
double run_once(Session& session, const InputContents& contents, bool generated);

}  // namespace baton::tools
