// Compiled programs kept in a folder, one file each.
#pragma once

#include <memory>
#include <string>

#include "core/host/delegate.h"

namespace baton {

// Files are written beside their place and renamed: a reader never sees half of one. The folder is
// made when it is missing.
std::shared_ptr<BlobStore> make_folder_store(std::string folder);

}  // namespace baton
