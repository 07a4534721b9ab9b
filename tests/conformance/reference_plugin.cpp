#include "tests/conformance/reference_plugin.h"

namespace baton::conformance {

const baton_plugin_info* reference_plugin_query(uint32_t) { return nullptr; }

}  // namespace baton::conformance
