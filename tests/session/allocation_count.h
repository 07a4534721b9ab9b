// Counts heap allocations of the whole process while it is asked to.
#pragma once

#include <cstdint>

namespace baton::test {

void start_counting_allocations();
// Allocations, by whatever function, since the start.
uint64_t stop_counting_allocations();

}  // namespace baton::test
