#include "core/host/blob_store.h"

#include <unistd.h>

#include <atomic>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace baton {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

class FolderStore final : public BlobStore {
 public:
  explicit FolderStore(std::string folder) : folder_(std::move(folder)) {}

  bool read(const std::string& key, std::vector<uint8_t>* bytes) override {
    const File file(std::fopen(path(key).c_str(), "rb"));
    if (file == nullptr || std::fseek(file.get(), 0, SEEK_END) != 0) return false;
    const long size = std::ftell(file.get());
    if (size < 0 || std::fseek(file.get(), 0, SEEK_SET) != 0) return false;
    bytes->resize(static_cast<size_t>(size));
    return std::fread(bytes->data(), 1, bytes->size(), file.get()) == bytes->size();
  }

  Status write(const std::string& key, std::span<const uint8_t> bytes) override {
    std::error_code code;
    std::filesystem::create_directories(folder_, code);
    static std::atomic<uint32_t> serial{0};
    const std::string final_path = path(key);
    const std::string temporary =
        final_path + format(".%ld.%u", static_cast<long>(getpid()), serial.fetch_add(1));
    File file(std::fopen(temporary.c_str(), "wb"));
    if (file == nullptr) return failed("opened", temporary);
    const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
    const bool closed = std::fclose(file.release()) == 0;
    if (!written || !closed || std::rename(temporary.c_str(), final_path.c_str()) != 0) {
      const Status status = failed("written", temporary);
      std::remove(temporary.c_str());
      return status;
    }
    return {};
  }

 private:
  static Status failed(const char* what, const std::string& path) {
    return error(BATON_ERROR, "the cache file '%s' cannot be %s: %s; programs are compiled anew each time",
                 path.c_str(), what, std::strerror(errno));
  }

  // Keys name plugins and devices: whatever a file name cannot hold becomes '_'.
  std::string path(const std::string& key) const {
    std::string name = key;
    for (char& c : name) {
      if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '.') c = '_';
    }
    return folder_ + "/" + name + ".program";
  }

  const std::string folder_;
};

}  // namespace

std::shared_ptr<BlobStore> make_folder_store(std::string folder) {
  return std::make_shared<FolderStore>(std::move(folder));
}

}  // namespace baton
