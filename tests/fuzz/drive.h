// Takes bytes that may be anything through the public API, as far as they go. Whatever happens must
// be a success, or an error with one sentence.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "baton/types.h"

namespace baton::fuzz {

struct Outcome {
  baton_status code = BATON_OK;  // of the first step that failed
  std::string message;
  uint64_t runs = 0;      // that succeeded
  std::string violation;  // "": none; else what Baton did that it must not
};

// Loads the file and reads everything that the API shows of it: tensors, constants, nodes with
// their attributes, signatures, metadata, oddities.
Outcome inspect(std::span<const uint8_t> file);

struct RunOptions {
  uint64_t seed = 0;  // of what the inputs hold, and of the new shapes
  bool resize = true;
  uint64_t max_tensor_bytes = 64 << 10;
  uint64_t timeout_ns = 200'000'000;  // of each run
};

// Loads, compiles, runs twice on one set of inputs, then once more after a resize; all within
// quotas of bytes and time that no honest small model reaches.
Outcome run(std::span<const uint8_t> file, const RunOptions& options);

// A number that depends on every byte.
uint64_t fingerprint(std::span<const uint8_t> bytes);

// For fuzz targets: ends the process where there is a violation. With BATON_FUZZ_VERBOSE in the
// environment says how far each input came.
void require(const Outcome& outcome);

}  // namespace baton::fuzz
