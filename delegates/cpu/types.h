// How the kernels' table calls element types.
#pragma once

#include "baton/plugin.hpp"

namespace baton::cpu {

// "f32", "s8" ...; "" for types that no kernel has.
const char* kernel_type(baton_dtype dtype);

}  // namespace baton::cpu
