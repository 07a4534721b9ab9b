// What Highway's headers call where a build for debugging finds a mistake. Its library, which has
// the function, is not linked.
#include <cstdio>
#include <cstdlib>

#include "hwy/base.h"

namespace hwy {

void Abort(const char* file, int line, const char* format, ...) {
  std::fprintf(stderr, "%s:%d: %s\n", file, line, format);
  std::abort();
}

}  // namespace hwy
