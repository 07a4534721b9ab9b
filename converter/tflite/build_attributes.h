#pragma once

#include <flatbuffers/flatbuffers.h>

#include "core/schema/attributes.h"

namespace baton::tflite {

// Writes a C struct of <baton/attributes.h> as its options table: the reverse of read_attributes().
// Scalars that have their default and null pointers are left out.
flatbuffers::Offset<void> build_attributes(flatbuffers::FlatBufferBuilder& builder,
                                           const AttributeLayout& layout, const void* attributes);

}  // namespace baton::tflite
