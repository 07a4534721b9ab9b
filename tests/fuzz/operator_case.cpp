#include "tests/fuzz/operator_case.h"

#include <flatbuffers/flexbuffers.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <string_view>

#include "converter/tflite/builder.h"
#include "core/base/dtype.h"
#include "core/ops/operator.h"
#include "core/schema/operators.h"

namespace baton::fuzz {
namespace {

using namespace baton::tflite;

constexpr baton_dtype kDtypes[] = {BATON_FLOAT32, BATON_INT8,   BATON_UINT8,    BATON_INT16,
                                   BATON_INT32,   BATON_INT64,  BATON_BOOL,     BATON_FLOAT16,
                                   BATON_FLOAT64, BATON_INT4,   BATON_UINT32,   BATON_UINT16,
                                   BATON_UINT64,  BATON_STRING, BATON_COMPLEX64};

// The most elements that a constant of a case has.
constexpr uint64_t kMostConstantElements = 2048;

bool is_quantizable(baton_dtype dtype) {
  return dtype == BATON_INT8 || dtype == BATON_UINT8 || dtype == BATON_INT16 || dtype == BATON_INT4;
}

enum class Kind { kConstant, kInput, kVariable };

class OperatorCase {
 public:
  OperatorCase(Choices& choices, const BuiltinOperator& builtin)
      : c_(choices), builtin_(builtin), op_(find_operator(builtin.code, nullptr)) {}

  std::vector<uint8_t> file() {
    dtype_ = c_.among(kDtypes);
    choose_attributes();
    add_inputs();
    if (outputs_.empty()) output(dtype_);
    set_counts();
    const AttributeLayout* layout = builtin_.attributes();
    if (builtin_.code == BATON_OP_CUSTOM) {
      b_.custom("TFLite_Detection_PostProcess", inputs_, outputs_, options_);
      b_.outputs(outputs_);
      return b_.finish();
    }
    b_.op(builtin_.code, inputs_, outputs_,
          layout != nullptr && !c_.one_in(64) ? AttributeSet(*layout, attributes_) : AttributeSet(),
          c_.one_in(64) ? c_.bend32(1) : 0);
    b_.outputs(outputs_);
    return b_.finish();
  }

 private:
  // ---- Tensors

  int32_t dim() {
    static constexpr int32_t kDims[] = {2, 3, 1, 4, 5, 7, 8, 0, 16};
    return c_.bend32(c_.among(kDims));
  }
  Shape shape(uint32_t rank) {
    Shape dims(rank);
    for (int32_t& size : dims) size = dim();
    return dims;
  }
  Shape any_shape() {
    static constexpr uint32_t kRanks[] = {2, 4, 3, 1, 0, 5, 6, 8};
    return shape(c_.among(kRanks));
  }
  Shape image() { return shape(c_.one_in(32) ? c_.below(6) : 4); }
  // A size of a shape that may have another rank than it should.
  static int32_t at(const Shape& dims, size_t i) { return i < dims.size() ? dims[i] : 1; }

  float scale() {
    static constexpr float kScales[] = {0.5f, 0.0078125f, 0.1f, 1, 3, 1e-4f, 1e-12f, 1e20f, 0};
    return c_.among(kScales);
  }
  Quantization quantization(baton_dtype dtype) {
    if (!is_quantizable(dtype) || c_.one_in(32)) return {};
    const float s = scale();
    const int64_t zero_point = dtype == BATON_UINT8 ? 128 : 0;
    return per_tensor(s, c_.bend(c_.one_in(4) ? zero_point + 3 : zero_point));
  }
  Quantization per_axis_quantization(const Shape& dims, int32_t axis) {
    const int32_t count = std::clamp(at(dims, static_cast<size_t>(axis)), 0, 64);
    std::vector<float> scales;
    for (int32_t i = 0; i < count; ++i) scales.push_back(scale());
    return per_axis(std::move(scales), c_.bend32(axis));
  }

  TensorId tensor(baton_dtype dtype, const Shape& dims, Kind kind, Quantization q) {
    const std::string name = b_.unique_name("t");
    const auto bytes = tensor_bytes(dtype, dims);
    const bool small = bytes && *bytes <= kMostConstantElements * 8 && dtype != BATON_STRING;
    if (kind == Kind::kConstant && small) {
      Bytes content(static_cast<size_t>(*bytes));
      Noise(c_.byte()).fill(dtype, content.data(), content.size());
      return b_.constant_bytes(name, dtype, dims, std::move(content), std::move(q));
    }
    if (kind == Kind::kVariable) return b_.variable(name, dtype, dims, std::move(q));
    return b_.input(name, dtype, dims, std::move(q));
  }

  TensorId add(baton_dtype dtype, const Shape& dims, Kind kind, Quantization q) {
    const uint8_t how = c_.byte();
    if (how >= 252) {
      inputs_.push_back(kNoTensor);
    } else {
      if (how >= 244) dtype = c_.among(kDtypes);
      if (how >= 236) kind = kind == Kind::kConstant ? Kind::kInput : Kind::kConstant;
      inputs_.push_back(tensor(dtype, dims, kind, std::move(q)));
    }
    return inputs_.back();
  }

  // An activation: what the user brings, or what another operator found the shape of in the run.
  void data(const Shape& dims) {
    Quantization q = quantization(dtype_);
    activation_scale_ = q.empty() ? 1 : q.scale[0];
    const bool plain = std::ranges::all_of(dims, [](int32_t d) { return d >= 0 && d <= 16; });
    if (plain && c_.one_in(12)) {
      const TensorId source = tensor(dtype_, dims, Kind::kInput, q);
      // RESHAPE to the same shape, which nobody knows before the run: NEG is not folded.
      std::vector<int32_t> negative(dims);
      for (int32_t& d : negative) d = -d;
      const TensorId wanted =
          b_.tensor(b_.unique_name("wanted"), BATON_INT32, {static_cast<int32_t>(dims.size())});
      b_.op(BATON_OP_NEG, {b_.int32s(b_.unique_name("negative"), negative)}, {wanted});
      inputs_.push_back(b_.tensor(b_.unique_name("t"), dtype_, dims, q));
      b_.op(BATON_OP_RESHAPE, {source, wanted}, {inputs_.back()});
      return;
    }
    add(dtype_, dims, c_.one_in(8) ? Kind::kConstant : Kind::kInput, std::move(q));
  }
  // Something that is broadcast together with `dims`.
  void other(const Shape& dims) {
    Shape mine = dims;
    for (int32_t& d : mine) {
      if (c_.one_in(6)) d = 1;
    }
    if (!mine.empty() && c_.one_in(6)) mine.erase(mine.begin());
    for (int32_t& d : mine) d = c_.bend32(d);
    data(mine);
  }
  void weights(const Shape& dims, int32_t axis) {
    baton_dtype dtype = dtype_;
    if (dtype_ == BATON_FLOAT32 && c_.one_in(3)) dtype = BATON_INT8;  // hybrid
    if (dtype_ == BATON_INT16) dtype = BATON_INT8;
    if (dtype == BATON_INT8 && c_.one_in(8)) dtype = BATON_INT4;
    const bool by_axis = (dtype == BATON_INT8 || dtype == BATON_INT4) && c_.below(2) == 0;
    Quantization q = by_axis ? per_axis_quantization(dims, axis) : quantization(dtype);
    weight_scales_ = q.scale;
    add(dtype, dims, Kind::kConstant, std::move(q));
  }
  void bias(int32_t count) {
    if (c_.one_in(6)) return inputs_.push_back(kNoTensor);
    if (!is_quantizable(dtype_)) {
      add(BATON_FLOAT32, {c_.bend32(count)}, Kind::kConstant, {});
      return;
    }
    Quantization q;
    for (const float s : weight_scales_) {
      q.scale.push_back(s * activation_scale_);
      q.zero_point.push_back(0);
    }
    const bool wide = dtype_ == BATON_INT16 && c_.below(2) == 0;
    add(wide ? BATON_INT64 : BATON_INT32, {c_.bend32(count)}, Kind::kConstant, std::move(q));
  }
  void state(const Shape& dims) { add(dtype_, dims, Kind::kVariable, quantization(dtype_)); }

  // Numbers that say what the operator does; each may be bent.
  void numbers(std::vector<int64_t> values, Shape dims) {
    for (int64_t& value : values) value = c_.bend(value);
    const uint8_t how = c_.byte();
    if (how >= 240) return (void)add(BATON_INT32, dims, Kind::kInput, {});
    const std::string name = b_.unique_name("n");
    if (how >= 208) {
      inputs_.push_back(b_.constant(name, dims, values));
    } else {
      std::vector<int32_t> narrow;
      for (const int64_t value : values) narrow.push_back(static_cast<int32_t>(value));
      inputs_.push_back(b_.constant(name, dims, narrow));
    }
  }
  void numbers(const std::vector<int64_t>& values) {
    numbers(values, {static_cast<int32_t>(values.size())});
  }
  void number(int64_t value) { numbers({value}, {}); }
  // In [-rank, rank).
  int64_t axis(const Shape& dims) {
    const auto rank = static_cast<int64_t>(dims.size());
    return rank == 0 ? 0 : static_cast<int64_t>(c_.below(static_cast<uint32_t>(2 * rank))) - rank;
  }
  // Indices of some tensor, mostly good ones.
  void indices(const Shape& dims, int32_t limit) {
    const auto count = tensor_bytes(BATON_INT8, dims);
    if (!count || *count > 256) return (void)add(BATON_INT32, dims, Kind::kInput, {});
    std::vector<int64_t> values(static_cast<size_t>(*count));
    for (int64_t& value : values) {
      value = static_cast<int64_t>(c_.below(static_cast<uint32_t>(std::clamp(limit, 1, 256))));
    }
    numbers(values, dims);
  }

  void output(baton_dtype dtype) {
    if (c_.one_in(32)) dtype = c_.among(kDtypes);
    outputs_.push_back(b_.tensor(b_.unique_name("o"), dtype, {}, quantization(dtype)));
  }

  // ---- Attributes

  // A size that is divided by is rarely 0.
  static bool is_a_size(std::string_view name) {
    for (const char* part : {"stride", "dilation", "filter", "block", "depth", "rank", "radius"}) {
      if (name.find(part) != std::string_view::npos) return true;
    }
    return false;
  }

  void choose_attributes() {
    const AttributeLayout* layout = builtin_.attributes();
    if (layout == nullptr) return;
    default_attributes(*layout, attributes_);
    for (const AttributeField& field : layout->fields) choose(field);
  }
  template <typename T>
  void store(const AttributeField& field, T value) {
    std::memcpy(reinterpret_cast<uint8_t*>(attributes_) + field.offset, &value, sizeof(value));
  }
  template <typename T>
  void store_array(const AttributeField& field, std::deque<std::vector<T>>& arrays) {
    std::vector<T>& values = arrays.emplace_back(c_.below(5));
    for (T& value : values) value = static_cast<T>(c_.bend(c_.below(4)));
    const auto count = static_cast<uint32_t>(values.size());
    store(field, static_cast<const T*>(values.data()));
    std::memcpy(reinterpret_cast<uint8_t*>(attributes_) + field.count_offset, &count,
                sizeof(count));
  }
  void choose(const AttributeField& field) {
    static constexpr float kReals[] = {1, 0, 0.5f, 6, -1, 1e30f};
    switch (field.kind) {
      case AttributeKind::kBool:
        return store(field, static_cast<uint8_t>(c_.below(2)));
      case AttributeKind::kEnum8:
      case AttributeKind::kEnum32: {
        const auto values = field.enumeration->values;
        const int32_t value = values[c_.below(static_cast<uint32_t>(values.size()))].value;
        return store(field, field.kind == AttributeKind::kEnum8 ? value & 0x7f : value);
      }
      case AttributeKind::kInt32:
      case AttributeKind::kUint32:
        return store(field, c_.bend32(is_a_size(field.name) ? 1 + c_.below(3) : c_.below(3)));
      case AttributeKind::kInt64:
        return store(field, c_.bend(c_.below(3)));
      case AttributeKind::kFloat:
        return store(field, c_.one_in(32) ? Noise(c_.byte()).real() : c_.among(kReals));
      case AttributeKind::kInt32s:
        return store_array(field, int32s_);
      case AttributeKind::kInt64s:
        return store_array(field, int64s_);
      default:
        return;  // as in the format
    }
  }
  void set(std::string_view name, int64_t value) {
    for (const AttributeField& field : builtin_.attributes()->fields) {
      if (name == field.name) store(field, c_.bend32(value));
    }
  }
  int64_t get(std::string_view name) {
    for (const AttributeField& field : builtin_.attributes()->fields) {
      if (name == field.name) return attribute_value(field, attributes_).integer;
    }
    return 0;
  }

  // Attributes that repeat how many tensors there are.
  void set_counts() {
    if (builtin_.attributes() == nullptr) return;
    set("values_count", static_cast<int64_t>(inputs_.size()));
    set("num", static_cast<int64_t>(outputs_.size()));
    set("num_splits", static_cast<int64_t>(outputs_.size()));
  }

  // ---- Operators

  void add_inputs();
  void lstm();
  void detection();

  Choices& c_;
  const BuiltinOperator& builtin_;
  const baton::Operator* op_;
  GraphBuilder b_;
  baton_dtype dtype_ = BATON_FLOAT32;
  std::vector<TensorId> inputs_;
  std::vector<TensorId> outputs_;
  float activation_scale_ = 1;
  std::vector<float> weight_scales_;
  alignas(8) uint64_t attributes_[kMaxAttributesSize / sizeof(uint64_t) + 1] = {};
  Bytes options_;  // of a custom operator
  std::deque<std::vector<int32_t>> int32s_;
  std::deque<std::vector<int64_t>> int64s_;
};

void OperatorCase::lstm() {
  const int32_t batch = dim(), steps = dim(), in = dim(), cells = dim();
  const bool projects = c_.one_in(3), peeps = c_.one_in(3), couples = c_.one_in(3);
  const bool normalises = c_.one_in(3);
  const int32_t out = projects ? dim() : cells;
  const auto absent = [&] { inputs_.push_back(kNoTensor); };
  data(builtin_.code == BATON_OP_LSTM ? Shape{batch, in} : Shape{batch, steps, in});
  for (const int32_t columns : {in, out}) {
    for (int gate = 0; gate < 4; ++gate) {
      gate == 0 && couples ? absent() : weights({cells, columns}, 0);
    }
  }
  for (int gate = 0; gate < 3; ++gate) {
    peeps && !(gate == 0 && couples) ? weights({cells}, 0) : absent();
  }
  for (int gate = 0; gate < 4; ++gate) gate == 0 && couples ? absent() : bias(cells);
  projects ? weights({out, cells}, 0) : absent();
  projects ? bias(out) : absent();
  state({batch, out});
  state({batch, cells});
  for (int gate = 0; gate < 4; ++gate) {
    normalises && !(gate == 0 && couples) ? weights({cells}, 0) : absent();
  }
}

void OperatorCase::detection() {
  const int32_t boxes = dim(), classes = 1 + static_cast<int32_t>(c_.below(4));
  const bool background = c_.below(2) == 0;
  flexbuffers::Builder options;
  options.Map([&] {
    options.Int("max_detections", c_.bend(4));
    options.Int("max_classes_per_detection", c_.bend(1 + c_.below(2)));
    options.Int("detections_per_class", c_.bend(3));
    options.Int("num_classes", c_.bend(classes));
    options.Bool("use_regular_nms", c_.below(2) == 1);
    for (const char* name : {"nms_score_threshold", "nms_iou_threshold"}) {
      options.Float(name, c_.one_in(16) ? Noise(c_.byte()).real() : 0.5f);
    }
    for (const char* name : {"y_scale", "x_scale", "h_scale", "w_scale"}) {
      options.Float(name, c_.one_in(16) ? Noise(c_.byte()).real() : 5.0f);
    }
  });
  options.Finish();
  options_ = options.GetBuffer();
  if (c_.one_in(16)) options_[c_.byte() % options_.size()] = c_.byte();
  dtype_ = c_.below(2) == 0 ? BATON_FLOAT32 : BATON_UINT8;
  data({1, boxes, c_.bend32(4)});
  data({1, c_.bend32(boxes), classes + (background ? 1 : 0)});
  add(dtype_, {c_.bend32(boxes), 4}, Kind::kConstant, quantization(dtype_));
  for (int i = 0; i < 4; ++i) output(BATON_FLOAT32);
}

void OperatorCase::add_inputs() {
  const int32_t code = builtin_.code;
  switch (code) {
    case BATON_OP_CONV_2D: {
      const Shape x = image();
      const int32_t channels = dim();
      data(x);
      weights({channels, dim(), dim(), c_.bend32(at(x, 3))}, 0);
      bias(channels);
      return;
    }
    case BATON_OP_DEPTHWISE_CONV_2D: {
      const Shape x = image();
      const int64_t multiplier = 1 + c_.below(2);
      set("depth_multiplier", multiplier);
      const int32_t channels =
          static_cast<int32_t>(std::clamp<int64_t>(at(x, 3), -1, 64) * multiplier);
      data(x);
      weights({1, dim(), dim(), channels}, 3);
      bias(channels);
      return;
    }
    case BATON_OP_TRANSPOSE_CONV: {
      const Shape x = image();
      const int32_t channels = dim();
      numbers({at(x, 0), at(x, 1) * 2ll, at(x, 2) * 2ll, channels});
      weights({channels, dim(), dim(), c_.bend32(at(x, 3))}, 0);
      data(x);
      if (c_.below(2) == 0) bias(channels);
      return;
    }
    case BATON_OP_FULLY_CONNECTED: {
      const Shape x = any_shape();
      const int32_t units = dim();
      data(x);
      weights({units, c_.bend32(x.empty() ? 1 : x.back())}, 0);
      bias(units);
      return;
    }
    case BATON_OP_BATCH_MATMUL: {
      Shape x = any_shape();
      data(x);
      if (x.size() >= 2) std::swap(x[x.size() - 1], x[x.size() - 2]);
      other(x);
      return;
    }
    case BATON_OP_SVDF: {
      const int32_t batch = dim(), in = dim(), units = dim(), memory = dim(), rank = dim();
      set("rank", rank);
      const int32_t filters =
          static_cast<int32_t>(std::clamp<int64_t>(int64_t{units} * rank, -1, 256));
      data({batch, in});
      weights({filters, in}, 0);
      weights({filters, memory}, 0);
      bias(units);
      state({batch, static_cast<int32_t>(std::clamp<int64_t>(int64_t{filters} * memory, -1, 512))});
      return;
    }
    case BATON_OP_RNN:
    case BATON_OP_UNIDIRECTIONAL_SEQUENCE_RNN: {
      const int32_t batch = dim(), in = dim(), units = dim();
      data(code == BATON_OP_RNN ? Shape{batch, in} : Shape{batch, dim(), in});
      weights({units, in}, 0);
      weights({units, units}, 0);
      bias(units);
      state({batch, units});
      return;
    }
    case BATON_OP_LSTM:
    case BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM:
      return lstm();
    case BATON_OP_AVERAGE_POOL_2D:
    case BATON_OP_MAX_POOL_2D:
    case BATON_OP_L2_POOL_2D:
    case BATON_OP_SPACE_TO_DEPTH:
    case BATON_OP_DEPTH_TO_SPACE:
      return data(image());
    case BATON_OP_RESIZE_BILINEAR:
    case BATON_OP_RESIZE_NEAREST_NEIGHBOR:
      data(image());
      return numbers({dim(), dim()});
    case BATON_OP_SPACE_TO_BATCH_ND:
    case BATON_OP_BATCH_TO_SPACE_ND: {
      data(image());
      numbers({1 + c_.below(3), 1 + c_.below(3)});
      return numbers({c_.below(2), c_.below(2), c_.below(2), c_.below(2)}, {2, 2});
    }
    case BATON_OP_PRELU: {
      Shape x = image();
      data(x);
      for (size_t i = 0; i + 1 < x.size(); ++i) x[i] = 1;
      if (!x.empty()) x.erase(x.begin());
      return data(x);
    }
    case BATON_OP_CONCATENATION:
    case BATON_OP_PACK:
    case BATON_OP_ADD_N: {
      const Shape x = any_shape();
      if (builtin_.attributes() != nullptr) set("axis", axis(x));
      for (uint32_t i = c_.below(4) + 1; i > 0; --i) data(x);
      return;
    }
    case BATON_OP_UNPACK: {
      const Shape x = any_shape();
      const int64_t along = axis(x);
      set("axis", along);
      data(x);
      const int64_t place = along < 0 ? along + static_cast<int64_t>(x.size()) : along;
      for (int32_t i = std::clamp(at(x, static_cast<size_t>(place)), 1, 8); i > 0; --i) {
        output(dtype_);
      }
      return;
    }
    case BATON_OP_SPLIT:
    case BATON_OP_SPLIT_V: {
      const Shape x = any_shape();
      const uint32_t parts = 1 + c_.below(4);
      const int64_t along = axis(x);
      if (code == BATON_OP_SPLIT) number(along);
      data(x);
      if (code == BATON_OP_SPLIT_V) {
        numbers(std::vector<int64_t>(parts, 1));
        number(along);
      }
      for (uint32_t i = 0; i < parts; ++i) output(dtype_);
      return;
    }
    case BATON_OP_GATHER: {
      const Shape x = any_shape();
      const int64_t along = axis(x);
      set("axis", along);
      data(x);
      const int64_t place = along < 0 ? along + static_cast<int64_t>(x.size()) : along;
      return indices(shape(c_.below(3)), at(x, static_cast<size_t>(place)));
    }
    case BATON_OP_GATHER_ND: {
      const Shape x = any_shape();
      data(x);
      const auto depth = static_cast<int32_t>(c_.below(static_cast<uint32_t>(x.size()) + 1));
      return indices({dim(), c_.bend32(depth)}, x.empty() ? 1 : std::ranges::min(x));
    }
    case BATON_OP_SCATTER_ND:
      indices({3, 1}, 4);
      data({3, 2});
      return numbers({4, 2});
    case BATON_OP_CUSTOM:
      return detection();
    case BATON_OP_DYNAMIC_UPDATE_SLICE: {
      const Shape x = any_shape();
      data(x);
      Shape part = x;
      for (int32_t& size : part) size = c_.bend32(c_.below(2) == 0 ? size : std::min(size, 1));
      data(part);
      std::vector<int64_t> start(x.size());
      for (int64_t& place : start) place = c_.below(3);
      return numbers(start);
    }
    case BATON_OP_SPARSE_TO_DENSE: {
      const int32_t count = dim();
      const auto rank = static_cast<int32_t>(1 + c_.below(3));
      const bool matrix = rank > 1 || c_.below(2) == 0;
      indices(matrix ? Shape{count, rank} : Shape{count}, 4);
      numbers(std::vector<int64_t>(static_cast<size_t>(rank), 4));
      data(c_.one_in(3) ? Shape{} : Shape{c_.bend32(count)});
      return data({});
    }
    case BATON_OP_MATRIX_SET_DIAG: {
      const Shape x = any_shape();
      data(x);
      Shape diagonal = x;
      if (x.size() >= 2) {
        diagonal.pop_back();
        diagonal.back() = std::min(diagonal.back(), x.back());
      }
      return data(diagonal);
    }
    case BATON_OP_SEGMENT_SUM: {
      const Shape x = any_shape();
      data(x);
      std::vector<int64_t> ids(static_cast<size_t>(std::clamp(at(x, 0), 0, 64)));
      for (size_t i = 1; i < ids.size(); ++i) ids[i] = ids[i - 1] + c_.below(2);
      return numbers(ids);
    }
    case BATON_OP_REVERSE_SEQUENCE: {
      const Shape x = any_shape();
      const auto rank = static_cast<uint32_t>(std::max<size_t>(x.size(), 1));
      const uint32_t batch = c_.below(rank);
      const uint32_t along = (batch + 1 + c_.below(std::max(rank, 2u) - 1)) % rank;
      set("batch_dim", batch);
      set("seq_dim", along);
      data(x);
      std::vector<int64_t> lengths(static_cast<size_t>(std::clamp(at(x, batch), 0, 64)));
      for (int64_t& length : lengths) {
        length = c_.below(static_cast<uint32_t>(std::clamp(at(x, along), 0, 64)) + 1);
      }
      return numbers(lengths);
    }
    case BATON_OP_EMBEDDING_LOOKUP: {
      const Shape x = any_shape();
      indices({dim()}, at(x, 0));
      return data(x);
    }
    case BATON_OP_ONE_HOT:
      indices(any_shape(), 4);
      number(4);
      data({});
      return data({});
    case BATON_OP_TOPK_V2: {
      const Shape x = any_shape();
      data(x);
      number(1);
      output(dtype_);
      return output(BATON_INT32);
    }
    case BATON_OP_RESHAPE: {
      const Shape x = any_shape();
      data(x);
      std::vector<int64_t> wanted(x.rbegin(), x.rend());
      if (!wanted.empty() && c_.one_in(3)) wanted[0] = -1;
      if (!c_.one_in(8)) numbers(wanted);
      return;
    }
    case BATON_OP_BROADCAST_TO:
    case BATON_OP_TILE:
    case BATON_OP_REVERSE_V2: {
      const Shape x = any_shape();
      data(x);
      std::vector<int64_t> values(x.begin(), x.end());
      if (code == BATON_OP_TILE) values.assign(x.size(), 1 + c_.below(3));
      if (code == BATON_OP_REVERSE_V2) values.assign(1, axis(x));
      return numbers(values);
    }
    case BATON_OP_TRANSPOSE: {
      const Shape x = any_shape();
      data(x);
      std::vector<int64_t> order;
      for (size_t i = 0; i < x.size(); ++i) order.push_back(static_cast<int64_t>(i));
      for (size_t i = 1; i < order.size(); ++i) {
        std::swap(order[i], order[c_.below(static_cast<uint32_t>(i) + 1)]);
      }
      return numbers(order);
    }
    case BATON_OP_PAD:
    case BATON_OP_PADV2:
    case BATON_OP_MIRROR_PAD: {
      const Shape x = any_shape();
      data(x);
      std::vector<int64_t> paddings(2 * x.size());
      for (int64_t& padding : paddings) padding = c_.below(3);
      numbers(paddings, {static_cast<int32_t>(x.size()), 2});
      if (code == BATON_OP_PADV2) data({});
      return;
    }
    case BATON_OP_MEAN:
    case BATON_OP_SUM:
    case BATON_OP_REDUCE_MAX:
    case BATON_OP_REDUCE_MIN:
    case BATON_OP_REDUCE_PROD:
    case BATON_OP_REDUCE_ANY:
    case BATON_OP_REDUCE_ALL: {
      const Shape x = any_shape();
      data(x);
      std::vector<int64_t> axes(c_.below(3));
      for (int64_t& a : axes) a = axis(x);
      return numbers(axes);
    }
    case BATON_OP_ARG_MAX:
    case BATON_OP_ARG_MIN:
    case BATON_OP_EXPAND_DIMS:
    case BATON_OP_CUMSUM: {
      const Shape x = any_shape();
      data(x);
      number(axis(x));
      const bool finds = code == BATON_OP_ARG_MAX || code == BATON_OP_ARG_MIN;
      if (finds) output(get("output_type") == BATON_INT64 ? BATON_INT64 : BATON_INT32);
      return;
    }
    case BATON_OP_SLICE:
    case BATON_OP_STRIDED_SLICE: {
      const Shape x = any_shape();
      data(x);
      const size_t rank = x.size();
      std::vector<int64_t> begin(rank), end(rank);
      for (size_t i = 0; i < rank; ++i) {
        begin[i] = c_.below(2);
        end[i] = code == BATON_OP_SLICE ? (c_.one_in(3) ? 1 : -1) : x[i];
      }
      numbers(begin);
      numbers(end);
      if (code == BATON_OP_STRIDED_SLICE) numbers(std::vector<int64_t>(rank, 1 + c_.below(2)));
      return;
    }
    case BATON_OP_FILL: {
      const Shape x = any_shape();
      numbers({x.begin(), x.end()});
      return data({});
    }
    case BATON_OP_RANGE:
      for (const int64_t value : {0, 5, 1}) {
        if (dtype_ == BATON_INT32) {
          number(value);
        } else {
          data({});
        }
      }
      return;
    case BATON_OP_SELECT:
    case BATON_OP_SELECT_V2: {
      const Shape x = any_shape();
      const baton_dtype values = std::exchange(dtype_, BATON_BOOL);
      code == BATON_OP_SELECT ? data(c_.one_in(3) ? Shape{at(x, 0)} : x) : other(x);
      dtype_ = values;
      data(x);
      return other(x);
    }
    case BATON_OP_SHAPE:
      data(any_shape());
      return output(get("out_type") == BATON_INT64 ? BATON_INT64 : BATON_INT32);
    case BATON_OP_RANK:
      data(any_shape());
      return output(BATON_INT32);
    case BATON_OP_CAST:
    case BATON_OP_QUANTIZE:
      data(any_shape());
      return output(c_.among(kDtypes));
    case BATON_OP_DEQUANTIZE:
      data(any_shape());
      return output(BATON_FLOAT32);
    case BATON_OP_EQUAL:
    case BATON_OP_NOT_EQUAL:
    case BATON_OP_LESS:
    case BATON_OP_LESS_EQUAL:
    case BATON_OP_GREATER:
    case BATON_OP_GREATER_EQUAL: {
      const Shape x = any_shape();
      data(x);
      other(x);
      return output(BATON_BOOL);
    }
    default: {
      // Element-wise, or unknown to this fuzzer: inputs of about one shape.
      const int least = op_ != nullptr ? op_->inputs.min : 1;
      const int most = op_ != nullptr && op_->inputs.max >= 0 ? op_->inputs.max : least + 2;
      const Shape x = any_shape();
      const int count = least + (most > least ? static_cast<int>(c_.below(2)) : 0);
      for (int i = 0; i < count; ++i) i == 0 ? data(x) : other(x);
      for (int i = op_ != nullptr ? op_->outputs.min : 1; i > 0; --i) output(dtype_);
    }
  }
}

}  // namespace

std::vector<uint8_t> operator_case(Choices& choices) {
  const BuiltinOperator* builtin = builtin_operator(choices.byte());
  if (builtin == nullptr) return {};
  return OperatorCase(choices, *builtin).file();
}

std::vector<std::pair<std::string, std::vector<uint8_t>>> operator_seeds() {
  static constexpr int32_t kCodes[] = {
      BATON_OP_ADD,
      BATON_OP_ARG_MAX,
      BATON_OP_AVERAGE_POOL_2D,
      BATON_OP_BATCH_MATMUL,
      BATON_OP_BATCH_TO_SPACE_ND,
      BATON_OP_BROADCAST_TO,
      BATON_OP_CAST,
      BATON_OP_CONCATENATION,
      BATON_OP_CONV_2D,
      BATON_OP_CUMSUM,
      BATON_OP_CUSTOM,
      BATON_OP_DEPTHWISE_CONV_2D,
      BATON_OP_DEPTH_TO_SPACE,
      BATON_OP_DEQUANTIZE,
      BATON_OP_DYNAMIC_UPDATE_SLICE,
      BATON_OP_EMBEDDING_LOOKUP,
      BATON_OP_EXPAND_DIMS,
      BATON_OP_FILL,
      BATON_OP_FULLY_CONNECTED,
      BATON_OP_GATHER,
      BATON_OP_GATHER_ND,
      BATON_OP_LEAKY_RELU,
      BATON_OP_LESS,
      BATON_OP_LOGISTIC,
      BATON_OP_LSTM,
      BATON_OP_MATRIX_SET_DIAG,
      BATON_OP_MEAN,
      BATON_OP_MIRROR_PAD,
      BATON_OP_ONE_HOT,
      BATON_OP_PACK,
      BATON_OP_PAD,
      BATON_OP_PADV2,
      BATON_OP_PRELU,
      BATON_OP_QUANTIZE,
      BATON_OP_RANGE,
      BATON_OP_REDUCE_PROD,
      BATON_OP_RESHAPE,
      BATON_OP_RESIZE_BILINEAR,
      BATON_OP_RESIZE_NEAREST_NEIGHBOR,
      BATON_OP_REVERSE_SEQUENCE,
      BATON_OP_REVERSE_V2,
      BATON_OP_RNN,
      BATON_OP_SCATTER_ND,
      BATON_OP_SEGMENT_SUM,
      BATON_OP_SELECT_V2,
      BATON_OP_SHAPE,
      BATON_OP_SLICE,
      BATON_OP_SOFTMAX,
      BATON_OP_SPACE_TO_BATCH_ND,
      BATON_OP_SPARSE_TO_DENSE,
      BATON_OP_SPLIT,
      BATON_OP_SPLIT_V,
      BATON_OP_SQUEEZE,
      BATON_OP_STRIDED_SLICE,
      BATON_OP_SVDF,
      BATON_OP_TILE,
      BATON_OP_TOPK_V2,
      BATON_OP_TRANSPOSE,
      BATON_OP_TRANSPOSE_CONV,
      BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM,
      BATON_OP_UNPACK,
  };
  std::vector<std::pair<std::string, std::vector<uint8_t>>> seeds;
  for (const int32_t code : kCodes) {
    Noise noise(static_cast<uint64_t>(code));
    std::vector<uint8_t> bytes{static_cast<uint8_t>(code), static_cast<uint8_t>(noise.below(2))};
    while (bytes.size() < 64) bytes.push_back(static_cast<uint8_t>(noise.below(200)));
    std::string name = operator_name(code);
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    seeds.emplace_back(std::move(name), std::move(bytes));
  }
  return seeds;
}

}  // namespace baton::fuzz
