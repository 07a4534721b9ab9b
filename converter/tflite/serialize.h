#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "converter/tflite/model.h"
#include "core/base/status.h"

namespace baton::tflite {

// Where the bytes of buffers go. FlatBuffers end at 2 GiB, so larger data lies behind the
// FlatBuffer and is found by Buffer.offset and Buffer.size.
enum class BufferPlace { kAutomatic, kInside, kBehind };

// The bytes of the file. Equal models give equal bytes. Buffers start at multiples of 64 bytes.
std::vector<uint8_t> serialize(const Model& model, BufferPlace place = BufferPlace::kAutomatic);

// Writes the file; one that is there already is replaced only when everything went well.
Status write_file(const Model& model, const std::string& path);

}  // namespace baton::tflite
