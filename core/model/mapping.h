// Bytes of a file, mapped read-only.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/status.h"

namespace baton {

class Mapping {
 public:
  Mapping() = default;
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  static Result<Mapping> of_file(const std::string& path, uint64_t max_bytes);
  // `bytes` 0: to the end of the file.
  static Result<Mapping> of_descriptor(int descriptor, uint64_t offset, uint64_t bytes,
                                       uint64_t max_bytes);

  std::span<const uint8_t> bytes() const { return bytes_; }
  // Readable bytes that follow `bytes()`: the rest of the last page.
  uint64_t slack() const;
  // Lets the system drop the whole pages inside the range.
  void drop(const void* data, uint64_t bytes) const;

 private:
  void* base_ = nullptr;  // of the first page
  uint64_t mapped_ = 0;
  std::span<const uint8_t> bytes_;
};

}  // namespace baton
