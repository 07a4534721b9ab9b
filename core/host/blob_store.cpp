#include "core/host/blob_store.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace baton {
namespace {

constexpr char kMagic[8] = {'B', 'A', 'T', 'O', 'N', 'B', 'L', '1'};

struct Header {
  char magic[8];
  uint64_t key_bytes;
  uint64_t blob_bytes;
  uint64_t checksum;  // over key and blob
};

// FNV-1a, 64 bits. Against accidents, not against malice: the plugin validates the blob, too.
uint64_t fnv(uint64_t hash, const void* data, size_t bytes) {
  const unsigned char* p = static_cast<const unsigned char*>(data);
  for (size_t i = 0; i < bytes; ++i) hash = (hash ^ p[i]) * 0x100000001B3u;
  return hash;
}
constexpr uint64_t kFnvStart = 0xCBF29CE484222325u;

struct Closer {
  void operator()(FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<FILE, Closer>;

class FolderStore : public BlobStore {
 public:
  explicit FolderStore(std::string folder) : folder_(std::move(folder)) {}

  Result<std::vector<uint8_t>> read(const std::string& key) override {
    const std::string path = path_of(key);
    const auto missing = [&](const char* why) {
      return error(BATON_NOT_FOUND, "%s: %s", path.c_str(), why);
    };
    File file(std::fopen(path.c_str(), "rbe"));
    if (file == nullptr) return missing(std::strerror(errno));
    std::error_code code;
    const uint64_t size = std::filesystem::file_size(path, code);
    Header header{};
    if (code || std::fread(&header, sizeof(header), 1, file.get()) != 1 ||
        std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0 || header.key_bytes != key.size() ||
        size < sizeof(header) + key.size() ||
        header.blob_bytes != size - sizeof(header) - key.size()) {
      return missing("it is damaged, or another program's");
    }
    std::string found(key.size(), 0);
    std::vector<uint8_t> bytes(static_cast<size_t>(header.blob_bytes));
    if (std::fread(found.data(), 1, found.size(), file.get()) != found.size() || found != key ||
        (!bytes.empty() && std::fread(bytes.data(), 1, bytes.size(), file.get()) != bytes.size()) ||
        fnv(fnv(kFnvStart, key.data(), key.size()), bytes.data(), bytes.size()) !=
            header.checksum) {
      return missing("it is damaged, or another program's");
    }
    return bytes;
  }

  Status write(const std::string& key, std::span<const uint8_t> bytes) override {
    std::error_code code;
    std::filesystem::create_directories(folder_, code);
    if (code) {
      return error(BATON_ERROR, "cannot make the cache folder %s: %s", folder_.c_str(),
                   code.message().c_str());
    }
    static std::atomic<uint32_t> counter{0};
    const std::string path = path_of(key);
    const std::string part = format("%s.%ld.%u", path.c_str(), static_cast<long>(getpid()),
                                    counter.fetch_add(1, std::memory_order_relaxed));
    Header header{};
    std::memcpy(header.magic, kMagic, sizeof(kMagic));
    header.key_bytes = key.size();
    header.blob_bytes = bytes.size();
    header.checksum = fnv(fnv(kFnvStart, key.data(), key.size()), bytes.data(), bytes.size());
    File file(std::fopen(part.c_str(), "wbe"));
    bool good =
        file != nullptr && std::fwrite(&header, sizeof(header), 1, file.get()) == 1 &&
        std::fwrite(key.data(), 1, key.size(), file.get()) == key.size() &&
        (bytes.empty() || std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size()) &&
        std::fflush(file.get()) == 0;
    int why = errno;
    file.reset();
    if (good && std::rename(part.c_str(), path.c_str()) != 0) {
      why = errno;
      good = false;
    }
    if (good) return {};
    std::remove(part.c_str());
    return error(BATON_ERROR, "cannot write the cache file %s: %s", path.c_str(),
                 std::strerror(why));
  }

 private:
  std::string path_of(const std::string& key) const {
    const uint64_t low = fnv(kFnvStart, key.data(), key.size());
    const uint64_t high = fnv(low ^ 0x9E3779B97F4A7C15u, key.data(), key.size());
    return format("%s/%016llx%016llx.blob", folder_.c_str(), static_cast<unsigned long long>(high),
                  static_cast<unsigned long long>(low));
  }

  std::string folder_;
};

}  // namespace

std::unique_ptr<BlobStore> make_folder_store(std::string folder) {
  return std::make_unique<FolderStore>(std::move(folder));
}

}  // namespace baton
