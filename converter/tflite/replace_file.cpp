#include "converter/tflite/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace baton::tflite {
namespace {

Status failed(const char* what, const std::string& path, int reason) {
  return error(reason == ENOENT ? BATON_NOT_FOUND : BATON_ERROR, "%s %s: %s", what, path.c_str(),
               std::strerror(reason));
}

// Returns 0 or errno.
int write_all(int descriptor, std::span<const uint8_t> bytes) {
  constexpr size_t kPiece = size_t{1} << 30;  // one write() takes less than 2 GiB
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), std::min(bytes.size(), kPiece));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return 0;
}

Status write_directly(const std::string& path, std::span<const uint8_t> bytes) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return failed("cannot open", path, errno);
  int reason = write_all(descriptor, bytes);
  if (::close(descriptor) != 0 && reason == 0) reason = errno;
  return reason == 0 ? Status() : failed("cannot write", path, reason);
}

// Creates a new file beside `target`; its name comes back in `temporary`. -1 and errno on failure.
int create_beside(const std::string& target, std::string* temporary) {
  for (int attempt = 0; attempt < 1000; ++attempt) {
    *temporary = target + ".new" + std::to_string(::getpid()) + "." + std::to_string(attempt);
    const int descriptor =
        ::open(temporary->c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

}  // namespace

Status replace_file(const std::string& path, std::span<const uint8_t> bytes) {
  std::string target = path;
  struct stat info {};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists) {
    if (!S_ISREG(info.st_mode)) return write_directly(path, bytes);
    // Through a symbolic link, so that the link itself stays.
    std::error_code failure;
    const auto resolved = std::filesystem::canonical(path, failure);
    if (!failure) target = resolved.string();
  }
  std::string temporary;
  const int descriptor = create_beside(target, &temporary);
  if (descriptor < 0) return failed("cannot create a file beside", path, errno);
  int reason = write_all(descriptor, bytes);
  if (reason == 0 && exists && ::fchmod(descriptor, info.st_mode & 07777) != 0) reason = errno;
  // A full disk may tell only now.
  if (reason == 0 && ::fsync(descriptor) != 0) reason = errno;
  if (::close(descriptor) != 0 && reason == 0) reason = errno;
  if (reason == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) reason = errno;
  if (reason == 0) return {};
  ::unlink(temporary.c_str());
  return failed("cannot write", path, reason);
}

}  // namespace baton::tflite
