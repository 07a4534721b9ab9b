// Compiled for 32-bit and 64-bit machines, see CMakeLists.txt.
#include <baton/attributes.h>

#define BATON_ATTRIBUTE_OFFSET(name, field, offset) \
  _Static_assert(offsetof(name, field) == (offset), #name "." #field);
#include "core/schema/attribute_offsets.inc"
