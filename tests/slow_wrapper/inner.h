// A plugin inside this one: opened by path, asked with the defaults of its own options.
#pragma once

#include <map>
#include <string>

#include "baton/plugin.h"

namespace slow_wrapper {

class Inner {
 public:
  // Throws std::runtime_error with a sentence.
  Inner(const std::string& path, const baton_host* host);
  ~Inner();
  Inner(const Inner&) = delete;
  Inner& operator=(const Inner&) = delete;

  baton_plugin* plugin() const { return plugin_; }
  const baton_delegate& delegate() const { return *info_->delegate; }
  const baton_options* options() const { return &options_; }
  // Of its first device; -1: no limit.
  int32_t max_version(int32_t op) const;
  // nullptr when it has none.
  const baton_ext_profile* profile() const { return profile_; }

 private:
  static const char* default_of(const baton_options* options, const char* name);

  void* library_ = nullptr;
  const baton_plugin_info* info_ = nullptr;
  baton_plugin* plugin_ = nullptr;
  const baton_ext_profile* profile_ = nullptr;
  std::map<std::string, std::string, std::less<>> defaults_;
  baton_options options_{};
};

}  // namespace slow_wrapper
