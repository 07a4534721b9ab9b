#include "core/host/search.h"

#include <dlfcn.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>

#include "core/base/suggest.h"

namespace baton {
namespace {

constexpr char kPrefix[] = "libbaton_";
constexpr char kSuffix[] = ".so";

// The folder of the file that this code is in: libbaton, or a program that links it statically.
std::filesystem::path own_folder() {
  std::error_code code;
  Dl_info info{};
  std::filesystem::path file;
  if (dladdr(reinterpret_cast<const void*>(&plugin_folders), &info) != 0 && info.dli_fname) {
    // A program's own name may be relative to a folder that was left since.
    if (info.dli_fname[0] == '/') file = std::filesystem::canonical(info.dli_fname, code);
  }
  if (file.empty()) file = std::filesystem::read_symlink("/proc/self/exe", code);
  return file.parent_path();
}

// "a/./b/../c" -> "a/c"
std::string tidy(const std::filesystem::path& folder) {
  std::string text = folder.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

bool starts_with(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

std::vector<std::string> plugin_folders(std::span<const std::string> first) {
  std::vector<std::string> folders;
  const auto add = [&](const std::filesystem::path& folder) {
    if (folder.empty()) return;
    std::string text = tidy(folder);
    if (std::find(folders.begin(), folders.end(), text) == folders.end()) {
      folders.push_back(std::move(text));
    }
  };
  for (const std::string& folder : first) add(folder);
  // secure_getenv: a program that runs with more rights than its user must not load his files.
  if (const char* list = secure_getenv("BATON_PLUGIN_PATH")) {
    const std::string text = list;
    for (size_t begin = 0; begin <= text.size();) {
      const size_t end = std::min(text.find(':', begin), text.size());
      add(text.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  if (const std::filesystem::path own = own_folder(); !own.empty()) {
    add(own / "baton/plugins");
    add(own / "lib/baton/plugins");
    add(own / "../lib/baton/plugins");
  }
  add(BATON_INSTALLED_PLUGINS_DIR);
  return folders;
}

std::vector<PluginFile> list_plugin_files(std::span<const std::string> folders) {
  std::vector<PluginFile> files;
  for (const std::string& folder : folders) {
    const size_t before = files.size();
    std::error_code code;
    std::filesystem::directory_iterator entry(folder, code);
    for (; !code && entry != std::filesystem::directory_iterator(); entry.increment(code)) {
      const std::string file = entry->path().filename().string();
      const size_t fixed = sizeof(kPrefix) + sizeof(kSuffix) - 2;
      if (!starts_with(file, kPrefix) || !ends_with(file, kSuffix) || file.size() <= fixed)
        continue;
      PluginFile found{file.substr(sizeof(kPrefix) - 1, file.size() - fixed),
                       entry->path().string()};
      const bool known = std::any_of(files.begin(), files.end(),
                                     [&](const PluginFile& f) { return f.name == found.name; });
      if (!known) files.push_back(std::move(found));
    }
    std::sort(files.begin() + static_cast<ptrdiff_t>(before), files.end(),
              [](const PluginFile& a, const PluginFile& b) { return a.name < b.name; });
  }
  return files;
}

bool is_plugin_path(const std::string& name_or_path) {
  return name_or_path.find('/') != std::string::npos || ends_with(name_or_path, kSuffix);
}

Result<std::string> find_plugin_file(const std::string& name,
                                     std::span<const std::string> folders) {
  const std::vector<PluginFile> files = list_plugin_files(folders);
  std::vector<std::string> names = {"reference"};
  for (const PluginFile& file : files) {
    if (file.name == name) return file.path;
    names.push_back(file.name);
  }
  std::string list;
  for (const std::string& folder : folders) list += (list.empty() ? "" : ", ") + folder;
  return error(BATON_NOT_FOUND, "there is no delegate '%s'%s; looked for %s%s%s in %s",
               name.c_str(), did_you_mean(name, names).c_str(), kPrefix, name.c_str(), kSuffix,
               list.empty() ? "no folder" : list.c_str());
}

}  // namespace baton
