// Single operators, for every one of the core's table: what the file can get wrong about a node.

#include <cstring>
#include <limits>
#include <set>

#include "tests/malformed/operator_models.h"

namespace baton::malformed {
namespace {

using tflite::GraphBuilder;
using tflite::Shape;
using tflite::TensorId;

constexpr int32_t kLargest = std::numeric_limits<int32_t>::max();
constexpr int32_t kSmallest = std::numeric_limits<int32_t>::min();

class Collector {
 public:
  explicit Collector(std::vector<Case>* cases) : cases_(cases) {}

  void add(int kind, const std::string& name, const GraphBuilder& b,
           Answer answer = Answer::kSurvive, baton_status code = BATON_OK,
           const std::string& says = "") {
    Case c;
    c.kind = kind;
    c.name = name;
    c.file = b.finish();
    c.answer = answer;
    c.code = code;
    c.says = says;
    cases_->push_back(std::move(c));
  }

 private:
  std::vector<Case>* cases_;
};

template <typename Change>
void for_each_operator(const Change& change) {
  for (const Operator* op : all_operators()) {
    // Calls need subgraphs: kinds 28, 29 and 71.
    if (op->code == BATON_OP_IF || op->code == BATON_OP_WHILE || op->code == BATON_OP_CALL_ONCE) {
      continue;
    }
    change(*op, std::string(op->name));
  }
}

bool starts_with_any(const std::string& text, std::initializer_list<const char*> beginnings) {
  for (const char* beginning : beginnings) {
    if (text.rfind(beginning, 0) == 0) return true;
  }
  return false;
}

// Kinds 19 and 20.
void add_tensors(Collector& out) {
  for_each_operator([&](const Operator& op, const std::string& name) {
    const OperatorModel right = operator_model(op);
    for (size_t i = 0; i < right.inputs.size(); ++i) {
      if (right.inputs[i] == tflite::kNoTensor) continue;
      OperatorModel m = operator_model(op);
      m.b.operator_at(m.node).inputs[i] = tflite::kNoTensor;
      const bool required = static_cast<int>(i) < op.inputs.min || op.inputs.max < 0;
      out.add(19, name + "_" + std::to_string(i), m.b, Answer::kSurvive);
      if (required && op.code != BATON_OP_SVDF) {
        out.add(19, name + "_required_" + std::to_string(i), m.b, Answer::kRefuseLoad,
                BATON_INVALID_MODEL, "input " + std::to_string(i) + " is absent, but ");
      }
      OperatorModel same = operator_model(op);
      if (same.b.operator_at(same.node).outputs.empty()) continue;
      same.b.operator_at(same.node).outputs[0] = same.inputs[i];
      out.add(20, name + "_" + std::to_string(i), same.b, Answer::kRefuseLoad, BATON_INVALID_MODEL,
              "output 0, tensor");
    }
    // One tensor as all inputs is no mistake.
    OperatorModel twice = operator_model(op);
    for (size_t i = 1; i < twice.inputs.size(); ++i) {
      twice.b.operator_at(twice.node).inputs[i] = twice.inputs[0];
    }
    out.add(20, name + "_inputs", twice.b);
  });
}

// What the run refuses: the input is no variable's handle.
const std::set<int32_t> kNeedVariable = {BATON_OP_READ_VARIABLE, BATON_OP_ASSIGN_VARIABLE};

// Kinds 33, 35 and 36.
void add_shapes(Collector& out) {
  for_each_operator([&](const Operator& op, const std::string& name) {
    const OperatorModel right = operator_model(op);
    out.add(33, name + "_unchanged", right.b,
            kNeedVariable.contains(op.code) ? Answer::kRefuseRun : Answer::kAccept);
    for (const TensorId t : right.tensors()) {
      const Shape shape = right.b.at(t).shape;
      const auto with = [&](int kind, const std::string& what, const Shape& changed) {
        OperatorModel m = operator_model(op);
        m.b.at(t).shape = changed;
        if (m.is_constant(t)) m.feed(t);
        m.b.at(t).shape_signature.clear();
        out.add(kind, name + "_" + std::to_string(t) + what, m.b);
      };
      for (size_t d = 0; d < shape.size(); ++d) {
        Shape zero = shape;
        zero[d] = 0;
        with(33, "_dim" + std::to_string(d), zero);
        for (size_t e = 0; e < shape.size(); ++e) {
          if (e != d) zero[e] = 1 << 15;
        }
        with(33, "_huge" + std::to_string(d), zero);
      }
      with(33, "_vector", {0});
      with(35, "", {});
      with(36, "_9", Shape(9, 2));
      with(36, "_17", Shape(17, 1));
      Shape wide(12, 1);
      wide.back() = 3;
      with(36, "_12", wide);
    }
    OperatorModel empty = operator_model(op);
    OperatorModel deep = operator_model(op);
    for (const TensorId t : empty.tensors()) {
      if (empty.is_constant(t)) continue;
      for (int32_t& size : empty.b.at(t).shape) size = 0;
      deep.b.at(t).shape = Shape(10, 2);
    }
    out.add(33, name + "_all", empty.b);
    out.add(36, name + "_all_10", deep.b);
  });
}

// Kind 41: each tensor in each type, alone and with all others.
void add_dtypes(Collector& out) {
  for_each_operator([&](const Operator& op, const std::string& name) {
    const OperatorModel right = operator_model(op);
    const auto tensors = static_cast<TensorId>(right.b.graph().tensors.size());
    for (int32_t dtype = BATON_FLOAT32; dtype <= BATON_FLOAT8_E5M2; ++dtype) {
      for (const bool quantized : {false, true}) {
        const auto change = [&](OperatorModel& m, TensorId t) {
          if (m.is_constant(t)) m.feed(t);
          m.b.at(t).dtype = dtype;
          m.b.at(t).quantization = quantized ? tflite::per_tensor(0.5f, 0) : tflite::Quantization{};
        };
        const std::string suffix = "_" + std::to_string(dtype) + (quantized ? "q" : "");
        for (TensorId t = 0; t < tensors; ++t) {
          OperatorModel m = operator_model(op);
          change(m, t);
          out.add(41, name + "_" + std::to_string(t) + suffix, m.b);
        }
        OperatorModel all = operator_model(op);
        for (TensorId t = 0; t < tensors; ++t) {
          bool integers = false;
          for (const size_t i : all.integers) integers = integers || all.inputs[i] == t;
          if (!integers) change(all, t);
        }
        out.add(41, name + "_all" + suffix, all.b);
      }
    }
  });
}

// Kinds 45 to 49, 53 and 56.
void add_attributes(Collector& out) {
  for_each_operator([&](const Operator& op, const std::string& name) {
    const OperatorModel right = operator_model(op);
    OperatorModel other = operator_model(op);
    other.b.operator_at(other.node).attributes =
        name == "CONV_2D" ? tflite::AttributeSet(default_attributes<baton_add_attributes>())
                          : tflite::AttributeSet(default_attributes<baton_conv_2d_attributes>());
    out.add(45, name, other.b);
    OperatorModel none = operator_model(op);
    none.b.operator_at(none.node).attributes = {};
    out.add(46, name, none.b);

    for (const std::string& attribute : attribute_names(right, true)) {
      for (const int32_t value : {-1, 77}) {
        OperatorModel m = operator_model(op);
        set_attribute(m, attribute, value);
        out.add(53, name + "_" + attribute, m.b, Answer::kRefuseLoad, BATON_INVALID_MODEL,
                "its attribute " + attribute + " is ");
      }
    }
    for (const std::string& attribute : attribute_names(right, false)) {
      const bool window =
          starts_with_any(attribute, {"stride", "dilation", "filter_", "block_size"});
      const bool axis = starts_with_any(attribute, {"axis", "seq_dim", "batch_dim"});
      for (const int32_t value : {0, -1, 99, -99, kLargest, kSmallest}) {
        OperatorModel m = operator_model(op);
        set_attribute(m, attribute, value);
        const std::string label = name + "_" + attribute + "_" + std::to_string(value);
        const bool harmful = axis ? value > 90 || value < -90 : window && value <= 0;
        const int kind = axis ? 49 : window && value <= 0 ? 47 : window ? 48 : 52;
        out.add(kind, label, m.b, harmful ? Answer::kRefuse : Answer::kSurvive);
        if (window && value == kLargest) {
          set_attribute(m, "padding", BATON_PADDING_VALID);
          out.add(48, label + "_valid", m.b);
        }
      }
    }
  });
}

// Integers in constants: axes, shapes, sizes, indices. Each operator's kind.
int kind_of_integers(int32_t code) {
  switch (code) {
    case BATON_OP_SLICE:
    case BATON_OP_STRIDED_SLICE:
      return 50;
    case BATON_OP_PAD:
    case BATON_OP_PADV2:
    case BATON_OP_MIRROR_PAD:
      return 51;
    case BATON_OP_SPLIT:
    case BATON_OP_SPLIT_V:
      return 52;
    case BATON_OP_RESHAPE:
    case BATON_OP_BROADCAST_TO:
    case BATON_OP_FILL:
    case BATON_OP_TILE:
      return 54;
    case BATON_OP_TRANSPOSE:
      return 55;
    case BATON_OP_ONE_HOT:
      return 56;
    case BATON_OP_TOPK_V2:
      return 57;
    case BATON_OP_GATHER:
    case BATON_OP_GATHER_ND:
    case BATON_OP_SCATTER_ND:
    case BATON_OP_SEGMENT_SUM:
    case BATON_OP_EMBEDDING_LOOKUP:
      return 65;
    case BATON_OP_SPACE_TO_BATCH_ND:
    case BATON_OP_BATCH_TO_SPACE_ND:
      return 47;
    default:
      return 49;
  }
}

// The same wrong numbers in the file (the operator's own kind) and in a run (kind 66, or 65 for
// indices): only then the operator sees them without their having been checked before.
void add_integers(std::vector<Case>* cases, Collector& out) {
  for_each_operator([&](const Operator& op, const std::string& name) {
    const OperatorModel right = operator_model(op);
    const int kind = kind_of_integers(op.code);
    for (const size_t position : right.integers) {
      const TensorId t = right.inputs[position];
      const auto& content = right.b.model().buffers[right.b.at(t).buffer];
      std::vector<int32_t> values(content.size() / sizeof(int32_t));
      std::memcpy(values.data(), content.data(), content.size());
      for (size_t i = 0; i < values.size(); ++i) {
        for (const int32_t wrong : {-1, -7, 0, 1, 99, 1 << 14, kLargest, kSmallest}) {
          std::vector<int32_t> changed = values;
          changed[i] = wrong;
          const std::string label = name + "_" + std::to_string(position) + "_" +
                                    std::to_string(i) + "_" + std::to_string(wrong);
          OperatorModel constant = operator_model(op);
          constant.b.model().buffers[constant.b.at(t).buffer] = tflite::bytes_of(changed);
          out.add(kind, label, constant.b);
          OperatorModel dynamic = operator_model(op);
          dynamic.feed(t);
          out.add(kind == 65 ? 65 : 66, label + "_run", dynamic.b);
          Case& c = cases->back();
          c.inputs.resize(dynamic.b.graph().inputs.size());
          c.inputs.back() = tflite::bytes_of(changed);
        }
      }
    }
  });
}

// Kinds 59, 60, 62 and 64: numbers at the ends of what verification lets through.
void add_quantization(Collector& out) {
  const float largest = std::numeric_limits<float>::max();
  const float denormal = std::numeric_limits<float>::denorm_min();
  for_each_operator([&](const Operator& op, const std::string& name) {
    for (const baton_dtype dtype : {BATON_INT8, BATON_UINT8, BATON_INT16}) {
      const OperatorModel right = operator_model(op);
      const auto tensors = static_cast<TensorId>(right.b.graph().tensors.size());
      const auto with = [&](int kind, const std::string& what, auto&& quantization_of) {
        OperatorModel m = operator_model(op);
        for (TensorId t = 0; t < tensors; ++t) {
          if (m.b.at(t).dtype != BATON_FLOAT32) continue;
          if (m.is_constant(t)) m.feed(t);
          m.b.at(t).dtype = dtype;
          m.b.at(t).quantization = quantization_of(m, t);
        }
        out.add(kind, name + "_" + std::to_string(dtype) + what, m.b);
      };
      for (const float scale : {0.0f, denormal, 1e-30f, 1.0f, 1e30f, largest}) {
        with(59, "_" + std::to_string(scale),
             [&](OperatorModel&, TensorId) { return tflite::per_tensor(scale); });
        with(64, "_odd_" + std::to_string(scale), [&](OperatorModel&, TensorId t) {
          return tflite::per_tensor(t % 2 ? scale : denormal);
        });
        with(64, "_even_" + std::to_string(scale), [&](OperatorModel&, TensorId t) {
          return tflite::per_tensor(t % 2 ? largest : scale);
        });
      }
      with(60, "_zero_point", [&](OperatorModel&, TensorId) {
        return tflite::per_tensor(1, dtype == BATON_UINT8 ? 255 : -128);
      });
      with(61, "_none", [](OperatorModel&, TensorId) { return tflite::Quantization{}; });
      with(62, "_per_axis", [&](OperatorModel& m, TensorId t) {
        const Shape& shape = m.b.at(t).shape;
        if (shape.empty()) return tflite::per_tensor(1);
        const auto last = static_cast<int32_t>(shape.size()) - 1;
        return tflite::per_axis(std::vector<float>(static_cast<size_t>(shape.back()), 0.5f), last);
      });
    }
  });
}

}  // namespace

void add_operator_cases(std::vector<Case>* cases) {
  Collector out(cases);
  add_tensors(out);
  add_shapes(out);
  add_dtypes(out);
  add_attributes(out);
  add_integers(cases, out);
  add_quantization(out);
}

}  // namespace baton::malformed
