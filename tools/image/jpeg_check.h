// stb_image trusts a JPEG's Huffman tables: a table with too many codes, or a scan that names a
// table never defined, makes it write or read outside its arrays. This looks first.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace baton::image {

bool looks_like_jpeg(std::span<const uint8_t> bytes);

// The JPEG with nothing in it but checked segments and scan data, ending at its end marker:
// comments, thumbnails and whatever follows the picture are left out. nullopt when a table, a scan
// header or a segment's length is wrong.
std::optional<std::vector<uint8_t>> checked_jpeg(std::span<const uint8_t> bytes);

}  // namespace baton::image
