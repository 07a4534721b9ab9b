// The parts of verify_model.
#pragma once

#include <cstdint>
#include <vector>

#include "core/model/reader.h"

namespace baton::verify {

class Context {
 public:
  Context(const schema::Model& model, std::span<const uint8_t> file, const LoadLimits& limits)
      : model(model),
        file(file),
        limits(limits),
        budget_(uint64_t{16} * file.size() + (1u << 20)) {}

  const schema::Model& model;
  const std::span<const uint8_t> file;
  const LoadLimits& limits;

  const schema::SubGraph& subgraph(uint32_t index) const { return *model.subgraphs()->Get(index); }
  const schema::OperatorCode& code(const schema::Operator& op) const {
    return *model.operator_codes()->Get(op.opcode_index());
  }

  // Tables and vectors may be shared, so that a small file can describe enormous work. What an
  // honest file asks for is linear in its size.
  Status spend(uint64_t elements) {
    if (elements > budget_) {
      return error(BATON_INVALID_MODEL,
                   "the file describes far more than its size can hold: its tables share their "
                   "content over and over");
    }
    budget_ -= elements;
    return {};
  }

 private:
  uint64_t budget_;
};

// FlatBuffers' own structure: identifier, offsets, nesting.
Status structure(std::span<const uint8_t> file);
Status tensors(Context& context, uint32_t subgraph);
// Indices, options, and who writes and reads each tensor.
Status operators(Context& context, uint32_t subgraph);
// Arity and types of subgraph calls, and that none leads back to itself. All subgraphs' operators
// are verified.
Status calls(Context& context);
Status signatures(Context& context);

// The subgraphs that an operator calls: (attribute, index) in the order of the attributes.
struct Callee {
  const char* attribute;
  int64_t subgraph;
};
std::vector<Callee> callees(const Context& context, const schema::Operator& op);

}  // namespace baton::verify
