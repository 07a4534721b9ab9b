// How the compilers let one function have instructions that the rest of its file has not.
//
// Clang 14 declares the intrinsics of an extension only where the whole file is compiled for it;
// built by it for plain 64-bit Arm, the table has no rows of such levels.
#pragma once

#if !defined(__clang__) || defined(__ARM_FEATURE_DOTPROD)
#define BATON_ARM_DOTPROD 1
#endif
#if !defined(__clang__) || defined(__ARM_FEATURE_MATMUL_INT8)
#define BATON_ARM_I8MM 1
#endif

#if defined(__clang__)
#define BATON_ARM_TARGET(feature) __attribute__((target(feature)))
#else
#define BATON_ARM_TARGET(feature) __attribute__((target("arch=armv8.2-a+" feature)))
#endif
