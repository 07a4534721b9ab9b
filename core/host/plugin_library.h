// A plugin's file: opened, asked for its info, and checked before anything in it is believed.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "baton/plugin.h"
#include "core/base/status.h"
#include "core/host/guard.h"

namespace baton {

// Names and values as a user gives them.
using Options = std::vector<std::pair<std::string, std::string>>;

// Immutable; whatever comes from the library holds a reference, and it is closed after the last.
class PluginLibrary {
 public:
  static Result<std::shared_ptr<const PluginLibrary>> open(const std::string& path);
  // A plugin that is linked into the program.
  static Result<std::shared_ptr<const PluginLibrary>> from_query(baton_plugin_query_fn query);

  const baton_plugin_info& info() const { return *info_; }
  const std::string& name() const { return name_; }
  // As given to open; "(built in)" for from_query.
  const std::string& path() const { return path_; }
  std::span<const baton_option_spec* const> options() const { return options_; }
  std::span<const baton_custom_operator* const> operators() const { return operators_; }
  bool has_delegate() const;
  bool one_thread() const;

  // Checks names, types and choices against the schema. The result has every option of the schema
  // with its value (the user's in canonical form, else the default), in the schema's order.
  // `device` must have been taken out.
  Result<Options> check_options(const Options& given) const;

 private:
  PluginLibrary() = default;
  static Result<std::shared_ptr<const PluginLibrary>> query(SharedObject object,
                                                            baton_plugin_query_fn query,
                                                            std::string path);
  Status check_info();

  SharedObject object_;
  const baton_plugin_info* info_ = nullptr;
  std::string name_;
  std::string path_;
  std::vector<const baton_option_spec*> options_;
  std::vector<const baton_custom_operator*> operators_;
};

}  // namespace baton
