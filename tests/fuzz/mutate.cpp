#include "tests/fuzz/mutate.h"

#include <algorithm>

namespace baton::fuzz {
namespace {

using File = std::vector<uint8_t>;

void replace_word(File& file, Noise& noise) {
  if (file.size() < 4) return;
  const size_t at = noise.below(file.size() / 4) * 4;
  uint32_t word = 0;
  std::memcpy(&word, &file[at], sizeof(word));
  switch (noise.below(4)) {
    case 0:
      word = static_cast<uint32_t>(noise.integer());
      break;
    case 1:
      word += static_cast<uint32_t>(noise.integer());
      break;
    case 2: {  // another word of the file: an offset or index that means something elsewhere
      std::memcpy(&word, &file[noise.below(file.size() / 4) * 4], sizeof(word));
      break;
    }
    default: {
      const float real = noise.real();
      std::memcpy(&word, &real, sizeof(word));
    }
  }
  std::memcpy(&file[at], &word, sizeof(word));
}

void copy_block(File& file, Noise& noise) {
  const size_t from = noise.below(file.size());
  const size_t to = noise.below(file.size());
  const size_t room = file.size() - std::max(from, to);
  const size_t size = std::min<size_t>(room, 1 + noise.below(64));
  std::memmove(&file[to], &file[from], size);
}

void insert(File& file, Noise& noise, size_t max_size) {
  const size_t size = std::min<size_t>(4 * (1 + noise.below(8)), max_size - file.size());
  const auto at = static_cast<ptrdiff_t>(noise.below(file.size() + 1));
  std::vector<uint8_t> bytes(size);
  noise.fill(noise.one_in(2) ? BATON_INT32 : BATON_UINT8, bytes.data(), size);
  file.insert(file.begin() + at, bytes.begin(), bytes.end());
}

void mutate_once(File& file, Noise& noise, size_t max_size) {
  if (file.empty()) return file.push_back(static_cast<uint8_t>(noise.next()));
  switch (noise.below(16)) {
    case 0:
      file.resize(noise.below(file.size()));
      return;
    case 1:
      if (file.size() < max_size) insert(file, noise, max_size);
      return;
    case 2:
    case 3:
      copy_block(file, noise);
      return;
    case 4:
    case 5:
    case 6:
      file[noise.below(file.size())] = static_cast<uint8_t>(noise.next());
      return;
    case 7:
    case 8:
      file[noise.below(file.size())] ^= static_cast<uint8_t>(1u << noise.below(8));
      return;
    case 9:
    case 10:
      file[noise.below(file.size())] = static_cast<uint8_t>(noise.integer());
      return;
    default:
      replace_word(file, noise);
  }
}

}  // namespace

void mutate(File& file, Noise& noise, size_t max_size) {
  const uint64_t places = noise.one_in(2) ? 1 : 1 + noise.below(4);
  for (uint64_t i = 0; i < places; ++i) mutate_once(file, noise, max_size);
  if (file.size() >= 8 && !noise.one_in(64)) std::memcpy(&file[4], "TFL3", 4);
}

}  // namespace baton::fuzz
