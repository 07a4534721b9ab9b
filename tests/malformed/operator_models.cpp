#include "tests/malformed/operator_models.h"

#include <flatbuffers/flexbuffers.h>

#include <cstring>

#include "core/schema/operators.h"

namespace baton::malformed {
namespace {

using tflite::AttributeSet;
using tflite::Shape;
using tflite::TensorId;

const AttributeField* find_field(const AttributeSet& attributes, const std::string& name) {
  if (attributes.empty()) return nullptr;
  for (const AttributeField& field : attributes.layout()->fields) {
    if (name == field.name) return &field;
  }
  return nullptr;
}

// The same where there is no attribute of this name.
AttributeSet with(const AttributeSet& attributes, const std::string& name, int32_t value) {
  const AttributeField* field = find_field(attributes, name);
  if (field == nullptr) return attributes;
  std::vector<uint64_t> storage(attributes.layout()->struct_size / sizeof(uint64_t) + 1);
  std::memcpy(storage.data(), attributes.data(), attributes.layout()->struct_size);
  std::memcpy(reinterpret_cast<uint8_t*>(storage.data()) + field->offset, &value, sizeof(value));
  return AttributeSet(*attributes.layout(), storage.data());
}

class Maker {
 public:
  explicit Maker(const Operator& op) : op_(op) {}

  OperatorModel make() {
    if (op_.code != BATON_OP_CUSTOM) {
      const BuiltinOperator* known = builtin_operator(op_.code);
      if (known != nullptr && known->attributes() != nullptr) {
        attributes_ = AttributeSet(*known->attributes());
      }
    }
    describe();
    std::vector<TensorId> outputs;
    for (size_t i = 0; i < outputs_; ++i) {
      const baton_dtype dtype = i == 1 && second_dtype_ >= 0 ? second_dtype_ : output_dtype_;
      outputs.push_back(m_.b.tensor(m_.b.unique_name("y"), dtype, {1}, quantization_));
    }
    m_.node = op_.code == BATON_OP_CUSTOM ? m_.b.custom(op_.name, m_.inputs, outputs, options_)
                                          : m_.b.op(op_.code, m_.inputs, outputs, attributes_);
    for (const TensorId output : outputs) m_.b.output(output);
    return std::move(m_);
  }

 private:
  void data(Shape shape) { data(dtype_, std::move(shape)); }
  void data(baton_dtype dtype, Shape shape) {
    m_.inputs.push_back(m_.b.input(m_.b.unique_name("x"), dtype, std::move(shape), quantization_));
  }
  void weights(Shape shape) {
    size_t count = 1;
    for (const int32_t dim : shape) count *= static_cast<size_t>(dim);
    m_.inputs.push_back(
        m_.b.constant(m_.b.unique_name("w"), std::move(shape), std::vector<float>(count, 0.5f)));
  }
  void integers(const std::vector<int32_t>& values) {
    m_.integers.push_back(m_.inputs.size());
    m_.inputs.push_back(m_.b.int32s(m_.b.unique_name("i"), values));
  }
  void integers(Shape shape, const std::vector<int32_t>& values) {
    m_.integers.push_back(m_.inputs.size());
    m_.inputs.push_back(m_.b.constant(m_.b.unique_name("i"), std::move(shape), values));
  }
  void integer(int32_t value) { integers({}, {value}); }
  void set(const char* name, int32_t value) { attributes_ = with(attributes_, name, value); }
  void state(Shape shape) {
    m_.inputs.push_back(m_.b.variable(m_.b.unique_name("state"), BATON_FLOAT32, std::move(shape)));
  }
  void absent(size_t count) { m_.inputs.insert(m_.inputs.end(), count, tflite::kNoTensor); }
  // Without peepholes, projection and layer normalisation.
  void lstm_cell(int32_t in, int32_t cells) {
    set("fused_activation_function", BATON_ACTIVATION_TANH);
    for (const int32_t columns : {in, cells}) {
      for (int gate = 0; gate < 4; ++gate) weights({cells, columns});
    }
    absent(3);
    for (int gate = 0; gate < 4; ++gate) weights({cells});
    absent(2);
    state({1, cells});
    state({1, cells});
  }
  void detection() {
    flexbuffers::Builder options;
    options.Map([&] {
      for (const char* name : {"max_detections", "num_classes"}) options.Int(name, 2);
      options.Int("max_classes_per_detection", 1);
      for (const char* name : {"nms_score_threshold", "nms_iou_threshold"}) {
        options.Float(name, 0.5f);
      }
      for (const char* name : {"y_scale", "x_scale", "h_scale", "w_scale"}) options.Float(name, 5);
    });
    options.Finish();
    options_ = options.GetBuffer();
    data({1, 6, 4});
    data({1, 6, 3});
    weights({6, 4});
  }
  void composite() {
    auto decomposition = m_.b.subgraph("decomposition");
    const TensorId x = decomposition.input("x", BATON_FLOAT32, {2, 3});
    const TensorId y = decomposition.tensor("y", BATON_FLOAT32, {2, 3});
    decomposition.op(BATON_OP_NEG, {x}, {y});
    decomposition.output(y);
    set("decomposition_subgraph_index", decomposition.index());
    outputs_ = 1;
    data({2, 3});
  }
  void window() {
    for (const char* name :
         {"stride_w", "stride_h", "dilation_w_factor", "dilation_h_factor", "depth_multiplier"}) {
      set(name, 1);
    }
  }

  void describe() {
    if (op_.dtypes != 0 && !(op_.dtypes & dtype_bit(BATON_FLOAT32))) {
      for (const baton_dtype dtype : {BATON_INT32, BATON_BOOL, BATON_INT8, BATON_RESOURCE}) {
        if (op_.dtypes & dtype_bit(dtype)) dtype_ = dtype;
      }
    }
    output_dtype_ = dtype_;
    outputs_ = static_cast<size_t>(op_.outputs.min);
    switch (op_.code) {
      case BATON_OP_CONV_2D:
        window();
        data({1, 4, 4, 2});
        weights({3, 2, 2, 2});
        return weights({3});
      case BATON_OP_DEPTHWISE_CONV_2D:
        window();
        data({1, 4, 4, 2});
        weights({1, 2, 2, 2});
        return weights({2});
      case BATON_OP_TRANSPOSE_CONV:
        window();
        integers({1, 5, 5, 3});
        weights({3, 2, 2, 2});
        return data({1, 4, 4, 2});
      case BATON_OP_FULLY_CONNECTED:
        data({2, 4});
        weights({3, 4});
        return weights({3});
      case BATON_OP_AVERAGE_POOL_2D:
      case BATON_OP_MAX_POOL_2D:
      case BATON_OP_L2_POOL_2D:
        window();
        set("filter_width", 2);
        set("filter_height", 2);
        return data({1, 4, 4, 2});
      case BATON_OP_DEPTH_TO_SPACE:
      case BATON_OP_SPACE_TO_DEPTH:
        set("block_size", 2);
        return data({1, 4, 4, 4});
      case BATON_OP_SPACE_TO_BATCH_ND:
        data({1, 4, 4, 2});
        integers({2, 2});
        return integers({2, 2}, {0, 0, 0, 0});
      case BATON_OP_BATCH_TO_SPACE_ND:
        data({4, 2, 2, 2});
        integers({2, 2});
        return integers({2, 2}, {0, 0, 0, 0});
      case BATON_OP_RESHAPE:
        data({2, 3});
        return integers({3, 2});
      case BATON_OP_BROADCAST_TO:
        data({1, 3});
        return integers({2, 3});
      case BATON_OP_TILE:
        data({2, 3});
        return integers({2, 1});
      case BATON_OP_TRANSPOSE:
        data({2, 3});
        return integers({1, 0});
      case BATON_OP_EXPAND_DIMS:
      case BATON_OP_CUMSUM:
        data({2, 3});
        return integer(1);
      case BATON_OP_ARG_MAX:
      case BATON_OP_ARG_MIN:
        output_dtype_ = BATON_INT64;
        data({2, 3});
        return integer(1);
      case BATON_OP_SUM:
      case BATON_OP_MEAN:
      case BATON_OP_REDUCE_MAX:
      case BATON_OP_REDUCE_MIN:
      case BATON_OP_REDUCE_PROD:
      case BATON_OP_REDUCE_ANY:
      case BATON_OP_REDUCE_ALL:
      case BATON_OP_REVERSE_V2:
        data({2, 3});
        return integers({1});
      case BATON_OP_SLICE:
        data({2, 3});
        integers({0, 1});
        return integers({2, 2});
      case BATON_OP_STRIDED_SLICE:
        data({2, 3});
        integers({0, 1});
        integers({2, 3});
        return integers({1, 1});
      case BATON_OP_PAD:
      case BATON_OP_MIRROR_PAD:
        data({2, 3});
        return integers({2, 2}, {1, 0, 0, 1});
      case BATON_OP_PADV2:
        data({2, 3});
        integers({2, 2}, {1, 0, 0, 1});
        return weights({});
      case BATON_OP_SPLIT:
        set("num_splits", 2);
        outputs_ = 2;
        integer(1);
        return data({2, 4});
      case BATON_OP_SPLIT_V:
        set("num_splits", 2);
        outputs_ = 2;
        data({2, 4});
        integers({1, 3});
        return integer(1);
      case BATON_OP_UNPACK:
        set("num", 2);
        outputs_ = 2;
        return data({2, 3});
      case BATON_OP_PACK:
        set("values_count", 2);
        data({2, 3});
        return data({2, 3});
      case BATON_OP_CONCATENATION:
        data({2, 3});
        return data({2, 3});
      case BATON_OP_GATHER:
        data({4, 3});
        return integers({3, 0});
      case BATON_OP_GATHER_ND:
        data({4, 3});
        return integers({2, 1}, {3, 0});
      case BATON_OP_SCATTER_ND:
        integers({2, 1}, {3, 0});
        data({2});
        return integers({4});
      case BATON_OP_SEGMENT_SUM:
        data({3, 2});
        return integers({0, 0, 1});
      case BATON_OP_EMBEDDING_LOOKUP:
        integers({3, 0});
        return data({4, 3});
      case BATON_OP_ONE_HOT:
        output_dtype_ = BATON_FLOAT32;
        integers({1, 2});
        integer(3);
        weights({});
        return weights({});
      case BATON_OP_TOPK_V2:
        outputs_ = 2;
        second_dtype_ = BATON_INT32;
        data({2, 3});
        return integer(2);
      case BATON_OP_REVERSE_SEQUENCE:
        set("seq_dim", 1);
        data({2, 3});
        return integers({2, 3});
      case BATON_OP_WHERE:
        output_dtype_ = BATON_INT64;
        return data(BATON_BOOL, {2, 3});
      case BATON_OP_UNIQUE:
        outputs_ = 2;
        second_dtype_ = BATON_INT32;
        return data(BATON_FLOAT32, {4});
      case BATON_OP_VAR_HANDLE:
        output_dtype_ = BATON_RESOURCE;
        return;
      case BATON_OP_FILL:
        output_dtype_ = BATON_FLOAT32;
        integers({2, 3});
        return weights({});
      case BATON_OP_RANGE:
        output_dtype_ = BATON_INT32;
        integer(0);
        integer(5);
        return integer(2);
      case BATON_OP_RESIZE_BILINEAR:
      case BATON_OP_RESIZE_NEAREST_NEIGHBOR:
        data({1, 3, 3, 2});
        return integers({5, 4});
      case BATON_OP_SQUEEZE:
        return data({1, 3, 1});
      case BATON_OP_SELECT:
      case BATON_OP_SELECT_V2:
        output_dtype_ = BATON_FLOAT32;
        data(BATON_BOOL, {2, 3});
        data(BATON_FLOAT32, {2, 3});
        return data(BATON_FLOAT32, {2, 3});
      case BATON_OP_QUANTIZE:
        output_dtype_ = BATON_INT8;
        data(BATON_FLOAT32, {2, 3});
        quantization_ = tflite::per_tensor(0.5f, 1);
        return;
      case BATON_OP_DEQUANTIZE:
        output_dtype_ = BATON_FLOAT32;
        quantization_ = tflite::per_tensor(0.5f, 1);
        return data(BATON_INT8, {2, 3});
      case BATON_OP_SHAPE:
      case BATON_OP_RANK:
        set("out_type", BATON_INT32);
        output_dtype_ = BATON_INT32;
        return data({2, 3});
      case BATON_OP_EQUAL:
      case BATON_OP_NOT_EQUAL:
      case BATON_OP_LESS:
      case BATON_OP_LESS_EQUAL:
      case BATON_OP_GREATER:
      case BATON_OP_GREATER_EQUAL:
        output_dtype_ = BATON_BOOL;
        data({2, 3});
        return data({1, 3});
      case BATON_OP_ADD:
      case BATON_OP_SUB:
      case BATON_OP_MUL:
      case BATON_OP_DIV:
      case BATON_OP_POW:
      case BATON_OP_MAXIMUM:
      case BATON_OP_MINIMUM:
      case BATON_OP_PRELU:
      case BATON_OP_SQUARED_DIFFERENCE:
      case BATON_OP_LOGICAL_AND:
      case BATON_OP_LOGICAL_OR:
        data({2, 3});
        return data({1, 3});
      case BATON_OP_RNN:
        data({1, 3});
        weights({2, 3});
        weights({2, 2});
        weights({2});
        return state({1, 2});
      case BATON_OP_SVDF:
        set("rank", 1);
        data({1, 3});
        weights({2, 3});
        weights({2, 4});
        weights({2});
        return state({1, 8});
      case BATON_OP_LSTM:
        data({1, 3});
        return lstm_cell(3, 2);
      case BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM:
        data({1, 4, 3});
        lstm_cell(3, 2);
        return absent(4);
      case BATON_OP_BATCH_MATMUL:
        data({2, 3});
        return data({3, 4});
      case BATON_OP_DYNAMIC_UPDATE_SLICE:
        data({4, 3});
        data({2, 2});
        return integers({1, 1});
      case BATON_OP_SPARSE_TO_DENSE:
        output_dtype_ = BATON_FLOAT32;
        integers({2, 1}, {0, 3});
        integers({5});
        data(BATON_FLOAT32, {2});
        return weights({});
      case BATON_OP_MATRIX_SET_DIAG:
        data({2, 3, 4});
        return data({2, 3});
      case BATON_OP_STABLEHLO_COMPOSITE:
        return composite();
      case BATON_OP_BROADCAST_ARGS:
        integers({2, 3});
        return integers({1, 3});
      case BATON_OP_ASSIGN_VARIABLE:
        data({});
        return data(BATON_FLOAT32, {1});
      case BATON_OP_CUSTOM:
        return detection();
      default:
        for (int i = 0; i < op_.inputs.min; ++i) data({1, 4, 4, 2});
    }
  }

  const Operator& op_;
  OperatorModel m_;
  AttributeSet attributes_;
  Bytes options_;  // of a custom operator
  baton_dtype dtype_ = BATON_FLOAT32;
  baton_dtype output_dtype_ = BATON_FLOAT32;
  baton_dtype second_dtype_ = -1;  // of the second output; -1: as the first
  tflite::Quantization quantization_;
  size_t outputs_ = 1;
};

}  // namespace

std::vector<TensorId> OperatorModel::tensors() const {
  std::vector<TensorId> there = inputs;
  std::erase(there, tflite::kNoTensor);
  return there;
}

void OperatorModel::feed(TensorId tensor) {
  b.at(tensor).buffer = 0;
  b.graph().inputs.push_back(tensor);
}

OperatorModel operator_model(const Operator& op) { return Maker(op).make(); }

bool set_attribute(OperatorModel& model, const std::string& name, int32_t value) {
  AttributeSet& attributes = model.b.operator_at(model.node).attributes;
  if (find_field(attributes, name) == nullptr) return false;
  attributes = with(attributes, name, value);
  return true;
}

std::vector<std::string> attribute_names(const OperatorModel& model, bool enumerations) {
  std::vector<std::string> names;
  const AttributeSet& attributes = model.b.operator_at(model.node).attributes;
  if (attributes.empty()) return names;
  for (const AttributeField& field : attributes.layout()->fields) {
    const bool integer =
        field.kind == AttributeKind::kInt32 || field.kind == AttributeKind::kUint32;
    const bool enumeration =
        field.kind == AttributeKind::kEnum8 || field.kind == AttributeKind::kEnum32;
    if (enumerations ? enumeration : integer) names.push_back(field.name);
  }
  return names;
}

}  // namespace baton::malformed
