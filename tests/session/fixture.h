// A model from bytes to a session, and floats in and out of it.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "baton/baton.hpp"
#include "tests/session/models.h"

namespace baton::test {

// Keeps everything that a session was made from.
struct Loaded {
  File file;
  Runtime runtime;
  Model model;
};

inline Loaded load(File file, const baton_runtime_options* options = nullptr) {
  Runtime runtime = or_throw(Runtime::create(options));
  Model model = or_throw(runtime.load(file.data(), file.size()));
  return {std::move(file), std::move(runtime), std::move(model)};
}

inline Session make_session(const Loaded& loaded, const CompileOptions& options = {},
                            uint32_t threads = 1, const std::string& signature = "") {
  const Compiled compiled = or_throw(loaded.model.compile(options));
  return or_throw(compiled.session(threads, signature));
}

template <typename T>
void set(Session& session, uint32_t input, const std::vector<T>& values) {
  or_throw(session.set_input(input, values.data(), values.size() * sizeof(T)));
}

template <typename T = float>
std::vector<T> get(const Session& session, uint32_t output) {
  std::vector<T> values(session.output(output).bytes / sizeof(T));
  or_throw(session.get_output(output, values.data(), values.size() * sizeof(T)));
  return values;
}

// Bytes of every output, after a run on inputs filled with bytes or floats that depend on `seed`.
inline std::vector<std::vector<uint8_t>> run_on_pattern(Session& session, uint32_t seed = 1) {
  uint32_t state = seed * 2654435761u + 1;
  for (uint32_t i = 0; i < session.input_count(); ++i) {
    const baton_tensor& tensor = session.input(i);
    std::vector<uint8_t> bytes(tensor.bytes);
    if (tensor.dtype == BATON_FLOAT32) {
      for (size_t j = 0; j + 4 <= bytes.size(); j += 4) {
        state = state * 1664525u + 1013904223u;
        const float value = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
        std::memcpy(&bytes[j], &value, 4);
      }
    } else {
      for (uint8_t& byte : bytes) {
        state = state * 1664525u + 1013904223u;
        byte = static_cast<uint8_t>(state >> 24);
      }
    }
    or_throw(session.set_input(i, bytes.data(), bytes.size()));
  }
  or_throw(session.run());
  std::vector<std::vector<uint8_t>> outputs;
  for (uint32_t i = 0; i < session.output_count(); ++i) outputs.push_back(get<uint8_t>(session, i));
  return outputs;
}

}  // namespace baton::test
