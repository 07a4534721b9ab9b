#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/status.h"

namespace baton::tflite {

// Writes a file as a whole: into a temporary file beside it, which then takes its name. When
// anything fails, a file that was there before is still there, and nothing else is left behind.
// What is not a regular file (a pipe, /dev/stdout) is written directly.
Status replace_file(const std::string& path, std::span<const uint8_t> bytes);

}  // namespace baton::tflite
