#include "core/host/plugin_host.h"

#include <algorithm>
#include <filesystem>

namespace baton {

void PluginHost::add_search_folder(std::string folder) {
  const std::lock_guard lock(mutex_);
  search_folders_.push_back(std::move(folder));
}

Status PluginHost::add_built_in(baton_plugin_query_fn query) {
  BATON_ASSIGN_OR_RETURN(auto library, PluginLibrary::from_query(query));
  const std::lock_guard lock(mutex_);
  for (const auto& other : built_in_) {
    if (other->name() == library->name()) {
      return error(BATON_INVALID_ARGUMENT, "a plugin '%s' is registered already",
                   library->name().c_str());
    }
  }
  built_in_.push_back(std::move(library));
  return {};
}

std::vector<std::string> PluginHost::folders() const { return plugin_folders(search_folders_); }

Result<std::shared_ptr<Plugin>> PluginHost::start(std::shared_ptr<const PluginLibrary> library,
                                                  const std::string& path) {
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(),
                                [](const Entry& entry) { return entry.plugin.expired(); }),
                 entries_.end());
  for (const Entry& entry : entries_) {
    if (entry.name != library->name()) continue;
    if (entry.path == path) {
      if (auto plugin = entry.plugin.lock()) return plugin;
      continue;
    }
    return error(BATON_INVALID_ARGUMENT,
                 "plugin %s calls itself '%s', as does %s, which is loaded: name only one of them",
                 library->path().c_str(), entry.name.c_str(),
                 entry.path.empty() ? "a built-in plugin" : entry.path.c_str());
  }
  BATON_ASSIGN_OR_RETURN(auto plugin, Plugin::create(std::move(library), services_));
  entries_.push_back({plugin->name(), path, plugin});
  return plugin;
}

Result<std::shared_ptr<Plugin>> PluginHost::load_locked(const std::string& name_or_path) {
  std::string path = name_or_path;
  const bool by_name = !is_plugin_path(name_or_path);
  if (by_name) {
    for (const auto& library : built_in_) {
      if (library->name() == name_or_path) return start(library, "");
    }
    // One that is loaded already, from wherever, is the one that is meant.
    for (const Entry& entry : entries_) {
      if (entry.name != name_or_path) continue;
      if (auto plugin = entry.plugin.lock()) return plugin;
    }
    BATON_ASSIGN_OR_RETURN(path, find_plugin_file(name_or_path, folders()));
  }
  std::error_code code;
  const std::string canonical = std::filesystem::canonical(path, code).string();
  if (!code) path = canonical;
  for (const Entry& entry : entries_) {
    if (entry.path != path) continue;
    if (auto plugin = entry.plugin.lock()) return plugin;
  }
  BATON_ASSIGN_OR_RETURN(auto library, PluginLibrary::open(path));
  if (by_name && library->name() != name_or_path) {
    return error(BATON_ERROR,
                 "plugin %s calls itself '%s': rename the file to libbaton_%s.so, or name its path",
                 path.c_str(), library->name().c_str(), library->name().c_str());
  }
  return start(std::move(library), path);
}

Result<std::shared_ptr<Plugin>> PluginHost::load(const std::string& name_or_path) {
  const std::lock_guard lock(mutex_);
  return load_locked(name_or_path);
}

std::vector<PluginHost::Found> PluginHost::list() {
  const std::lock_guard lock(mutex_);
  std::vector<Found> all;
  const auto add = [&](std::string name, std::string path, Result<std::shared_ptr<Plugin>> result) {
    Found found{std::move(name), std::move(path), nullptr, result.status()};
    if (result.ok()) found.plugin = *result;
    all.push_back(std::move(found));
  };
  for (const auto& library : built_in_) {
    add(library->name(), library->path(), start(library, ""));
  }
  for (const PluginFile& file : list_plugin_files(folders())) {
    add(file.name, file.path, load_locked(file.path));
  }
  return all;
}

}  // namespace baton
