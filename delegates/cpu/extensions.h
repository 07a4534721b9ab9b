// The extensions of the plugin ABI that this delegate has.
#pragma once

#include <string_view>

namespace baton::cpu {

// A table by id, or nullptr.
const void* extension(std::string_view id);

}  // namespace baton::cpu
