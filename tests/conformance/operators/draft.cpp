#include "tests/conformance/operators/draft.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

namespace baton::conformance {
namespace {

template <typename T, typename Make>
void fill_each(std::span<uint8_t> bytes, const Make& make) {
  for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    const T element = static_cast<T>(make());
    std::memcpy(bytes.data() + at, &element, sizeof(T));
  }
}

}  // namespace

void fill_content(Random& random, baton_dtype dtype, bool quantised, const Content& content,
                  std::span<uint8_t> bytes) {
  // Now and then a bound, or a whole number: zeros, ties, the ends of a range.
  const auto real = [&] {
    if (random.one_in(24)) return random.one_in(2) ? content.low : content.high;
    const double value = random.real(content.low, content.high);
    const double whole = std::round(value);
    return random.one_in(12) && whole >= content.low && whole <= content.high ? whole : value;
  };
  const auto integer = [&] {
    return random.between(static_cast<int32_t>(std::ceil(content.low)),
                          static_cast<int32_t>(std::floor(content.high)));
  };
  const auto any = [&]() -> uint64_t {
    if (!random.one_in(16)) return random.next();
    return random.one_in(2) ? 0x7fff7fff7f7f7f7full : 0x8000800080808080ull;
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
      if (quantised) return fill_each<uint8_t>(bytes, any);
      return fill_each<int8_t>(bytes, integer);
    case BATON_INT16:
    case BATON_UINT16:
      // Byte pairs 7f ff and 80 00 are its ends.
      if (quantised) {
        return fill_each<int16_t>(bytes, [&]() -> uint64_t {
          return random.one_in(16) ? (random.one_in(2) ? 0x7fff : 0x8000) : random.next();
        });
      }
      return fill_each<int16_t>(bytes, integer);
    case BATON_INT32:
    case BATON_UINT32:
      return fill_each<int32_t>(bytes, integer);
    case BATON_INT64:
    case BATON_UINT64:
      return fill_each<int64_t>(bytes, integer);
    default:
      return fill_each<uint8_t>(bytes, any);
  }
}

Draft::Draft(uint64_t seed, uint32_t number, const Variant& variant)
    : b("main"),
      seed_(seed),
      number_(number),
      variant_(variant),
      random_(mix_seed(seed, variant.label, number)) {}

bool Draft::quantised() const {
  return dtype() == BATON_INT8 || dtype() == BATON_UINT8 || dtype() == BATON_INT16;
}

uint32_t Draft::pick_index(uint32_t count) {
  const uint32_t pick = picks_++;
  const uint32_t block = number_ / count;
  // A block of cases goes through the options from a start of its own.
  const auto start =
      static_cast<uint32_t>(mix_seed(seed_, "pick", pick * 65537ull + block) % count);
  return (number_ + start) % count;
}

int32_t Draft::size() {
  static constexpr int32_t kSizes[] = {3, 5, 1, 7, 2, 9, 4, 17, 8, 16, 33};
  return kSizes[random_.below(std::size(kSizes))];
}

Shape Draft::shape(uint32_t rank) {
  Shape dims(rank);
  int64_t elements = 1;
  for (int32_t& dim : dims) {
    dim = size();
    // No case needs more than some thousand elements.
    while (elements * dim > 4096) dim = (dim + 1) / 2;
    elements *= dim;
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

Quantization Draft::quantization() {
  if (!quantised()) return {};
  static constexpr float kScales[] = {0.05f, 0.0235294f, 0.5f, 0.1f, 1.0f, 0.0078125f, 3.7f, 1e-4f};
  const float scale = kScales[random_.below(std::size(kScales))];
  if (dtype() == BATON_INT16) return tflite::per_tensor(scale);
  const int64_t low = dtype() == BATON_INT8 ? -128 : 0;
  static constexpr int64_t kFromLow[] = {128, 117, 0, 255, 141, 3};
  return tflite::per_tensor(scale, low + kFromLow[random_.below(std::size(kFromLow))]);
}

Quantization Draft::sum_quantization(const Quantization& x, const Quantization& weights,
                                     int64_t depth) {
  if (!quantised()) return {};
  const float widest = *std::max_element(weights.scale.begin(), weights.scale.end());
  // The standard deviation of a product of two bytes is about 74 * 74 units; three of the sum's
  // should fit. 16-bit activations are wider on both sides.
  const double sigma = std::sqrt(static_cast<double>(std::max<int64_t>(depth, 1))) * 74 * 74;
  const double scale =
      static_cast<double>(x.scale[0]) * static_cast<double>(widest) * sigma * 3 / 128;
  Quantization q = quantization();
  q.scale = {static_cast<float>(scale * random_.real(0.5, 1.5))};
  return q;
}

TensorId Draft::input(const Shape& shape, const Content& content) {
  return input(dtype(), shape, quantization(), content);
}

TensorId Draft::input(baton_dtype dtype, const Shape& shape, const Quantization& quantization,
                      const Content& content) {
  fed_.push_back({content, !quantization.empty()});
  return b.input(b.unique_name("x"), dtype, shape, quantization);
}

TensorId Draft::constant(const Shape& shape, const Content& content) {
  return constant(dtype(), shape, quantization(), content);
}

TensorId Draft::constant(baton_dtype dtype, const Shape& shape, const Quantization& quantization,
                         const Content& content) {
  tflite::Bytes bytes(static_cast<size_t>(tensor_bytes(dtype, shape).value_or(0)));
  fill_content(random_, dtype, !quantization.empty(), content, bytes);
  return b.constant_bytes(b.unique_name("c"), dtype, shape, std::move(bytes), quantization);
}

TensorId Draft::operand(const Shape& shape, const Content& content) {
  return pick_index(3) == 2 ? constant(shape, content) : input(shape, content);
}

TensorId Draft::weights(const Shape& shape, int32_t axis) {
  if (!quantised() && !hybrid()) return constant(dtype(), shape, {}, {-1, 1});
  if (dtype() == BATON_UINT8) {
    return constant(
        BATON_UINT8, shape,
        tflite::per_tensor(static_cast<float>(random_.real(0.001, 0.05)), random_.between(0, 255)));
  }
  Quantization q = tflite::per_tensor(static_cast<float>(random_.real(0.001, 0.05)));
  if (pick_bool()) {
    std::vector<float> scales(static_cast<size_t>(shape[static_cast<size_t>(axis)]));
    for (float& scale : scales) scale = static_cast<float>(random_.real(0.001, 0.05));
    q = tflite::per_axis(std::move(scales), axis);
  }
  return constant(BATON_INT8, shape, q);
}

TensorId Draft::bias(TensorId x, TensorId weights, int32_t count) {
  if (pick_index(4) == 3) return kNoTensor;
  if (!quantised()) return constant(BATON_FLOAT32, {count}, {}, {-1, 1});
  Quantization q = quantization_of(weights);
  for (float& scale : q.scale) scale *= quantization_of(x).scale[0];
  q.zero_point.assign(q.scale.size(), 0);
  q.axis = 0;
  return constant(dtype() == BATON_INT16 ? BATON_INT64 : BATON_INT32, {count}, q, {-20000, 20000});
}

void Draft::node(int32_t code, const std::vector<TensorId>& inputs, const Quantization& output,
                 const AttributeSet& attributes) {
  node(code, inputs, std::vector<OutputSpec>{{dtype(), output}}, attributes);
}

void Draft::node(int32_t code, const std::vector<TensorId>& inputs,
                 const std::vector<OutputSpec>& outputs, const AttributeSet& attributes) {
  std::vector<TensorId> results;
  for (const OutputSpec& output : outputs) {
    results.push_back(b.tensor(b.unique_name("y"), output.dtype, {}, output.quantization));
  }
  b.op(code, inputs, results, attributes);
  b.outputs(results);
}

Fill Draft::fill() const {
  return [fed = fed_, seed = mix_seed(seed_, variant_.label, number_)](
             size_t input, uint32_t run, const Value& value, uint8_t* data) {
    Random random(mix_seed(seed, "input", input * 65537 + run));
    fill_content(random, value.dtype(), fed[input].quantised, fed[input].content,
                 {data, static_cast<size_t>(value.bytes())});
  };
}

}  // namespace baton::conformance
