#include "tests/conformance/operators/draft.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/schema/operators.h"

namespace baton::conformance {
namespace {

template <typename T>
void store(const AttributeField& field, T value, uint8_t* content) {
  std::memcpy(content + field.offset, &value, sizeof(value));
}

template <typename T, typename Make>
void fill_each(std::span<uint8_t> bytes, const Make& make) {
  for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    const T element = static_cast<T>(make());
    std::memcpy(bytes.data() + at, &element, sizeof(T));
  }
}

}  // namespace

void set_attribute(const AttributeField& field, double value, uint8_t* content) {
  switch (field.kind) {
    case AttributeKind::kBool:
      return store(field, static_cast<uint8_t>(value != 0), content);
    case AttributeKind::kEnum8:
    case AttributeKind::kEnum32:
    case AttributeKind::kInt32:
      return store(field, static_cast<int32_t>(value), content);
    case AttributeKind::kUint32:
      return store(field, static_cast<uint32_t>(value), content);
    case AttributeKind::kInt64:
      return store(field, static_cast<int64_t>(value), content);
    case AttributeKind::kFloat:
      return store(field, static_cast<float>(value), content);
    default:
      return;  // arrays and strings stay as they are
  }
}

Range quantised_limits(baton_dtype dtype) {
  switch (dtype) {
    case BATON_UINT8:
      return {0, 255};
    case BATON_INT8:
      return {-128, 127};
    case BATON_INT16:
      return {-32768, 32767};
    default:
      return {INT32_MIN, INT32_MAX};
  }
}

namespace {

// The integers that a quantised tensor of this content holds.
Range quantised_range(baton_dtype dtype, const Quantization& q, const Content& content) {
  const Range all = quantised_limits(dtype);
  if (!content.bounded) return all;
  const auto zero_point = static_cast<double>(q.zero_point[0]);
  const auto place = [&](double real) {
    return std::clamp(std::round(zero_point + real / static_cast<double>(q.scale[0])), all.low,
                      all.high);
  };
  Range range{place(content.low), place(content.high)};
  if (range.low == range.high)
    (range.high < all.high ? range.high : range.low) += range.high < all.high ? 1 : -1;
  return range;
}

}  // namespace

void fill_content(Random& random, baton_dtype dtype, const Quantization& quantization,
                  const Content& content, std::span<uint8_t> bytes) {
  // Now and then a bound, or a multiple of a half: zeros, ties, the ends of a range.
  const auto real = [&] {
    const auto any = [&] {
      if (random.one_in(24)) return random.one_in(2) ? content.low : content.high;
      const double value = random.real(content.low, content.high);
      const double half = std::round(2 * value) / 2;
      return random.one_in(10) && half >= content.low && half <= content.high ? half : value;
    };
    const double value = any();
    if (value != 0 || !content.without_zero) return value;
    return content.high != 0 ? content.high : content.low;
  };
  Range range{std::ceil(content.low), std::floor(content.high)};
  int64_t zero = 0;
  if (!quantization.empty()) {
    range = quantised_range(dtype, quantization, content);
    zero = quantization.zero_point[0];
  }
  const auto low = static_cast<int64_t>(range.low);
  const auto high = static_cast<int64_t>(range.high);
  const auto integer = [&]() -> int64_t {
    const auto span = static_cast<uint64_t>(high - low) + 1;
    int64_t value = low + static_cast<int64_t>(random.next() % span);
    if (random.one_in(16)) value = random.one_in(2) ? low : high;
    if (value != zero || !content.without_zero) return value;
    return value < high ? value + 1 : value - 1;
  };
  switch (dtype) {
    case BATON_FLOAT32:
      return fill_each<float>(bytes, real);
    case BATON_FLOAT64:
      return fill_each<double>(bytes, real);
    case BATON_FLOAT16:
      return fill_each<uint16_t>(bytes,
                                 [&] { return tflite::to_float16(static_cast<float>(real())); });
    case BATON_BFLOAT16:
      return fill_each<uint16_t>(bytes,
                                 [&] { return tflite::to_bfloat16(static_cast<float>(real())); });
    case BATON_BOOL:
      return fill_each<uint8_t>(bytes, [&] { return random.below(2); });
    case BATON_INT8:
    case BATON_UINT8:
      return fill_each<uint8_t>(bytes, integer);
    case BATON_INT16:
    case BATON_UINT16:
      return fill_each<uint16_t>(bytes, integer);
    case BATON_INT32:
    case BATON_UINT32:
      return fill_each<uint32_t>(bytes, integer);
    case BATON_INT64:
    case BATON_UINT64:
      return fill_each<uint64_t>(bytes, integer);
    default:
      return fill_each<uint8_t>(bytes, [&] { return random.next(); });
  }
}

double Range::root_mean_square() const {
  return std::sqrt((low * low + low * high + high * high) / 3);
}

Draft::Draft(const Operator& op, uint64_t seed, uint32_t number, const Variant& variant)
    : b("main"),
      op_(&op),
      seed_(mix_seed(seed, op.name, 0)),
      number_(number),
      variant_(variant),
      random_(mix_seed(seed_, variant.label, number)) {}

bool has_scale(baton_dtype dtype) {
  return dtype == BATON_INT8 || dtype == BATON_UINT8 || dtype == BATON_INT16;
}

uint32_t Draft::pick_index(uint32_t count) {
  const uint32_t pick = picks_++;
  const uint32_t block = number_ / count;
  // A block of cases goes through the options from a start of its own.
  const auto start =
      static_cast<uint32_t>(mix_seed(seed_, "pick", pick * 65537ull + block) % count);
  return (number_ + start) % count;
}

int32_t Draft::channels() { return pick({3, 16, 1, 8, 33, 4, 17, 7, 32, 9, 15, 31}); }

int32_t Draft::size() {
  static constexpr int32_t kSizes[] = {3, 5, 1, 7, 2, 9, 4, 17, 8, 16, 33};
  return kSizes[random_.below(std::size(kSizes))];
}

Shape Draft::shape(uint32_t rank) {
  Shape dims(rank);
  int64_t elements = 1;
  // From the last, which is the one that vector code runs along.
  for (uint32_t i = rank; i-- > 0;) {
    dims[i] = size();
    // No case needs more than some thousand elements.
    while (elements * dims[i] > 4096) dims[i] = (dims[i] + 1) / 2;
    elements *= dims[i];
  }
  return dims;
}

Shape Draft::shape_or_empty(uint32_t rank) {
  Shape dims = shape(rank);
  if (rank != 0 && random_.one_in(24)) dims[random_.below(rank)] = 0;
  return dims;
}

Shape Draft::broadcast_to(const Shape& shape) {
  Shape dims = shape;
  switch (pick_index(4)) {
    case 0:
      return dims;
    case 1:
      return {};
    case 2:
      dims.erase(dims.begin(),
                 dims.begin() + random_.below(static_cast<uint32_t>(dims.size()) + 1));
      [[fallthrough]];
    default:
      for (int32_t& dim : dims) {
        if (random_.one_in(2)) dim = 1;
      }
      return dims;
  }
}

std::pair<Shape, Shape> Draft::broadcast_pair(const Shape& shape) {
  Shape first = shape;
  Shape second = shape;
  const size_t rank = shape.size();
  const auto only = [&](const auto& keep) {
    for (size_t i = 0; i < rank; ++i) {
      if (!keep(i)) second[i] = 1;
    }
  };
  switch (pick_index(10)) {
    case 0:
    case 1:
      break;
    case 2:
      second.clear();
      break;
    case 3:
      only([](size_t) { return false; });
      break;
    case 4:  // one for each channel
      if (rank > 0) second = {shape.back()};
      break;
    case 5:
      only([&](size_t i) { return i + 1 != rank; });
      break;
    case 6:
      only([&](size_t i) { return i != 0 && i + 1 != rank; });
      break;
    case 7:  // each repeats the other
      for (size_t i = 0; i < rank; ++i) (i % 2 == 0 ? first : second)[i] = 1;
      break;
    case 8:
      second.erase(second.begin(), second.begin() + static_cast<int64_t>((rank + 1) / 2));
      break;
    default:
      for (size_t i = 0; i < rank; ++i) {
        if (random_.one_in(3)) (random_.one_in(2) ? first : second)[i] = 1;
      }
  }
  if (pick_bool()) std::swap(first, second);
  return {first, second};
}

Quantization Draft::quantization() {
  if (!quantised()) return {};
  static constexpr float kScales[] = {0.05f, 0.0235294f, 0.5f, 0.1f, 1.0f, 0.0078125f, 3.7f, 1e-4f};
  Quantization q = quantization(1);
  q.scale = {kScales[random_.below(std::size(kScales))]};
  return q;
}

Quantization Draft::quantization(baton_dtype dtype, double spread) {
  if (!has_scale(dtype)) return {};
  const Range limits = quantised_limits(dtype);
  const double scale = 2 * spread / (limits.high - limits.low) * random_.real(0.8, 1.25);
  int64_t zero_point = 0;
  if (dtype != BATON_INT16) {
    static constexpr int64_t kFromLow[] = {128, 117, 141, 128, 0, 255};
    zero_point = static_cast<int64_t>(limits.low) +
                 (random_.one_in(4) ? random_.between(0, 255)
                                    : kFromLow[random_.below(std::size(kFromLow))]);
  }
  return tflite::per_tensor(static_cast<float>(scale), zero_point);
}

Quantization Draft::covering(baton_dtype dtype, const Range& range) {
  if (!has_scale(dtype)) return {};
  double low = std::min(range.low, 0.0);
  double high = std::max(range.high, 0.0);
  if (!(high - low > 1e-30)) high = low + 1;
  const double factor = random_.one_in(2) ? 1 : random_.real(0.7, 1.6);
  const Range limits = quantised_limits(dtype);
  if (dtype == BATON_INT16) {
    return tflite::per_tensor(static_cast<float>(std::max(-low, high) * factor / limits.high));
  }
  const double scale = (high - low) * factor / (limits.high - limits.low);
  // Where the range is cut off, or has room, that is at either end.
  const double room = (high - low) * (factor - 1) * random_.real(0, 1);
  double zero_point = std::round(limits.low - (low - room) / scale);
  if (random_.one_in(12)) zero_point = random_.one_in(2) ? limits.low : limits.high;
  return tflite::per_tensor(static_cast<float>(scale),
                            static_cast<int64_t>(std::clamp(zero_point, limits.low, limits.high)));
}

void Draft::set_range(TensorId tensor, const Content& content) {
  const baton_dtype type = b.at(tensor).dtype;
  const Quantization& q = b.at(tensor).quantization;
  if (q.empty()) {
    ranges_[tensor] = {content.low, content.high};
    return;
  }
  const Range range = quantised_range(type, q, content);
  const auto zero_point = static_cast<double>(q.zero_point[0]);
  const auto scale = static_cast<double>(q.scale[0]);
  ranges_[tensor] = {(range.low - zero_point) * scale, (range.high - zero_point) * scale};
}

TensorId Draft::input(const Shape& shape, const Content& content) {
  return input(dtype(), shape, quantization(), content);
}

TensorId Draft::input(baton_dtype dtype, const Shape& shape, const Quantization& quantization,
                      const Content& content) {
  fed_.push_back({content, quantization});
  const TensorId tensor = b.input(b.unique_name("x"), dtype, shape, quantization);
  set_range(tensor, content);
  return tensor;
}

TensorId Draft::constant(const Shape& shape, const Content& content) {
  return constant(dtype(), shape, quantization(), content);
}

TensorId Draft::constant(baton_dtype dtype, const Shape& shape, const Quantization& quantization,
                         const Content& content) {
  tflite::Bytes bytes(static_cast<size_t>(tensor_bytes(dtype, shape).value_or(0)));
  fill_content(random_, dtype, quantization, content, bytes);
  const TensorId tensor =
      b.constant_bytes(b.unique_name("c"), dtype, shape, std::move(bytes), quantization);
  set_range(tensor, content);
  return tensor;
}

TensorId Draft::operand(const Shape& shape, const Content& content) {
  return pick_index(3) == 2 ? constant(shape, content) : input(shape, content);
}

TensorId Draft::variable(baton_dtype dtype, const Shape& shape, const Quantization& quantization) {
  return b.variable(b.unique_name("state"), dtype, shape, quantization);
}

AttributeSet Draft::attributes(std::initializer_list<Attribute> changes) const {
  const AttributeLayout* layout = builtin_operator(op_->code)->attributes();
  if (layout == nullptr) return {};
  alignas(8) uint8_t content[kMaxAttributesSize];
  default_attributes(*layout, content);
  for (const Attribute& change : changes) {
    for (const AttributeField& field : layout->fields) {
      if (std::strcmp(field.name, change.name) == 0) set_attribute(field, change.value, content);
    }
  }
  return {*layout, content};
}

void Draft::node(int32_t code, const std::vector<TensorId>& inputs, const Quantization& output,
                 const AttributeSet& attributes) {
  node(code, inputs, std::vector<OutputSpec>{{dtype(), output}}, attributes);
}

void Draft::node(int32_t code, const std::vector<TensorId>& inputs,
                 const std::vector<OutputSpec>& outputs, const AttributeSet& attributes) {
  const std::vector<TensorId> results = add_outputs(outputs);
  b.op(code, inputs, results, attributes);
  b.outputs(results);
}

void Draft::custom_node(const std::vector<TensorId>& inputs, const std::vector<OutputSpec>& outputs,
                        tflite::Bytes options) {
  const std::vector<TensorId> results = add_outputs(outputs);
  b.custom(op_->name, inputs, results, std::move(options));
  b.outputs(results);
}

std::vector<TensorId> Draft::add_outputs(const std::vector<OutputSpec>& outputs) {
  std::vector<TensorId> results;
  for (const OutputSpec& output : outputs) {
    results.push_back(
        b.tensor(b.unique_name("y"), output.dtype, output.shape, output.quantization));
  }
  return results;
}

Fill Draft::fill() const {
  return [fed = fed_, seed = mix_seed(seed_, variant_.label, number_)](
             size_t input, uint32_t run, const Value& value, uint8_t* data) {
    Random random(mix_seed(seed, "input", input * 65537 + run));
    fill_content(random, value.dtype(), fed[input].quantization, fed[input].content,
                 {data, static_cast<size_t>(value.bytes())});
  };
}

}  // namespace baton::conformance
