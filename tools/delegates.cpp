// baton delegates: every plugin and device found, usable or why not.

#include <fmt/core.h>

#include <memory>

#include "tools/commands.h"
#include "tools/support/arguments.h"
#include "tools/support/failure.h"
#include "tools/support/setup.h"
#include "tools/support/table.h"
#include "tools/support/text.h"

namespace baton::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kDeviceKinds[] = {"CPU", "GPU", "accelerator"};
constexpr const char* kOptionTypes[] = {"string", "int", "float", "bool"};

template <size_t N>
const char* name_of(const char* const (&names)[N], int32_t value) {
  return value >= 0 && static_cast<size_t>(value) < N ? names[value] : "other";
}

Json describe_device(const baton_device_info& device, uint32_t index) {
  const bool usable = (device.flags & BATON_DEVICE_USABLE) != 0;
  Json json{{"index", index},
            {"name", device.name},
            {"kind", name_of(kDeviceKinds, device.kind)},
            {"driver", device.driver == nullptr ? "" : device.driver},
            {"usable", usable},
            {"exact_integer", (device.flags & BATON_DEVICE_EXACT_INTEGER) != 0},
            {"memory_bytes", device.memory_bytes},
            {"launch_ns", device.launch_ns},
            {"transfer_bytes_per_us", device.transfer_bytes_per_us}};
  if (!usable && device.unusable_reason != nullptr) json["reason"] = device.unusable_reason;
  return json;
}

Json describe_plugin(const baton_plugin_list* list, uint32_t position) {
  const baton_plugin_entry& entry = *baton_plugin_list_entry(list, position);
  Json json{{"name", entry.name}, {"path", entry.path}};
  if (entry.error != nullptr) {
    json["error"] = entry.error;
    return json;
  }
  const baton_plugin_info& info = *entry.info;
  json["vendor"] = info.vendor;
  json["version"] = info.version;
  json["description"] = info.description;
  json["devices"] = Json::array();
  for (uint32_t d = 0; d < entry.device_count; ++d) {
    json["devices"].push_back(describe_device(*baton_plugin_list_device(list, position, d), d));
  }
  json["options"] = Json::array();
  for (uint32_t i = 0; i < info.option_count; ++i) {
    const baton_option_spec& option = *info.option(i);
    json["options"].push_back({{"name", option.name},
                               {"type", name_of(kOptionTypes, option.type)},
                               {"default", option.default_value},
                               {"help", option.help}});
    if (option.choices != nullptr) json["options"].back()["choices"] = option.choices;
  }
  json["operators"] = Json::array();
  for (uint32_t i = 0; i < info.operator_count; ++i) {
    json["operators"].push_back(info.custom_operator(i)->name);
  }
  return json;
}

void print_plugin(const Json& plugin) {
  if (plugin.contains("error")) {
    fmt::print("{}: cannot be used: {}\n", text_of(plugin, "name"), text_of(plugin, "error"));
    return;
  }
  fmt::print("{} {} ({}): {}\n", text_of(plugin, "name"), text_of(plugin, "version"),
             text_of(plugin, "vendor"), text_of(plugin, "description"));
  if (const auto path = text_of(plugin, "path"); !path.empty()) {
    fmt::print("  file    {}\n", path);
  }
  for (const Json& device : plugin["devices"]) {
    fmt::print("  device  {}: {}, {}, {}{}\n", device["index"].get<uint32_t>(),
               text_of(device, "name"), text_of(device, "kind"),
               device["usable"].get<bool>()
                   ? "usable"
                   : "not usable: " + plain(device.value("reason", std::string("no reason given"))),
               device["exact_integer"].get<bool>() ? "" : ", integers not exact");
  }
  for (const Json& option : plugin["options"]) {
    fmt::print("  option  {}={} ({}{}): {}\n", text_of(option, "name"), text_of(option, "default"),
               text_of(option, "type"),
               option.contains("choices") ? ", " + text_of(option, "choices") : "",
               text_of(option, "help"));
  }
  for (const Json& name : plugin["operators"]) {
    fmt::print("  operator  {}\n", plain(name.get<std::string>()));
  }
}

}  // namespace

int delegates_command(int argc, char** argv) {
  CommonFlags common;
  bool as_json = false;
  CLI::App app("Lists every plugin and device found.", "baton delegates");
  app.add_option("--config", common.config, "TOML file: docs/configuration.md");
  app.add_flag("--json", as_json, "prints JSON");
  if (const auto status = parse_arguments(app, argc, argv)) return *status;

  const Setup setup(common);
  baton_plugin_list* list = nullptr;
  baton_error* error = nullptr;
  const baton_status code = baton_runtime_list_plugins(setup.runtime.get(), &list, &error);
  check(Status(code, error));
  const std::unique_ptr<baton_plugin_list, void (*)(baton_plugin_list*)> keep(
      list, baton_plugin_list_destroy);

  Json json;
  json["folders"] = Json::array();
  for (uint32_t i = 0;; ++i) {
    const char* folder = baton_runtime_plugin_folder(setup.runtime.get(), i);
    if (folder == nullptr) break;
    json["folders"].push_back(folder);
  }
  json["plugins"] = Json::array();
  for (uint32_t i = 0; i < baton_plugin_list_count(list); ++i) {
    json["plugins"].push_back(describe_plugin(list, i));
  }
  if (as_json) {
    print_json(json);
    return 0;
  }
  fmt::print("reference {}: the core's own kernels, always there\n", baton_version());
  for (const Json& plugin : json["plugins"]) print_plugin(plugin);
  fmt::print("folders searched, in this order:\n");
  for (const Json& folder : json["folders"]) fmt::print("  {}\n", plain(folder.get<std::string>()));
  return 0;
}

}  // namespace baton::tools
