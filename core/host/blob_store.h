// Where compiled programs are kept between processes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/status.h"

namespace baton {

// [any thread]
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // BATON_NOT_FOUND when there is none, or one that is damaged. Keys are any text.
  virtual Result<std::vector<uint8_t>> read(const std::string& key) = 0;
  // In place of an older one.
  virtual Status write(const std::string& key, std::span<const uint8_t> bytes) = 0;
};

// A folder with one file per blob. A file holds its key and a checksum: another key's, a truncated
// or a damaged one is never returned. Files appear whole or not at all, also when several processes
// write. The folder is made on the first write.
std::unique_ptr<BlobStore> make_folder_store(std::string folder);

}  // namespace baton
