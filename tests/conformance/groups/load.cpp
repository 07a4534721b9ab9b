// The file and what it says of itself, before any work is asked of it.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

#include "core/host/guard.h"
#include "core/ops/operator.h"
#include "tests/conformance/reference_plugin.h"
#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

// The plugin, opened by the host with all that it checks, and its one exported function.
struct Opened {
  std::shared_ptr<Plugin> plugin;
  SharedObject object;
  baton_plugin_query_fn query = nullptr;

  const baton_plugin_info& info() const { return plugin->library().info(); }
};

Result<Opened> open(Subject& subject) {
  Opened opened;
  BATON_ASSIGN_OR_RETURN(opened.plugin, subject.bench().plugin());
  if (subject.spec().plugin == kReferenceName) {
    opened.query = reference_plugin_query;
    return opened;
  }
  BATON_ASSIGN_OR_RETURN(opened.object, open_shared_object(opened.plugin->library().path()));
  opened.query =
      reinterpret_cast<baton_plugin_query_fn>(find_symbol(opened.object, "baton_plugin_query"));
  return opened;
}

Result<const baton_plugin_info*> ask(const Opened& opened, uint32_t abi) {
  const baton_plugin_info* info = nullptr;
  std::string what;
  if (!call_guarded([&] { info = opened.query(abi); }, &what)) {
    return error(BATON_ERROR, "query(0x%x) threw %s; no exception may leave a plugin", abi,
                 what.c_str());
  }
  return info;
}

void add(std::vector<Case>* cases, std::string name,
         std::function<Verdict(const Opened& opened, Subject& subject)> run) {
  cases->push_back({std::move(name), "", "", [run = std::move(run)](Subject& subject) {
                      auto opened = open(subject);
                      if (!opened.ok()) return failure(opened.status().message());
                      return run(*opened, subject);
                    }});
}

bool empty(const char* text) { return text == nullptr || *text == 0; }

Verdict check_file_name(const Opened& opened, Subject& subject) {
  if (subject.spec().plugin == kReferenceName) return ok();
  const std::string file =
      std::filesystem::path(opened.plugin->library().path()).filename().string();
  const std::string expected = "libbaton_" + opened.plugin->name() + ".so";
  if (file == expected) return ok();
  return failure(
      format("the file is %s but the plugin calls itself '%s': name it %s, or "
             "--delegate=%s does not find it",
             file.c_str(), opened.plugin->name().c_str(), expected.c_str(),
             opened.plugin->name().c_str()));
}

Verdict check_same_info(const Opened& opened, Subject&) {
  for (int i = 0; i < 3; ++i) {
    auto info = ask(opened, BATON_PLUGIN_ABI_VERSION);
    if (!info.ok()) return failure(info.status().message());
    if (*info == nullptr || std::memcmp(*info, &opened.info(), sizeof(baton_plugin_info)) != 0) {
      return failure("query gave other info than at the first call; it must be constant data");
    }
  }
  return ok();
}

Verdict check_other_abi(const Opened& opened, uint32_t abi) {
  auto info = ask(opened, abi);
  if (!info.ok()) return failure(info.status().message());
  if (*info == nullptr) return ok();
  if (!BATON_HAS(*info, baton_plugin_info, abi_version)) {
    return failure(format("query(0x%x) gave info with struct_size %u, too small for abi_version",
                          abi, (*info)->struct_size));
  }
  if ((*info)->abi_version == BATON_PLUGIN_ABI_VERSION) return ok();
  return failure(
      format("query(0x%x) gave info with abi_version 0x%x; it must be the version that "
             "the plugin was built against, 0x%x, or no info at all",
             abi, (*info)->abi_version, BATON_PLUGIN_ABI_VERSION));
}

Verdict check_texts(const Opened& opened, Subject&) {
  const baton_plugin_info& info = opened.info();
  if (empty(info.vendor)) return failure("the info's vendor is empty");
  if (empty(info.version)) return failure("the info's version is empty");
  if (empty(info.description))
    return failure("the info's description is empty; it is one sentence");
  return ok();
}

bool fits_type(const baton_option_spec& spec, const std::string& value) {
  char* end = nullptr;
  errno = 0;
  if (spec.type == BATON_OPTION_INT) std::strtoll(value.c_str(), &end, 10);
  if (spec.type == BATON_OPTION_FLOAT) std::strtod(value.c_str(), &end);
  if (spec.type == BATON_OPTION_BOOL) {
    return std::set<std::string>{"true", "false", "1", "0", "on", "off", "yes", "no"}.contains(
        value);
  }
  return end == nullptr || (!value.empty() && *end == 0 && errno == 0);
}

Verdict check_options(const Opened& opened, Subject&) {
  std::set<std::string> names = {"device"};
  for (const baton_option_spec* spec : opened.plugin->library().options()) {
    const auto wrong = [&](const std::string& what) {
      return failure(format("option '%s' %s", spec->name, what.c_str()));
    };
    if (!names.insert(spec->name).second) return wrong("has a name that is taken");
    if (empty(spec->help)) return wrong("has no help; it is one sentence");
    const std::string value = spec->default_value;
    if (!fits_type(*spec, value)) return wrong("has the default '" + value + "' of another type");
    if (spec->choices == nullptr) continue;
    bool found = false;
    std::set<std::string> choices;
    const std::string list = spec->choices;
    for (size_t begin = 0; begin <= list.size();) {
      const size_t end = std::min(list.find('|', begin), list.size());
      const std::string choice = list.substr(begin, end - begin);
      if (choice.empty()) return wrong("has an empty choice in '" + list + "'");
      if (!fits_type(*spec, choice))
        return wrong("has the choice '" + choice + "' of another type");
      if (!choices.insert(choice).second) return wrong("has the choice '" + choice + "' twice");
      found = found || choice == value;
      begin = end + 1;
    }
    if (!found) return wrong("has the default '" + value + "', which is not one of '" + list + "'");
  }
  return ok();
}

Verdict check_operators(const Opened& opened, Subject&) {
  std::set<std::string> names;
  for (const baton_custom_operator* op : opened.plugin->library().operators()) {
    if (!names.insert(op->name).second) {
      return failure(format("there are two custom operators '%s'", op->name));
    }
    if (empty(op->help)) {
      return failure(format("custom operator '%s' has no help; it is one sentence", op->name));
    }
  }
  return names.empty() ? unsupported("it brings no custom operators") : ok();
}

// The table of an extension, by a call of its own.
Result<const void*> extension(const Plugin& plugin, const char* id) {
  const void* table = nullptr;
  if (plugin.library().info().get_extension == nullptr) return table;
  BATON_RETURN_IF_ERROR(
      plugin.call(Plugin::Serial::kNo, plugin.label(), "list its extensions", [&] {
        table = plugin.library().info().get_extension(plugin.object(), id);
        return BATON_OK;
      }));
  return table;
}

Verdict check_unknown_extensions(const Opened& opened, Subject&) {
  const std::string enormous(1000, 'x');
  for (const char* id : {"draft.nobody_has_this/1", "draft.program_cache/999", "draft.", "",
                         "DRAFT.ASYNC/1", enormous.c_str()}) {
    auto table = extension(*opened.plugin, id);
    if (!table.ok()) return failure(table.status().message());
    if (*table == nullptr) continue;
    return failure(
        format("get_extension(\"%.40s\") gave a table; an id that is unknown must give "
               "NULL",
               id));
  }
  return ok();
}

Verdict check_known_extensions(const Opened& opened, Subject&) {
  const Plugin& plugin = *opened.plugin;
  const struct {
    const char* id;
    const void* table;  // of complete size and with its functions: the host has checked
  } known[] = {{BATON_EXT_PROGRAM_CACHE, plugin.program_cache()},
               {BATON_EXT_PROFILE, plugin.profile()},
               {BATON_EXT_ASYNC, plugin.async()},
               {BATON_EXT_DEVICE_BUFFERS, plugin.device_buffers()},
               {BATON_EXT_INTERMEDIATES, plugin.intermediates()}};
  bool any = false;
  for (const auto& entry : known) {
    auto again = extension(plugin, entry.id);
    if (!again.ok()) return failure(again.status().message());
    if (*again != entry.table) {
      return failure(
          format("get_extension(\"%s\") gave another table than at the first call", entry.id));
    }
    any = any || entry.table != nullptr;
  }
  if (plugin.async() != nullptr && plugin.async()->cancel == nullptr) {
    return failure(BATON_EXT_ASYNC " lacks the function cancel");
  }
  return any ? ok() : unsupported("it has no extensions");
}

Verdict check_device_usable(const Opened&, Subject& subject) {
  auto delegate = subject.bench().delegate();
  return delegate.ok() ? ok() : failure(delegate.status().message());
}

Verdict check_devices(const Opened& opened, Subject&) {
  const Plugin& plugin = *opened.plugin;
  if (plugin.delegate() == nullptr) return failure("it brings operators only, it is no delegate");
  const auto wrong = [](uint32_t device, const char* what) {
    return failure(format("device %u %s", device, what));
  };
  for (uint32_t i = 0; i < plugin.devices().size(); ++i) {
    const baton_device_info& info = *plugin.devices()[i];
    if (empty(info.name)) return wrong(i, "has an empty name");
    if (info.kind < BATON_DEVICE_CPU || info.kind > BATON_DEVICE_ACCELERATOR) {
      return wrong(i, "is of a kind that is no BATON_DEVICE_");
    }
    if (!(info.flags & BATON_DEVICE_USABLE) && empty(info.unusable_reason)) {
      return wrong(i, "is not usable but gives no unusable_reason");
    }
  }
  return ok();
}

Verdict check_same_devices(const Opened& opened, Subject&) {
  const Plugin& plugin = *opened.plugin;
  if (plugin.delegate() == nullptr) return failure("it brings operators only, it is no delegate");
  std::vector<baton_device_info> before;
  for (const baton_device_info* info : plugin.devices()) before.push_back(*info);
  for (int round = 0; round < 3; ++round) {
    uint32_t count = 0;
    std::vector<const baton_device_info*> now(before.size());
    const Status status = plugin.call(Plugin::Serial::kYes, plugin.label(), "list devices", [&] {
      count = plugin.delegate()->device_count(plugin.object());
      for (uint32_t i = 0; i < count && i < now.size(); ++i) {
        now[i] = plugin.delegate()->device(plugin.object(), i);
      }
      return BATON_OK;
    });
    if (!status.ok()) return failure(status.message());
    if (count != before.size()) {
      return failure(format("device_count gave %zu, later %u; the number of devices may not change",
                            before.size(), count));
    }
    for (size_t i = 0; i < now.size(); ++i) {
      if (now[i] == plugin.devices()[i] &&
          std::memcmp(now[i], &before[i], sizeof(baton_device_info)) == 0) {
        continue;
      }
      return failure(format("the info of device %zu changed; it lives as long as the plugin", i));
    }
  }
  return ok();
}

Verdict check_max_version(const Opened& opened, Subject& subject) {
  if (opened.plugin->delegate() == nullptr) return failure("it is no delegate");
  if (opened.plugin->delegate()->max_version == nullptr) {
    return unsupported("it has no max_version, so it knows every version");
  }
  auto delegate = subject.bench().delegate();
  if (!delegate.ok()) return failure(delegate.status().message());
  for (const Operator* op : all_operators()) {
    auto first = (*delegate)->max_version(op->code);
    auto second = (*delegate)->max_version(op->code);
    if (!first.ok()) return failure(first.status().message());
    if (!second.ok()) return failure(second.status().message());
    if (*first != *second) {
      return failure(format("max_version of %s gave %d, then %d", op->name, *first, *second));
    }
    if (*first < 0) return failure(format("max_version of %s is %d", op->name, *first));
  }
  return ok();
}

std::vector<Case> cases(uint64_t) {
  std::vector<Case> list;
  add(&list, "opens", [](const Opened&, Subject&) { return ok(); });
  add(&list, "file_name", check_file_name);
  add(&list, "same_info", check_same_info);
  const uint32_t versions[] = {
      0,           1,          BATON_PLUGIN_ABI_VERSION + 1, (BATON_PLUGIN_ABI_MAJOR + 1) << 16,
      0x7fffffffu, 0xffffffffu};
  for (const uint32_t version : versions) {
    if (version == BATON_PLUGIN_ABI_VERSION) continue;
    add(&list, format("other_abi/0x%x", version),
        [version](const Opened& opened, Subject&) { return check_other_abi(opened, version); });
  }
  add(&list, "texts", check_texts);
  add(&list, "options", check_options);
  add(&list, "custom_operators", check_operators);
  add(&list, "unknown_extensions", check_unknown_extensions);
  add(&list, "known_extensions", check_known_extensions);
  add(&list, "device_usable", check_device_usable);
  add(&list, "devices", check_devices);
  add(&list, "same_devices", check_same_devices);
  add(&list, "max_version", check_max_version);
  return list;
}

}  // namespace

extern const Group load_group{"load", "the file, versions of the ABI, options, devices", cases};

}  // namespace baton::conformance
