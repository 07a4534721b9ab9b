// A fixed piece of work whose time says how fast the machine is just now: measure it beside other
// things, and what both have in common is the machine's. Plain C++, some 150 us: sums of products
// in the first cache, and a stretch of memory in the second.
#pragma once

namespace baton::benchmarks {

inline constexpr char kYardstickText[] =
    "float multiply-adds in the first cache, then 256 KiB read and written";

// Best of a few, in microseconds.
double yardstick_us();

}  // namespace baton::benchmarks
