#include <cstring>
#include <string_view>

#include "baton/builtin_ops.h"
#include "core/base/dtype.h"
#include "core/model/verify_internal.h"
#include "core/schema/operators.h"

namespace baton::verify {
namespace {

constexpr int32_t kNobody = -1;

// Who gives a tensor its content.
struct Source {
  int32_t producer = kNobody;
  bool input = false;
  bool constant = false;
  bool variable = false;
  bool empty = false;  // no elements: nothing to give

  bool given() const { return input || constant || variable || empty; }
};

Status operator_code_known(const Context& context, const schema::Operator& op) {
  const uint32_t codes = length(context.model.operator_codes());
  if (op.opcode_index() >= codes) {
    return error(BATON_INVALID_MODEL, "it names operator code %u, the model has %u",
                 op.opcode_index(), codes);
  }
  const schema::OperatorCode& code = context.code(op);
  const int32_t number = operator_code(code);
  if (number < 0 || number == BATON_OP_PLACEHOLDER_FOR_GREATER_OP_CODES) {
    return error(BATON_INVALID_MODEL, "its operator code is %d, which no operator has", number);
  }
  if (number >= BATON_OP_COUNT) {
    return error(BATON_UNSUPPORTED,
                 "its operator code is %d, newer than this version knows: the last is %d", number,
                 BATON_OP_COUNT - 1);
  }
  if (number == BATON_OP_CUSTOM && code.custom_code() == nullptr) {
    return error(BATON_INVALID_MODEL, "it is a custom operator without a name");
  }
  return {};
}

Status check_indices(const char* what, std::span<const int32_t> indices, uint32_t tensors,
                     int32_t lowest) {
  for (size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] >= lowest && indices[i] < static_cast<int64_t>(tensors)) continue;
    return error(BATON_INVALID_MODEL, "%s %zu names tensor %d, the subgraph has %u", what, i,
                 indices[i], tensors);
  }
  return {};
}

Status check_enum(const AttributeField& field, int64_t value) {
  if (enum_value_name(*field.enumeration, value) != nullptr) return {};
  return error(BATON_INVALID_MODEL, "its attribute %s is %lld, which the format does not have",
               field.name, static_cast<long long>(value));
}

Status check_attribute(Context& context, const AttributeField& field, const AttributeValue& value) {
  if (field.kind == AttributeKind::kInt64s && reinterpret_cast<uintptr_t>(value.data) % 8 != 0) {
    return error(BATON_INVALID_MODEL, "its attribute %s begins at a misaligned offset", field.name);
  }
  if (field.enumeration == nullptr) return {};
  if (field.kind == AttributeKind::kEnum8 || field.kind == AttributeKind::kEnum32) {
    return check_enum(field, value.integer);
  }
  BATON_RETURN_IF_ERROR(context.spend(value.count));
  for (uint32_t i = 0; i < value.count; ++i) {
    int64_t element = 0;
    if (field.kind == AttributeKind::kInt32s || field.kind == AttributeKind::kUint32s) {
      std::memcpy(&element, static_cast<const uint8_t*>(value.data) + i * sizeof(int32_t),
                  sizeof(int32_t));
      element = static_cast<int32_t>(element);
    } else {
      element = static_cast<const uint8_t*>(value.data)[i];
    }
    BATON_RETURN_IF_ERROR(check_enum(field, element));
  }
  return {};
}

// The operator's attributes in `storage`; nullptr when it has no layout.
const AttributeLayout* decode(const Context& context, const schema::Operator& op, void* storage) {
  const BuiltinOperator* known = builtin_operator(operator_code(context.code(op)));
  const AttributeLayout* layout = known == nullptr ? nullptr : known->attributes();
  if (layout != nullptr) read_attributes(options_table(op, *layout), *layout, storage);
  return layout;
}

Status attributes(Context& context, const schema::Operator& op) {
  alignas(8) uint8_t storage[kMaxAttributesSize];
  const AttributeLayout* layout = decode(context, op, storage);
  Status status;
  if (layout != nullptr) {
    for_each_attribute(*layout, storage,
                       [&](const AttributeField& field, const AttributeValue& value) {
                         if (status.ok()) status = check_attribute(context, field, value);
                       });
  }
  if (!status.ok()) return status;
  const auto custom = custom_options(op, context.file);
  if (custom && !custom->in_file) {
    return error(BATON_INVALID_MODEL, "its custom options lie outside the file's %zu bytes",
                 context.file.size());
  }
  for (const Callee& callee : callees(context, op)) {
    if (callee.subgraph >= 0 && callee.subgraph < length(context.model.subgraphs())) continue;
    return error(BATON_INVALID_MODEL, "its attribute %s names subgraph %lld, the model has %u",
                 callee.attribute, static_cast<long long>(callee.subgraph),
                 length(context.model.subgraphs()));
  }
  return {};
}

Status shape_of_operator(Context& context, const schema::Operator& op, uint32_t tensors) {
  BATON_RETURN_IF_ERROR(operator_code_known(context, op));
  BATON_RETURN_IF_ERROR(context.spend(uint64_t{1} + length(op.inputs()) + length(op.outputs()) +
                                      length(op.intermediates())));
  BATON_RETURN_IF_ERROR(check_indices("input", ints(op.inputs()), tensors, -1));
  BATON_RETURN_IF_ERROR(check_indices("output", ints(op.outputs()), tensors, 0));
  BATON_RETURN_IF_ERROR(check_indices("intermediate", ints(op.intermediates()), tensors, 0));
  return attributes(context, op);
}

std::vector<Source> sources_before_operators(const Context& context,
                                             const schema::SubGraph& subgraph) {
  std::vector<Source> sources(length(subgraph.tensors()));
  for (uint32_t i = 0; i < sources.size(); ++i) {
    const schema::Tensor& tensor = *subgraph.tensors()->Get(i);
    const auto constant = constant_bytes(context.model, context.file, tensor);
    const auto dtype = static_cast<baton_dtype>(tensor.type());
    sources[i].constant = constant && !constant->empty();
    sources[i].variable = tensor.is_variable();
    sources[i].empty =
        dtype_bits(dtype) != 0 && tensor_bytes(dtype, ints(tensor.shape())) == uint64_t{0};
  }
  return sources;
}

Status write_outputs(std::span<Source> sources, const schema::Operator& op, uint32_t index) {
  const auto outputs = ints(op.outputs());
  for (size_t i = 0; i < outputs.size(); ++i) {
    const int32_t tensor = outputs[i];
    Source& source = sources[static_cast<size_t>(tensor)];
    const char* other = source.input      ? "an input of the subgraph"
                        : source.constant ? "a constant"
                        : source.variable ? "a variable"
                                          : nullptr;
    if (other != nullptr) {
      return error(BATON_INVALID_MODEL, "output %zu, tensor %d, is %s", i, tensor, other);
    }
    if (source.producer != kNobody) {
      return error(BATON_INVALID_MODEL, "output %zu, tensor %d, is already written by operator %d",
                   i, tensor, source.producer);
    }
    source.producer = static_cast<int32_t>(index);
  }
  return {};
}

// Writers of old files give the new shape of a RESHAPE by the shape of an input without content.
bool may_lack_content(const Context& context, const schema::SubGraph& subgraph,
                      const schema::Operator& op, size_t input) {
  if (operator_code(context.code(op)) != BATON_OP_RESHAPE || input != 1) return false;
  const auto index = static_cast<uint32_t>(ints(op.inputs())[1]);
  return length(subgraph.tensors()->Get(index)->shape()) != 1;
}

Status read_inputs(const Context& context, const schema::SubGraph& subgraph,
                   std::span<const Source> sources, const schema::Operator& op, uint32_t index) {
  const auto inputs = ints(op.inputs());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] < 0) continue;
    const Source& source = sources[static_cast<size_t>(inputs[i])];
    if (source.producer == static_cast<int32_t>(index)) {
      return error(BATON_INVALID_MODEL, "input %zu, tensor %d, is also an output of it", i,
                   inputs[i]);
    }
    if (source.producer > static_cast<int32_t>(index)) {
      return error(BATON_INVALID_MODEL,
                   "input %zu, tensor %d, is written only later, by operator %d", i, inputs[i],
                   source.producer);
    }
    if (source.producer == kNobody && !source.given() &&
        !may_lack_content(context, subgraph, op, i)) {
      return error(BATON_INVALID_MODEL,
                   "input %zu, tensor %d, lacks data: no operator writes it, and it is no input, "
                   "constant or variable",
                   i, inputs[i]);
    }
  }
  return {};
}

Status boundary(const schema::SubGraph& subgraph, std::span<Source> sources) {
  const auto tensors = static_cast<uint32_t>(sources.size());
  BATON_RETURN_IF_ERROR(check_indices("input", ints(subgraph.inputs()), tensors, 0));
  BATON_RETURN_IF_ERROR(check_indices("output", ints(subgraph.outputs()), tensors, 0));
  const auto inputs = ints(subgraph.inputs());
  for (size_t i = 0; i < inputs.size(); ++i) {
    Source& source = sources[static_cast<size_t>(inputs[i])];
    if (source.constant) {
      return error(BATON_INVALID_MODEL, "input %zu, tensor %d ('%s'), is a constant", i, inputs[i],
                   text(subgraph.tensors()->Get(static_cast<uint32_t>(inputs[i]))->name()));
    }
    source.input = true;
  }
  return {};
}

}  // namespace

std::vector<Callee> callees(const Context& context, const schema::Operator& op) {
  alignas(8) uint8_t storage[kMaxAttributesSize];
  std::vector<Callee> found;
  const AttributeLayout* layout = decode(context, op, storage);
  if (layout == nullptr) return found;
  for_each_attribute(
      *layout, storage, [&](const AttributeField& field, const AttributeValue& value) {
        const std::string_view name = field.name;
        if (name == "subgraph" || name.ends_with("_subgraph_index")) {
          found.push_back({field.name, value.integer});
        } else if (name.ends_with("_subgraph_indices")) {
          for (uint32_t i = 0; i < value.count; ++i) {
            found.push_back({field.name, static_cast<const int32_t*>(value.data)[i]});
          }
        }
      });
  return found;
}

Status operators(Context& context, uint32_t index) {
  const schema::SubGraph& subgraph = context.subgraph(index);
  const uint32_t tensors = length(subgraph.tensors());
  const uint32_t count = length(subgraph.operators());
  const std::string here = format("subgraph %u", index);

  BATON_RETURN_IF_ERROR(context.spend(uint64_t{1} + tensors + count + length(subgraph.inputs()) +
                                      length(subgraph.outputs())));
  std::vector<Source> sources = sources_before_operators(context, subgraph);
  BATON_RETURN_IF_ERROR(boundary(subgraph, sources).at(here));

  for (uint32_t i = 0; i < count; ++i) {
    const schema::Operator& op = *subgraph.operators()->Get(i);
    Status status = shape_of_operator(context, op, tensors);
    if (status.ok()) status = write_outputs(sources, op, i);
    if (status.ok()) continue;
    const bool named = op.opcode_index() < length(context.model.operator_codes());
    return status.at(operator_place(index, i, named ? operator_label(context.code(op)) : "?"));
  }
  for (uint32_t i = 0; i < count; ++i) {
    const schema::Operator& op = *subgraph.operators()->Get(i);
    const Status status = read_inputs(context, subgraph, sources, op, i);
    if (!status.ok()) return status.at(operator_place(index, i, operator_label(context.code(op))));
  }
  const auto outputs = ints(subgraph.outputs());
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Source& source = sources[static_cast<size_t>(outputs[i])];
    if (source.producer != kNobody || source.given()) continue;
    return error(BATON_INVALID_MODEL, "output %zu, tensor %d ('%s'), is written by no operator", i,
                 outputs[i],
                 text(subgraph.tensors()->Get(static_cast<uint32_t>(outputs[i]))->name()))
        .at(here);
  }
  return {};
}

}  // namespace baton::verify
