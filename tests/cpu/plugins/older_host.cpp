// The CPU delegate on a host without extensions: the delegate itself, but the host that it is given
// has none, and says so in the log when it is asked.
#include <dlfcn.h>

#include <list>
#include <mutex>
#include <string>

#include "baton/plugin.h"

namespace {

const baton_plugin_info* cpu() {
  static const baton_plugin_info* const info = []() -> const baton_plugin_info* {
    void* library = dlopen(BATON_CPU_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return nullptr;
    const auto query =
        reinterpret_cast<baton_plugin_query_fn>(dlsym(library, "baton_plugin_query"));
    return query == nullptr ? nullptr : query(BATON_PLUGIN_ABI_VERSION);
  }();
  return info;
}

const void* no_extension(const baton_host* host, const char* id) {
  host->log(host, BATON_LOG_WARNING, (std::string("no extension ") + id).c_str());
  return nullptr;
}

int32_t create(const baton_host* host, baton_plugin** plugin) {
  // As long as the plugin objects, and longer.
  static std::list<baton_host> hosts;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  hosts.push_back(*host);
  hosts.back().get_extension = no_extension;
  return cpu()->create(&hosts.back(), plugin);
}

}  // namespace

BATON_PLUGIN_ENTRY(cpu_on_older_host)(uint32_t host_abi) {
  if (host_abi != BATON_PLUGIN_ABI_VERSION || cpu() == nullptr) return nullptr;
  static const baton_plugin_info info = [] {
    baton_plugin_info changed = *cpu();
    changed.name = "cpu_on_older_host";
    changed.create = create;
    return changed;
  }();
  return &info;
}
