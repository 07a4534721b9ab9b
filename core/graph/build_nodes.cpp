#include <algorithm>

#include "core/graph/builder.h"
#include "core/schema/operators.h"

namespace baton {
namespace {

Status check_count(const char* what, uint32_t count, const Arity& arity) {
  const auto number = static_cast<int64_t>(count);
  if (number >= arity.min && (arity.max < 0 || number <= arity.max)) return {};
  if (arity.max < 0) {
    return error(BATON_INVALID_MODEL, "it has %u %s, at least %d are needed", count, what,
                 arity.min);
  }
  if (arity.min == arity.max) {
    return error(BATON_INVALID_MODEL, "it has %u %s, not %d", count, what, arity.min);
  }
  return error(BATON_INVALID_MODEL, "it has %u %s, not %d to %d", count, what, arity.min,
               arity.max);
}

Status check_arity(const Node& node) {
  BATON_RETURN_IF_ERROR(check_count("inputs", node.abi.input_count, node.op->inputs));
  BATON_RETURN_IF_ERROR(check_count("outputs", node.abi.output_count, node.op->outputs));
  // The core's operators of any number of inputs read all of them; plugins' see an absent one.
  const bool all = node.op->inputs.max < 0 && node.op->user == nullptr;
  const int required = all ? static_cast<int>(node.abi.input_count) : node.op->inputs.min;
  for (int i = 0; i < required; ++i) {
    if (node.inputs()[static_cast<size_t>(i)] < 0) {
      return error(BATON_INVALID_MODEL, "input %d is absent, but required", i);
    }
  }
  return {};
}

}  // namespace

// nullptr too when the file asks for a version of which this schema has never heard: its attributes
// may mean something else.
const Operator* GraphBuilder::operator_for(const Node& node) const {
  if (node.abi.op == BATON_OP_CUSTOM) {
    if (const Operator* op = find_operator(BATON_OP_CUSTOM, node.abi.name)) return op;
    return custom_ != nullptr ? custom_(user_, node.abi.name) : nullptr;
  }
  const BuiltinOperator* known = builtin_operator(node.abi.op);
  if (known->last_version != 0 && node.abi.version > known->last_version) return nullptr;
  return find_operator(node.abi.op, nullptr);
}

void GraphBuilder::read_options(const schema::Operator& table, const Subgraph& subgraph,
                                Node& node) {
  const BuiltinOperator* known = builtin_operator(node.abi.op);
  const AttributeLayout* layout = known->attributes();
  if (layout == nullptr) return;
  const flatbuffers::Table* options = options_table(table, *layout);
  node.attributes = std::make_unique<uint64_t[]>((layout->struct_size + 7u) / 8u);
  read_attributes(options, *layout, node.attributes.get());
  node.abi.attributes = node.attributes.get();
  if (options == nullptr && (options_member(table, OptionsUnion::kBuiltinOptions) != 0 ||
                             options_member(table, OptionsUnion::kBuiltinOptions2) != 0)) {
    oddities_.add(subgraph.index, "operators with the options of another, which are not used",
                  format("operator %u (%s)", node.abi.index, node.abi.name));
  }
}

Status GraphBuilder::make_node(const schema::Operator& table, const Subgraph& subgraph,
                               Node& node) {
  const schema::OperatorCode& code = *root().operator_codes()->Get(table.opcode_index());
  baton_node& abi = node.abi;
  abi.struct_size = sizeof(baton_node);
  abi.op = operator_code(code);
  abi.version = std::max(code.version(), 1);
  abi.min_version = abi.version;
  abi.name = abi.op == BATON_OP_CUSTOM ? text(code.custom_code()) : operator_name(abi.op);
  const auto indices = [](const flatbuffers::Vector<int32_t>* vector, const int32_t*& data,
                          uint32_t& count) {
    data = ints(vector).data();
    count = length(vector);
  };
  indices(table.inputs(), abi.inputs, abi.input_count);
  indices(table.outputs(), abi.outputs, abi.output_count);
  indices(table.intermediates(), abi.intermediates, abi.intermediate_count);
  if (const auto custom = custom_options(table, model_->bytes())) {
    abi.custom_data = custom->data;
    abi.custom_bytes = custom->size;
  }
  read_options(table, subgraph, node);
  node.op = operator_for(node);
  return node.op != nullptr ? check_arity(node) : Status();
}

Status GraphBuilder::add_nodes(const schema::SubGraph& table, Subgraph& subgraph) {
  const uint32_t count = length(table.operators());
  subgraph.producer.assign(length(table.tensors()), -1);
  subgraph.nodes.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    Node& node = subgraph.nodes[i];
    node.abi.index = i;
    const Status status = make_node(*table.operators()->Get(i), subgraph, node);
    if (!status.ok()) return status.at(subgraph.place(i));
    for (const int32_t output : node.outputs()) {
      subgraph.producer[static_cast<size_t>(output)] = static_cast<int32_t>(i);
    }
  }
  return {};
}

}  // namespace baton
