#include "tests/conformance/random.h"

namespace baton::conformance {

uint64_t mix_seed(uint64_t seed, const char* text, uint64_t number) {
  // FNV-1a over the text, then one step of the generator.
  uint64_t hash = seed ^ 0xcbf29ce484222325u;
  for (; *text != '\0'; ++text) hash = (hash ^ static_cast<uint8_t>(*text)) * 0x100000001b3u;
  return Random(hash ^ (number * 0x9e3779b97f4a7c15u)).next();
}

}  // namespace baton::conformance
