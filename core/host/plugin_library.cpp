#include "core/host/plugin_library.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "core/base/suggest.h"
#include "core/host/search.h"

namespace baton {
namespace {

constexpr char kQuerySymbol[] = "baton_plugin_query";
constexpr uint32_t kMaxCount = 4096;  // options or operators: more is a broken plugin
constexpr size_t kMaxNameLength = 64;

std::string abi_text(uint32_t version) { return format("%u.%u", version >> 16, version & 0xFFFFu); }

bool valid_name(const char* name) {
  if (name == nullptr || *name < 'a' || *name > 'z') return false;
  for (const char* c = name; *c != 0; ++c) {
    const bool ok = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_';
    if (!ok || c - name >= static_cast<ptrdiff_t>(kMaxNameLength)) return false;
  }
  return true;
}

const char* type_text(int32_t type) {
  switch (type) {
    case BATON_OPTION_INT:
      return "a whole number";
    case BATON_OPTION_FLOAT:
      return "a number";
    case BATON_OPTION_BOOL:
      return "true or false";
    default:
      return "text";
  }
}

bool one_of(const std::string& value, const char* choices) {
  const std::string list = std::string("|") + choices + "|";
  return value.find('|') == std::string::npos && list.find("|" + value + "|") != std::string::npos;
}

// The value as the plugin gets it; nullopt-like: false when it is not of the type.
bool canonical_value(const baton_option_spec& spec, const std::string& value, std::string* result) {
  *result = value;
  errno = 0;
  char* end = nullptr;
  switch (spec.type) {
    case BATON_OPTION_INT:
      std::strtoll(value.c_str(), &end, 10);
      if (value.empty() || std::isspace(static_cast<unsigned char>(value[0]))) return false;
      return *end == 0 && errno == 0;
    case BATON_OPTION_FLOAT:
      std::strtod(value.c_str(), &end);
      if (value.empty() || std::isspace(static_cast<unsigned char>(value[0]))) return false;
      return *end == 0 && errno == 0;
    case BATON_OPTION_BOOL:
      for (const char* yes : {"true", "1", "on", "yes"}) {
        if (value == yes) return *result = "true", true;
      }
      for (const char* no : {"false", "0", "off", "no"}) {
        if (value == no) return *result = "false", true;
      }
      return false;
    default:
      return true;
  }
}

// " (did you mean 'libbaton_x.so'?)", of the plugins in the same folder.
std::string near_file(const std::filesystem::path& path) {
  const std::string folders[] = {path.has_parent_path() ? path.parent_path().string() : "."};
  std::vector<std::string> names;
  for (const PluginFile& file : list_plugin_files(folders)) {
    names.push_back(std::filesystem::path(file.path).filename().string());
  }
  return did_you_mean(path.filename().string(), names);
}

}  // namespace

bool PluginLibrary::has_delegate() const { return info_->delegate != nullptr; }
bool PluginLibrary::one_thread() const { return (info_->flags & BATON_PLUGIN_ONE_THREAD) != 0; }

Result<std::shared_ptr<const PluginLibrary>> PluginLibrary::open(const std::string& path) {
  std::error_code code;
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) {
    return error(BATON_NOT_FOUND, "cannot load plugin %s: there is no such file%s", path.c_str(),
                 near_file(path).c_str());
  }
  if (std::filesystem::is_directory(status)) {
    return error(BATON_INVALID_ARGUMENT, "cannot load plugin %s: it is a folder; name the file",
                 path.c_str());
  }
  BATON_ASSIGN_OR_RETURN(SharedObject object, open_shared_object(path));
  void* symbol = find_symbol(object, kQuerySymbol);
  if (symbol == nullptr) {
    return error(BATON_ERROR, "%s is no Baton plugin: it does not export the function %s",
                 path.c_str(), kQuerySymbol);
  }
  return query(std::move(object), reinterpret_cast<baton_plugin_query_fn>(symbol), path);
}

Result<std::shared_ptr<const PluginLibrary>> PluginLibrary::from_query(
    baton_plugin_query_fn query_fn) {
  return query(nullptr, query_fn, "(built in)");
}

Result<std::shared_ptr<const PluginLibrary>> PluginLibrary::query(SharedObject object,
                                                                  baton_plugin_query_fn query_fn,
                                                                  std::string path) {
  std::shared_ptr<PluginLibrary> library(new PluginLibrary());
  library->object_ = std::move(object);
  library->path_ = std::move(path);
  std::string what;
  const baton_plugin_info* info = nullptr;
  if (!call_guarded([&] { info = query_fn(BATON_PLUGIN_ABI_VERSION); }, &what)) {
    return error(BATON_ERROR, "plugin %s threw an exception in query: %s", library->path_.c_str(),
                 what.c_str());
  }
  if (info == nullptr) {
    return error(BATON_UNSUPPORTED,
                 "plugin %s cannot serve this host's plugin ABI %s: get a build of it for this "
                 "version of Baton",
                 library->path_.c_str(), abi_text(BATON_PLUGIN_ABI_VERSION).c_str());
  }
  library->info_ = info;
  if (Status status = library->check_info(); !status.ok()) {
    return status.at("plugin " + library->path_);
  }
  return std::shared_ptr<const PluginLibrary>(std::move(library));
}

Status PluginLibrary::check_info() {
  const baton_plugin_info& info = *info_;
  if (!BATON_HAS(&info, baton_plugin_info, abi_version)) {
    return error(BATON_ERROR, "its info has struct_size %u, which is too small", info.struct_size);
  }
  // Before version 1.0 nothing but the same version is promised to fit.
  if (info.abi_version != BATON_PLUGIN_ABI_VERSION) {
    return error(BATON_UNSUPPORTED,
                 "it was built for plugin ABI %s, this host has %s: get a build of it for this "
                 "version of Baton",
                 abi_text(info.abi_version).c_str(), abi_text(BATON_PLUGIN_ABI_VERSION).c_str());
  }
  if (info.struct_size < sizeof(baton_plugin_info)) {
    return error(BATON_ERROR, "its info has struct_size %u, ABI %s needs %zu", info.struct_size,
                 abi_text(info.abi_version).c_str(), sizeof(baton_plugin_info));
  }
  if (!valid_name(info.name)) {
    return error(BATON_ERROR, "its name '%s' is invalid: use [a-z][a-z0-9_]*, at most %zu letters",
                 info.name != nullptr ? info.name : "(null)", kMaxNameLength);
  }
  name_ = info.name;
  if (name_ == "reference" || name_ == "auto") {
    return error(BATON_ERROR, "its name '%s' is reserved", info.name);
  }
  if (info.vendor == nullptr || info.version == nullptr || info.description == nullptr) {
    return error(BATON_ERROR, "%s has no vendor, version or description text", info.name);
  }
  if (info.create == nullptr || info.destroy == nullptr) {
    return error(BATON_ERROR, "%s has no create or destroy function", info.name);
  }
  if (const baton_delegate* d = info.delegate) {
    if (d->struct_size < sizeof(baton_delegate)) {
      return error(BATON_ERROR, "%s: its delegate table has struct_size %u, ABI %s needs %zu",
                   info.name, d->struct_size, abi_text(info.abi_version).c_str(),
                   sizeof(baton_delegate));
    }
    if (!d->device_count || !d->device || !d->examine || !d->compile || !d->destroy_program ||
        !d->instantiate || !d->reshape || !d->execute || !d->destroy_instance) {
      return error(BATON_ERROR, "%s: its delegate table lacks a mandatory function", info.name);
    }
  }
  if (info.option_count > kMaxCount || (info.option_count > 0 && info.option == nullptr) ||
      info.operator_count > kMaxCount ||
      (info.operator_count > 0 && info.custom_operator == nullptr)) {
    return error(BATON_ERROR, "%s announces %u options and %u operators but cannot list them",
                 info.name, info.option_count, info.operator_count);
  }

  std::string what;
  for (uint32_t i = 0; i < info.option_count; ++i) {
    const baton_option_spec* spec = nullptr;
    if (!call_guarded([&] { spec = info.option(i); }, &what)) {
      return error(BATON_ERROR, "%s threw an exception in option: %s", info.name, what.c_str());
    }
    if (spec == nullptr || spec->struct_size < sizeof(baton_option_spec) ||
        !valid_name(spec->name) || spec->help == nullptr || spec->default_value == nullptr ||
        spec->type < BATON_OPTION_STRING || spec->type > BATON_OPTION_BOOL) {
      return error(BATON_ERROR, "%s: its option %u is incomplete", info.name, i);
    }
    std::string canonical;
    if (!canonical_value(*spec, spec->default_value, &canonical)) {
      return error(BATON_ERROR, "%s: the default '%s' of its option '%s' is not %s", info.name,
                   spec->default_value, spec->name, type_text(spec->type));
    }
    bool taken = std::strcmp(spec->name, "device") == 0;
    for (const baton_option_spec* other : options_) {
      taken = taken || std::strcmp(other->name, spec->name) == 0;
    }
    if (taken) {
      return error(BATON_ERROR, "%s: the name of its option '%s' is taken", info.name, spec->name);
    }
    options_.push_back(spec);
  }
  for (uint32_t i = 0; i < info.operator_count; ++i) {
    const baton_custom_operator* op = nullptr;
    if (!call_guarded([&] { op = info.custom_operator(i); }, &what)) {
      return error(BATON_ERROR, "%s threw an exception in custom_operator: %s", info.name,
                   what.c_str());
    }
    if (op == nullptr || op->struct_size < sizeof(baton_custom_operator) || op->name == nullptr ||
        *op->name == 0 || op->infer == nullptr || op->max_version < 1) {
      return error(BATON_ERROR, "%s: its operator %u is incomplete", info.name, i);
    }
    operators_.push_back(op);
  }
  return {};
}

Result<Options> PluginLibrary::check_options(const Options& given) const {
  Options result;
  for (const baton_option_spec* spec : options_) {
    std::string value;
    canonical_value(*spec, spec->default_value, &value);
    result.emplace_back(spec->name, std::move(value));
  }
  std::vector<bool> seen(options_.size());
  for (const auto& [name, value] : given) {
    size_t i = 0;
    while (i < options_.size() && name != options_[i]->name) ++i;
    if (i == options_.size()) {
      std::vector<std::string> names = {"device"};
      for (const baton_option_spec* spec : options_) names.emplace_back(spec->name);
      std::string list;
      for (const std::string& known : names) list += (list.empty() ? "" : ", ") + known;
      return error(BATON_INVALID_ARGUMENT, "delegate %s has no option '%s'%s; it has: %s",
                   name_.c_str(), name.c_str(), did_you_mean(name, names).c_str(), list.c_str());
    }
    if (seen[i]) {
      return error(BATON_INVALID_ARGUMENT, "option '%s' of delegate %s is given twice",
                   name.c_str(), name_.c_str());
    }
    seen[i] = true;
    const baton_option_spec& spec = *options_[i];
    if (!canonical_value(spec, value, &result[i].second)) {
      return error(BATON_INVALID_ARGUMENT, "option '%s' of delegate %s is '%s': expected %s",
                   name.c_str(), name_.c_str(), value.c_str(), type_text(spec.type));
    }
    if (spec.choices != nullptr && !one_of(result[i].second, spec.choices)) {
      return error(BATON_INVALID_ARGUMENT, "option '%s' of delegate %s is '%s': expected one of %s",
                   name.c_str(), name_.c_str(), value.c_str(), spec.choices);
    }
  }
  return result;
}

}  // namespace baton
