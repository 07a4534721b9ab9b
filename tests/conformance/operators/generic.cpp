#include "tests/conformance/operators/generic.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <numeric>

#include "core/schema/operators.h"

namespace baton::conformance {
namespace {

// Models that are tried for one case.
constexpr uint32_t kAttempts = 240;

// One guess at what the operator wants.
class Guess {
 public:
  Guess(const Operator& op, const Variant& variant, uint64_t seed, uint32_t number,
        uint32_t attempt)
      : draft_(op, seed, number, variant),
        random_(mix_seed(mix_seed(seed, op.name, attempt), variant.label, number)) {
    base_ = small_shape(attempt == 0 ? 2 : 1 + random_.below(4));
    quantization_ = draft_.quantization(2);
    inputs_.push_back(attempt == 0 || !random_.one_in(12) ? data(draft_.dtype()) : other());
    const uint32_t inputs = count_of(op.inputs, attempt);
    // Of most operators all inputs are alike.
    const bool alike = attempt == 0 || random_.one_in(3);
    for (uint32_t i = 1; i < inputs; ++i) {
      inputs_.push_back(alike ? data(draft_.dtype()) : other());
    }
    inputs_.resize(std::min<size_t>(inputs_.size(), inputs));
    const std::vector<Draft::OutputSpec> outputs(count_of(op.outputs, attempt), output(attempt));
    if (op.code == BATON_OP_CUSTOM) {
      draft_.custom_node(inputs_, outputs, {});
    } else {
      draft_.node(op.code, inputs_, outputs, attributes(outputs.size()));
    }
  }

  Draft take() { return std::move(draft_); }

 private:
  uint32_t count_of(const Arity& arity, uint32_t attempt) {
    const int most = arity.max < 0 ? arity.min + 2 : std::min(arity.max, arity.min + 2);
    const bool more = attempt != 0 && random_.one_in(3);
    return static_cast<uint32_t>(more ? random_.between(arity.min, most) : arity.min);
  }
  Shape small_shape(uint32_t rank) {
    Shape dims(rank);
    for (int32_t& dim : dims) dim = random_.between(1, 5);
    return dims;
  }
  int32_t rank() const { return static_cast<int32_t>(base_.size()); }

  TensorId data(baton_dtype dtype) { return data(dtype, base_); }
  TensorId data(baton_dtype dtype, const Shape& shape) {
    const bool quantised = dtype == draft_.dtype() && draft_.quantised();
    const Quantization q = !quantised || random_.one_in(8) ? Quantization{}
                           : random_.one_in(3)             ? draft_.quantization(2)
                                                           : quantization_;
    const bool is_unsigned = dtype == BATON_UINT8 || dtype == BATON_UINT16 ||
                             dtype == BATON_UINT32 || dtype == BATON_UINT64;
    return draft_.input(dtype, shape, q, {.low = is_unsigned ? 0.0 : -3.0, .high = 5});
  }
  TensorId numbers(const std::vector<int32_t>& values, Shape shape) {
    return draft_.b.constant(draft_.b.unique_name("n"), std::move(shape), values);
  }
  TensorId numbers(const std::vector<int32_t>& values) {
    return numbers(values, {static_cast<int32_t>(values.size())});
  }
  TensorId weights(const Shape& shape) {
    if (draft_.dtype() == BATON_FLOAT32) return draft_.constant(shape);
    const int64_t zero_point = draft_.dtype() == BATON_UINT8 ? 120 : 0;
    return draft_.constant(draft_.dtype() == BATON_UINT8 ? BATON_UINT8 : BATON_INT8, shape,
                           tflite::per_tensor(0.01f, zero_point));
  }

  // What an input behind the first may be.
  TensorId other() {
    const int32_t last = base_.back();
    std::vector<int32_t> each(base_.size());
    switch (random_.below(16)) {
      case 0:
      case 1:
        return data(draft_.dtype());
      case 2: {
        Shape shape = base_;
        for (int32_t& dim : shape) dim = random_.one_in(2) ? 1 : dim;
        return data(draft_.dtype(), shape);
      }
      case 3:
        return data(BATON_FLOAT32);
      case 4:
        return draft_.constant(draft_.dtype(), {}, quantization_, {.low = 0, .high = 3});
      case 5:  // an axis, a number of things
        return numbers({random_.between(0, 3)}, {});
      case 6:
        return numbers({random_.between(-1, 2)});
      case 7:  // an order of the dimensions
        std::iota(each.begin(), each.end(), 0);
        if (random_.one_in(2)) std::reverse(each.begin(), each.end());
        return numbers(each);
      case 8:
        std::fill(each.begin(), each.end(), random_.between(0, 2));
        return numbers(each);
      case 9:
        return numbers(base_);
      case 10: {
        // Of all dimensions, or of those of an image.
        const int32_t rows = random_.one_in(2) ? rank() : 2;
        std::vector<int32_t> paddings(2 * static_cast<size_t>(rows));
        const bool none = random_.one_in(2);
        for (int32_t& padding : paddings) padding = none ? 0 : random_.between(0, 1);
        return numbers(paddings, {rows, 2});
      }
      case 11:
        return numbers({random_.between(1, 4), random_.between(1, 4)});
      case 12: {
        const Shape shapes[] = {{random_.between(1, 4), last},
                                {random_.between(1, 4), 2, 1, last},
                                {1, 2, 2, last * random_.between(1, 2)},
                                {last}};
        return weights(shapes[random_.below(4)]);
      }
      case 13:
        // As many as the weights before have rows.
        if (inputs_.empty() || inputs_.back() == kNoTensor) return kNoTensor;
        if (draft_.b.at(inputs_.back()).shape.empty()) return kNoTensor;
        return draft_.constant(BATON_FLOAT32, {draft_.b.at(inputs_.back()).shape[0]}, {}, {});
      case 14:
        return draft_.variable(draft_.dtype(), {base_[0], random_.between(1, 4)}, quantization_);
      default:
        return draft_.input(BATON_INT32, random_.one_in(2) ? base_ : Shape{base_[0]}, {},
                            {.low = 0, .high = 1});
    }
  }

  Draft::OutputSpec output(uint32_t attempt) {
    static constexpr baton_dtype kTypes[] = {BATON_BOOL, BATON_INT32, BATON_INT64, BATON_FLOAT32};
    if (attempt != 0 && random_.one_in(4)) return {kTypes[random_.below(4)], {}};
    if (!draft_.quantised()) return {draft_.dtype(), {}};
    const Range limits = quantised_limits(draft_.dtype());
    const auto low = static_cast<int64_t>(limits.low);
    const bool wide = draft_.dtype() == BATON_INT16;
    switch (random_.below(6)) {
      case 0:  // of probabilities
        return {draft_.dtype(), tflite::per_tensor(1.0f / (wide ? 32768 : 256), wide ? 0 : low)};
      case 1:
        return {draft_.dtype(),
                tflite::per_tensor(1.0f / (wide ? 32768 : 128), wide ? 0 : low + 128)};
      case 2:
        return {draft_.dtype(), draft_.covering({-4, 4})};
      default:
        return {draft_.dtype(), quantization_};
    }
  }

  AttributeSet attributes(size_t outputs) {
    const AttributeLayout* layout = builtin_operator(draft_.op().code)->attributes();
    if (layout == nullptr) return {};
    alignas(8) uint8_t content[kMaxAttributesSize];
    default_attributes(*layout, content);
    for (const AttributeField& field : layout->fields) {
      set_attribute(field, value_of(field, outputs), content);
    }
    return {*layout, content};
  }
  double value_of(const AttributeField& field, size_t outputs) {
    const auto named = [&](const char* name) { return std::strcmp(field.name, name) == 0; };
    // Some repeat how many tensors there are.
    if (named("num") || named("num_splits")) return static_cast<double>(outputs);
    if (named("values_count")) return static_cast<double>(inputs_.size());
    switch (field.kind) {
      case AttributeKind::kBool:
        return random_.below(2);
      case AttributeKind::kEnum8:
      case AttributeKind::kEnum32: {
        const auto values = field.enumeration->values;
        // Most operators know the first few.
        const auto count = std::min<uint32_t>(static_cast<uint32_t>(values.size()), 4);
        return values[random_.below(count)].value;
      }
      case AttributeKind::kFloat:
        return random_.one_in(2) ? 1 : random_.real(0.1, 1);
      default:
        return random_.between(random_.one_in(4) ? 0 : 1, 3);
    }
  }

  Draft draft_;
  Random random_;
  Shape base_;
  Quantization quantization_;
  std::vector<TensorId> inputs_;
};

bool runs(const Draft& draft) {
  const auto model = TrialModel::create(draft.b.finish());
  if (!model.ok()) return false;
  const auto compiled = compile(**model, nullptr, std::make_shared<HostServices>(LogSink{}));
  return compiled.ok() && run(*compiled, draft.fill(), draft.options).ok();
}

}  // namespace

std::optional<Draft> make_generic(const Operator& op, const Variant& variant, uint64_t seed,
                                  uint32_t number) {
  for (uint32_t attempt = 0; attempt < kAttempts; ++attempt) {
    Draft draft = Guess(op, variant, seed, number, attempt).take();
    if (runs(draft)) return draft;
  }
  return std::nullopt;
}

}  // namespace baton::conformance
