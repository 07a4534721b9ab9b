#include "tools/support/inputs.h"

#include <charconv>
#include <chrono>
#include <filesystem>
#include <map>

#include "tools/support/failure.h"
#include "tools/support/near_name.h"
#include "tools/support/tensors.h"

namespace baton::tools {
uint32_t find_input(const Session& session, const std::string& name, const std::string& flag) {
  if (const int32_t found = session.find_input(name); found >= 0) {
    return static_cast<uint32_t>(found);
  }
  uint32_t index = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (problem == std::errc() && end == name.data() + name.size()) {
    if (index < session.input_count()) return index;
    misuse("--{}={}: there is no input {}: the model has {}, counted from 0", flag, name, index,
           session.input_count());
  }
  std::vector<std::string> names;
  std::string list;
  for (uint32_t i = 0; i < session.input_count(); ++i) {
    names.push_back(session.input_name(i));
    list += fmt::format("{}'{}'", i == 0 ? "" : ", ", names.back());
  }
  misuse("--{}={}: there is no such input{}; the model has {}", flag, name,
         did_you_mean(name, names), list);
}

void add_input_flag(CLI::App& app, std::vector<std::string>* flags) {
  app.add_option("--input", *flags, "NAME_OR_INDEX=FILE: raw, little-endian; repeatable")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
}

InputContents input_contents(const Session& session, const std::vector<std::string>& flags) {
  std::map<uint32_t, std::string> files;
  for (const std::string& text : flags) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos) misuse("--input={}: write NAME_OR_INDEX=FILE", text);
    const uint32_t input = find_input(session, text.substr(0, equals), "input");
    if (!files.try_emplace(input, text.substr(equals + 1)).second) {
      misuse("--input={}: input '{}' was given before", text, session.input_name(input));
    }
  }
  InputContents result;
  for (uint32_t i = 0; i < session.input_count(); ++i) {
    const baton_tensor& tensor = session.input(i);
    const auto file = files.find(i);
    if (file == files.end()) {
      result.push_back(generated_content(tensor));
      continue;
    }
    const auto require_size = [&](uint64_t bytes) {
      if (bytes == tensor.bytes) return;
      fail("input '{}' has {} bytes ({}), '{}' has {}", session.input_name(i), tensor.bytes,
           type_and_shape(tensor), file->second, bytes);
    };
    std::error_code problem;
    if (std::filesystem::is_regular_file(file->second, problem)) {
      const uint64_t bytes = std::filesystem::file_size(file->second, problem);
      if (!problem) require_size(bytes);
    }
    result.push_back(read_file(file->second, "the input file", tensor.bytes));
    require_size(result.back().size());
  }
  return result;
}

bool some_generated(const Session& session, const std::vector<std::string>& flags) {
  return flags.size() < session.input_count();
}

double run_once(Session& session, const InputContents& contents, bool generated) {
  for (uint32_t i = 0; i < contents.size(); ++i) {
    check(session.set_input(i, contents[i].data(), contents[i].size()));
  }
  const auto start = std::chrono::steady_clock::now();
  const Status status = session.run();
  const bool quota = status.code() == BATON_OUT_OF_MEMORY;
  if (!status && generated && !quota) {
    fail("{}; inputs were generated: give them with --input", status.message());
  }
  check_run(status);
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace baton::tools
