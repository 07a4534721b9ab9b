#include <algorithm>
#include <cstring>

#include "core/base/text.h"
#include "core/model/verify_internal.h"

namespace baton::verify {
namespace {

constexpr size_t kIdentifierAt = 4;
constexpr size_t kIdentifierBytes = 4;
constexpr uint32_t kMaxDepth = 64;

}  // namespace

Status structure(std::span<const uint8_t> file) {
  const char* wanted = schema::ModelIdentifier();
  if (file.size() < kIdentifierAt + kIdentifierBytes) {
    return error(BATON_INVALID_MODEL,
                 "is not a TensorFlow Lite model: it has %zu bytes, fewer than the smallest header",
                 file.size());
  }
  const uint8_t* identifier = file.data() + kIdentifierAt;
  if (std::memcmp(identifier, wanted, kIdentifierBytes) != 0) {
    const std::string_view found(reinterpret_cast<const char*>(identifier), kIdentifierBytes);
    return error(BATON_INVALID_MODEL,
                 "is not a TensorFlow Lite model: the identifier at byte 4 is '%s', not '%s'",
                 printable(found).c_str(), wanted);
  }
  // What lies past 2 GiB is content of buffers, found by 64-bit offsets.
  flatbuffers::Verifier::Options options;
  options.max_depth = kMaxDepth;
  const size_t size = std::min<uint64_t>(file.size(), FLATBUFFERS_MAX_BUFFER_SIZE - 1);
  // A table is named by an offset of 4 bytes at least, unless tables are shared to excess.
  options.max_tables = static_cast<flatbuffers::uoffset_t>(size / 4 + 16);
  flatbuffers::Verifier verifier(file.data(), size, options);
  if (!schema::VerifyModelBuffer(verifier)) {
    return error(
        BATON_INVALID_MODEL,
        "the file is truncated or damaged: an offset in it leads outside its %zu bytes, or "
        "to the middle of something else",
        file.size());
  }
  return {};
}

}  // namespace baton::verify
