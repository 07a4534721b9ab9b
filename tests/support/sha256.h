// SHA-256 (FIPS 180-4), for recorded outputs that are kept as a hash.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace baton::test {

// 64 lower-case hexadecimal digits.
std::string sha256(std::span<const std::byte> bytes);

}  // namespace baton::test
