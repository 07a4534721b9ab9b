#include "inner.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string_view>

namespace slow_wrapper {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw std::runtime_error("option 'inner' names '" + path + "', " + why);
}

// A host hands booleans over as "true" and "false", whatever the schema's spelling.
std::string normalised(const baton_option_spec& spec) {
  const std::string_view text = spec.default_value;
  if (spec.type != BATON_OPTION_BOOL) return std::string(text);
  const bool on = text == "true" || text == "1" || text == "on" || text == "yes";
  return on ? "true" : "false";
}

}  // namespace

Inner::Inner(const std::string& path, const baton_host* host) {
  library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library_ == nullptr) refuse(path, "which cannot be opened: give the path of a plugin");
  const auto query = reinterpret_cast<baton_plugin_query_fn>(dlsym(library_, "baton_plugin_query"));
  if (query != nullptr) info_ = query(BATON_PLUGIN_ABI_VERSION);
  if (info_ == nullptr || info_->delegate == nullptr) {
    dlclose(library_);
    refuse(path, "which is no delegate of this version of the plugin ABI");
  }
  if ((info_->flags & BATON_PLUGIN_ONE_THREAD) != 0) {
    dlclose(library_);
    refuse(path, "which wants one thread: only the host can give it that");
  }
  if (info_->create(host, &plugin_) != BATON_OK) {
    dlclose(library_);
    refuse(path, "whose plugin object cannot be made");
  }
  for (uint32_t i = 0; i < info_->option_count; ++i) {
    const baton_option_spec* spec = info_->option(i);
    defaults_.emplace(spec->name, normalised(*spec));
  }
  options_.struct_size = sizeof(options_);
  options_.context = this;
  options_.get = default_of;
  if (info_->get_extension != nullptr) {
    profile_ =
        static_cast<const baton_ext_profile*>(info_->get_extension(plugin_, BATON_EXT_PROFILE));
  }
}

Inner::~Inner() {
  info_->destroy(plugin_);
  dlclose(library_);
}

int32_t Inner::max_version(int32_t op) const {
  return delegate().max_version == nullptr ? -1 : delegate().max_version(plugin_, 0, op);
}

const char* Inner::default_of(const baton_options* options, const char* name) {
  const auto& defaults = static_cast<const Inner*>(options->context)->defaults_;
  const auto found = defaults.find(std::string_view(name));
  return found == defaults.end() ? nullptr : found->second.c_str();
}

}  // namespace slow_wrapper
