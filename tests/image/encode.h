// Writes small pictures in memory for the tests of the decoder.
#pragma once

#include <cstdint>
#include <vector>

namespace baton::image {

enum class Format { kPng, kBmp, kJpeg };

// `channels` is 1 to 4 as in PNG (grey, grey + alpha, colour, colour + alpha).
std::vector<uint8_t> encode(Format format, int width, int height, int channels,
                            const std::vector<uint8_t>& pixels);

}  // namespace baton::image
