// BATON_UNROLL(n) before a loop of at most n rounds: makes one piece of it, so that what it indexes
// can be in registers.
#pragma once

#include "delegates/kernels/sanitized.h"

#define BATON_PRAGMA(text) _Pragma(#text)
#if defined(BATON_SANITIZED)
#define BATON_UNROLL(n)
#elif defined(__clang__)
#define BATON_UNROLL(n) BATON_PRAGMA(unroll n)
#else
#define BATON_UNROLL(n) BATON_PRAGMA(GCC unroll n)
#endif
