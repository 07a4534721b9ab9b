#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "converter/quantize/dynamic.h"
#include "converter/quantize/editor.h"
#include "converter/quantize/integer_plan.h"
#include "converter/quantize/schemes.h"
#include "core/base/dtype.h"
#include "core/schema/operators.h"

namespace baton::quantize {
namespace {

using tflite::Operator;
using tflite::TensorId;

// What an integer type makes of activations and of weights.
struct IntegerForm {
  Format activations;
  // Added to the rules' zero points, which are int8's.
  int32_t zero_point_offset = 0;
  Constant (*weights)(std::span<const float> values, const tflite::Shape& shape, int channels,
                      const BiasLimit& bias) = nullptr;
};

Constant per_tensor_uint8_weights(std::span<const float> values, const tflite::Shape&, int,
                                  const BiasLimit& bias) {
  return uint8_weights(values, bias);
}

constexpr IntegerForm kInt8Form{kInt8Activations, 0, symmetric_weights};
constexpr IntegerForm kUint8Form{kUint8Activations, 128, per_tensor_uint8_weights};

// Each float32 activation is at home in one form: in 8 bits where an integer operator makes it, in
// float32 where another does. The other form is made where, and only if, somebody wants it.
class IntegerModel {
 public:
  IntegerModel(const tflite::Model& model, const IntegerForm& form, const Ranges& ranges)
      : form_(form),
        editor_(model),
        plan_(plan_integers(editor_, form.activations.dtype, ranges)),
        floats_(editor_),
        homes_(editor_.graph().tensors.size()) {}

  Result<tflite::Model> run() {
    const std::vector<TensorId> outputs = editor_.graph().outputs;
    for (const TensorId id : editor_.graph().inputs) {
      if (!editor_.is_float(id)) continue;
      BATON_ASSIGN_OR_RETURN(const Scale scale, own_scale(id));
      settle(id, scale);
    }
    for (size_t n = 0; n < plan_.nodes.size(); ++n) {
      const Operator& op = editor_.operators()[n];
      BATON_RETURN_IF_ERROR(convert(op, plan_.nodes[n]).at(place(n)));
    }
    for (const TensorId id : outputs) BATON_RETURN_IF_ERROR(quantise_output(id));
    return editor_.finish();
  }

 private:
  Status convert(Operator op, const IntegerNode& node) {
    if (node.rule == nullptr || moves_floats(op, node)) {
      for (TensorId& input : op.inputs) input = dequantised(input);
      floats_.emit(std::move(op));
      return {};
    }
    BATON_RETURN_IF_ERROR(node.rule->output == OutputScale::kSame ? move(op, node)
                                                                  : compute(op, node));
    editor_.emit(std::move(op));
    return {};
  }

  // Whether an operator moves what is at home in float32: that it can do as it is.
  bool moves_floats(const Operator& op, const IntegerNode& node) const {
    return node.rule->output == OutputScale::kSame &&
           std::all_of(node.activations.begin(), node.activations.end(), [&](size_t i) {
             return !home(op.inputs[i]) && !editor_.is_constant(op.inputs[i]);
           });
  }

  // An operator with one scale for all.
  Status move(Operator& op, const IntegerNode& node) {
    BATON_ASSIGN_OR_RETURN(const Scale scale, common_scale(op, node));
    for (const size_t i : node.activations) op.inputs[i] = quantised(op.inputs[i], scale);
    for (const size_t i : node.outputs) settle(op.outputs[i], scale);
    return {};
  }

  // The inputs' scale where all have the same, else the output's.
  Result<Scale> common_scale(const Operator& op, const IntegerNode& node) const {
    const TensorId first = op.inputs[node.activations.front()];
    if (node.activations.size() == 1) return own_scale(first);
    const std::optional<Scale> scale = home(first);
    const bool same = std::all_of(node.activations.begin(), node.activations.end(), [&](size_t i) {
      return !editor_.is_constant(op.inputs[i]) && home(op.inputs[i]) == scale;
    });
    if (same && scale) return *scale;
    return own_scale(op.outputs[node.outputs.front()]);
  }

  // An operator that has a scale of its own for each activation.
  Status compute(Operator& op, const IntegerNode& node) {
    Scale input;
    for (const size_t i : node.activations) {
      BATON_ASSIGN_OR_RETURN(input, own_scale(op.inputs[i]));
      op.inputs[i] = quantised(op.inputs[i], input);
    }
    quantise_weights(op, *node.rule, input.scale);
    for (const size_t i : node.outputs) {
      BATON_ASSIGN_OR_RETURN(const Scale scale, output_scale(op.outputs[i], *node.rule, input));
      settle(op.outputs[i], scale);
    }
    return {};
  }

  Result<Scale> output_scale(TensorId id, const Rule& rule, Scale input) const {
    if (rule.output == OutputScale::kFixed) {
      return Scale{rule.fixed_scale, rule.fixed_zero_point + form_.zero_point_offset};
    }
    BATON_ASSIGN_OR_RETURN(Scale scale, own_scale(id));
    const float smallest = input.scale * rule.smallest_scale_ratio;
    if (scale.scale >= smallest) return scale;
    const float min = std::min(plan_.ranges[static_cast<size_t>(id)]->min, 0.0f);
    const auto steps = static_cast<float>(form_.activations.high - form_.activations.low);
    return spread({min, min + smallest * steps}, form_.activations);
  }

  // Weights and bias, where the operator has them.
  void quantise_weights(Operator& op, const Rule& rule, float input_scale) {
    int weights = -1;
    int bias = -1;
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      if (op.inputs[i] < 0) continue;
      const Role role = role_of(rule, i, editor_.tensor(op.inputs[i]).shape.size());
      if (role == Role::kWeights) weights = static_cast<int>(i);
      if (role == Role::kBias) bias = static_cast<int>(i);
    }
    if (weights < 0) return;
    std::vector<float> bias_values;
    if (bias >= 0) bias_values = editor_.values(op.inputs[static_cast<size_t>(bias)]);
    TensorId& filter = op.inputs[static_cast<size_t>(weights)];
    const Constant constant = form_.weights(editor_.values(filter), editor_.tensor(filter).shape,
                                            rule.channels, {bias_values, input_scale});
    if (bias >= 0) {
      TensorId& id = op.inputs[static_cast<size_t>(bias)];
      id = editor_.add_constant(id, int32_bias(bias_values, input_scale, constant.quantization));
    }
    filter = editor_.add_constant(filter, constant);
  }

  // An output of the graph becomes 8-bit also where a float operator of the format makes it. What
  // custom operators give (boxes, say) is seldom meant to have one scale.
  Status quantise_output(TensorId id) {
    const auto& outputs = editor_.graph().outputs;
    const bool replaced = std::find(outputs.begin(), outputs.end(), id) == outputs.end();
    if (replaced || !editor_.is_float(id) || !made_by_builtin(id)) return {};
    BATON_ASSIGN_OR_RETURN(const Scale scale, own_scale(id));
    const TensorId small = quantised(id, scale);
    editor_.replace_output(id, small);
    editor_.swap_names(id, small);
    return {};
  }

  bool made_by_builtin(TensorId id) const {
    return std::any_of(
        editor_.operators().begin(), editor_.operators().end(), [&](const Operator& op) {
          return editor_.code_of(op) != BATON_OP_CUSTOM &&
                 std::find(op.outputs.begin(), op.outputs.end(), id) != op.outputs.end();
        });
  }

  // The scale that a tensor has, or is to get.
  Result<Scale> own_scale(TensorId id) const {
    if (const std::optional<Scale> scale = home(id)) return *scale;
    const std::optional<Range>& range = plan_.ranges[static_cast<size_t>(id)];
    const char* name = editor_.tensor(id).name.c_str();
    if (!range) {
      return error(BATON_INVALID_ARGUMENT,
                   "tensor %d '%s' has no range, which its %s form needs; calibrate with runs that "
                   "compute it",
                   id, name, dtype_name(form_.activations.dtype));
    }
    if (!std::isfinite(range->min) || !std::isfinite(range->max) || range->min > range->max) {
      return error(BATON_INVALID_ARGUMENT,
                   "tensor %d '%s' has the range %g to %g, from which no scale follows; give it a "
                   "finite one",
                   id, name, static_cast<double>(range->min), static_cast<double>(range->max));
    }
    return spread(*range, form_.activations);
  }

  // The tensor in 8 bits at this scale.
  TensorId quantised(TensorId id, Scale scale) {
    if (home(id) == scale) return id;
    const auto [entry, is_new] = quantised_.try_emplace({id, scale}, id);
    if (!is_new) return entry->second;
    const tflite::Quantization quantization = tflite::per_tensor(scale.scale, scale.zero_point);
    if (editor_.is_constant(id)) {
      entry->second = editor_.add_constant(
          id, {.dtype = form_.activations.dtype,
               .bytes = quantize_values(editor_.values(id), scale, form_.activations),
               .quantization = quantization});
    } else {
      entry->second = editor_.add_like(id, "quantised", form_.activations.dtype, quantization);
      editor_.emit(BATON_OP_QUANTIZE, id, entry->second);
    }
    return entry->second;
  }

  // The tensor in float32, if it was that once.
  TensorId dequantised(TensorId id) {
    if (!home(id)) return id;
    const auto [entry, is_new] = dequantised_.try_emplace(id, id);
    if (is_new) {
      entry->second = editor_.add_like(id, "dequantised", BATON_FLOAT32);
      editor_.emit(BATON_OP_DEQUANTIZE, id, entry->second);
    }
    return entry->second;
  }

  std::optional<Scale> home(TensorId id) const {
    return id < 0 ? std::nullopt : homes_[static_cast<size_t>(id)];
  }

  void settle(TensorId id, Scale scale) {
    tflite::Tensor& tensor = editor_.tensor(id);
    tensor.dtype = form_.activations.dtype;
    tensor.quantization = tflite::per_tensor(scale.scale, scale.zero_point);
    homes_[static_cast<size_t>(id)] = scale;
  }

  std::string place(size_t n) const {
    const BuiltinOperator* known = builtin_operator(editor_.code_of(editor_.operators()[n]));
    return format("operator %zu (%s)", n, known != nullptr ? known->name : "unknown");
  }

  IntegerForm form_;
  Editor editor_;
  IntegerPlan plan_;
  DynamicWeights floats_;
  std::vector<std::optional<Scale>> homes_;  // where a tensor of the float model is 8-bit
  std::map<std::pair<TensorId, Scale>, TensorId> quantised_;
  std::map<TensorId, TensorId> dequantised_;
};

}  // namespace

Result<tflite::Model> to_integers(const tflite::Model& model, Scheme scheme, const Ranges& ranges) {
  return IntegerModel(model, scheme == Scheme::kInt8 ? kInt8Form : kUint8Form, ranges).run();
}

}  // namespace baton::quantize
