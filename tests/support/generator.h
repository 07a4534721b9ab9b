// The inputs of recorded runs: what `baton run` feeds a model without --input.
#pragma once

#include <cstddef>
#include <vector>

#include "baton/types.h"

namespace baton::test {

// Bytes of one element; 0 for types that the generator does not fill.
size_t element_size(baton_dtype dtype);

// `count` elements, little-endian, from the start of the sequence x0 = 12345,
// x <- 1664525 x + 1013904223 mod 2^32 before each element, byte = x >> 24:
//   int8, uint8                  the byte's bits
//   float32, float64, float16    byte / 255 * 2 - 1, in double, then rounded to float, then to half
//   16-, 32- and 64-bit integers byte mod 10
//   bool                         byte & 1
// Empty for any other type.
std::vector<std::byte> generate_input(baton_dtype dtype, size_t count);

}  // namespace baton::test
