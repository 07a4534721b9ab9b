// Small damage to a file, for fuzz targets and for tests.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/fuzz/noise.h"

namespace baton::fuzz {

// Changes the file in one to four places: bits and bytes flipped, aligned words replaced by values
// that sizes and offsets break at, blocks copied, bytes cut off or put in. Mostly keeps the
// identifier, without which nothing else would be looked at. At most `max_size` bytes come out.
void mutate(std::vector<uint8_t>& file, Noise& noise, size_t max_size);

}  // namespace baton::fuzz
