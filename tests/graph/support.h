// Small models and ways to load them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "converter/tflite/builder.h"
#include "core/graph/graph.h"
#include "core/model/model.h"

namespace baton::graph_test {

using Bytes = std::vector<uint8_t>;

// The memory of a loaded model, at the alignment that makes no copy necessary.
struct Loaded {
  std::shared_ptr<uint8_t[]> memory;
  std::shared_ptr<const Model> model;
  std::shared_ptr<const Graph> graph;
  Status status;
};

inline Loaded load(const Bytes& bytes, const LoadLimits& limits = {},
                   Graph::CustomLookup custom = nullptr) {
  Loaded loaded;
  // Exactly as many bytes as the file has, so that the sanitizer sees a read past them.
  loaded.memory = std::shared_ptr<uint8_t[]>(
      static_cast<uint8_t*>(::operator new[](bytes.size() + 1, std::align_val_t{64})),
      [](uint8_t* memory) { ::operator delete[](memory, std::align_val_t{64}); });
  if (!bytes.empty()) std::memcpy(loaded.memory.get(), bytes.data(), bytes.size());
  auto model = Model::from_memory(loaded.memory.get(), bytes.size(), limits);
  if (!model.ok()) {
    loaded.status = model.status();
    return loaded;
  }
  loaded.model = *model;
  auto graph = Graph::build(loaded.model, custom, nullptr);
  if (graph.ok()) {
    loaded.graph = *graph;
  } else {
    loaded.status = graph.status();
  }
  return loaded;
}

// y = x + w: tensors 0 (input x), 1 (constant w), 2 (output y); operator 0.
inline tflite::GraphBuilder add_model() {
  tflite::GraphBuilder b("main");
  const auto x = b.input("x", BATON_FLOAT32, {1, 4});
  const auto w = b.constant<float>("w", {4}, {1, 2, 3, 4});
  const auto y = b.tensor("y", BATON_FLOAT32, {1, 4});
  b.op(BATON_OP_ADD, {x, w}, {y});
  b.output(y);
  return b;
}

inline bool mentions(std::span<const std::string> sentences, const std::string& part) {
  for (const std::string& sentence : sentences) {
    if (sentence.find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace baton::graph_test
