// Options of custom operators: the numbers of the map that a FlexBuffer holds. The bytes are the
// file's own, and nothing about them is trusted: each offset is checked when it is followed, and no
// read needs alignment. (FlatBuffers' own verifier for them, in the versions in use, does not look
// for the end of a key and can take quadratic time.)
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/status.h"

namespace baton::ops {

class FlexMap {
 public:
  // The bytes must outlive the map.
  static Result<FlexMap> open(const void* data, uint64_t size);

  // The scalar under `key`; *value stays as it is when there is none. Integers must fit; a fraction
  // is cut off.
  Status read(std::string_view key, int32_t* value) const;
  Status read(std::string_view key, float* value) const;
  Status read(std::string_view key, bool* value) const;

 private:
  // A vector: its first element, their number, and the bytes that each takes.
  struct Vector {
    uint64_t at = 0;
    uint64_t count = 0;
    uint64_t width = 0;
  };

  FlexMap(const uint8_t* data, uint64_t size) : data_(data), size_(size) {}

  bool inside(uint64_t at, uint64_t bytes) const { return at <= size_ && bytes <= size_ - at; }
  std::optional<uint64_t> load(uint64_t at, uint64_t width) const;
  std::optional<uint64_t> follow(uint64_t at, uint64_t width) const;
  std::optional<Vector> vector_at(std::optional<uint64_t> at, uint64_t width) const;
  std::optional<double> number(uint8_t packed_type, uint64_t at, uint64_t width) const;
  bool open_root();
  bool is_key(uint64_t at, std::string_view key) const;
  Result<std::optional<double>> find(std::string_view key) const;

  const uint8_t* data_;
  uint64_t size_;
  Vector keys_;
  Vector values_;
};

}  // namespace baton::ops
