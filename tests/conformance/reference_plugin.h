// The reference kernels behind the plugin ABI, as a delegate named `reference`: what the suite says
// of them it must say of nobody else.
#pragma once

#include "baton/plugin.h"

namespace baton::conformance {

const baton_plugin_info* reference_plugin_query(uint32_t host_abi);

}  // namespace baton::conformance
