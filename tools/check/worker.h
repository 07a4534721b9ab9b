// The suite's program, conformance_worker: where it is, what it says of a delegate, and its cases.
// What a plugin may do, it does there: this process never opens it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tools/check/case.h"
#include "tools/support/child.h"
#include "tools/support/delegate_flag.h"

namespace baton::tools {

// What is known of the delegate before any case.
struct DelegateInfo {
  std::string name;
  std::string version;
  std::string device;
  std::string problem;  // why it cannot be created; "" when it can
};

struct Saved {
  std::vector<std::string> files;  // model, inputs; empty when there is no single model
  std::string problem;             // why not all of them could be written
};

class Worker {
 public:
  // Throws Failure when the program is not there.
  explicit Worker(uint64_t seed);

  void set_delegate(DelegateChoice delegate, std::vector<std::string> plugin_folders);

  Catalogue list() const;
  // Throws Failure when there is no such plugin, or not with these options. It gets this long.
  DelegateInfo describe(double timeout) const;
  // Starts on these cases of a group.
  std::unique_ptr<Child> start(const std::string& group, const std::vector<uint32_t>& cases) const;
  // Writes what reproduces a case of a group into the folder, in the order of `cases`.
  std::vector<Saved> save(const std::string& group, const std::vector<uint32_t>& cases,
                          const std::string& folder) const;

  // Ends the command: the program itself does not work.
  [[noreturn]] void is_broken(const Child& child, const std::string& why) const;

 private:
  std::string program_;
  uint64_t seed_;
  DelegateChoice delegate_;
  std::vector<std::string> plugin_folders_;

  std::vector<std::string> delegate_words() const;
  std::unique_ptr<Child> launch(std::vector<std::string> words,
                                const std::vector<uint32_t>& cases) const;
};

// A report's value; the fallback when it is not there, or of another type.
std::string text_in(const nlohmann::json& report, const char* key);
// -1 for what is no whole number.
int64_t number_in(const nlohmann::json& report, const char* key);

}  // namespace baton::tools
