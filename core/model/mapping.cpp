#include "core/model/mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "core/base/checked.h"

namespace baton {
namespace {

uint64_t page_bytes() {
  static const auto bytes = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

Status open_error(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return error(BATON_NOT_FOUND, "there is no such file");
    case EACCES:
    case EPERM:
      return error(BATON_ERROR, "the file may not be read: its permissions forbid it");
    default:
      return error(BATON_ERROR, "the file cannot be opened: %s", std::strerror(number));
  }
}

}  // namespace

Mapping::Mapping(Mapping&& other) noexcept { *this = std::move(other); }

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(mapped_, other.mapped_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

Mapping::~Mapping() {
  if (base_ != nullptr) munmap(base_, mapped_);
}

Result<Mapping> Mapping::of_file(const std::string& path, uint64_t max_bytes) {
  // O_NONBLOCK: a named pipe must not hold up the caller.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return open_error(errno);
  auto mapping = of_descriptor(descriptor, 0, 0, max_bytes);
  close(descriptor);
  return mapping;
}

Result<Mapping> Mapping::of_descriptor(int descriptor, uint64_t offset, uint64_t bytes,
                                       uint64_t max_bytes) {
  struct stat info {};
  if (fstat(descriptor, &info) != 0) {
    return error(BATON_INVALID_ARGUMENT, "the descriptor %d cannot be used: %s", descriptor,
                 std::strerror(errno));
  }
  if (S_ISDIR(info.st_mode)) {
    return error(BATON_INVALID_ARGUMENT, "this is a folder, not a .tflite file");
  }
  if (!S_ISREG(info.st_mode)) {
    return error(BATON_INVALID_ARGUMENT, "this is not a regular file, which is what can be mapped");
  }
  const auto file_bytes = static_cast<uint64_t>(info.st_size);
  if (file_bytes == 0) return error(BATON_INVALID_MODEL, "the file is empty");
  if (offset >= file_bytes || bytes > file_bytes - offset) {
    return error(BATON_INVALID_ARGUMENT,
                 "%llu bytes from offset %llu lie outside the file, which has %llu bytes",
                 static_cast<unsigned long long>(bytes), static_cast<unsigned long long>(offset),
                 static_cast<unsigned long long>(file_bytes));
  }
  if (bytes == 0) bytes = file_bytes - offset;
  if (max_bytes != 0 && bytes > max_bytes) {
    return error(BATON_OUT_OF_MEMORY, "the file has %llu bytes, over the limit of %llu",
                 static_cast<unsigned long long>(bytes),
                 static_cast<unsigned long long>(max_bytes));
  }
  const uint64_t lead = offset % page_bytes();
  const auto mapped = checked_add(bytes, lead);
  if (!mapped || *mapped > std::numeric_limits<size_t>::max() / 2) {
    return error(BATON_OUT_OF_MEMORY, "the file is larger than this machine's address space");
  }
  void* base = mmap(nullptr, static_cast<size_t>(*mapped), PROT_READ, MAP_PRIVATE, descriptor,
                    static_cast<off_t>(offset - lead));
  if (base == MAP_FAILED) {
    return error(BATON_ERROR, "the file cannot be mapped: %s", std::strerror(errno));
  }
  Mapping mapping;
  mapping.base_ = base;
  mapping.mapped_ = *mapped;
  mapping.bytes_ = {static_cast<const uint8_t*>(base) + lead, static_cast<size_t>(bytes)};
  return mapping;
}

uint64_t Mapping::slack() const {
  const uint64_t used = mapped_ % page_bytes();
  return used == 0 ? 0 : page_bytes() - used;
}

void Mapping::drop(const void* data, uint64_t bytes) const {
  const auto map_begin = reinterpret_cast<uintptr_t>(base_);
  const auto begin = reinterpret_cast<uintptr_t>(data);
  if (base_ == nullptr || begin < map_begin || begin - map_begin > mapped_ ||
      bytes > mapped_ - (begin - map_begin)) {
    return;
  }
  const uintptr_t page = page_bytes();
  const uintptr_t first = (begin + page - 1) / page * page;
  const uintptr_t last = (begin + bytes) / page * page;
  if (last > first) madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

}  // namespace baton
