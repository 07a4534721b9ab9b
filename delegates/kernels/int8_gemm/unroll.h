// BATON_UNROLL(n) before a loop of at most n rounds: makes one piece of it, so that what it indexes
// can be in registers. Not under sanitizers, which check each access: it would take compilers
// minutes.
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define BATON_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BATON_SANITIZED
#endif

#define BATON_PRAGMA(text) _Pragma(#text)
#if defined(BATON_SANITIZED)
#define BATON_UNROLL(n)
#elif defined(__clang__)
#define BATON_UNROLL(n) BATON_PRAGMA(unroll n)
#else
#define BATON_UNROLL(n) BATON_PRAGMA(GCC unroll n)
#endif
