// The reference kernels behind the plugin ABI, as a delegate: what the suite says of them it must
// say of nobody else.
#pragma once

#include "baton/plugin.h"

namespace baton::conformance {

// `reference` itself is no plugin's: it stands for the core without one.
inline constexpr const char* kReferencePlugin = "reference_kernels";

const baton_plugin_info* reference_plugin_query(uint32_t host_abi);

}  // namespace baton::conformance
