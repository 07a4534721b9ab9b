// Recorded runs of real models: a folder with meta.json and output_I.bin, and the index of all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "baton/types.h"

namespace baton::test {

// A strided sample: elements 0, stride, 2 * stride, ...
struct Sample {
  size_t stride = 1;
  size_t count = 0;
  double largest = 0;  // magnitude, over all elements
};

struct GoldenTensor {
  std::string name;
  std::vector<int> shape;
  std::string dtype_name;
  baton_dtype dtype = BATON_FLOAT32;
  size_t bytes = 0;
  double scale = 0;
  int64_t zero_point = 0;
  // Outputs: one of these. `content` is the whole or the sample.
  std::vector<std::byte> content;
  std::optional<Sample> sample;
  std::string sha256;

  size_t elements() const;
};

struct Golden {
  std::string model;    // relative to models/tflite
  std::string kernels;  // which of TensorFlow Lite's answered
  std::vector<GoldenTensor> inputs;
  std::vector<GoldenTensor> outputs;
};

// Reads one folder. `prefix` is put before output file names: "step4_" for the recorded fourth run
// of a stateful model. nullopt and a sentence when something is missing or does not fit together.
std::optional<Golden> read_golden(const std::filesystem::path& folder, std::string* error,
                                  const std::string& prefix = "");

struct GoldenEntry {
  std::string model;             // relative to models/tflite
  std::string status;            // "ok", "refused", "crashed or timed out"
  std::string message;           // of a refusal
  std::filesystem::path folder;  // of an "ok" entry
  std::filesystem::path model_path;
};

// The entries of SHARED/golden/INDEX.json whose model begins with `folder`, in order of name; empty
// and a sentence when there is no index.
std::vector<GoldenEntry> golden_index(const std::filesystem::path& shared,
                                      const std::string& folder, std::string* error);
// Models of SHARED/golden/STATEFUL.json, which have outputs of a fourth run.
std::vector<std::string> stateful_models(const std::filesystem::path& shared, std::string* error);

// "float32" and so on; nullopt for a name that is not there.
std::optional<baton_dtype> dtype_by_name(const std::string& name);

}  // namespace baton::test
