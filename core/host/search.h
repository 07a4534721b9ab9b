// Where plugins are looked for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"

namespace baton {

struct PluginFile {
  std::string name;  // NAME of libbaton_NAME.so
  std::string path;
};

// The folders in the order in which they are searched: `first`, those of the environment variable
// BATON_PLUGIN_PATH (separated by colons; ignored when privileges are elevated), those beside
// libbaton or the program that holds it, and the installed one. Folders need not exist; each is
// named once.
std::vector<std::string> plugin_folders(std::span<const std::string> first);

// Every libbaton_NAME.so there, sorted by name within a folder; of several with one name, the
// first.
std::vector<PluginFile> list_plugin_files(std::span<const std::string> folders);

// True for something with a slash, or that ends in ".so".
bool is_plugin_path(const std::string& name_or_path);

// The path of libbaton_NAME.so. The error lists the folders, and a name that is near.
Result<std::string> find_plugin_file(const std::string& name, std::span<const std::string> folders);

}  // namespace baton
