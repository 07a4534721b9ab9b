// The model as subgraphs of nodes and tensors, in the structs that the plugin ABI shows. Read-only
// once built; shared by everything made from the model.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "baton/plugin.h"
#include "core/base/status.h"
#include "core/model/model.h"
#include "core/ops/operator.h"

namespace baton {

class GraphStorage;

struct Node {
  baton_node abi{};                        // index, op, version, tensors, attributes
  const Operator* op = nullptr;            // nullptr: neither the core nor a plugin has it
  std::unique_ptr<uint64_t[]> attributes;  // storage of abi.attributes
  std::span<const int32_t> inputs() const { return {abi.inputs, abi.input_count}; }
  std::span<const int32_t> outputs() const { return {abi.outputs, abi.output_count}; }
};

struct Subgraph {
  uint32_t index = 0;
  std::string name;
  // By index in the file, at default shapes. `data` of constants is aligned to the element only:
  // what delegates see comes from Graph::aligned_constant.
  std::vector<baton_tensor> tensors;
  std::vector<Node> nodes;  // by index in the file, which is an order they can run in
  std::vector<int32_t> inputs;
  std::vector<int32_t> outputs;
  std::vector<int32_t> variables;  // tensors that carry state
  // Node that writes the tensor, -1: none (input, constant, variable).
  std::vector<int32_t> producer;

  // "subgraph 0, operator 12 (CONV_2D)"
  std::string place(uint32_t node) const;
};

struct SignatureEntry {
  std::string name;  // of the argument
  int32_t tensor;
};

struct Signature {
  std::string key;
  uint32_t subgraph = 0;
  std::vector<SignatureEntry> inputs;
  std::vector<SignatureEntry> outputs;
};

class Graph {
 public:
  // `custom` finds operators that plugins bring (may be nullptr). Nodes without an operator are
  // kept (a delegate may have it); their outputs keep the file's shapes.
  using CustomLookup = const Operator* (*)(void* user, const char* name);
  static Result<std::shared_ptr<const Graph>> build(std::shared_ptr<const Model> model,
                                                    CustomLookup custom, void* user);

  const Model& model() const { return *model_; }
  std::span<const Subgraph> subgraphs() const { return subgraphs_; }
  const Subgraph& main() const { return subgraphs_[0]; }
  std::span<const Signature> signatures() const { return signatures_; }
  const std::string& description() const { return description_; }
  // Harmless oddities, one sentence each, for `inspect`.
  std::span<const std::string> oddities() const { return oddities_; }

  // 64 bits over type, shape and bytes of a constant; 0 when it is none. [any thread]
  uint64_t constant_hash(uint32_t subgraph, int32_t tensor) const;

  // The constant's content as delegates are promised it: 64-byte aligned, 64 readable bytes past
  // the end. That is the file's own memory where it lies so; else a copy, made on the first call
  // and shared by tensors of the same buffer. Valid until as many calls of release_constant.
  // nullptr: it is no constant, or there is no memory. [any thread]
  const void* aligned_constant(uint32_t subgraph, int32_t tensor) const;
  // The last release frees the copy and lets the system drop the file's pages. [any thread]
  void release_constant(uint32_t subgraph, int32_t tensor) const;
  // Bytes of copies that are alive. [any thread]
  uint64_t constant_copy_bytes() const;

 private:
  friend class GraphBuilder;
  std::shared_ptr<const Model> model_;
  std::vector<Subgraph> subgraphs_;
  std::vector<Signature> signatures_;
  std::string description_;
  std::vector<std::string> oddities_;
  // Quantisation structs, copied misaligned constants, signature dims: whatever the ABI structs
  // point to and the file does not hold in that form.
  std::shared_ptr<GraphStorage> storage_;

  // The constant's content where the graph has it; empty data when it is none.
  std::span<const uint8_t> constant(uint32_t subgraph, int32_t tensor) const;
};

}  // namespace baton
