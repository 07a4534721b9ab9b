// The plugins of one runtime: finds them by name or path, opens each once.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/status.h"
#include "core/host/host_services.h"
#include "core/host/plugin.h"
#include "core/host/search.h"

namespace baton {

// [any thread]
class PluginHost {
 public:
  explicit PluginHost(std::shared_ptr<HostServices> services) : services_(std::move(services)) {}

  // Searched before the standard folders, in the order of the calls.
  void add_search_folder(std::string folder);
  // A plugin that is linked into the program; found by its name, before any file.
  Status add_built_in(baton_plugin_query_fn query);

  // The plugin by name, or by the path of its file. The same file gives the same plugin as long as
  // somebody holds it; another file that calls itself by a name in use is refused.
  Result<std::shared_ptr<Plugin>> load(const std::string& name_or_path);

  // Everything that can be found, opened: for listings. Files that fail have an error.
  struct Found {
    std::string name;
    std::string path;
    std::shared_ptr<Plugin> plugin;  // nullptr on error
    Status error;
  };
  std::vector<Found> list();

  HostServices& services() const { return *services_; }
  std::shared_ptr<HostServices> shared_services() const { return services_; }

 private:
  struct Entry {
    std::string name;
    std::string path;  // canonical; empty for a built-in one
    std::weak_ptr<Plugin> plugin;
  };
  Result<std::shared_ptr<Plugin>> start(std::shared_ptr<const PluginLibrary> library,
                                        const std::string& path);
  Result<std::shared_ptr<Plugin>> load_locked(const std::string& name_or_path);
  std::vector<std::string> folders() const;

  std::shared_ptr<HostServices> services_;
  std::mutex mutex_;
  std::vector<std::string> search_folders_;
  std::vector<std::shared_ptr<const PluginLibrary>> built_in_;
  std::vector<Entry> entries_;
};

}  // namespace baton
