#include <cstring>

#include "core/api/handles.h"
#include "core/host/search.h"

using namespace baton;

baton_status baton_runtime_create(const baton_runtime_options* options, baton_runtime** runtime,
                                  baton_error** error) {
  baton_runtime_options given = BATON_RUNTIME_OPTIONS_INIT;
  if (options != nullptr) {
    std::memcpy(&given, options, std::min<size_t>(options->struct_size, sizeof(given)));
  }
  auto state = std::make_shared<RuntimeState>();
  state->services = std::make_shared<HostServices>(LogSink{given.log, given.log_user});
  state->plugins = std::make_unique<PluginHost>(state->services);
  for (uint32_t i = 0; i < given.plugin_path_count; ++i) {
    state->plugins->add_search_folder(given.plugin_paths[i]);
    state->folders.push_back(given.plugin_paths[i]);
  }
  state->folders = plugin_folders(state->folders);
  if (given.cache_folder != nullptr && given.cache_folder[0] != '\0') {
    state->store = make_folder_store(given.cache_folder);
  }
  *runtime = new baton_runtime{std::move(state)};
  return give({}, error);
}

void baton_runtime_destroy(baton_runtime* runtime) { delete runtime; }

baton_status baton_runtime_register(baton_runtime* runtime, baton_plugin_query_fn query,
                                    baton_error** error) {
  return give(runtime->state->plugins->add_built_in(query), error);
}

baton_status baton_runtime_load_plugin(baton_runtime* runtime, const char* name_or_path,
                                       baton_error** error) {
  auto plugin = runtime->state->plugins->load(name_or_path);
  if (!plugin.ok()) return give(plugin.status(), error);
  std::lock_guard lock(runtime->state->mutex);
  for (const auto& loaded : runtime->state->loaded) {
    if (loaded == *plugin) return give({}, error);
  }
  runtime->state->loaded.push_back(std::move(*plugin));
  return give({}, error);
}

const char* baton_runtime_plugin_folder(baton_runtime* runtime, uint32_t position) {
  const auto& folders = runtime->state->folders;
  return position < folders.size() ? folders[position].c_str() : nullptr;
}

static std::unique_ptr<baton_plugin_list::Row> make_row(PluginHost::Found found) {
  auto row = std::make_unique<baton_plugin_list::Row>();
  row->name = std::move(found.name);
  row->path = std::move(found.path);
  row->error = found.error.message();
  row->plugin = std::move(found.plugin);
  row->entry.struct_size = sizeof(row->entry);
  row->entry.name = row->name.c_str();
  row->entry.path = row->path.c_str();
  if (row->plugin == nullptr) {
    row->entry.error = row->error.c_str();
  } else {
    row->entry.info = &row->plugin->library().info();
    row->entry.device_count = static_cast<uint32_t>(row->plugin->devices().size());
  }
  return row;
}

baton_status baton_runtime_list_plugins(baton_runtime* runtime, baton_plugin_list** list,
                                        baton_error** error) {
  auto result = std::make_unique<baton_plugin_list>();
  result->runtime = runtime->state;
  for (PluginHost::Found& found : runtime->state->plugins->list()) {
    result->rows.push_back(make_row(std::move(found)));
  }
  *list = result.release();
  return give({}, error);
}

baton_status baton_runtime_describe_plugin(baton_runtime* runtime, const char* name_or_path,
                                           baton_plugin_list** list, baton_error** error) {
  auto plugin = runtime->state->plugins->load(name_or_path);
  if (!plugin.ok()) return give(plugin.status(), error);
  auto result = std::make_unique<baton_plugin_list>();
  result->runtime = runtime->state;
  const PluginLibrary& library = (*plugin)->library();
  result->rows.push_back(make_row({library.name(), library.path(), *plugin, {}}));
  *list = result.release();
  return give({}, error);
}

uint32_t baton_plugin_list_count(const baton_plugin_list* list) {
  return static_cast<uint32_t>(list->rows.size());
}

const baton_plugin_entry* baton_plugin_list_entry(const baton_plugin_list* list,
                                                  uint32_t position) {
  return position < list->rows.size() ? &list->rows[position]->entry : nullptr;
}

const baton_device_info* baton_plugin_list_device(const baton_plugin_list* list, uint32_t position,
                                                  uint32_t device) {
  if (position >= list->rows.size() || list->rows[position]->plugin == nullptr) return nullptr;
  const auto devices = list->rows[position]->plugin->devices();
  return device < devices.size() ? devices[device] : nullptr;
}

void baton_plugin_list_destroy(baton_plugin_list* list) { delete list; }
